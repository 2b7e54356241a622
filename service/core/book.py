"""The book of policies published by an instant: what the engine answers from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from service.core import change
from service.core.account import Basis
from service.core.accrual import Rates, counts_days, terms_of
from service.core.arrears import BackPayment
from service.core.credit import Advance, delay_of
from service.core.gate import series_of
from service.core.interest import IfUnspent, Interest, UnknownRate
from service.core.policy import InForce, National, Policy, Timeline, Version
from service.core.year import UnknownYears

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from service.core.family import FamilyRule


@dataclass(frozen=True, slots=True)
class Book:
    """Every area's timeline as published by one instant; `id` names exactly these documents."""

    id: str
    areas: Mapping[str, Timeline]
    versions: Mapping[str, Version]
    national: Version | None


def known(version: Version, as_of: datetime | None) -> bool:
    """Whether a version was published by the instant and not yet corrected; None is now."""
    if as_of is None:
        return version.published_to is None
    published_to = version.published_to
    return version.published_from <= as_of and (published_to is None or as_of < published_to)


def open_book(versions: Iterable[Version], as_of: datetime | None = None) -> Book:
    """The book of what was published by the instant, or of what is published now."""
    held = sorted((v for v in versions if known(v, as_of)), key=lambda version: version.id)
    nationals = [v for v in held if isinstance(v.policy, National)]
    national = max(nationals, key=lambda v: v.policy.effective.first_month, default=None)
    digest = hashlib.sha256("".join(f"{v.id} {v.sha256}\n" for v in held).encode()).hexdigest()
    areas = {} if national is None else _timelines(held, national)
    return Book(digest, areas, {version.id: version for version in held}, national)


def _timelines(versions: list[Version], national: Version) -> dict[str, Timeline]:
    by_area: dict[str, list[InForce]] = {}
    for version in versions:
        if isinstance(version.policy, Policy):
            in_force = put_in_force(version.id, version.policy, national)
            by_area.setdefault(version.policy.area, []).append(in_force)
    return {area: _timeline(area, policies) for area, policies in sorted(by_area.items())}


def _timeline(area: str, policies: list[InForce]) -> Timeline:
    ordered = sorted(policies, key=lambda in_force: in_force.policy.effective.first_month)
    firsts = tuple(in_force.policy.effective.first_month for in_force in ordered)
    return Timeline(
        area,
        tuple(ordered),
        firsts,
        dated=change.dated(ordered),
        bounded=change.bounded(ordered),
        turning_ages=change.turning_ages(ordered),
        lump_months=change.lump_months(ordered),
        delays=change.delays(ordered),
    )


class _Filled(NamedTuple):
    """A rule with what it left unknown, and the notice codes that say so."""

    rule: Interest
    assumed: tuple[str, ...]


def put_in_force(policy_id: str, policy: Policy, national: Version) -> InForce:
    """The policy with every unknown that has a national default filled, and each one named."""
    defaults = national.policy
    if not isinstance(defaults, National):
        raise TypeError(national.id)
    interest, assumed = _fill_interest(policy, defaults.interest)
    rollover, payments = policy.rollover, policy.payments
    if rollover == "unknown":
        rollover, assumed = defaults.rollover, (*assumed, "assumed_rollover")
    if payments == "unknown":
        payments, assumed = defaults.payments, (*assumed, "assumed_payment_rules")
    if isinstance(policy.years, UnknownYears):
        assumed = (*assumed, "assumed_policy_year")
    if policy.family == "unknown":
        assumed = (*assumed, "assumed_family_rules")
    back_payment, back_payment_assumed = _fill_back_payment(policy, defaults.back_payment)
    rules = (*policy.credits, *defaults.credits)
    return InForce(
        policy_id,
        policy,
        defaults,
        national.id,
        interest,
        rollover,
        payments,
        _family(policy_id, policy, national.id, defaults),
        back_payment,
        back_payment_assumed,
        assumed,
        terms=terms_of(interest),
        rates=Rates.of(defaults.deposit_rates),
        counts_days=counts_days(interest),
        interest_basis=_interest_basis(policy_id, policy, national.id, defaults),
        delays=frozenset(delay_of(rule.posting) for rule in rules),
        extra_delays=frozenset(delay_of(rule.posting) for rule in policy.extras),
        lines=frozenset(series for rule in payments for series in series_of(rule.gates)),
        advances=any(isinstance(rule.posting, Advance) for rule in policy.credits),
    )


def _interest_basis(policy_id: str, policy: Policy, national_id: str, defaults: National) -> Basis:
    if policy.interest == "unknown":
        return Basis(national_id, "/interest", defaults.interest.source)
    return Basis(policy_id, "/interest", policy.interest.source)


def _family(
    policy_id: str, policy: Policy, national_id: str, defaults: National
) -> tuple[tuple[Basis, FamilyRule], ...]:
    """The area's own rules of family pooling, then the national ones of models it does not name.

    Those draw on the buckets that the area's own rules open to relatives at the till.
    """
    own = () if policy.family == "unknown" else policy.family
    named = {rule.kind for rule in own}
    opened = [rule.order for rule in own if rule.kind == "till"]
    found = [(Basis(policy_id, f"/family/{i}", rule.source), rule) for i, rule in enumerate(own)]
    for i, rule in enumerate(defaults.family):
        if rule.kind not in named and (rule.kind != "till" or policy.family == "unknown"):
            drawn = replace(rule, order=opened[-1]) if opened else rule
            found.append((Basis(national_id, f"/family/{i}", rule.source), drawn))
    return tuple(found)


def _fill_back_payment(policy: Policy, default: BackPayment | None) -> tuple[BackPayment, frozenset[str]]:
    """What a back payment brings, each unknown filled nationally, and the names of those unknown."""
    own = policy.back_payment or BackPayment(())
    names = ("in_arrears", "not_enrolled", "earlier_years_into")
    unknown = frozenset(name for name in names if getattr(own, name) == "unknown")
    filled = {} if default is None else {name: getattr(default, name) for name in unknown}
    return replace(own, **filled), unknown


def _fill_interest(policy: Policy, default: Interest) -> _Filled:
    rule = policy.interest
    if not isinstance(rule, Interest):
        return _Filled(default, ("assumed_interest_rate", "assumed_interest_method"))
    assumed: dict[str, None] = {}
    filled: dict[str, object] = {}
    for name in ("current_year", "prior_years", "health"):
        if isinstance(getattr(rule, name), UnknownRate):
            filled[name] = getattr(default, name)
            if name in policy.buckets:
                assumed["assumed_interest_rate"] = None
    for name in ("method", "posted", "days_per_year"):
        if getattr(rule, name) == "unknown":
            filled[name] = getattr(default, name)
            if name != "days_per_year" or rule.method == "daily_product":
                assumed["assumed_interest_method"] = None
    drawn = rule.prior_years
    if isinstance(drawn, IfUnspent) and drawn.otherwise == "unknown":
        assumed["assumed_interest_rate"] = None
    return _Filled(replace(rule, **filled), tuple(assumed))  # type: ignore[arg-type]
