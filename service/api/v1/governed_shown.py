"""What the administration of policies answers: drafts, what became of them, and lists of policies."""

from typing import Literal

from pydantic import Field

from service.api.v1.answering import Answer, Effective, PolicyId
from service.api.v1.leaves import AreaCode, Instant
from service.api.v1.shown import Names
from service.core.lifecycle import State
from service.core.source import Grade

DraftId = str


class DraftAnswer(Answer):
    """A policy as somebody writes it (草稿); nobody is answered from it."""

    id: DraftId = Field(description="`draft-` and 32 hexadecimal digits.")
    area: AreaCode
    state: State = Field(description="`draft`; `published` or `withdrawn` once it is over.")
    version: int = Field(ge=1, description="Rises by one whenever it is written; the ETag of the draft.")
    sha256: str
    author: str = Field(description="Who wrote it last.")
    authors: list[str] = Field(description="Everyone who wrote something of it: none of them may publish it.")
    supersedes: PolicyId | None = Field(description="The policy whose place its publication takes.")
    follows: PolicyId | None = Field(
        description="The policy that its publication ends the day before it begins."
    )
    created_at: Instant
    changed_at: Instant
    published_as: PolicyId | None = Field(description="The policy it has become.")
    document: dict[str, object]


class PublicationAnswer(Answer):
    """What the publication of a draft brought about; all of it at one instant."""

    id: PolicyId = Field(description="The policy that the draft has become.")
    area: AreaCode
    state: Literal["published"]
    draft: DraftId
    sha256: str
    authors: list[str]
    approver: str
    began: list[PolicyId] = Field(description="Every policy published by it.")
    ended: list[PolicyId] = Field(description="Every policy superseded by it.")


class WithdrawalAnswer(Answer):
    """What was taken back, and what came back for it; all of it at one instant."""

    id: str = Field(description="The draft or the policy.")
    area: AreaCode
    state: Literal["withdrawn"]
    began: list[PolicyId] = Field(description="What came back, as new versions with the old documents.")
    ended: list[PolicyId] = Field(description="Every policy whose publication ended.")


class PolicyItem(Answer):
    """A policy of a list: everything but its document."""

    id: str = Field(description="Of the policy, or of the draft.")
    area: AreaCode
    state: State
    effective: Effective | None = Field(description="Null where a draft does not say it readably.")
    title: Names | None
    grade: Grade | None = Field(description="Null of a draft.")
    sha256: str
    published_from: Instant | None = Field(description="Null of a draft.")
    published_to: Instant | None
    author: str
    approver: str | None
    version: int | None = Field(default=None, description="Of a draft: what If-Match names.")
    changed_at: Instant | None = Field(default=None, description="Of a draft: when it was last written.")
    supersedes: PolicyId | None = Field(default=None, description="Of a draft.")
    follows: PolicyId | None = Field(default=None, description="Of a draft.")


class PoliciesAnswer(Answer):
    """Some policies, by id; `next` is the cursor of those after them."""

    items: list[PolicyItem]
    next: str | None
