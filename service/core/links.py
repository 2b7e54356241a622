"""The links of a household (授权关系): which rule each may be used under, and what has passed through it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from service.core.account import Basis, Bucket
from service.core.answer import Paid, PassedOver, Shared
from service.core.family import holds, refusal
from service.core.month import month_of_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service.core.expense import Expense
    from service.core.family import FamilyRule, Link
    from service.core.ledger import Ledger
    from service.core.passage import Passage
    from service.core.policy import InForce

_OF_THE_LINK = frozenset(
    {
        "family_not_offered",
        "relation_not_allowed",
        "relative_not_insured",
        "relative_insured_elsewhere",
        "beneficiary_status_not_allowed",
        "too_many_relatives",
    }
)
"""Codes of why a link cannot be used at all; the others are about one expense."""


_OF_TWO = frozenset({"relation_not_allowed", "relative_not_insured", "relative_insured_elsewhere"})
"""Those that a rule about another kind of expense may tell as well: they are about the two people."""


class Slip:
    """What has been paid of one expense so far."""

    def __init__(self, expense: Expense, on: date, in_force: InForce) -> None:
        self.expense = expense
        self.on = on
        self.in_force = in_force
        self.paid: list[Paid] = []
        self.passed_over: list[PassedOver] = []
        self.of_links: dict[int, int] = {}


class Share(NamedTuple):
    """A share of an expense that the own account left, by category; `note` goes on postings."""

    slip: Slip
    category: str
    note: str


class Links:
    """What each link of a household may do, and what it has done."""

    def __init__(self, passages: Sequence[Passage], links: tuple[Link, ...]) -> None:
        self.passages = passages
        self.links = links
        self._of: dict[int, list[int]] = {}
        for place, link in enumerate(links):
            self._of.setdefault(link.beneficiary, []).append(place)
        self._paid = Counter[int]()
        self._paid_in_month = Counter[tuple[int, int]]()

    def of(self, beneficiary: int, on: date) -> list[int]:
        """The places of the links by which a member may be paid for on a day, as declared."""
        return [place for place in self._of.get(beneficiary, ()) if self.links[place].holds(on)]

    def holder(self, place: int) -> Ledger:
        """The account that a link draws on."""
        return self.passages[self.links[place].holder].ledger

    def rule(self, place: int, on: date, category: str | None) -> tuple[tuple[Basis, FamilyRule] | None, str]:
        """The rule by which a link pays a category on a day, or the code of why none does.

        It is the holder's area's rule: the money is the holder's. A rule about the expense tells why
        better than one about others, of which only what they say of the two people counts.
        """
        link = self.links[place]
        holder, beneficiary = self.passages[link.holder], self.passages[link.beneficiary]
        policy = holder.ledger.policy_on(on)
        spell = beneficiary.ledger.leg.member.spell_at(month_of_day(on))
        status, areas = None if spell is None else spell.status, (holder.area, beneficiary.area)
        nth, about, besides = self._nth(place, on), "", ""
        for basis, rule in policy.family:
            if rule.kind != link.model or not holds(rule, on):
                continue
            code = refusal(rule, link, areas, status, nth)
            if category is not None and category not in rule.category:
                besides = besides or (code if code in _OF_TWO else "category_not_payable_for_family") or ""
            elif code is None:
                self._tell_assumed(holder.ledger, policy, basis, rule, on)
                return (basis, rule), ""
            else:
                about = about or code
        return None, about or besides or "family_not_offered"

    @staticmethod
    def _tell_assumed(ledger: Ledger, policy: InForce, basis: Basis, rule: FamilyRule, on: date) -> None:
        """Say that a national rule stands in for the area's, or that a rule is silent on its reach."""
        month = month_of_day(on)
        if basis.policy != policy.id:
            ledger.log.note("assumed_family_rules", month=month, policy=policy.id)
        if rule.reach == "unknown":
            ledger.log.note("assumed_family_reach", month=month, policy=basis.policy)

    def _nth(self, place: int, on: date) -> int:
        """The place of a beneficiary among those whom the holder has linked on the day, as declared."""
        link = self.links[place]
        linked = (each.beneficiary for each in self.links if each.holder == link.holder and each.holds(on))
        return list(dict.fromkeys([*linked, link.beneficiary])).index(link.beneficiary)

    def allowed(self, slip: Slip, place: int) -> int:
        """What the holder's limits leave for an expense, in fen."""
        limits, left = self.links[place].limits, slip.expense.amount
        if limits.per_expense is not None:
            left = min(left, limits.per_expense - slip.of_links.get(place, 0))
        if limits.per_month is not None:
            left = min(left, limits.per_month - self._paid_in_month[place, slip.expense.on_month])
        if limits.per_year is not None:
            used = self.holder(place).purse.account.used
            left = min(left, limits.per_year - used.get(_year_key(place), 0))
        return max(0, left)

    def note_given(
        self,
        share: Share,
        place: int,
        by: Literal["till", "quota"],
        draws: Sequence[tuple[Bucket, int]],
        basis: Basis,
    ) -> int:
        """Put on the slip what a holder paid, and count it; in fen."""
        slip, link = share.slip, self.links[place]
        slip.paid += [Paid(by, link.holder, bucket, share.category, fen, basis) for bucket, fen in draws]
        given = sum(fen for _, fen in draws)
        if given:
            self._paid[place] += given
            slip.of_links[place] = slip.of_links.get(place, 0) + given
            self._paid_in_month[place, slip.expense.on_month] += given
            if link.limits.per_year is not None:
                self.holder(place).purse.count(_year_key(place), given)
            self.passages[link.beneficiary].ledger.purse.add(family=given)
        return given

    def note_moved(self, place: int, amount: int) -> None:
        """Count what a transfer moved by a link, or what came back of it; in fen."""
        self._paid[place] += amount

    def pass_over(self, share: Share, place: int, code: str) -> None:
        """Say that a holder could not pay, on the slip and to the reader of the answer."""
        link, slip = self.links[place], share.slip
        slip.passed_over.append(PassedOver(link.holder, share.category, code))
        severity = "warning" if code in _OF_THE_LINK else "info"
        log = self.passages[link.beneficiary].ledger.log
        name = self.passages[link.holder].person.name
        log.note(code, severity, month=slip.expense.on_month, holder=name)

    def could_pay(self, member: int, order: Sequence[Bucket]) -> int:
        """What the buckets of a member's account hold free of quotas, in fen."""
        free = self.passages[member].ledger.purse.free()
        return sum(max(0, free.get(bucket, 0)) for bucket in order)

    def shared(self) -> tuple[Shared, ...]:
        """What each link has paid, and what its quota still holds."""
        return tuple(
            Shared(link, self._paid[place], sum(fen for _, fen in self.holder(place).purse.promised(place)))
            for place, link in enumerate(self.links)
        )


def _year_key(place: int) -> str:
    """The name under which the holder's policy year carries what a link has paid."""
    return f"link.{place}"
