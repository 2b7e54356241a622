"""What may be otherwise in how a member was insured: no cover, arrears, another status, too few years."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Basis, PostingKind
from service.core.amount import Nothing, Unknown
from service.core.course import stays_of
from service.core.credit import classes_told_apart, rule_for
from service.core.diagnose_seen import journal
from service.core.diagnose_trial import Case, Hypothesis
from service.core.member import Contributions, Status
from service.core.month import month_of_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from service.core.answer import Simulation
    from service.core.credit import CreditRule
    from service.core.diagnose_trial import Trials
    from service.core.member import MemberClass, Spell
    from service.core.policy import InForce

    Change = Callable[[Spell], Spell | None]

_BEFORE_RETIREMENT = (Status.EMPLOYED, Status.FLEXIBLE, Status.UNEMPLOYMENT_BENEFIT)
_NEAREST = 2  # months tried for each difference to be explained
_CREDITED = (PostingKind.CREDIT, PostingKind.ADVANCE, PostingKind.TRUE_UP, PostingKind.DEDUCTION)


class Standing(NamedTuple):
    """A status and class that a policy's rule is for; `because` is why it gives nothing, if so."""

    status: Status
    member_class: MemberClass | None
    because: str
    basis: Basis

    @property
    def key(self) -> str:
        """A name for it."""
        return f"{self.status}.{self.member_class or ''}"


def standings_supposed(trials: Trials, rests: Sequence[int]) -> Iterator[Hypothesis]:
    """The member insured otherwise, from the first month or from a later one on."""
    spell, in_force = _spell_of(trials), _in_force(trials)
    if spell is None or in_force is None:
        return
    for standing in _standings(in_force, trials, spell):
        yield from _as_standing(trials, standing, rests)


def stops_supposed(trials: Trials, rests: Sequence[int]) -> Iterator[Hypothesis]:
    """Cover or contributions that stopped in a month, or were lacking in one."""
    spell = _spell_of(trials)
    if spell is None:
        return
    stops = "ended_with_death" if spell.status is Status.RETIRED else "gap_no_credit"
    yield from _from_some_month(trials, stops, _uncovered, rests)
    if spell.status in (Status.EMPLOYED, Status.FLEXIBLE):
        code = "employer_in_arrears" if spell.status is Status.EMPLOYED else "gap_no_credit"
        yield from _from_some_month(trials, code, _in_arrears, rests)


def years_supposed(trials: Trials) -> Iterator[Hypothesis]:
    """A retiree with fewer years than required."""
    spell, in_force = _spell_of(trials), _in_force(trials)
    rows = () if in_force is None else in_force.policy.minimum_years
    if spell is None or in_force is None or spell.status is not Status.RETIRED or not rows:
        return
    basis = Basis(in_force.id, f"/minimum_years/{len(rows) - 1}", rows[-1].source)
    first = trials.doubt.first
    suppose = partial(_supposed, name="no_years", change=_without_years, first=first)
    yield Hypothesis("below_minimum_years", suppose, basis=basis, values=(("policy", in_force.id),))


def _spell_of(trials: Trials) -> Spell | None:
    return trials.base.declared.member.spell_at(trials.doubt.last)


def _in_force(trials: Trials) -> InForce | None:
    """The policy in the month in which the person looked, where the member is insured by then."""
    doubt = trials.doubt
    stays = [stay for stay in stays_of(trials.base.declared, doubt.first) if stay.since <= doubt.last]
    timeline = doubt.book.areas.get(stays[-1].area)
    return None if timeline is None else timeline.at(doubt.last)


def _standings(in_force: InForce, trials: Trials, spell: Spell) -> Iterator[Standing]:
    """Every other status and class for which a rule of the policy, or nationally, says something."""
    own, filled = in_force.policy.credits, in_force.national.credits
    found: dict[str, Standing] = {}
    for rules, name in ((own, in_force.id), (filled, in_force.national_id)):
        for place, rule in enumerate(rules):
            for status, member_class in _whom(rule, spell):
                silent = rules is own or not classes_told_apart(own, status)
                as_it = replace(spell, status=status, member_class=member_class)
                if silent and rule_for(rules, trials.base.declared.member, as_it) == place:
                    because = rule.amount.because if isinstance(rule.amount, Nothing) else ""
                    basis = Basis(name, f"/credits/{place}", rule.source)
                    standing = Standing(status, member_class, because, basis)
                    found.setdefault(standing.key, standing)
    yield from found.values()


def _whom(rule: CreditRule, spell: Spell) -> Iterator[tuple[Status, MemberClass | None]]:
    """For whom a rule is that the member of a spell may be instead."""
    if isinstance(rule.amount, Unknown):
        return
    for status in rule.who.status:
        if status is Status.NONE or (spell.status is Status.RETIRED and status in _BEFORE_RETIREMENT):
            continue
        for member_class in rule.who.class_ or (None if status is not spell.status else spell.member_class,):
            if (status, member_class) != (spell.status, spell.member_class):
                yield status, member_class


def _as_standing(trials: Trials, standing: Standing, rests: Sequence[int]) -> Iterator[Hypothesis]:
    def change(spell: Spell) -> Spell:
        return replace(
            spell,
            status=standing.status,
            member_class=standing.member_class,
            contributions=Contributions.PAID,
            back_paid=None,
        )

    values = (("status", standing.status.value), ("policy", standing.basis.policy))
    whole = partial(_supposed, name=standing.key, change=change, first=trials.doubt.first)
    after: Mapping[int, int] = {}
    if not standing.because:
        simulation = trials.simulation(whole(trials.base))
        if simulation is None:
            return
        after = credited_by_month(simulation, trials.doubt.observed.on)
    for month in _months(trials, after, rests):
        code = standing.because if standing.because and month == _first_credited(trials) else "status_changed"
        suppose = partial(_supposed, name=standing.key, change=change, first=month)
        yield Hypothesis(code, suppose, month, standing.basis, values)


def _from_some_month(trials: Trials, code: str, change: Change, rests: Sequence[int]) -> Iterator[Hypothesis]:
    """The change from a month on, or of one month alone where only that one fits."""
    for month in _months(trials, {}, rests):
        suppose = partial(_supposed, name=change.__name__, change=change, first=month)
        yield Hypothesis(code, suppose, month)
    by_month = credited_by_month(_known(trials), trials.doubt.observed.on)
    for rest in rests:
        alone = [month for month, fen in by_month.items() if fen == -rest]
        if len(alone) == 1 and alone[0] < max(by_month):
            month = alone[0]
            suppose = partial(_supposed, name=change.__name__, change=change, first=month, last=month)
            yield Hypothesis(code, suppose, month, values=(("variant", "alone"),))


def _known(trials: Trials) -> Simulation:
    found = trials.simulation(trials.base)
    if found is None:
        raise AssertionError(trials.base.key)
    return found


def _first_credited(trials: Trials) -> int:
    """The first month of which the person sees a credit."""
    return min(credited_by_month(_known(trials), trials.doubt.observed.on), default=trials.doubt.first)


def _months(trials: Trials, after: Mapping[int, int], rests: Sequence[int]) -> list[int]:
    """The months from which on a change of the credits would come nearest to what is to be explained.

    Months are looked for on the credits alone; whoever supposes one of them simulates it.
    """
    before = credited_by_month(_known(trials), trials.doubt.observed.on)
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


def _uncovered(_: Spell) -> None:
    return None


def _in_arrears(spell: Spell) -> Spell:
    return replace(spell, contributions=Contributions.IN_ARREARS, back_paid=None)


def _without_years(spell: Spell) -> Spell:
    return replace(spell, contribution_months=0, account_months=0)


def _supposed(case: Case, *, name: str, change: Change, first: int, last: int | None = None) -> Case:
    """The case with every spell changed from a month on, or up to another."""
    member = case.declared.member
    spells = tuple(_spells(member.spells, change, first, last))
    declared = replace(case.declared, member=replace(member, spells=spells))
    return replace(case, declared=declared, key=(*case.key, f"{name}@{first}-{last or ''}"))


def _spells(spells: Sequence[Spell], change: Change, first: int, last: int | None) -> Iterator[Spell]:
    for spell in spells:
        end = spell.end
        if (end is not None and end < first) or (last is not None and spell.start > last):
            yield spell
            continue
        if spell.start < first:
            yield replace(spell, end=first - 1)
        moved = spell.area if spell.start >= first else None
        until = end if last is None or (end is not None and end <= last) else last
        changed = change(replace(spell, start=max(spell.start, first), end=until, area=moved))
        if changed is not None:
            yield changed
        if last is not None and (end is None or end > last):
            yield replace(spell, start=last + 1, area=None)
