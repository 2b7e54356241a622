"""Which suppositions explain a difference: alone, then two of them, then nearly; each measured by a run."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import PostingKind
from service.core.diagnose_codes import ANY_FIGURE, LATE_MOST, RANK
from service.core.diagnose_reading import readings_supposed
from service.core.diagnose_seen import added, journal, less, size
from service.core.diagnose_standing import standings_further, standings_supposed, years_supposed
from service.core.diagnose_stops import stops_further, stops_supposed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.core.account import Basis
    from service.core.diagnose_seen import Figure
    from service.core.diagnose_trial import Case, Hypothesis, Trials

_STOPS = ("gap_no_credit", "employer_in_arrears")
_NEARLY = 50  # a cause that leaves at most a fiftieth is worth naming
_PAIRS_MOST = 48


class Step(NamedTuple):
    """A cause found: what it moves on top of those before it, and the case it leads to."""

    code: str
    amount: Figure
    case: Case
    month: int | None
    basis: Basis | None
    values: tuple[tuple[str, str], ...]
    supposed: Hypothesis


def tried(trials: Trials, case: Case, rest: Figure) -> list[Step]:
    """Every supposition on top of a case that moves the figure, by rank of its code."""
    readings = [step for h in readings_supposed(trials, case, rest) if (step := taken(trials, case, h))]
    rests = [sum(rest), *(sum(rest) - sum(step.amount) for step in readings if _lasting(step))]
    found = [step for h in _of_member(trials, rests) if (step := taken(trials, case, h))]
    return sorted([*found, *readings], key=_by_rank)


def further(trials: Trials, case: Case, rest: Figure) -> list[Step]:
    """What explains all of a difference and takes more runs to find: one code, and who it is for, once."""
    wanted = sum(rest)
    hypotheses = (*stops_further(trials, wanted), *standings_further(trials)) if wanted else ()
    steps = (step for h in hypotheses if (step := taken(trials, case, h)))
    return alone(sorted(steps, key=_by_rank), rest)


def _by_rank(step: Step) -> tuple[bool, int, bool]:
    """By code; credits that may just be late come before a gap, and all else before a retiree's gap."""
    values = dict(step.values)
    late = step.code == "not_yet_credited" and int(values["count"]) <= LATE_MOST
    retired = values.get("variant", "").startswith("retired")
    code = "gap_no_credit" if late else "ended_with_death" if retired else step.code
    return step.code in ANY_FIGURE, RANK[code], not late


def _of_member(trials: Trials, rests: Sequence[int]) -> Iterator[Hypothesis]:
    wanted = list(dict.fromkeys(rest for rest in rests if rest))
    yield from stops_supposed(trials, wanted)
    yield from years_supposed(trials)
    yield from standings_supposed(trials, wanted)


def _lasting(step: Step) -> bool:
    """Whether a reading says nothing of credits, so that a matter of the member may come besides."""
    return step.code in ("rolled_over", "interest_not_posted")


def taken(trials: Trials, case: Case, hypothesis: Hypothesis) -> Step | None:
    """What a supposition moves; None where that is nothing, or nobody can tell."""
    after = hypothesis.suppose(case)
    now, then = trials.figure(case), trials.figure(after)
    if now is None or then is None or now == then:
        return None
    code, _, month, basis, values = hypothesis
    code = _named(trials, code, case, after, sum(then))
    return Step(code, less(then, now), after, month, basis, values, hypothesis)


def _named(trials: Trials, code: str, case: Case, after: Case, total: int) -> str:
    """The code of what came out: money taken back or spent too early has names of its own."""
    if code == "not_yet_credited" and total < 0:
        return "posted_after_spending"
    if code in _STOPS and _taken_back(trials, after) < _taken_back(trials, case):
        return "negative_after_true_up" if total < 0 else "advance_taken_back"
    return code


def _taken_back(trials: Trials, case: Case) -> int:
    simulation = trials.simulation(case)
    postings = () if simulation is None else journal(simulation, trials.doubt.observed.on)
    return sum(min(0, p.amount) for p in postings if p.kind is PostingKind.TRUE_UP)


def alone(steps: Sequence[Step], rest: Figure) -> list[Step]:
    """Those that explain all of a difference by themselves, the first of each code."""
    found: dict[tuple[str, str], Step] = {}
    for step in steps:
        if step.amount == rest:
            found.setdefault((step.code, into(step.code, step.values)), step)
    return list(found.values())


def into(code: str, values: tuple[tuple[str, str], ...]) -> str:
    """What a status changed into; elsewhere the code says all."""
    return dict(values).get("status", "") if code == "status_changed" else ""


def in_pairs(trials: Trials, steps: Sequence[Step], rest: Figure) -> list[Step]:
    """The first two that together explain all of a difference; empty where no two do."""
    pairs = [
        (one, other)
        for one, other in combinations(steps, 2)
        if one.code != other.code and _may_be(one, other, rest)
    ]
    for one, other in pairs[:_PAIRS_MOST]:
        after = taken(trials, one.case, other.supposed)
        if after is not None and added(one.amount, after.amount) == rest:
            return [one, after]
    return []


def _may_be(one: Step, other: Step, rest: Figure) -> bool:
    """Whether two may explain all; where only a part of the account is seen, their sum alone cannot tell."""
    views = {one.case.reading.view, other.case.reading.view}
    return views != {"all"} or added(one.amount, other.amount) == rest


def nearly(steps: Sequence[Step], rest: Figure) -> Step | None:
    """The one that leaves least of a difference, if little, and explains no more than there is."""
    near = [step for step in steps if _little(less(rest, step.amount), rest, step.amount)]
    return min(near, key=lambda step: size(less(rest, step.amount)), default=None)


def _little(left: Figure, rest: Figure, amount: Figure) -> bool:
    within = all(
        part * whole >= 0 and abs(part) <= abs(whole) for part, whole in zip(amount, rest, strict=True)
    )
    return within and _NEARLY * size(left) <= size(rest)
