"""Households in the core against the second model: the same fen for everyone, on every generated case."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, seed, settings

from service.core.answer import FamilySimulation, Settled
from service.core.month import month_text
from service.core.simulate import simulate_family
from tests.core.asking import book_of, household_of
from tests.generated.families import Family, Mode, families
from tests.naive.household import Household, Receipt, Result
from tests.naive.law import Law

CASES = 120  # of each mode
MODES = {
    "bills of people without links": Mode(linked=False),
    "bills with items": Mode(items=True),
    "links": Mode(),
    "advances": Mode(advancing=True),
    "moves between areas": Mode(moving=True),
    "moves after advances": Mode(advancing=True, moving=True),
}


@pytest.mark.timeout(900)  # to find the smallest case that fails takes its time
@pytest.mark.parametrize("name", MODES)
def test_a_household_in_the_core_agrees_with_the_second_model_to_the_fen(name: str) -> None:
    @seed(sorted(MODES).index(name))
    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(family=families(MODES[name]))
    def agree(family: Family) -> None:
        assert core(family) == naive(family)

    agree()


def naive(family: Family) -> Result:
    """What the second model says."""
    laws = {area: Law(tuple(found), family.national) for area, found in family.documents.items()}
    return Household(laws, family.question).run()


def core(family: Family) -> Result:
    """What the core says, in the shape of the second model."""
    answer = simulate_family(household_of(book_of(family.all_documents), family.question))
    result = Result(
        receipts=[_receipt(each) for each in answer.expenses],
        wallets=[person.wallet for person in answer.people],
        links=[(each.paid, each.held) for each in answer.links],
        transfers=[not each.code for each in answer.transfers],
    )
    _months(answer, result)
    return result


def _months(answer: FamilySimulation, result: Result) -> None:
    for place, person in enumerate(answer.people):
        for month in person.months:
            name = month_text(month.month)
            for bucket, fen in month.closing.items():
                result.closings[place, name, str(bucket)] = fen
            for posting in month.postings:
                key = (place, str(posting.on)[:7], str(posting.kind), str(posting.bucket))
                result.postings[key] += posting.amount
    result.postings = Counter({key: fen for key, fen in result.postings.items() if fen})


def _receipt(settled: Settled) -> Receipt:
    paid = Counter[tuple[str, int, str, str]]()
    for line in settled.paid:
        paid[line.by, line.holder, str(line.bucket or ""), line.category] += line.amount
    return Receipt(settled.fund, list(settled.shares), paid, settled.cash)
