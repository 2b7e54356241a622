"""The last lines of the app against the simulated journal: what only one of the two has, and what differs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Bucket, PostingKind
from service.core.diagnose_entries import Entry, Listed, entries
from service.core.diagnose_seen import CREDITS
from service.core.diagnose_trial import Hypothesis
from service.core.month import month_of_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.core.answer import Simulation
    from service.core.diagnose_seen import Figure, Line, Observed, Reading
    from service.core.diagnose_trial import Case

_APART_MOST = 31  # days by which the same movement may be dated differently

_BESIDES = {
    PostingKind.PAYMENT: "spending_not_declared",
    PostingKind.FAMILY_PAYMENT: "paid_for_family",
    PostingKind.DEDUCTION: "deduction_taken",
    PostingKind.INTEREST: "interest_differs",
    PostingKind.CREDIT: "credit_differs",
    PostingKind.ADVANCE: "credit_differs",
    PostingKind.TRUE_UP: "advance_taken_back",
    PostingKind.TRANSFER_OUT: "cleared_on_transfer",
    PostingKind.WITHDRAWAL: "withdrawn",
}
_LACKING = {
    PostingKind.CREDIT: "not_yet_credited",
    PostingKind.ADVANCE: "not_yet_credited",
    PostingKind.INTEREST: "interest_not_posted",
    PostingKind.PAYMENT: "spending_not_posted",
    PostingKind.FAMILY_PAYMENT: "spending_not_posted",
    PostingKind.DEDUCTION: "deduction_not_taken",
    PostingKind.TRANSFER_IN: "transfer_not_arrived",
}


@dataclass(slots=True)
class Matched:
    """What is left when every line has been held against the journal."""

    besides: list[Line] = field(default_factory=list)
    differing: list[tuple[Line, Entry]] = field(default_factory=list)
    lacking: list[Entry] = field(default_factory=list)


class Evidence(NamedTuple):
    """What lines show: causes with what each changes, first those seen, then those not seen."""

    seen: tuple[Hypothesis, ...]
    unseen: tuple[Hypothesis, ...]
    plain: tuple[Hypothesis, ...] = ()  # those seen that are of nobody's status, as payments are
    lines: tuple[Line, ...] = ()  # all that move something
    others: tuple[Line, ...] = ()  # those besides the ones of `plain`


def evidence(simulation: Simulation, observed: Observed, difference: Figure) -> Evidence:
    """What the observed lines say of the difference, by code."""
    lines = [line for line in observed.lines if line.kind is not PostingKind.ROLLOVER and line.amount]
    if not lines:
        return Evidence((), ())
    matched = match(entries(simulation, observed.on, split=any(line.bucket for line in lines)), lines)
    seen = [_besides(line, None, observed, difference) for line in matched.besides]
    seen += [_besides(line, entry, observed, difference) for line, entry in matched.differing]
    latest = max((line.on for line in lines if line.kind in CREDITS), default=date.min)
    unseen = [_lacking(entry, observed, latest) for entry in matched.lacking]
    apart = [line for line in matched.besides if _plain(line)]
    plain = [_besides(line, None, observed, difference) for line in apart]
    others = [*lines]
    for line in apart:
        others.remove(line)
    return Evidence(_by_code(seen), _by_code(unseen), _by_code(plain), tuple(lines), tuple(others))


def fits(simulation: Simulation, reading: Reading, on: date, lines: Sequence[Line]) -> bool:
    """Whether lines are just those of a journal, as it is read."""
    split = any(line.bucket for line in lines)
    matched = match(entries(simulation, on, split=split, reading=reading), lines)
    return not (matched.besides or matched.differing or matched.lacking)


def _plain(line: Line) -> bool:
    """Whether a line says what happened whoever the member is; money in may always be a credit."""
    if line.kind is None:
        return line.amount < 0
    return line.kind not in (*CREDITS, PostingKind.INTEREST, PostingKind.TRUE_UP)


def match(expected: Sequence[Entry], lines: Sequence[Line]) -> Matched:
    """Hold each line against the journal; lines before the oldest one seen cannot lack."""
    left, found = Listed(expected), Matched()
    rest = []
    for line in sorted(lines, key=_order):
        entry = _like(line, left) or _split_off(line, left)
        if entry is None:
            rest.append(line)
            continue
        left.take(entry)
        if line.amount != entry.amount:  # shown before what is kept back, which then has a line of its own
            left.add(Entry(entry.on, PostingKind.DEDUCTION, entry.bucket, -entry.withheld, entry.basis))
    for line in rest:
        near = _instead(line, left)
        if near is None:
            found.besides.append(line)
        else:
            left.take(near)
            found.differing.append((line, near))
    oldest = min((line.on for line in lines), default=date.max)
    found.lacking = [entry for entry in left.all() if entry.on > oldest]
    return found


def _order(line: Line) -> tuple[bool, date, int, str, str]:
    """Deductions after the credits they were kept back from; whatever order the lines came in."""
    return line.kind is PostingKind.DEDUCTION, line.on, line.amount, line.kind or "", line.bucket or ""


def _like(line: Line, left: Listed) -> Entry | None:
    """The movement of the same amount nearest in time."""
    near = [entry for entry in left.of_amount(line.amount) if _kin(line, entry) and _near(line, entry)]
    return min(near, key=lambda entry: abs((entry.on - line.on).days), default=None)


def _near(line: Line, entry: Entry) -> bool:
    return abs((entry.on - line.on).days) <= _APART_MOST


def _split_off(line: Line, left: Listed) -> Entry | None:
    """A part of a movement that the app lists part by part; the movement is left with its other parts."""
    if line.bucket is not None:
        return None
    for whole in left.of_part(line.amount):
        if _kin(line, whole) and _near(line, whole):
            part = next(p for p in whole.postings if p.amount == line.amount)
            others = tuple(p for p in whole.postings if p is not part)
            left.take(whole)
            left.add(whole._replace(postings=others, amount=whole.amount - part.amount))
            entry = whole._replace(postings=(part,), amount=part.amount, withheld=0)
            left.add(entry)
            return entry
    return None


def _instead(line: Line, left: Listed) -> Entry | None:
    """The credit or interest of the same month with another amount."""
    alike = [entry for entry in left.of_month(month_of_day(line.on)) if _kin(line, entry)]
    if line.kind in CREDITS or line.kind is PostingKind.INTEREST:
        return alike[0] if alike else None
    if line.kind is not None:
        return None
    money_in = (*CREDITS, PostingKind.INTEREST)
    near = [entry for entry in alike if entry.kind in money_in and _comparable(line.amount, entry.amount)]
    return near[0] if near else None


def _comparable(one: int, other: int) -> bool:
    """Whether two amounts may be of the same thing although the app does not say what it is."""
    return one * other > 0 and abs(one) <= 3 * abs(other) and abs(other) <= 3 * abs(one)


def _kin(line: Line, entry: Entry) -> bool:
    if line.bucket is not None and entry.bucket is not None and line.bucket is not entry.bucket:
        return False
    if line.kind in CREDITS:
        return entry.kind in CREDITS
    return line.kind is None or line.kind is entry.kind


def _besides(line: Line, entry: Entry | None, observed: Observed, difference: Figure) -> Hypothesis:
    """A line that the journal does not have, or has with another amount."""
    amount = line.amount - (0 if entry is None else entry.amount)
    kind = line.kind if line.kind is not None or entry is None else entry.kind
    code = "posting_not_expected" if kind is None else _BESIDES.get(kind, "posting_not_expected")
    if code == "advance_taken_back":
        code = _of_true_up(amount, observed)
    figure = _placed(amount, line.bucket, observed, difference)
    return Hypothesis(
        code,
        lambda case: replace(case, reading=case.reading.plus(figure)),
        month_of_day(line.on),
        None if entry is None else entry.basis,
    )


def _of_true_up(amount: int, observed: Observed) -> str:
    if amount > 0:
        return "credit_differs"
    return "negative_after_true_up" if observed.total < 0 else "advance_taken_back"


def _placed(amount: int, bucket: Bucket | None, observed: Observed, difference: Figure) -> Figure:
    """The amount in its part; where the line names none, in the one that differs most in its direction."""
    if observed.parts is None:
        return (amount,)
    sign = 1 if amount > 0 else -1
    likely = max(range(len(difference)), key=lambda place: (difference[place] * sign, -place))
    place = likely if bucket is None else list(Bucket).index(bucket)
    return tuple(amount if each == place else 0 for each in range(len(difference)))


def _lacking(entry: Entry, observed: Observed, latest: date) -> Hypothesis:
    """A movement that should be among the lines and is not; `latest` is the last credit seen."""
    code = _LACKING.get(entry.kind, "posting_not_seen")
    if code == "not_yet_credited" and entry.on < latest:
        code = "gap_no_credit"  # what was due before a credit that came does not come any more
    elif code == "not_yet_credited" and observed.total < 0:
        code = "posted_after_spending"

    def suppose(case: Case) -> Case:
        if entry.postings:
            return replace(case, reading=case.reading.lacking(entry.postings))
        figure = _placed(-entry.amount, Bucket.CURRENT_YEAR, observed, observed.figure)
        return replace(case, reading=case.reading.plus(figure))

    return Hypothesis(code, suppose, month_of_day(entry.on), entry.basis)


def _by_code(found: Iterable[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Several lines of one code as one cause, in the order of the first of each."""
    groups: dict[str, list[Hypothesis]] = {}
    for each in found:
        groups.setdefault(each.code, []).append(each)
    return tuple(_together(group) for group in groups.values())


def _together(group: list[Hypothesis]) -> Hypothesis:
    def suppose(case: Case) -> Case:
        for each in group:
            case = each.suppose(case)
        return case

    months = [each.month for each in group if each.month is not None]
    basis = next((each.basis for each in group if each.basis is not None), None)
    return Hypothesis(group[0].code, suppose, min(months), basis, (("count", str(len(group))),))
