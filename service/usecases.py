"""What the service does, one function each: look up, compute; no HTTP, no SQL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from service.core import telling
from service.core.account import Basis, Bucket, Notice
from service.core.answer import CreditMonth, CreditTable, Simulation, summed_up
from service.core.book import Book
from service.core.credit import Monthly, gives_account
from service.core.crediting import credit, deductions
from service.core.earning import Earnings
from service.core.errors import Fault, NotFound, Refused
from service.core.expense import Expense
from service.core.facts import Log
from service.core.member import Member, Status
from service.core.month import month_of, month_of_day, month_text
from service.core.policy import InForce, National, Timeline, Version
from service.core.retirement import RetirementAge, RetirementKind, StatutoryRetirement, statutory
from service.core.simulate import Question, credit_table, simulate, uncovered

_LAST_MONTH = month_of(2999, 12)  # the last that can be written
_NEVER_LATE = 1200  # months within which whatever a quoted month earns has been posted


@dataclass(frozen=True, slots=True)
class Asked:
    """A question before it is known whether its area has policies for it."""

    area: str
    first: int
    last: int
    member: Member
    expenses: tuple[Expense, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


def areas(book: Book, after: str, limit: int) -> list[Timeline]:
    """Areas with published policies, by code, beginning after one."""
    return [book.areas[code] for code in sorted(book.areas) if code > after][:limit]


def area(book: Book, code: str) -> Timeline:
    """The policies of an area; NotFound if none has been published."""
    found = book.areas.get(code)
    if found is None:
        raise NotFound("area", code)
    return found


def policy(versions: Mapping[str, Version], policy_id: str) -> Version:
    """A policy ever published, also one that was corrected since; NotFound otherwise."""
    found = versions.get(policy_id)
    if found is None:
        raise NotFound("policy", policy_id)
    return found


def policy_on(timeline: Timeline, on: date | None) -> InForce:
    """The policy in force on a day, or the last one; Refused if none is."""
    if on is None:
        return timeline.policies[-1]
    found = timeline.on(on)
    if found is None:
        raise Refused([_not_in_force("/on", timeline, month_of_day(on))])
    return found


def quote_credit(book: Book, asked: Asked, *, cohort_known: bool) -> CreditTable:
    """What one month earns, whenever that is posted; Refused names every fault."""
    question = _question(book, asked)
    month, log = asked.first, Log(asked.first, asked.first + _NEVER_LATE)
    earnings = Earnings(question.timeline, asked.member, log, frozenset({month}))
    earned = earnings.of(month)
    in_force = question.timeline.at(month)
    if in_force is None:
        raise AssertionError(month)
    if not cohort_known and _tells_cohorts_apart(in_force, asked.member.spells[-1].status):
        log.fault("/retired_from", "fact_required", policy=in_force.id)
    extras = [extra for extra in earnings.extras(month) if isinstance(extra.rule.posting, Monthly)]
    found = [credit(each, month, (month, month)) for each in ([earned] if earned else []) + extras]
    owed = (
        tuple(deductions(earned, "account", 1)) if earned is not None and gives_account(earned.rule) else ()
    )
    if log.faults:
        raise Refused(tuple(log.faults.values()))
    telling.credit(log, month, in_force, earned)
    line = CreditMonth(month, in_force, summed_up([each for each in found if each is not None], owed, 0))
    return CreditTable((line,), (in_force,), tuple(log.notices.values()))


def _tells_cohorts_apart(in_force: InForce, status: Status) -> bool:
    whos = [rule.who for rule in in_force.policy.credits if status in rule.who.status]
    return any(who.retired_from is not None or who.retired_before is not None for who in whos)


class Retirement(NamedTuple):
    """A statutory retirement month, the rule that gives it, and what to know of it."""

    found: StatutoryRetirement
    rule: RetirementAge
    basis: Basis
    notices: tuple[Notice, ...]


def statutory_retirement(book: Book, birth_month: int, kind: RetirementKind) -> Retirement:
    """The statutory retirement month under the national rules; Refused if none is known or it is too far."""
    national = None if book.national is None else book.national.policy
    rules = national.retirement if isinstance(national, National) else ()
    found = statutory(rules, birth_month, kind)
    if book.national is None or found is None:
        raise Refused([Fault("/kind", "retirement_unknown", {"kind": kind})])
    if found.month > _LAST_MONTH:
        raise Refused([Fault("/birth_month", "past_last_month", {"last": month_text(_LAST_MONTH)})])
    rule, name = rules[found.rule], book.national.id
    # The rules of the national document are not attested for months before it.
    early = found.old_month < book.national.policy.effective.first_month
    notice = Notice("policy_extrapolated", "warning", found.old_month, (("policy", name),))
    basis = Basis(name, f"/retirement/{found.rule}", rule.source)
    return Retirement(found, rule, basis, (notice,) if early else ())


def simulate_credits(book: Book, asked: Asked) -> CreditTable:
    """The credits of a range of months; Refused names every fault."""
    return credit_table(_question(book, asked))


def simulate_balances(book: Book, asked: Asked) -> Simulation:
    """The account over a range of months; Refused names every fault."""
    return simulate(_question(book, asked))


def _question(book: Book, asked: Asked) -> Question:
    faults = list(lookup_faults(book, asked.area, asked.first, asked.last, asked.member.opening.held))
    if faults:
        raise Refused(faults)
    return Question(
        book.areas[asked.area], asked.member, asked.first, asked.last, asked.expenses, asked.deposit_rates
    )


def lookup_faults(
    book: Book, code: str, first: int | None, last: int | None, held: Mapping[Bucket, int]
) -> Iterator[Fault]:
    """What a question asks of policies that nobody published; a month that cannot be read is None."""
    timeline = book.areas.get(code)
    if timeline is None:
        yield Fault("/area", "unknown_area", {"area": code})
        return
    if first is not None and timeline.at(first) is None:
        yield _not_in_force("/from", timeline, first)
    elif first is not None and last is not None:
        gap = uncovered(timeline, first, last)
        if gap is not None:
            yield _not_in_force("/to", timeline, gap)
    in_force = None if first is None else timeline.at(first)
    if in_force is not None:
        for bucket, fen in held.items():
            if fen and bucket not in in_force.policy.buckets:
                yield Fault(f"/member/opening/{bucket}", "bucket_not_in_policy", {"policy": in_force.id})


def _not_in_force(pointer: str, timeline: Timeline, month: int) -> Fault:
    ranges = []
    for in_force in timeline.policies:
        first, last = in_force.policy.effective.first_month, in_force.policy.effective.last_month
        ranges.append(f"{month_text(first) if first else ''}–{month_text(last) if last else ''}")
    return Fault(pointer, "no_policy_in_force", {"month": month_text(month), "covered": ", ".join(ranges)})
