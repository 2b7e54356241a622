"""The last lines of the app against the simulated journal: what only one of the two has, and what differs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Bucket, PostingKind
from service.core.diagnose_seen import CREDITS, journal
from service.core.diagnose_trial import Hypothesis
from service.core.month import month_of_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from service.core.account import Basis, Posting
    from service.core.answer import Simulation
    from service.core.diagnose_seen import Figure, Line, Observed
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


class Entry(NamedTuple):
    """A line that the simulation would show; `withheld` was kept back from a credit before it was posted."""

    on: date
    kind: PostingKind
    bucket: Bucket | None
    amount: int
    basis: Basis
    postings: tuple[Posting, ...] = ()
    withheld: int = 0


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


def evidence(simulation: Simulation, observed: Observed, difference: Figure) -> Evidence:
    """What the observed lines say of the difference, by code."""
    lines = [line for line in observed.lines if line.kind is not PostingKind.ROLLOVER and line.amount]
    if not lines:
        return Evidence((), ())
    matched = match(entries(simulation, observed.on, split=any(line.bucket for line in lines)), lines)
    seen = [_besides(line, None, observed, difference) for line in matched.besides]
    seen += [_besides(line, entry, observed, difference) for line, entry in matched.differing]
    unseen = [_lacking(entry, observed) for entry in matched.lacking]
    return Evidence(_by_code(seen), _by_code(unseen))


def entries(simulation: Simulation, on: date, *, split: bool) -> list[Entry]:
    """The journal as an app would list it; parts of one movement are one line unless they are `split`."""
    withheld, found = dict(_withheld(simulation)), []
    for group in _movements(simulation, on, split=split):
        first, amount = group[0], sum(posting.amount for posting in group)
        kept = withheld.get(month_of_day(first.on), 0) if first.kind in CREDITS else 0
        bucket = first.bucket if split else None
        found.append(Entry(first.on, first.kind, bucket, amount, first.basis, group, kept))
    return found


def _movements(simulation: Simulation, on: date, *, split: bool) -> Iterator[tuple[Posting, ...]]:
    """The postings of each movement; a rollover moves nothing in all."""
    postings = [posting for posting in journal(simulation, on) if posting.kind is not PostingKind.ROLLOVER]
    if split:
        yield from ((posting,) for posting in postings)
        return
    groups: dict[tuple[object, ...], list[Posting]] = {}
    for posting in postings:
        if posting.kind is not PostingKind.PAYMENT:
            key = (posting.on, posting.kind, posting.basis, posting.months)
            groups.setdefault(key, []).append(posting)
    yield from map(tuple, groups.values())
    # What one expense draws from several parts is one line; two expenses of a day are two.
    paid = [posting for posting in postings if posting.kind is PostingKind.PAYMENT]
    for settled in simulation.expenses:
        count = sum(part.by == "own" for part in settled.paid)
        if count and paid:
            yield tuple(paid[:count])
            del paid[:count]


def _withheld(simulation: Simulation) -> Iterator[tuple[int, int]]:
    """What was kept back from the credit of a month that has one."""
    for month in simulation.months:
        credits_ = [each for each in month.postings if each.kind in CREDITS]
        kept = sum(each.amount for each in month.credit.taken if each.deduction.taken_from == "credit")
        if len(credits_) == 1 and kept:
            yield month.month, kept


def match(expected: Sequence[Entry], lines: Sequence[Line]) -> Matched:
    """Hold each line against the journal; lines before the oldest one seen cannot lack."""
    left, found = list(expected), Matched()
    rest = []
    for line in sorted(lines, key=_order):
        entry = _like(line, left)
        if entry is None:
            rest.append(line)
            continue
        left.remove(entry)
        if line.amount != entry.amount:  # shown before what is kept back, which then has a line of its own
            left.append(Entry(entry.on, PostingKind.DEDUCTION, entry.bucket, -entry.withheld, entry.basis))
    for line in rest:
        near = _instead(line, left)
        if near is None:
            found.besides.append(line)
        else:
            left.remove(near)
            found.differing.append((line, near))
    oldest = min(line.on for line in lines)
    found.lacking = [entry for entry in left if entry.on > oldest]
    return found


def _order(line: Line) -> tuple[bool, date, int, str, str]:
    """Deductions after the credits they were kept back from; whatever order the lines came in."""
    return line.kind is PostingKind.DEDUCTION, line.on, line.amount, line.kind or "", line.bucket or ""


def _like(line: Line, left: Sequence[Entry]) -> Entry | None:
    """The movement of the same amount nearest in time."""
    alike = [entry for entry in left if _kin(line, entry) and line.amount in _amounts(entry)]
    near = [entry for entry in alike if abs((entry.on - line.on).days) <= _APART_MOST]
    return min(near, key=lambda entry: abs((entry.on - line.on).days), default=None)


def _instead(line: Line, left: Sequence[Entry]) -> Entry | None:
    """The credit or interest of the same month with another amount."""
    if line.kind not in CREDITS and line.kind is not PostingKind.INTEREST:
        return None
    month = month_of_day(line.on)
    return next((e for e in left if _kin(line, e) and month_of_day(e.on) == month), None)


def _kin(line: Line, entry: Entry) -> bool:
    if line.bucket is not None and entry.bucket is not None and line.bucket is not entry.bucket:
        return False
    if line.kind in CREDITS:
        return entry.kind in CREDITS
    return line.kind is None or line.kind is entry.kind


def _amounts(entry: Entry) -> tuple[int, ...]:
    return (entry.amount, entry.amount + entry.withheld) if entry.withheld else (entry.amount,)


def _besides(line: Line, entry: Entry | None, observed: Observed, difference: Figure) -> Hypothesis:
    """A line that the journal does not have, or has with another amount."""
    amount = line.amount - (0 if entry is None else entry.amount)
    code = "posting_not_expected" if line.kind is None else _BESIDES.get(line.kind, "posting_not_expected")
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


def _lacking(entry: Entry, observed: Observed) -> Hypothesis:
    """A movement of the journal that should be among the lines and is not."""
    code = _LACKING.get(entry.kind, "posting_not_seen")
    if code == "not_yet_credited" and observed.total < 0:
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
