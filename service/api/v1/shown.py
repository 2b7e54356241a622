"""What look-ups, refusals and health checks answer: the contract of areas, policies and problems."""

from typing import Literal

from pydantic import Field

from service.api.v1.answering import Answer, Effective, PolicyId, Unknown
from service.api.v1.leaves import AreaCode, Instant, Month
from service.core.lifecycle import State
from service.core.source import Grade


class Names(Answer):
    """A name in both languages."""

    zh: str
    en: str


class VersionOfArea(Answer):
    """One policy of an area."""

    id: PolicyId
    title: Names | None
    effective: Effective
    grade: Grade
    rules: list[str] = Field(
        description="The sets of rules that the policy itself gives: `bills` for what the fund pays, "
        "`family` for how relatives share, and so on. The others are filled nationally, or asked for."
    )


class Coverage(Answer):
    """The months for which the area has policies."""

    from_: Month | Unknown = Field(alias="from")
    to: Month | None = Field(description="Null while the last policy is in force.")


class Area(Answer):
    """A pooling area (统筹区) and its published policies."""

    area: AreaCode
    name: Names
    coverage: Coverage
    grade: Grade = Field(description="Of the weakest of its policies.")
    versions: list[VersionOfArea]


class AreasAnswer(Answer):
    """Some areas, by code; `next` is the cursor of those after them."""

    items: list[Area]
    next: str | None


class PolicyAnswer(Answer):
    """A policy as it is stored."""

    id: PolicyId
    area: AreaCode
    grade: Grade
    sha256: str
    published_from: Instant = Field(description="When it was published (发布).")
    published_to: Instant | None = Field(description="When it was corrected; null while it stands.")
    state: State = Field(description="What has become of it by now.")
    author: str = Field(description="Who wrote it, the last of several; `catalogue` for what is shipped.")
    approver: str | None = Field(description="Who published it; null for what is shipped.")
    document: dict[str, object]


class Fault(Answer):
    """One thing wrong at one place of the request."""

    pointer: str = Field(description="JSON pointer into the body, or into the query taken as an object.")
    code: str = Field(description="Stable; a client may switch on it.")
    text: str = Field(description="A sentence in the language asked for.")
    texts: Names


class Problem(Answer):
    """What went wrong (RFC 9457), every fault at once."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    faults: list[Fault]
    policies: list[PolicyId] | None = Field(default=None, description="What stands in the way.")


class Alive(Answer):
    """The process runs."""

    status: Literal["alive"]


class Readiness(Answer):
    """Whether questions can be answered, and from how old a snapshot."""

    status: Literal["ready", "not_ready"]
    store: Literal["connected", "away"]
    snapshot: str | None
    policies: int
    age_seconds: float | None = Field(description="Since the snapshot was last confirmed with Postgres.")
    listening: bool = Field(description="Whether Postgres would tell of a new policy at once.")
