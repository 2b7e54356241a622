"""What relatives pay of an expense (家庭共济): from the wallet, from quotas held, then holders in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Basis, PostingKind
from service.core.answer import Paid
from service.core.family import AtTheTill, HeldQuota, Wallet, holds, in_order
from service.core.gate import drawn
from service.core.month import day_in, month_of_day
from service.core.purse import Frozen, Payment, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from service.core.family import Holders
    from service.core.links import Links, Share
    from service.core.purse import Purse


class _Offer(NamedTuple):
    """A holder who may pay: by which link and rule."""

    link: int
    rule: AtTheTill
    basis: Basis


class Relatives:
    """The family behind the own account."""

    def __init__(self, links: Links) -> None:
        self.links = links
        for member, passage in enumerate(links.passages):
            self._resume(member, passage.ledger.purse)

    def pay(self, share: Share, left: int) -> int:
        """Pay what the own account left: from the wallet, quotas, holders in order; the rest, in fen."""
        slip = share.slip
        if self.links.passages[slip.expense.member].wallet:
            left -= self._from_wallet(share, left)
        places = self.links.of(slip.expense.member, slip.on)
        for place in places:
            if left and self.links.links[place].model == "quota":
                left -= self._from_quota(share, left, place)
        offers = list(self._offers(share, places)) if left else []
        for offer in self._in_order(share, offers):
            if left:
                left -= self._from_holder(share, left, offer)
        return left

    def _from_wallet(self, share: Share, left: int) -> int:
        """Pay from what relatives moved into the wallet."""
        slip, passage = share.slip, self.links.passages[share.slip.expense.member]
        for basis, rule in slip.in_force.family:
            if isinstance(rule, Wallet) and holds(rule, slip.on) and share.category in rule.category:
                fen = min(left, passage.wallet)
                passage.wallet -= fen
                passage.ledger.purse.add(family=fen)
                slip.paid.append(Paid("wallet", slip.expense.member, None, share.category, fen, basis))
                return fen
        return 0

    def _offers(self, share: Share, places: Sequence[int]) -> Iterator[_Offer]:
        """The holders who may pay the category; the others are passed over with the reason."""
        for place in places:
            if self.links.links[place].model != "till":
                continue
            found, code = self.links.rule(place, share.slip.on, share.category)
            if found is not None and isinstance(found[1], AtTheTill):
                yield _Offer(place, found[1], found[0])
            else:
                self.links.pass_over(share, place, code)

    def _in_order(self, share: Share, offers: list[_Offer]) -> list[_Offer]:
        """The holders in the order of the area in which the bill is settled."""
        if len(offers) <= 1:
            return offers
        slip = share.slip
        tills = [rule for _, rule in slip.in_force.family if isinstance(rule, AtTheTill)]
        rules = [rule for rule in tills if holds(rule, slip.on)]
        about = [rule for rule in rules if share.category in rule.category] or rules
        order: Holders = about[0].holders if about else "unknown"
        log, month = self.links.passages[slip.expense.member].ledger.log, slip.expense.on_month
        if order == "random":
            log.note("holder_order_random", month=month)
        elif order == "unknown":
            log.note("assumed_holder_order", month=month, policy=slip.in_force.id)
        links = self.links.links
        held = [self.links.could_pay(links[each.link].holder, each.rule.order) for each in offers]
        return [offers[place] for place in in_order(order, held)]

    def _from_holder(self, share: Share, left: int, offer: _Offer) -> int:
        """Pay from a holder's account at the till; what it paid, in fen."""
        slip, ledger = share.slip, self.links.holder(offer.link)
        amount = min(left, self.links.allowed(slip, offer.link))
        payment = Payment(ledger.policy_on(slip.on), slip.on, share.category, left, share.note)
        draws, barred = ledger.give(payment, offer.rule, offer.basis, amount) if amount else ((), False)
        given = self.links.note_given(share, offer.link, "till", draws, offer.basis)
        if given == amount < left:
            self.links.pass_over(share, offer.link, "link_limit_reached")
        elif given < amount:
            code = "holder_gate_not_met" if barred else "holder_used_up"
            self.links.pass_over(share, offer.link, code)
        return given

    def _from_quota(self, share: Share, left: int, place: int) -> int:
        """Pay from what a holder's account holds for the beneficiary; what it paid, in fen."""
        slip, purse = share.slip, self.links.holder(place).purse
        found, code = self.links.rule(place, slip.on, share.category)
        if found is None or place not in purse.frozen:
            self.links.pass_over(share, place, code or "quota_not_held")
            return 0
        quota, lies = purse.frozen[place], purse.promised(place)
        allowed = self.links.allowed(slip, place)
        draws = first_of(lies, min(left, allowed))
        purse.spend(PostingKind.FAMILY_PAYMENT, draws, slip.on, found[0], share.note)
        given = self.links.note_given(share, place, "quota", draws, found[0])
        purse.freeze(place, quota._replace(left=quota.left - given))
        if given < left:
            limited = given == allowed < sum(fen for _, fen in lies)
            self.links.pass_over(share, place, "link_limit_reached" if limited else "holder_used_up")
        return given

    def quota_days(self, place: int, first: int, last: int) -> set[date]:
        """The days on which a quota may come to be held, from one month to another.

        It is held from the first day on which the link is in force and a rule lets it: people move and
        change status on the first of a month, rules and documents begin on any day.
        """
        link = self.links.links[place]
        timelines = (ledger.leg.timeline for ledger in self.links.passages[link.holder].ledgers)
        policies = [policy for timeline in timelines for policy in timeline.policies]
        begin = {policy.policy.effective.from_ for policy in policies}
        begin.update(rule.from_ for p in policies for _, rule in p.family if rule.from_ is not None)
        days = {link.start, *(day for day in begin if day != "unknown")}
        days = {day for day in days if first <= month_of_day(day) <= last}
        days.update(day_in(month, 1) for month in range(first, last + 1))
        return {day for day in days if link.holds(day)}

    def freeze(self, place: int, on: date) -> None:
        """Hold a quota in the holder's account, as far as a rule allows it and there is money for it."""
        link, purse = self.links.links[place], self.links.holder(place).purse
        if place in purse.frozen:
            return
        found, _ = self.links.rule(place, on, None)
        if found is not None and isinstance(found[1], HeldQuota):
            order = found[1].order
            there = sum(fen for _, fen in drawn(order, link.quota, purse.free()))
            purse.freeze(place, Frozen(on.isoformat(), order, there))

    def release(self, place: int) -> None:
        """Give back what a quota still holds when its link ends."""
        self.links.holder(place).purse.release(place)

    def _resume(self, member: int, purse: Purse) -> None:
        """Hold again what a `resume` says was held when the month at hand began."""
        links = self.links.links
        quotas = {i for i, link in enumerate(links) if link.holder == member and link.model == "quota"}
        for place, quota in purse.quotas_carried():
            if place in quotas:
                purse.freeze(place, quota)
