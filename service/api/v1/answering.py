"""The parts that answers of version 1 share: balances, policies, notices, the receipt."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api.v1.leaves import Day, Month, SignedYuan
from service.core.source import Grade

PolicyId = Annotated[str, Field(description="Area and first day of effect: `110000@2022-09-01`.")]
Unknown = Literal["unknown"]


def _open(schema: dict[str, Any]) -> None:
    """Within version 1 fields may be added, so the contract forbids none."""
    schema.pop("additionalProperties", None)


class Answer(BaseModel):
    # Clients ignore fields they do not know; the service's own tests do not.
    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra=_open)


class Span(Answer):
    """A range of months, both included."""

    from_: Month = Field(alias="from")
    to: Month


class Balances(Answer):
    """What the account holds, by part and in all."""

    current_year: SignedYuan
    prior_years: SignedYuan
    health: SignedYuan | None = Field(default=None, description="Only where the policy has it.")
    total: SignedYuan


class Source(Answer):
    """A source of a policy (政策依据)."""

    id: str
    title: str
    publisher: str
    date: Day | Unknown
    number: str = Field(description="Document number (文号), or `unknown`.")
    address: str | None
    grade: Grade


class Effective(Answer):
    """The days on which a policy is in force, both included."""

    from_: Day | Unknown = Field(alias="from")
    to: Day | None


class PolicySummary(Answer):
    """A policy that an answer rests on, with the sources of the rules that were used."""

    id: PolicyId
    name: str
    grade: Grade
    effective: Effective
    supposed: bool | None = Field(
        default=None, description="True where a question supposed it: nobody has published it."
    )
    sources: list[Source]


class Notice(Answer):
    """Something a reader must know; `code` is stable."""

    code: str
    severity: Literal["info", "warning"]
    text: str
    month: Month | None = Field(default=None, description="The first month it is about.")
    policy: PolicyId | None = None
    values: dict[str, str] | None = None
    member: str | None = Field(default=None, description="The member it is about, where there are several.")


class Receipt(Answer):
    """What makes the answer repeatable."""

    engine: str
    snapshot: str = Field(description="Names exactly the policies that were published.")
    request_sha256: str = Field(description="Of the request's body, or of a quote's canonical query.")


class Grounded(Answer):
    # What every answer of a simulation ends with; it has no schema of its own.
    policies: list[PolicySummary]
    notices: list[Notice]
    receipt: Receipt
