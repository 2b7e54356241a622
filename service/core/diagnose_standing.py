"""Who a member may be instead (身份): another status or class that the rules name, or too few years."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Basis
from service.core.amount import Nothing, Unknown
from service.core.course import stays_of
from service.core.credit import classes_told_apart, rule_for
from service.core.diagnose_months import credited_by_month, credits_seen, nearest_months
from service.core.diagnose_spells import changed_from, without_years
from service.core.diagnose_stops import advanced_months
from service.core.diagnose_trial import Hypothesis
from service.core.member import Contributions, MemberClass, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from service.core.credit import CreditRule
    from service.core.diagnose_trial import Trials
    from service.core.member import Spell
    from service.core.policy import InForce

_BEFORE_RETIREMENT = (Status.EMPLOYED, Status.FLEXIBLE, Status.UNEMPLOYMENT_BENEFIT)
_NEVER_LATER = (Status.RESIDENT, Status.EXEMPT)
_RETIRED_AGE, _STILL_PAYING_AGE = 45 * 12, 50 * 12  # in months; nobody younger is thought to be so
_BORN_BY_1949 = 1936 * 12  # who began work before October 1949


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
    for standing in _standings(trials):
        after: Mapping[int, int] = {}
        if not standing.because:
            simulation = trials.simulation(_from(trials, standing, trials.doubt.first).suppose(trials.base))
            if simulation is None:
                continue
            after = credited_by_month(simulation, trials.doubt.observed.on)
        for month in nearest_months(trials, after, rests):
            if _may_begin(trials, standing, month):
                yield _from(trials, standing, month)


def standings_further(trials: Trials) -> Iterator[Hypothesis]:
    """The member insured otherwise from every month on, where that takes an advance back."""
    months = advanced_months(trials)
    for standing in _standings(trials):
        yield from (_from(trials, standing, month) for month in months if _may_begin(trials, standing, month))


def years_supposed(trials: Trials) -> Iterator[Hypothesis]:
    """A retiree with fewer years than required."""
    spell, in_force = _spell_of(trials), _in_force(trials)
    rows = () if in_force is None else in_force.policy.minimum_years
    if spell is None or in_force is None or spell.status is not Status.RETIRED or not rows:
        return
    basis = Basis(in_force.id, f"/minimum_years/{len(rows) - 1}", rows[-1].source)
    first = trials.doubt.first
    suppose = partial(changed_from, name="no_years", change=without_years, first=first)
    yield Hypothesis("below_minimum_years", suppose, basis=basis, values=(("policy", in_force.id),))


def _spell_of(trials: Trials) -> Spell | None:
    return trials.base.declared.member.spell_at(trials.doubt.last)


def _in_force(trials: Trials) -> InForce | None:
    """The policy in the month in which the person looked, where the member is insured by then."""
    doubt = trials.doubt
    stays = [stay for stay in stays_of(trials.base.declared, doubt.first) if stay.since <= doubt.last]
    timeline = doubt.book.areas.get(stays[-1].area)
    return None if timeline is None else timeline.at(doubt.last)


def _standings(trials: Trials) -> Iterator[Standing]:
    """Every other status and class for which a rule of the policy, or nationally, says something."""
    spell, in_force = _spell_of(trials), _in_force(trials)
    if spell is None or in_force is None:
        return
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
    yield from (standing for standing in found.values() if _of_an_age(trials, standing))


def _whom(rule: CreditRule, spell: Spell) -> Iterator[tuple[Status, MemberClass | None]]:
    """For whom a rule is that the member of a spell may be instead."""
    if isinstance(rule.amount, Unknown):
        return
    for status in rule.who.status:
        if not _may_be(spell, status):
            continue
        for member_class in rule.who.class_ or (None if status is not spell.status else spell.member_class,):
            if (status, member_class) != (spell.status, spell.member_class):
                yield status, member_class


def _may_be(spell: Spell, status: Status) -> bool:
    """Whether somebody may take one for the other; no veteran cadre takes himself for an employee."""
    if spell.status is Status.RETIRED:
        return status not in (Status.NONE, *_BEFORE_RETIREMENT)
    return status is not Status.NONE and (status is not Status.EXEMPT or spell.status is Status.EXEMPT)


def _of_an_age(trials: Trials, standing: Standing) -> bool:
    """Whether the member is of an age at which somebody has a status and is of a class."""
    born = trials.base.declared.member.birth_month
    if born is None:
        return True
    age, member_class = trials.doubt.last - born, standing.member_class
    if standing.status is Status.RETIRED and age < _RETIRED_AGE:
        return False
    if member_class is MemberClass.STILL_PAYING:
        return age >= _STILL_PAYING_AGE
    return member_class is not MemberClass.PRE_1949_WORKER or born < _BORN_BY_1949


def _may_begin(trials: Trials, standing: Standing, month: int) -> bool:
    """Whether somebody may have become it only later: a retiree stays a retiree."""
    spell = _spell_of(trials)
    retired = spell is not None and spell.status is Status.RETIRED
    return not (retired and standing.status in _NEVER_LATER) or month <= _first_credited(trials)


def _from(trials: Trials, standing: Standing, month: int) -> Hypothesis:
    """The member insured otherwise from a month on."""

    def change(spell: Spell) -> Spell:
        return replace(
            spell,
            status=standing.status,
            member_class=standing.member_class,
            contributions=Contributions.PAID,
            back_paid=None,
        )

    suppose = partial(changed_from, name=standing.key, change=change, first=month)
    from_start = bool(standing.because) and month == _first_credited(trials)
    values: tuple[tuple[str, str], ...] = (
        ("status", standing.status.value),
        ("policy", standing.basis.policy),
    )
    if standing.member_class is not None:
        values = (*values, ("class", standing.member_class.value))
    if standing.because and not from_start:
        values = (*values, ("variant", "nothing"))
    return Hypothesis(
        standing.because if from_start else "status_changed", suppose, month, standing.basis, values
    )


def _first_credited(trials: Trials) -> int:
    """The first month of which the person sees a credit."""
    return min(credits_seen(trials), default=trials.doubt.first)
