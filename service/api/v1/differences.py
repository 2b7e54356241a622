"""What version 1 answers of scenarios: their months, and by how much each differs from the baseline."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from pydantic import Field

from service.api.language import Language
from service.api.v1.answering import Answer, Balances, Grounded, Notice
from service.api.v1.answers import Totals
from service.api.v1.citing import Cited, of_simulation
from service.api.v1.grounds import grounds_of_several, money, notice_lines, text
from service.api.v1.leaves import Label, Month, SignedYuan, Yuan
from service.api.v1.lines import balances, totals_line
from service.comparing import Difference, Row, differences, less, rows_of
from service.core.account import Bucket
from service.core.answer import Simulation
from service.core.answer import Totals as Sums
from service.core.book import Book
from service.core.month import month_text
from service.core.policy import InForce

_SHOWN = ("credited", "interest", "paid_from_account", "paid_by_family", "fund", "cash", "moved")


class MonthOfRun(Answer):
    """What a month came to."""

    month: Month
    credited: SignedYuan = Field(description="Net of deductions, settlements included.")
    interest: SignedYuan
    paid_from_account: Yuan
    paid_by_family: Yuan
    fund: Yuan
    cash: Yuan
    moved: SignedYuan
    closing: Balances


class ComparedRun(Answer):
    """What a run came to, by month and in all."""

    months: list[MonthOfRun]
    totals: Totals


class MonthOfDifference(Answer):
    """A month of the scenario less the same month of the baseline; null where only one of them has it."""

    month: Month
    credited: SignedYuan | None
    interest: SignedYuan | None
    paid_from_account: SignedYuan | None
    paid_by_family: SignedYuan | None
    fund: SignedYuan | None
    cash: SignedYuan | None
    moved: SignedYuan | None
    closing: Balances | None


class DifferenceOfTotals(Answer):
    """The sums of the scenario less those of the baseline, each over all its own months."""

    credited: SignedYuan
    interest: SignedYuan
    paid_from_account: SignedYuan
    paid_for_family: SignedYuan
    paid_by_family: SignedYuan
    fund: SignedYuan
    cash: SignedYuan
    moved: SignedYuan


class DifferenceOfRuns(Answer):
    """By how much the scenario differs: scenario less baseline."""

    months: list[MonthOfDifference] = Field(description="Every month that either of them has.")
    totals: DifferenceOfTotals


class ComparedScenario(ComparedRun):
    """A scenario, and by how much it differs from the baseline."""

    id: Label
    difference: DifferenceOfRuns
    notices: list[Notice]
    snapshot: str | None = Field(
        default=None, description="Of the policies it is answered from, where `as_of` has others."
    )


class ComparisonsAnswer(Grounded):
    """A baseline and its scenarios; `notices` are the baseline's."""

    baseline: ComparedRun
    scenarios: list[ComparedScenario]


class Ran(NamedTuple):
    """A run of the baseline or of a scenario, and the book that it was answered from."""

    simulation: Simulation
    book: Book


class Comparison:
    """The answer as it comes about, one run after another."""

    def __init__(self, baseline: Ran, language: Language) -> None:
        self._book, self._notices, self._language = baseline.book, baseline.simulation.notices, language
        self._rows, self._totals = rows_of(baseline.simulation), baseline.simulation.totals
        self._baseline = f'{{"months":[{_months(self._rows)}],"totals":{totals_line(self._totals)}}}'
        self._scenarios: list[str] = []
        self._cited: Cited = {}
        self._policies: dict[str, InForce] = {}
        self._versions = dict(baseline.book.versions)
        self._rest_on(baseline)

    def _rest_on(self, ran: Ran) -> None:
        """Note what a run rests on."""
        self._policies |= {each.id: each for each in ran.simulation.policies}
        self._versions |= ran.book.versions
        for policy, sources in of_simulation(ran.simulation).items():
            self._cited.setdefault(policy, set()).update(sources)
        for notice in ran.simulation.notices:
            for policy in (value for key, value in notice.values if key == "policy"):
                self._cited.setdefault(policy, set())

    def add(self, name: str, ran: Ran) -> None:
        """Write a scenario, and by how much it differs."""
        self._rest_on(ran)
        rows, totals = rows_of(ran.simulation), ran.simulation.totals
        told = notice_lines([("", each) for each in ran.simulation.notices], self._policies, self._language)
        other = ran.book.id != self._book.id
        snapshot = f',"snapshot":"{ran.book.id}"' if other else ""
        changes = ",".join([_difference(each) for each in differences(self._rows, rows)])
        self._scenarios.append(
            f'{{"id":{text(name)},"months":[{_months(rows)}],"totals":{totals_line(totals)},'
            f'"difference":{{"months":[{changes}],"totals":{totals_line(less(totals, self._totals))}}},'
            f'"notices":[{told}]{snapshot}}}'
        )

    def written(self, body: bytes) -> bytes:
        """The whole answer."""
        book = replace(self._book, versions=self._versions)
        told = [("", self._notices)]
        ending = grounds_of_several(self._policies.values(), self._cited, told, book, body, self._language)
        scenarios = ",".join(self._scenarios)
        return f'{{"baseline":{self._baseline},"scenarios":[{scenarios}],{ending}}}'.encode()


def _months(rows: Iterable[Row]) -> str:
    return ",".join([_month(row) for row in rows])


def _month(row: Row) -> str:
    return f'{{"month":"{month_text(row.month)}",{_figures(row.totals)},"closing":{_closing(row.closing)}}}'


def _difference(each: Difference) -> str:
    if each.row is None:
        return f'{{"month":"{month_text(each.month)}",{_NOTHING},"closing":null}}'
    return _month(each.row)


_NOTHING = ",".join(f'"{name}":null' for name in _SHOWN)


def _figures(totals: Sums) -> str:
    return ",".join([f'"{name}":{money(getattr(totals, name))}' for name in _SHOWN])


def _closing(held: Mapping[Bucket, int]) -> str:
    return balances(held, health=Bucket.HEALTH in held)
