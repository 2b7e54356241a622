"""The laws of a diagnosis, held over generated policies, members and figures seen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.core.account import Bucket, PostingKind
from service.core.answer import Simulation
from service.core.course import Declared, course
from service.core.diagnose import Cause, Diagnosis, Doubt, diagnose
from service.core.diagnose_codes import CODES
from service.core.diagnose_seen import Line, Observed, Reading, Wanted, added, held_on, journal, less
from service.core.month import day_in, days_in
from service.core.passage import Person
from service.core.simulate import Household, simulate_family
from tests.core.asking import book_of, to_core
from tests.generated.questions import cases
from tests.generated.rules import CATEGORIES

DAYS = st.integers(1, 28)
SLIPS = st.integers(-30_000, 30_000)
KINDS = st.sampled_from([None, *(kind for kind in PostingKind if kind is not PostingKind.OPENING)])


class Doubted(NamedTuple):
    """A question, its simulation up to the day, and what came of diagnosing it."""

    doubt: Doubt
    simulation: Simulation
    found: Diagnosis


@st.composite
def doubts(draw: st.DrawFn) -> tuple[Doubt, Simulation]:
    """A generated question, and a figure that somebody may see in its stead."""
    documents, national, asked = draw(cases() | cases(advancing=True))
    book = book_of([*documents, national])
    question = to_core(book, asked)
    last = draw(st.integers(question.first, question.last))
    on = day_in(last, draw(st.sampled_from([days_in(last), draw(DAYS)])))
    expenses = tuple(e for e in question.expenses if day_in(e.on_month, e.on_day) <= on)
    declared = Declared(question.member, asked["area"])
    doubt = Doubt(book, declared, question.first, Observed(on, 0), expenses, question.deposit_rates)
    simulation = simulated(doubt)
    return draw(_seen(doubt, simulation)), simulation


@st.composite
def _seen(draw: st.DrawFn, doubt: Doubt, simulation: Simulation) -> Doubt:
    on = doubt.observed.on
    held = held_on(simulation, on, Reading())
    total = sum(held.values())
    known = [0, total, held.get(Bucket.CURRENT_YEAR, 0), total + draw(SLIPS), draw(SLIPS)]
    known += [total - p.amount for p in journal(simulation, on)][-4:]
    parts = None
    if draw(st.booleans()):
        parts = {bucket: fen + draw(st.sampled_from([0, draw(SLIPS)])) for bucket, fen in held.items()}
    lines = tuple(draw(st.lists(_lines(doubt, simulation), max_size=5)))
    wanted = draw(st.sampled_from([None, Wanted(draw(st.sampled_from(CATEGORIES)), abs(draw(SLIPS)))]))
    seen = draw(st.sampled_from(known)) if parts is None else sum(parts.values())
    observed = Observed(on, seen, parts, lines, wanted)
    return Doubt(doubt.book, doubt.declared, doubt.first, observed, doubt.expenses, doubt.deposit_rates)


@st.composite
def _lines(draw: st.DrawFn, doubt: Doubt, simulation: Simulation) -> Line:
    """A line of the journal, or one that is not quite, or not at all, of it."""
    real = list(journal(simulation, doubt.observed.on))[-6:]
    mistaken = draw(st.booleans())
    if real and not mistaken:
        posting = draw(st.sampled_from(real))
        amount = posting.amount + draw(st.sampled_from([0, 0, draw(SLIPS)]))
        return Line(posting.on, amount, posting.kind, draw(st.sampled_from([None, posting.bucket])))
    on: date = day_in(draw(st.integers(doubt.first, doubt.last)), draw(DAYS))
    return Line(min(on, doubt.observed.on), draw(SLIPS), draw(KINDS), None)


def simulated(doubt: Doubt) -> Simulation:
    """The simulation of the question up to the month in which the person looked."""
    leg = person(doubt)
    household = Household(
        (leg,), doubt.first, doubt.last, expenses=doubt.expenses, deposit_rates=doubt.deposit_rates
    )
    return simulate_family(household).people[0]


def person(doubt: Doubt) -> Person:
    """The member's way through the months."""
    return course(doubt.declared, doubt.book, doubt.first, doubt.last).person


def law(test: Callable[[Doubted], None]) -> Callable[[], None]:
    """A test that must hold for every generated diagnosis."""
    limits = settings(
        max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )

    def held(case: tuple[Doubt, Simulation]) -> None:
        doubt, simulation = case
        test(Doubted(doubt, simulation, diagnose(doubt, simulation)))

    held.__name__ = test.__name__
    return limits(given(case=doubts())(held))


def summed(causes: tuple[Cause, ...], form: tuple[int, ...]) -> tuple[int, ...]:
    total = tuple(0 for _ in form)
    for cause in causes:
        total = added(total, cause.amount)
    return total


@law
def test_causes_sum_to_the_difference_in_every_part(each: Doubted) -> None:
    observed = each.doubt.observed
    simulated_figure = observed.of(held_on(each.simulation, observed.on, Reading()))
    assert each.found.difference == less(observed.figure, simulated_figure)
    assert summed(each.found.causes, each.found.difference) == each.found.difference


@law
def test_every_alternative_explains_the_whole_difference(each: Doubted) -> None:
    assert all(other.amount == each.found.difference for other in each.found.alternatives)


@law
def test_what_is_unexplained_comes_last_once_and_is_never_nothing(each: Doubted) -> None:
    codes = [cause.code for cause in each.found.causes]
    assert codes.count("unexplained") <= 1
    assert "unexplained" not in codes[:-1]
    assert "unexplained" not in {other.code for other in each.found.alternatives}
    if codes and codes[-1] == "unexplained":
        assert any(each.found.causes[-1].amount)


@law
def test_every_cause_has_a_code_of_the_list_and_moves_something_where_there_is_a_difference(
    each: Doubted,
) -> None:
    found = each.found
    assert {cause.code for cause in (*found.causes, *found.alternatives)} <= set(CODES)
    for cause in found.causes:
        assert any(cause.amount) is any(found.difference)


@law
def test_nothing_that_nobody_saw_explains_more_than_there_is_unless_lines_say_so(each: Doubted) -> None:
    """Without lines no cause that leaves something unexplained goes beyond the difference."""
    causes, difference = each.found.causes, each.found.difference
    if not each.doubt.observed.lines and len(causes) == 2 and causes[-1].code == "unexplained":
        for part, whole in zip(causes[0].amount, difference, strict=True):
            assert abs(part) <= abs(whole)
            assert part * whole >= 0


@law
def test_without_a_difference_every_cause_is_of_the_figure_itself(each: Doubted) -> None:
    if not any(each.found.difference):
        assert {cause.certainty for cause in each.found.causes} <= {"shown"}
        assert each.found.alternatives == ()


@law
def test_the_same_doubt_gets_the_same_diagnosis_whatever_the_order_of_its_lines(each: Doubted) -> None:
    doubt = each.doubt
    turned = replace(doubt, observed=replace(doubt.observed, lines=doubt.observed.lines[::-1]))
    assert diagnose(doubt, each.simulation) == each.found
    assert diagnose(turned, each.simulation) == each.found


@law
def test_the_account_pays_no_more_of_what_is_wanted_than_was_seen_in_it(each: Doubted) -> None:
    wanted, refused = each.doubt.observed.wanted, each.found.wanted
    assert (wanted is None) is (refused is None)
    if wanted is not None and refused is not None:
        observed = each.doubt.observed
        parts = [observed.total] if observed.parts is None else observed.parts.values()
        assert 0 <= refused.pays <= min(wanted.amount, sum(max(0, fen) for fen in parts))
        assert (refused.code == "") is (refused.pays == wanted.amount)


@law
def test_reading_the_whole_journal_gives_the_closing_balance(each: Doubted) -> None:
    last = day_in(each.doubt.last, days_in(each.doubt.last))
    assert held_on(each.simulation, last, Reading()) == dict(each.simulation.months[-1].closing)
