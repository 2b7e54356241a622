"""What version 1 is asked to compare: a baseline, and scenarios in which parts of it are replaced."""

from typing import Any

from pydantic import Field

from service.api.v1.leaves import AreaCode, Instant, Label, Month
from service.api.v1.member import Member, Part
from service.api.v1.schemas import Parameters, Run, nothing_declared
from service.api.v1.spending import EXPENSES_MOST, Expense

SCENARIOS_MOST = 20
_NOBODY = Member(spells=[])


class Baseline(Run):
    """What scenarios are compared with: a question about balances, without its `detail`."""


class Scenario(Part):
    """The baseline with the fields given here in place of its own.

    An `area` takes the place of the baseline's `policy` too, and a `policy` that of its `area`.
    """

    id: Label = Field(description="The answer names the scenario by it.")
    area: AreaCode | None = None
    policy: dict[str, Any] | None = None
    overrides: dict[str, Any] | None = Field(
        default=None, description="In place of the baseline's overrides, not on top of them."
    )
    parameters: Parameters = Field(default_factory=nothing_declared)
    as_of: Instant | None = None
    from_: Month = Field(default_factory=int, alias="from")
    to: Month = Field(default_factory=int)
    member: Member = Field(default_factory=lambda: _NOBODY)
    expenses: list[Expense] = Field(default_factory=list, max_length=EXPENSES_MOST)

    def over(self, baseline: Baseline) -> Baseline:
        """The question that the scenario asks."""
        given = {name: getattr(self, name) for name in self.model_fields_set if name != "id"}
        return baseline.model_copy(update=given | left_out(given))


def left_out(given: dict[str, Any]) -> dict[str, None]:
    """Which field of a baseline a scenario takes out by giving the other of `area` and `policy`."""
    named = [name for name in ("area", "policy") if given.get(name) is not None]
    match named:
        case ["area"] if "policy" not in given:
            return {"policy": None}
        case ["policy"] if "area" not in given:
            return {"area": None}
        case _:
            return {}


class ComparisonsQuestion(Part):
    """How runs differ from a baseline."""

    baseline: Baseline
    scenarios: list[Scenario] = Field(min_length=1, max_length=SCENARIOS_MOST)
