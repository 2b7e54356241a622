"""What may be otherwise in what the phone shows, or in the money declared: unposted, elsewhere, spent."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from service.core.account import Balances, Bucket, PostingKind
from service.core.course import stays_of
from service.core.diagnose_seen import CREDITS, journal, less
from service.core.diagnose_trial import Case, Hypothesis
from service.core.month import month_of_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from typing import Literal

    from service.core.account import Posting
    from service.core.answer import Settled
    from service.core.diagnose_seen import Figure
    from service.core.diagnose_trial import Trials
    from service.core.expense import Expense

_LAGS_MOST = 12
_PART, _MOVED, _OPENED = ((("variant", name),) for name in ("part", "moved", "opening"))
_EXPENSES_MOST = 3
_NEARLY = 50  # interest on what was not paid is less than a fiftieth of it
_INTEREST = frozenset({PostingKind.INTEREST})
_DEDUCTION = frozenset({PostingKind.DEDUCTION})
_ROLLOVER = frozenset({PostingKind.ROLLOVER})
_TRANSFER_IN = frozenset({PostingKind.TRANSFER_IN})


def readings_supposed(trials: Trials, case: Case, rest: Figure) -> Iterator[Hypothesis]:
    """Everything that may be read otherwise; `rest` is the difference to be explained."""
    simulation, doubt = trials.simulation(case), trials.doubt
    if simulation is None:
        return
    postings = list(case.reading.of(journal(simulation, doubt.observed.on)))
    yield from _not_posted(postings)
    yield from _spent(trials, case)
    yield from _rolled(trials, case, postings)
    yield from _left(trials)
    yield from _opened_late(trials, postings)
    yield from _not_paid(simulation.expenses, sum(rest))


def _not_posted(postings: Sequence[Posting]) -> Iterator[Hypothesis]:
    """Credits, interest or deductions that the account does not have yet."""
    days = sorted({p.on: p for p in postings if p.kind in CREDITS}.items(), reverse=True)
    for count, (day, posting) in enumerate(days[:_LAGS_MOST], 1):
        values = (("count", str(count)),)
        month = month_of_day(day) if posting.months is None else posting.months[0]
        yield Hypothesis("not_yet_credited", partial(_without, CREDITS, day), month, posting.basis, values)
    for code, kinds in (
        ("interest_not_posted", _INTEREST),
        ("deduction_not_taken", _DEDUCTION),
        ("transfer_not_arrived", _TRANSFER_IN),
    ):
        found = [posting for posting in postings if posting.kind in kinds]
        for day in dict.fromkeys((found[-1].on, found[0].on) if found else ()):
            yield Hypothesis(code, partial(_without, kinds, day), month_of_day(day), found[-1].basis)


def _without(kinds: frozenset[PostingKind], since: date, case: Case) -> Case:
    return replace(case, reading=case.reading.without(kinds, since))


def _spent(trials: Trials, case: Case) -> Iterator[Hypothesis]:
    """All of it spent, where nothing is left and something should be."""
    figure = trials.figure(case)
    if figure is not None and sum(figure) > 0 and not any(trials.doubt.observed.figure):
        yield Hypothesis("used_up", partial(_besides, less(trials.doubt.observed.figure, figure)))


def _besides(figure: Figure, case: Case) -> Case:
    return replace(case, reading=case.reading.plus(figure))


def _rolled(trials: Trials, case: Case, postings: Sequence[Posting]) -> Iterator[Hypothesis]:
    """The year's money alone seen, or moved to the prior years' at another time."""
    rolled = [posting for posting in postings if posting.kind is PostingKind.ROLLOVER]
    month = month_of_day(rolled[-1].on) if rolled else None
    basis = rolled[-1].basis if rolled else None
    held = dict(case.declared.member.opening.held)
    if trials.doubt.observed.parts is None:
        yield Hypothesis("rolled_over", partial(_viewed, "current_year"), month, basis, _PART)
    else:
        figure = trials.figure(case) or ()
        if figure and figure[0]:
            moved = (-figure[0], figure[0], *(0 for _ in figure[2:]))
            yield Hypothesis("rolled_over", partial(_besides, moved), trials.doubt.last, basis, _MOVED)
        if rolled:
            back = partial(_without, _ROLLOVER, rolled[-1].on)
            yield Hypothesis("not_yet_rolled_over", back, month, basis)
    if held.get(Bucket.CURRENT_YEAR):
        yield Hypothesis("rolled_over", _opened_before_rollover, trials.doubt.first, basis, _OPENED)


def _viewed(view: Literal["current_year", "closed"], case: Case) -> Case:
    return replace(case, reading=replace(case.reading, view=view))


def _opened_before_rollover(case: Case) -> Case:
    """The declared opening rolled over once more: it was the balance before the year's first day."""
    member = case.declared.member
    held = dict(member.opening.held)
    prior = held.get(Bucket.PRIOR_YEARS, 0) + held.get(Bucket.CURRENT_YEAR, 0)
    held |= {Bucket.CURRENT_YEAR: 0, Bucket.PRIOR_YEARS: prior}
    opening = Balances(held, member.opening.interest, member.opening.used)
    declared = replace(case.declared, member=replace(member, opening=opening))
    return replace(case, declared=declared, key=(*case.key, "opening"))


def _left(trials: Trials) -> Iterator[Hypothesis]:
    """The account closed: the member moved away, or is insured no longer."""
    doubt, declared = trials.doubt, trials.base.declared
    if any(doubt.observed.figure):
        return
    stays = [stay for stay in stays_of(declared, doubt.first) if stay.since <= doubt.last]
    if len(stays) > 1:
        yield Hypothesis("cleared_on_transfer", partial(_viewed, "closed"), stays[-1].since - 1)
    if declared.member.spells and declared.member.spell_at(doubt.last) is None:
        yield Hypothesis("withdrawn", partial(_viewed, "closed"))


def _opened_late(trials: Trials, postings: Sequence[Posting]) -> Iterator[Hypothesis]:
    """A declared opening in which the first month's credit was already."""
    first = trials.doubt.first
    found = [p for p in postings if p.kind in CREDITS and month_of_day(p.on) == first]
    credited = sum(posting.amount for posting in found)
    if found and 0 < credited <= sum(trials.base.declared.member.opening.held.values()):
        suppose = partial(_opened_with_less, credited)
        yield Hypothesis("opening_after_credit", suppose, first, found[0].basis)


def _opened_with_less(credited: int, case: Case) -> Case:
    """The declared opening without a credit, which is of the year's money as far as that goes."""
    member = case.declared.member
    held = dict(member.opening.held)
    for bucket in (Bucket.CURRENT_YEAR, Bucket.PRIOR_YEARS):
        taken = min(credited, max(0, held.get(bucket, 0)))
        held[bucket] = held.get(bucket, 0) - taken
        credited -= taken
    opening = Balances(held, member.opening.interest, member.opening.used)
    declared = replace(case.declared, member=replace(member, opening=opening))
    return replace(case, declared=declared, key=(*case.key, "opened with less"))


def _not_paid(settled: Sequence[Settled], rest: int) -> Iterator[Hypothesis]:
    """Declared expenses that the account did not pay after all: one of them, or all."""
    own = [(each, sum(part.amount for part in each.paid if part.by == "own")) for each in settled]
    paid = [each for each in own if each[1]]
    near = [(each, fen) for each, fen in paid if _NEARLY * abs(rest - fen) <= rest]
    for each, _ in sorted(near, key=lambda pair: abs(rest - pair[1]))[:_EXPENSES_MOST]:
        suppose = partial(_paid_otherwise, (each.expense,))
        yield Hypothesis("not_paid_from_account", suppose, each.expense.on_month, values=(("count", "1"),))
    if len(paid) > 1 and _NEARLY * abs(rest - sum(fen for _, fen in paid)) <= rest:
        suppose = partial(_paid_otherwise, tuple(each.expense for each, _ in paid))
        yield Hypothesis("not_paid_from_account", suppose, values=(("count", str(len(paid))),))


def _paid_otherwise(others: tuple[Expense, ...], case: Case) -> Case:
    """The case without some expenses, each once."""
    kept, left = [], list(others)
    for each in case.expenses:
        if each in left:  # of two alike only one
            left.remove(each)
        else:
            kept.append(each)
    return replace(case, expenses=tuple(kept), key=(*case.key, f"without {others}"))
