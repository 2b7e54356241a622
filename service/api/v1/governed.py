"""What the administration of policies is asked: documents to keep as drafts, and what to do with them."""

import unicodedata
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

from service.api.v1.leaves import AreaCode, Told
from service.api.v1.member import Part
from service.core.lifecycle import DRAFT_ID, POLICY_ID
from service.core.written import Written

REASON_MOST = 1000

PolicyName = TypeAliasType(
    "PolicyName",
    Annotated[
        str,
        Written(rf"^{POLICY_ID}$", str, "110000@2022-09-01"),
        Told("policy_form"),
        Field(description="The id of a published policy: area, first day of effect, which version."),
    ],
)
Cursor = TypeAliasType(
    "Cursor",
    Annotated[
        str,
        Written(rf"^({POLICY_ID}|{DRAFT_ID})$", str, "110000@2022-09-01"),
        Told("cursor_form"),
        Field(description="The id of a policy or of a draft."),
    ],
)
Name = TypeAliasType(
    "Name",
    Annotated[
        str,
        Written(r"^[^\x00-\x1f\x7f-\x9f]{1,200}$", str, "110000@2022-09-01"),
        Told("name_form"),
        Field(description="A name as the audit has it."),
    ],
)


def _visible(text: str) -> str:
    """The text; ValueError where there is nothing of it to be seen: only blanks and marks without a shape."""
    if all(unicodedata.category(each)[0] in "ZC" for each in text):
        raise ValueError(text)
    return text


Reason = Annotated[
    str,
    Written(rf"^[^\x00-\x1f\x7f-\x9f]{{1,{REASON_MOST}}}$", _visible, "The notice was withdrawn"),
    Told("reason_form"),
]


class Document(BaseModel):
    """A policy document. Of a draft only the area must be readable: the rest is what a check is for."""

    model_config = ConfigDict(extra="allow", strict=True)

    area: AreaCode

    def plain(self) -> dict[str, Any]:
        """The document as it was written."""
        return {"area": self.area, **(self.model_extra or {})}


class DraftWritten(Part):
    """A policy as somebody writes it."""

    document: Document
    follows: PolicyName | None = Field(
        default=None,
        description="The policy of the area that this one ends: on publication it ends the day before "
        "this one's first day.",
    )


class Correction(Part):
    """What takes the place of a published policy."""

    document: Document | None = Field(default=None, description="Left out: a copy, to be changed.")


class Nothing(Part):
    """What an act asks that takes no body: an empty object may be sent."""


class Withdrawal(Part):
    """Why something is taken back, and what becomes of what it had ended."""

    reason: Reason = Field(description=f"For the audit: 1 to {REASON_MOST} characters, not only blanks.")
    restore: bool = Field(
        default=True,
        description="Of a published policy: whether what its publication had ended comes back.",
    )
