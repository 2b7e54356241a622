"""The months for which a person sees credits, and those whose lack would come near a difference."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from service.core.account import PostingKind
from service.core.diagnose_seen import journal
from service.core.month import month_of_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from service.core.answer import Simulation
    from service.core.diagnose_trial import Trials

    Span = tuple[int, int]

_NEAREST = 2  # months tried for each difference to be explained
_SPANS_MOST = 12
_NEARLY = 50  # interest on what is lacking is less than a fiftieth of it
_CREDITED = (PostingKind.CREDIT, PostingKind.ADVANCE, PostingKind.TRUE_UP, PostingKind.DEDUCTION)


def known(trials: Trials) -> Simulation:
    """The simulation of the question as declared."""
    found = trials.simulation(trials.base)
    if found is None:
        raise AssertionError(trials.base.key)
    return found


def credits_seen(trials: Trials) -> dict[int, int]:
    """What the question as declared credits by the day for each month, in fen."""
    return credited_by_month(known(trials), trials.doubt.observed.on)


def credited_by_month(simulation: Simulation, on: date) -> dict[int, int]:
    """What was credited by a day for each month, in fen; a credit for several is spread over them."""
    found: dict[int, int] = {}
    for posting in journal(simulation, on):
        if posting.kind in _CREDITED:
            first, last = posting.months or (month_of_day(posting.on),) * 2
            count = last - first + 1
            for place in range(count):
                share = posting.amount * (place + 1) // count - posting.amount * place // count
                found[first + place] = found.get(first + place, 0) + share
    return {month: fen for month, fen in found.items() if fen}


def nearest_months(trials: Trials, after: Mapping[int, int], rests: Sequence[int]) -> list[int]:
    """The months from which on a change of the credits would come nearest to what is to be explained.

    Months are looked for on the credits alone; whoever supposes one of them simulates it.
    """
    before = credits_seen(trials)
    months = sorted((before.keys() | after.keys()), reverse=True)
    changed = accumulate(after.get(month, 0) - before.get(month, 0) for month in months)
    by = {month: fen for month, fen in zip(months, changed, strict=True) if fen}
    found: dict[int, None] = {}
    for rest in rests:
        near = [month for month, fen in by.items() if 4 * abs(fen - rest) <= abs(rest)]
        nearest = sorted(near, key=lambda month: (abs(by[month] - rest), month))
        found |= dict.fromkeys(nearest[:_NEAREST])
        if trials.doubt.expenses:  # of money that is gone anyway, less is missing than was not credited
            beyond = [month for month, fen in by.items() if fen * rest > 0 and abs(fen) > abs(rest)]
            found |= dict.fromkeys(beyond[:1])
    return list(found)


def single_month(trials: Trials, rest: int) -> int | None:
    """The month whose credit alone is what is to be explained, unless it is the last or one of several."""
    by_month = credits_seen(trials)
    alone = [month for month, fen in by_month.items() if fen == -rest]
    return alone[0] if len(alone) == 1 and alone[0] < max(by_month) else None


def spans(trials: Trials, rest: int) -> list[Span]:
    """Months in a row whose credits come near what is to be explained, and after which more were credited."""
    by_month = credits_seen(trials)
    months, found = sorted(by_month), {}
    for start, first in enumerate(months):
        lacking = 0
        for last in months[start:-1]:
            lacking += by_month[last]
            if _NEARLY * abs(rest + lacking) <= abs(rest):
                found[first, last] = abs(rest + lacking)
    return sorted(found, key=lambda span: (found[span], -span[0]))[:_SPANS_MOST]
