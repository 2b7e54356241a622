"""Households in the core against the second model: the same fen for everyone, on every generated case."""

from collections import Counter

import pytest

from service.core.answer import FamilySimulation, Settled
from service.core.month import month_text
from service.core.simulate import simulate_family
from tests.core.asking import book_of, household_of
from tests.generated.dice import Dice
from tests.generated.families import Family, Mode, family
from tests.generated.smallest import smallest
from tests.naive.household import Household, Receipt, Result
from tests.naive.law import Law

CASES = 150  # of each mode, none like another
MODES = {
    "bills of people without links": Mode(models=()),
    "bills with items": Mode(items=True),
    "holders at the till": Mode(models=("till",)),
    "wallets and quotas": Mode(models=("wallet", "quota")),
    "advances": Mode(advancing=True),
    "moves between areas": Mode(moving=True),
    "moves after advances": Mode(advancing=True, moving=True),
}


@pytest.mark.timeout(900)  # to find the smallest case that fails takes its time
@pytest.mark.parametrize("name", MODES)
def test_a_household_in_the_core_agrees_with_the_second_model_to_the_fen(name: str) -> None:
    for number in range(CASES):
        case = family(Dice.cast(f"{name} {number}"), MODES[name])
        if differs(case):
            case = smallest(case, differs)
        assert core(case) == naive(case)


def differs(case: Family) -> bool:
    """Whether the two do not say the same."""
    return core(case) != naive(case)


def naive(case: Family) -> Result:
    """What the second model says."""
    laws = {area: Law(tuple(found), case.national) for area, found in case.documents.items()}
    return Household(laws, case.question).run()


def core(case: Family) -> Result:
    """What the core says, in the shape of the second model."""
    answer = simulate_family(household_of(book_of(case.all_documents), case.question))
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
