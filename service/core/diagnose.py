"""Diagnosis (诊断): why an account shows another figure than simulated, in causes that sum to the difference.

Every cause is a line seen in the app, or something supposed and simulated; each is measured on top of
the ones before it, so that no two explain the same money, and what is left is said to be unexplained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from service.core.account import PostingKind
from service.core.diagnose_codes import ANY_FIGURE, LATE_MOST
from service.core.diagnose_match import evidence, fits
from service.core.diagnose_own import reasons, refusal
from service.core.diagnose_search import alone, further, in_pairs, into, nearly, taken, tried
from service.core.diagnose_seen import Reading, held_on, less, size
from service.core.diagnose_trial import Doubt, Trials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.core.account import Basis, Bucket
    from service.core.answer import Simulation
    from service.core.diagnose_match import Evidence
    from service.core.diagnose_own import Refusal
    from service.core.diagnose_search import Step
    from service.core.diagnose_seen import Figure, Line, Observed
    from service.core.diagnose_trial import Case, Hypothesis

    Certainty = Literal["shown", "likely", "possible"]
    Found = Literal["figure", "lines", "supposed"]

__all__ = ["Cause", "Diagnosis", "Doubt", "diagnose"]


class Cause(NamedTuple):
    """What explains a part of the difference, in fen; `found` is how, and `values` fill its sentence."""

    code: str
    amount: Figure
    certainty: Certainty
    found: Found
    month: int | None = None
    basis: Basis | None = None
    values: tuple[tuple[str, str], ...] = ()


class Diagnosis(NamedTuple):
    """Why the figure seen differs; each alternative explains all of the difference by itself."""

    simulated: Mapping[Bucket, int]
    difference: Figure
    causes: tuple[Cause, ...]
    alternatives: tuple[Cause, ...]
    wanted: Refusal | None


def diagnose(doubt: Doubt, simulation: Simulation) -> Diagnosis:
    """The causes of what a person sees, given the simulation of the question up to that day."""
    trials = Trials(doubt, simulation)
    observed = doubt.observed
    held = held_on(simulation, observed.on, Reading())
    difference = less(observed.figure, observed.of(held))
    refused = None
    if observed.wanted is not None:
        refused = refusal(doubt, simulation, _left(observed, held), observed.wanted)
    if not any(difference):
        nothing = tuple(0 for _ in difference)
        own = [
            Cause(o.code, nothing, "shown", "figure", o.month, o.basis, o.values)
            for o in reasons(doubt, simulation)
        ]
        return Diagnosis(held, difference, tuple(own), (), refused)
    causes, alternatives = _explained(trials, difference)
    return Diagnosis(held, difference, tuple(causes), tuple(alternatives), refused)


def _left(observed: Observed, simulated: Mapping[Bucket, int]) -> Mapping[Bucket, int]:
    """What each part holds: as seen; where only the total was, as simulated, and no more than that in all.

    What was spent besides came from the current year first, as everywhere: older money is what is left.
    """
    if observed.parts is not None:
        return observed.parts
    left, found = max(0, observed.total), {}
    for bucket in reversed([*simulated]):
        found[bucket] = max(0, min(simulated[bucket], left))
        left -= found[bucket]
    return found


def _explained(trials: Trials, difference: Figure) -> tuple[list[Cause], list[Cause]]:
    """The causes one on top of another, and what would explain the whole by itself."""
    whole = tried(trials, trials.base, difference)
    exact = alone(whole, difference) or further(trials, trials.base, difference)
    lines, case, rest, found = _shown(trials, difference)
    exact = [step for step in exact if _agrees(trials, step, trials.base, found.lines)]
    causes = list(lines)
    better = _fitting(trials, found, difference) if _doubtful(found, lines, rest) else []
    if better:
        causes = better
    elif any(rest):
        steps = whole if rest == difference else tried(trials, case, rest)
        single = exact if rest == difference else alone(steps, rest)
        causes += _supposed(trials, steps, single, rest)
    rest = _minus(difference, causes)
    if any(rest):
        causes.append(Cause("unexplained", rest, "possible", "supposed", values=_towards(rest)))
    named = {_named(cause) for cause in causes} if len(causes) == 1 else set()
    others = [_cause(step, "possible") for step in exact]
    return causes, [other for other in others if _named(other) not in named]


def _named(cause: Cause) -> tuple[str, int | None, str]:
    return cause.code, cause.month, into(cause.code, cause.values)


def _towards(rest: Figure) -> tuple[tuple[str, str], ...]:
    """Which words suit what is left: money that is missing, money besides, or parts that differ."""
    if sum(rest) < 0:
        return ()
    return (("variant", "more" if sum(rest) > 0 else "parts"),)


def _agrees(trials: Trials, step: Step, since: Case, lines: Sequence[Line]) -> bool:
    """Whether the lines may be those of a supposition; some suppositions say nothing of lines."""
    simulation = trials.simulation(step.case)
    reading = step.case.reading
    if not lines or simulation is None or reading.view != "all" or reading.besides != since.reading.besides:
        return True
    return fits(simulation, reading, trials.doubt.observed.on, lines)


def _doubtful(found: Evidence, lines: Sequence[Cause], rest: Figure) -> bool:
    """Whether what the lines show is more likely the consequence of one thing that they do not name."""
    beyond = {cause.code for cause in lines} - {each.code for each in found.plain}
    late = sum(cause.code == "not_yet_credited" and _count(cause) > LATE_MOST for cause in lines)
    symptoms = beyond - {"interest_differs", "not_yet_credited"}
    return bool(found.lines) and (
        any(rest) or bool(late) or (len(beyond) > 1 and bool(symptoms)) or "credit_differs" in beyond
    )


def _count(cause: Cause) -> int:
    return int(dict(cause.values).get("count", "1"))


def _fitting(trials: Trials, found: Evidence, difference: Figure) -> list[Cause]:
    """The lines that say what happened, and what explains the rest and every other line."""
    plain, case = _chain(trials, trials.base, found.plain, "shown")
    rest = _minus(difference, plain)
    if not any(rest):
        return []
    fitting: list[Step] = []
    for search in (tried, further):
        steps = alone(search(trials, case, rest), rest)
        fitting = [step for step in steps if _tells(step, case) and _agrees(trials, step, case, found.others)]
        if fitting:
            break
    if not fitting:
        return []
    return [*plain, _cause(fitting[0], "likely" if len(fitting) == 1 else "possible")]


def _tells(step: Step, since: Case) -> bool:
    """Whether a supposition says something of the lines at all."""
    return step.case.reading.view == "all" and step.case.reading.besides == since.reading.besides


def _shown(trials: Trials, difference: Figure) -> tuple[list[Cause], Case, Figure, Evidence]:
    """What the lines show, and what is left: lines that lack count where they lessen the difference."""
    base = trials.simulation(trials.base)
    if base is None:
        raise AssertionError(trials.base.key)
    found = evidence(base, trials.doubt.observed, difference)
    seen, case = _chain(trials, trials.base, found.seen, "shown")
    rest = _minus(difference, seen)
    unseen, beyond = _chain(trials, case, found.unseen, "likely")
    left = _minus(rest, unseen)
    if size(left) < size(rest):
        return [*seen, *unseen], beyond, left, found
    return seen, case, rest, found


def _chain(
    trials: Trials, case: Case, hypotheses: Sequence[Hypothesis], certainty: Certainty
) -> tuple[list[Cause], Case]:
    """Causes one after another, each measured on top of those before."""
    causes = []
    for hypothesis in hypotheses:
        step = taken(trials, case, hypothesis)
        if step is not None:
            causes.append(_cause(step, certainty)._replace(code=hypothesis.code, found="lines"))
            case = step.case
    return causes, case


def _supposed(trials: Trials, steps: list[Step], exact: list[Step], rest: Figure) -> list[Cause]:
    """The fewest suppositions that explain all that is left, or the one that leaves little."""
    if exact:
        rolled = any(line.kind is PostingKind.ROLLOVER for line in trials.doubt.observed.lines)
        if rolled and (step := next((s for s in exact if s.code == "rolled_over"), None)):
            return [_cause(step, "shown")]
        telling = [step for step in exact if step.code not in ANY_FIGURE]
        return [_cause(exact[0], "likely" if len(telling) == 1 else "possible")]
    pair = in_pairs(trials, steps, rest)
    near = None if pair else nearly(steps, rest)
    return [_cause(step, "possible") for step in (pair or ([near] if near else []))]


def _cause(step: Step, certainty: Certainty) -> Cause:
    return Cause(step.code, step.amount, certainty, "supposed", step.month, step.basis, step.values)


def _minus(figure: Figure, causes: Sequence[Cause]) -> Figure:
    for cause in causes:
        figure = less(figure, cause.amount)
    return figure
