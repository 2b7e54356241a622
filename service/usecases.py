"""What the service does, one function each: look up, compute; no HTTP, no SQL."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple, TypeVar

from service.asked import (
    DAY,
    Asked,
    AskedBill,
    AskedClosure,
    AskedFamily,
    holder_faults,
    lookup_faults,
    not_in_force,
    unique,
)
from service.core import telling
from service.core.account import Basis, Notice
from service.core.answer import CreditMonth, CreditTable, FamilySimulation, Simulation, summed_up
from service.core.book import Book
from service.core.checkout import CheckedOut, Counter, check_out
from service.core.closure import ClosingQuestion, Closure, close
from service.core.course import Course, course
from service.core.credit import Monthly, gives_account
from service.core.crediting import credit, deductions
from service.core.earning import Earnings
from service.core.errors import Fault, NotFound, Refused
from service.core.facts import Log
from service.core.member import Status
from service.core.month import month_of, month_of_day, month_text
from service.core.policy import InForce, National, Timeline, Version
from service.core.retirement import RetirementAge, RetirementKind, StatutoryRetirement, statutory
from service.core.simulate import Household, Question, credit_table, simulate_family

Answer = TypeVar("Answer")

_LAST_MONTH = month_of(2999, 12)  # the last that can be written
_NEVER_LATE = 1200  # months within which whatever a quoted month earns has been posted


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
        raise Refused([not_in_force("/on", timeline, month_of_day(on))])
    return found


def quote_credit(book: Book, asked: Asked, *, cohort_known: bool) -> CreditTable:
    """What one month earns, whenever that is posted; Refused names every fault."""
    _refuse(lookup_faults(book, asked.declared, asked.first, asked.last))
    timeline = book.areas[asked.area]
    month, log = asked.first, Log(asked.first, asked.first + _NEVER_LATE)
    earnings = Earnings(timeline, asked.member, log, frozenset({month}))
    earned = earnings.of(month)
    in_force = timeline.at(month)
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
    _refuse(lookup_faults(book, asked.declared, asked.first, asked.last))
    found = course(asked.declared, book, asked.first, asked.last)
    tables = []
    faults = [*found.faults]
    for leg in found.person.legs:
        question = Question(leg.timeline, leg.member, leg.first, leg.last, deposit_rates=asked.deposit_rates)
        try:
            tables.append(credit_table(question))
        except Refused as refused:
            faults += refused.faults
    _refuse(faults)
    if len(tables) == 1 and not found.notices:
        return tables[0]
    notices = {(n.code, n.values): n for table in reversed(tables) for n in reversed(table.notices)}
    return CreditTable(
        tuple(month for table in tables for month in table.months),
        tuple({each.id: each for table in tables for each in table.policies}.values()),
        (*found.notices, *reversed(notices.values())),
        found.bases,
    )


def simulate_balances(book: Book, asked: Asked) -> Simulation:
    """The account over a range of months; Refused names every fault."""
    family = AskedFamily(
        (asked.declared,), asked.first, asked.last, (), asked.expenses, (), asked.deposit_rates
    )
    return simulate_families(book, family).people[0]


def simulate_families(book: Book, asked: AskedFamily) -> FamilySimulation:
    """The accounts of a household in step over a range of months; Refused names every fault."""
    first, last = asked.first, asked.last
    holders = ((link.holder, f"{link.pointer}/holder") for link in asked.links)
    _refuse(fault for each in asked.people for fault in lookup_faults(book, each, first, last))
    courses = [course(each, book, first, last) for each in asked.people]
    known = [
        *(fault for each in courses for fault in each.faults),
        *holder_faults(book, asked.people, holders, last),
    ]
    household = Household(
        tuple(each.person for each in courses),
        first,
        last,
        asked.links,
        asked.expenses,
        asked.transfers,
        asked.deposit_rates,
    )
    found = _with_known(known, lambda: simulate_family(household))
    if not any(each.notices for each in courses):
        return found
    people = tuple(map(_also_told, found.people, courses))
    return found._replace(people=people)


def simulate_bills(book: Book, asked: AskedBill) -> CheckedOut:
    """One bill, paid from what the accounts hold at the counter; Refused names every fault."""
    month = asked.expense.on_month
    holders = ((link.holder, link.pointer) for link in asked.links)
    _refuse(fault for each in asked.people for fault in lookup_faults(book, each, month, month, DAY))
    courses = [course(each, book, month, month) for each in asked.people]
    known = [
        *(fault for each in courses for fault in each.faults),
        *holder_faults(book, asked.people, holders, month),
    ]
    people = tuple(each.person for each in courses)
    counter = Counter(people, asked.expense, asked.links, asked.deposit_rates)
    return _with_known(known, lambda: check_out(counter))


def simulate_closures(book: Book, asked: AskedClosure) -> Closure:
    """What leaving on a day brings; Refused names every fault."""
    last = month_of_day(asked.on)
    _refuse(lookup_faults(book, asked.declared, asked.first, last, ("/from", "/on")))
    found = course(asked.declared, book, asked.first, last)
    leg = found.person.legs[-1]
    told = found.notices
    if len(found.person.legs) > 1:  # the account of the last area begins with what the others brought
        household = Household((found.person,), asked.first, last, deposit_rates=asked.deposit_rates)
        before = _with_known(found.faults, lambda: simulate_family(household)).people[0]
        opening = before.months[leg.first - asked.first].resume
        leg = replace(leg, member=replace(leg.member, opening=opening))
        told = (*told, *(n for n in before.notices if n.month is None or n.month < leg.first))
    question = ClosingQuestion(leg, asked.on, asked.reason, asked.credited_before, asked.deposit_rates)
    closure = _with_known(found.faults, lambda: close(question))
    return closure._replace(notices=(*told, *closure.notices))


def _also_told(simulation: Simulation, found: Course) -> Simulation:
    """A simulation with what there was to tell before it began."""
    return simulation._replace(notices=(*found.notices, *simulation.notices), bases=found.bases)


def _with_known(known: Sequence[Fault], run: Callable[[], Answer]) -> Answer:
    """Run the rules; whatever they refuse is told together with the faults known before."""
    try:
        answer = run()
    except Refused as refused:
        raise Refused(unique([*known, *refused.faults])) from refused
    _refuse(known)
    return answer


def _refuse(faults: Iterable[Fault]) -> None:
    if found := unique(faults):
        raise Refused(found)
