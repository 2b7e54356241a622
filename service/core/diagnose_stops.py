"""What may have stopped undeclared (停保, 断缴): cover or contributions, for good or for some months."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from service.core.account import PostingKind
from service.core.diagnose_months import known, nearest_months, single_month, spans
from service.core.diagnose_spells import changed_from, in_arrears, uncovered
from service.core.diagnose_trial import Hypothesis
from service.core.member import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.core.diagnose_spells import Change
    from service.core.diagnose_trial import Trials

    Stop = tuple[str, Change, tuple[tuple[str, str], ...]]

_MONTHS_MOST = 12


def stops_supposed(trials: Trials, rests: Sequence[int]) -> Iterator[Hypothesis]:
    """Cover or contributions that stopped in a month, or were lacking in one."""
    for code, change, values in _stops(trials):
        for month in nearest_months(trials, {}, rests):
            yield _stopped(code, change, values, month)
        for rest in rests:
            month_alone = single_month(trials, rest)
            if month_alone is not None:
                yield _stopped(code, change, values, month_alone, month_alone)


def stops_further(trials: Trials, rest: int) -> Iterator[Hypothesis]:
    """What takes more runs: months lacking in a row, and every month where credits are advanced."""
    lacking = spans(trials, rest) if rest < 0 else []
    for code, change, values in _stops(trials):
        for first, last in lacking:
            yield _stopped(code, change, values, first, last)
    for month in advanced_months(trials):
        for code, change, values in _stops(trials)[:1]:
            yield _stopped(code, change, values, month)


def advanced_months(trials: Trials) -> list[int]:
    """The months in which a change may take an advance back; of what was advanced before, nothing is seen."""
    doubt = trials.doubt
    advanced = any(p.kind is PostingKind.ADVANCE for m in known(trials).months for p in m.postings)
    months = range(max(doubt.first, doubt.last - _MONTHS_MOST + 1), doubt.last + 1)
    return list(reversed(months)) if advanced else []


def _stops(trials: Trials) -> list[Stop]:
    """What may stop for whom; nobody who asks is told of a death."""
    spell = trials.base.declared.member.spell_at(trials.doubt.last)
    if spell is None:
        return []
    if spell.status is Status.RETIRED:
        return [("gap_no_credit", uncovered, (("of", "retired"),))]
    owed = {Status.EMPLOYED: "employer_in_arrears", Status.FLEXIBLE: "gap_no_credit"}.get(spell.status)
    arrears: list[Stop] = [] if owed is None else [(owed, in_arrears, ())]
    return [("gap_no_credit", uncovered, ()), *arrears]


def _stopped(
    code: str, change: Change, values: tuple[tuple[str, str], ...], first: int, last: int | None = None
) -> Hypothesis:
    suppose = partial(changed_from, name=change.__name__, change=change, first=first, last=last)
    variant = " ".join([*(word for _, word in values), *_span_word(first, last)])
    told = (("variant", variant),) if variant else ()
    if last is not None and last > first:
        told = (*told, ("last", str(last)))
    return Hypothesis(code, suppose, first, values=told)


def _span_word(first: int, last: int | None) -> list[str]:
    if last is None:
        return []
    return ["alone" if first == last else "span"]
