"""The core against a second, deliberately plain model: the same fen on thousands of generated cases."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, seed, settings

from service.core.account import Posting
from service.core.month import month_text
from service.core.simulate import simulate
from tests.core.asking import book_of, to_core
from tests.generated.questions import Case, cases
from tests.naive.account import Outcome
from tests.naive.law import Law
from tests.naive.model import Model

CASES = 300  # of each of the eight seeds


@pytest.mark.timeout(900)  # to find the smallest case that fails takes its time
@pytest.mark.parametrize("number", range(8))
def test_the_core_agrees_with_the_second_model_to_the_fen(number: int) -> None:
    @seed(number)
    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases(advancing=number % 2 == 1))
    def agree(case: Case) -> None:
        documents, national, question = case
        assert _core(case) == Model(Law(tuple(documents), national), question).run()

    agree()


def _core(case: Case) -> Outcome:
    """What the core says, in the shape of the second model."""
    documents, national, question = case
    outcome = Outcome()
    for month in simulate(to_core(book_of([*documents, national]), question)).months:
        name = month_text(month.month)
        for posting in month.postings:
            outcome.postings[_key(posting)] += posting.amount
        outcome.closings |= {(name, str(bucket)): fen for bucket, fen in month.closing.items()}
        outcome.gross[name] += month.credit.gross
        outcome.taken[name] += month.credit.gross - month.credit.net
        outcome.cash[name] += month.spent.cash
    outcome.postings = Counter({key: fen for key, fen in outcome.postings.items() if fen})
    return outcome


def _key(posting: Posting) -> tuple[str, str, str]:
    return str(posting.on)[:7], str(posting.kind), str(posting.bucket)
