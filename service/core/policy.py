"""A policy: one area, one effective range, one document; and what was published by an instant."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeGuard

from service.core.account import Basis, Bucket
from service.core.accrual import Rates, Terms
from service.core.arrears import BackPayment, MinimumYears
from service.core.base import BaseRule, UnknownBase
from service.core.bill import BillRule
from service.core.closing import ClosingRule
from service.core.credit import CreditRule, Deduction
from service.core.family import FamilyRule
from service.core.interest import DepositRate, Interest
from service.core.lifecycle import CATALOGUE, State
from service.core.month import month_of_day
from service.core.payment import PaymentRule
from service.core.published import Figure
from service.core.retirement import RetirementAge
from service.core.rollover import RolloverRule
from service.core.source import Grade, Source
from service.core.text import Text
from service.core.worked import WorkedCase
from service.core.written import Day, Rate
from service.core.year import UnknownYears, Years

if TYPE_CHECKING:
    from datetime import date, datetime

_AREA = re.compile(r"[0-9]{6}")

NATIONAL_AREA = "100000"
"""The area under which the national document is published."""


@dataclass(frozen=True, slots=True)
class Effective:
    """The days on which a policy is in force (生效), both included."""

    from_: Day | Literal["unknown"]
    to: Day | None = None

    @property
    def first_month(self) -> int:
        """The first month whose first day the policy is in force on; 0 where unknown."""
        if self.from_ == "unknown":
            return 0
        return month_of_day(self.from_) + (self.from_.day > 1)

    @property
    def last_month(self) -> int | None:
        """The last month whose first day the policy is in force on."""
        return None if self.to is None else month_of_day(self.to)


@dataclass(frozen=True, slots=True)
class Attested:
    """The days for which a source says that the policy held; outside them it is extrapolated."""

    from_: Day | None = None
    to: Day | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """Rates of contribution (缴费比例) on the base."""

    own: Rate
    employer: Rate
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one area for one effective range, each with its sources.

    The order of `credits` matters: the first rule for a member counts. `extras` all count.
    """

    area: str
    name: Text
    effective: Effective
    sources: dict[str, Source]
    credits: tuple[CreditRule, ...]
    attested: Attested = Attested()
    years: Years = UnknownYears()
    buckets: tuple[Bucket, ...] = (Bucket.CURRENT_YEAR, Bucket.PRIOR_YEARS)
    base: BaseRule = UnknownBase()
    contribution: Contribution | None = None
    published: dict[str, tuple[Figure, ...]] = field(default_factory=dict)
    extras: tuple[CreditRule, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    interest: Interest | Literal["unknown"] = "unknown"
    rollover: tuple[RolloverRule, ...] | Literal["unknown"] = "unknown"
    payments: tuple[PaymentRule, ...] | Literal["unknown"] = "unknown"
    bills: tuple[BillRule, ...] = ()  # a bill that no rule fits asks for what the fund paid
    family: tuple[FamilyRule, ...] | Literal["unknown"] = "unknown"
    closing: tuple[ClosingRule, ...] = ()  # a reason that no rule names is decided nationally
    back_payment: BackPayment | None = None
    minimum_years: tuple[MinimumYears, ...] = ()
    title: Text | None = None  # what the version is called, e.g. after the reform
    note: Text | None = None
    cases: tuple[WorkedCase, ...] = ()


@dataclass(frozen=True, slots=True)
class National:
    """What holds where an area's sources are silent, and the national table of deposit rates."""

    area: Literal["100000"]
    name: Text
    effective: Effective
    sources: dict[str, Source]
    deposit_rates: tuple[DepositRate, ...]
    credits: tuple[CreditRule, ...]  # for statuses that an area's own rules do not name
    interest: Interest
    rollover: tuple[RolloverRule, ...]
    payments: tuple[PaymentRule, ...]
    posting_day: int  # 1 to 28, where no source names the day
    family: tuple[FamilyRule, ...] = ()
    closing: tuple[ClosingRule, ...] = ()
    back_payment: BackPayment | None = None
    retirement: tuple[RetirementAge, ...] = ()
    note: Text | None = None


def is_area(code: object) -> TypeGuard[str]:
    """Whether it is the six-digit division code (GB/T 2260) of an area, published or not."""
    return isinstance(code, str) and _AREA.fullmatch(code) is not None


def stem(policy_id: str) -> str:
    """Area and first day, with which the ids of a policy and of all its corrections begin."""
    return policy_id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Version:
    """One published policy: valid time is in the document, knowledge time is here."""

    id: str
    policy: Policy | National
    sha256: str
    published_from: datetime
    published_to: datetime | None
    grade: Grade
    document: dict[str, object]
    author: str = CATALOGUE
    approver: str | None = None
    ended_as: State | None = None  # superseded or withdrawn, once its publication has ended

    @property
    def state(self) -> State:
        """What has become of it by now."""
        return State.PUBLISHED if self.ended_as is None else self.ended_as


@dataclass(frozen=True, slots=True)
class InForce:
    """A policy as the engine uses it: what its document leaves unknown is filled nationally."""

    id: str
    policy: Policy
    national: National
    national_id: str
    interest: Interest
    rollover: tuple[RolloverRule, ...]
    payments: tuple[PaymentRule, ...]
    family: tuple[tuple[Basis, FamilyRule], ...]  # the area's own, then national ones of other models
    back_payment: BackPayment
    back_payment_assumed: frozenset[str]  # its fields that the area's sources do not give
    assumed: tuple[str, ...]  # notice codes, one for each rule filled in
    terms: Terms  # what its buckets bear in interest
    rates: Rates
    interest_basis: Basis
    counts_days: bool  # whether interest asks for more than balances at a month's end
    delays: frozenset[int]  # after how many months its credits are posted
    extra_delays: frozenset[int]  # the same of its additional lines
    lines: frozenset[str]  # the published series that its gates ask for
    advances: bool  # whether it credits anyone's year in advance

    def basis(self, rules: Literal["rollover", "payments"], index: int) -> Basis:
        """The place and sources of a rule: in the area's policy, or nationally where it is silent."""
        own = self.policy.rollover if rules == "rollover" else self.policy.payments
        if own != "unknown":
            return Basis(self.id, f"/{rules}/{index}", own[index].source)
        filled = self.rollover if rules == "rollover" else self.payments
        return Basis(self.national_id, f"/{rules}/{index}", filled[index].source)

    def closing(self) -> tuple[tuple[Basis, ClosingRule], ...]:
        """The rules of leaving, each with its place: the area's own, then the national ones."""
        own = [
            (Basis(self.id, f"/closing/{i}", rule.source), rule) for i, rule in enumerate(self.policy.closing)
        ]
        filled = [
            (Basis(self.national_id, f"/closing/{i}", rule.source), rule)
            for i, rule in enumerate(self.national.closing)
        ]
        return (*own, *filled)

    def attested(self, month: int) -> bool:
        """Whether a source says that the policy held in the month."""
        attested = self.policy.attested
        if attested.from_ is not None and month < month_of_day(attested.from_):
            return False
        return attested.to is None or month <= month_of_day(attested.to)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The policies of one area in the order in which they come into force, without overlap."""

    area: str
    policies: tuple[InForce, ...]
    first_months: tuple[int, ...]
    dated: tuple[int, ...]  # months in which the documents change something
    bounded: tuple[int, ...]  # months in which the bounds of the base change
    turning_ages: frozenset[int] | None  # ages at which a rule gives something else; None: all
    lump_months: frozenset[int]  # calendar months, 0 to 11, of yearly credits
    delays: tuple[int, ...]  # months by which a change may show later

    def at(self, month: int) -> InForce | None:
        """The policy in force on the first day of the month."""
        index = bisect_right(self.first_months, month) - 1
        if index < 0:
            return None
        found = self.policies[index]
        last = found.policy.effective.last_month
        return found if last is None or month <= last else None

    def on(self, day: date) -> InForce | None:
        """The policy in force on the day."""
        for in_force in reversed(self.policies):
            effective = in_force.policy.effective
            if effective.from_ == "unknown" or effective.from_ <= day:
                return in_force if effective.to is None or day <= effective.to else None
        return None
