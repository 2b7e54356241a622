"""What relatives pay (家庭共济): wallets, quotas held, holders in order; what each link has done."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from service.core.account import Basis, Bucket, Posting, PostingKind
from service.core.answer import Paid, PassedOver, Shared, Transferred
from service.core.family import AtTheTill, HeldQuota, Wallet, holds, in_order, refusal, refused_transfer
from service.core.gate import drawn
from service.core.month import day_in, month_of_day
from service.core.purse import Draws, Frozen, Payment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.core.expense import Expense
    from service.core.family import FamilyRule, Holders, Link, Transfer
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


_SAYS_LESS = frozenset({"family_not_offered", "category_not_payable_for_family"})


class _Offer(NamedTuple):
    """A holder who may pay: by which link and rule."""

    link: int
    rule: AtTheTill
    basis: Basis


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
    """The links of a household and what has passed through them."""

    def __init__(self, passages: Sequence[Passage], links: tuple[Link, ...]) -> None:
        self.passages = passages
        self.links = links
        self.transferred: list[Transferred] = []
        self._of: dict[int, list[int]] = {}
        for place, link in enumerate(links):
            self._of.setdefault(link.beneficiary, []).append(place)
        self._paid = Counter[int]()
        self._paid_in = Counter[tuple[int, str, int]]()
        self._transfers = Counter[tuple[int, date]]()
        self._on_the_way: dict[Transfer, tuple[Draws, Basis]] = {}

    def pay(self, share: Share, left: int) -> int:
        """Pay what the own account left: from the wallet, quotas, holders in order; the rest, in fen."""
        slip = share.slip
        if self.passages[slip.expense.member].wallet:
            left -= self._from_wallet(share, left)
        links = [place for place in self._of.get(slip.expense.member, ()) if self.links[place].holds(slip.on)]
        for place in links:
            if left and self.links[place].model == "quota":
                left -= self._from_quota(share, left, place)
        offers = list(self._offers(share, links)) if left else []
        for offer in self._in_order(share, offers):
            if left:
                left -= self._from_holder(share, left, offer)
        return left

    def _from_wallet(self, share: Share, left: int) -> int:
        """Pay from what relatives moved into the wallet."""
        slip, passage = share.slip, self.passages[share.slip.expense.member]
        for basis, rule in slip.in_force.family:
            if isinstance(rule, Wallet) and holds(rule, slip.on) and share.category in rule.category:
                fen = min(left, passage.wallet)
                passage.wallet -= fen
                passage.ledger.purse.add(family=fen)
                slip.paid.append(Paid("wallet", slip.expense.member, None, share.category, fen, basis))
                return fen
        return 0

    def _offers(self, share: Share, links: Sequence[int]) -> Iterator[_Offer]:
        """The holders who may pay the category; the others are passed over with the reason."""
        for place in links:
            if self.links[place].model != "till":
                continue
            found, code = self._rule(place, share.slip.on, share.category)
            if found is not None and isinstance(found[1], AtTheTill):
                yield _Offer(place, found[1], found[0])
            else:
                self._pass_over(share, place, code)

    def _rule(
        self, place: int, on: date, category: str | None
    ) -> tuple[tuple[Basis, FamilyRule] | None, str]:
        """The rule by which a link pays a category on a day, or the code of why none does.

        It is the holder's area's rule: the money is the holder's.
        """
        link, month = self.links[place], month_of_day(on)
        holder, beneficiary = self.passages[link.holder], self.passages[link.beneficiary]
        policy = holder.ledger.policy_on(on)
        spell = beneficiary.ledger.leg.member.spell_at(month)
        status, areas = None if spell is None else spell.status, (holder.area, beneficiary.area)
        nth = self._nth(place, on)
        refused = "family_not_offered"
        for basis, rule in policy.family:
            if rule.kind != link.model or not holds(rule, on):
                continue
            code = refusal(rule, link, areas, status, nth)
            pays = category is None or category in rule.category
            if code is None and pays:
                self._tell_assumed(holder, policy, basis, rule, month)
                return (basis, rule), ""
            # A rule about the expense says more than one about others, and its first word counts.
            if pays and refused in _SAYS_LESS:
                refused = code or refused
            elif refused == "family_not_offered":
                refused = code or "category_not_payable_for_family"
        return None, refused

    @staticmethod
    def _tell_assumed(holder: Passage, policy: InForce, basis: Basis, rule: FamilyRule, month: int) -> None:
        """Say that a national rule stands in for the area's, or that a rule is silent on its reach."""
        log = holder.ledger.log
        if "assumed_family_rules" in policy.assumed and basis.policy != policy.id:
            log.note("assumed_family_rules", month=month, policy=policy.id)
        if rule.reach == "unknown":
            log.note("assumed_family_reach", month=month, policy=basis.policy)

    def _nth(self, place: int, on: date) -> int:
        """The place of a beneficiary among those whom the holder has linked on the day, as declared."""
        link = self.links[place]
        earlier = (each for each in self.links[:place] if each.holder == link.holder and each.holds(on))
        return len({each.beneficiary for each in earlier} - {link.beneficiary})

    def _in_order(self, share: Share, offers: list[_Offer]) -> list[_Offer]:
        """The holders in the order of the area in which the bill is settled."""
        if len(offers) <= 1:
            return offers
        slip = share.slip
        rules = (rule for _, rule in slip.in_force.family if isinstance(rule, AtTheTill))
        order: Holders = next((rule.holders for rule in rules if holds(rule, slip.on)), "unknown")
        log, month = self.passages[slip.expense.member].ledger.log, slip.expense.on_month
        if order == "random":
            log.note("holder_order_random", month=month)
        elif order == "unknown":
            log.note("assumed_holder_order", month=month, policy=slip.in_force.id)
        held = [self._holds(self.links[each.link].holder, each.rule.order) for each in offers]
        return [offers[place] for place in in_order(order, held)]

    def _holds(self, member: int, order: Sequence[Bucket]) -> int:
        """What the buckets of a member's account hold free of quotas, in fen."""
        free = self.passages[member].ledger.purse.free()
        return sum(max(0, free.get(bucket, 0)) for bucket in order)

    def _from_holder(self, share: Share, left: int, offer: _Offer) -> int:
        """Pay from a holder's account at the till; what it paid, in fen."""
        slip, link = share.slip, self.links[offer.link]
        amount = min(left, self._allowed(slip, offer.link))
        ledger = self.passages[link.holder].ledger
        payment = Payment(ledger.policy_on(slip.on), slip.on, share.category, amount, share.note)
        draws, barred = ledger.give(payment, offer.rule, offer.basis) if amount else ((), False)
        given = self._note_given(share, offer.link, "till", draws, offer.basis)
        if given == amount < left:
            self._pass_over(share, offer.link, "link_limit_reached")
        elif given < amount:
            self._pass_over(share, offer.link, "holder_gate_not_met" if barred else "holder_used_up")
        return given

    def _from_quota(self, share: Share, left: int, place: int) -> int:
        """Pay from what a holder's account holds for the beneficiary; what it paid, in fen."""
        slip, ledger = share.slip, self.passages[self.links[place].holder].ledger
        found, code = self._rule(place, slip.on, share.category)
        quota = ledger.purse.frozen.get(place)
        if found is None or quota is None:
            self._pass_over(share, place, code or "family_not_offered")
            return 0
        del ledger.purse.frozen[place]
        draws = drawn(quota.order, min(left, quota.left, self._allowed(slip, place)), ledger.purse.free())
        ledger.purse.spend(PostingKind.FAMILY_PAYMENT, draws, slip.on, found[0], share.note)
        given = self._note_given(share, place, "quota", draws, found[0])
        ledger.purse.frozen[place] = Frozen(quota.order, quota.left - given)
        if given < left:
            self._pass_over(share, place, "holder_used_up" if given == quota.left else "link_limit_reached")
        return given

    def _note_given(
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
            for span, since in self._spans(slip, link).items():
                self._paid_in[place, span, since] += given
            self.passages[link.beneficiary].ledger.purse.add(family=given)
        return given

    def _allowed(self, slip: Slip, place: int) -> int:
        """What the holder's limits leave for an expense, in fen."""
        link, left = self.links[place], slip.expense.amount
        if link.limits.per_expense is not None:
            left = min(left, link.limits.per_expense - slip.of_links.get(place, 0))
        spans = self._spans(slip, link)
        for span, limit in (("month", link.limits.per_month), ("year", link.limits.per_year)):
            if limit is not None:
                left = min(left, limit - self._paid_in[place, span, spans[span]])
        return max(0, left)

    def _spans(self, slip: Slip, link: Link) -> dict[str, int]:
        """The month and the holder's policy year of an expense, each by its first month."""
        month = slip.expense.on_month
        year = self.passages[link.holder].ledger.schedule.earnings.year(month)
        return {"month": month, "year": month if year is None else year.start}

    def _pass_over(self, share: Share, place: int, code: str) -> None:
        """Say that a holder could not pay, on the slip and to the reader of the answer."""
        link, slip = self.links[place], share.slip
        slip.passed_over.append(PassedOver(link.holder, share.category, code))
        severity = "warning" if code in _OF_THE_LINK else "info"
        log = self.passages[link.beneficiary].ledger.log
        name = self.passages[link.holder].person.name
        log.note(code, severity, month=slip.expense.on_month, holder=name)

    def freeze(self, place: int, on: date) -> None:
        """Hold a quota in the holder's account, as far as a rule allows it and there is money for it."""
        link, (found, _) = self.links[place], self._rule(place, on, None)
        if found is not None and isinstance(found[1], HeldQuota):
            ledger = self.passages[link.holder].ledger
            draws = drawn(found[1].order, link.quota, ledger.purse.free())
            ledger.purse.frozen[place] = Frozen(found[1].order, sum(fen for _, fen in draws))

    def release(self, place: int) -> None:
        """Give back what a quota still holds when its link ends."""
        self.passages[self.links[place].holder].ledger.purse.frozen.pop(place, None)

    def transfer(self, transfer: Transfer) -> None:
        """Move money from an account into a relative's wallet, or say why not."""
        on = day_in(transfer.on_month, transfer.on_day)
        ledger = self.passages[transfer.holder].ledger
        found, code = self._transfer_rule(transfer, on)
        if found is None:
            self.transferred.append(Transferred(transfer, code))
            name = self.passages[transfer.holder].person.name
            ledger.log.note("transfer_refused", "warning", month=transfer.on_month, why=code, holder=name)
            return
        basis, rule = found
        self._transfers[transfer.holder, on] += 1
        draws = drawn(rule.order, transfer.amount, ledger.purse.free())
        ledger.purse.spend(PostingKind.TRANSFER_OUT, draws, on, basis, transfer.note)
        if transfer.accepted:
            self.passages[transfer.beneficiary].wallet += transfer.amount
        else:
            self._on_the_way[transfer] = (draws, basis)
        self.transferred.append(Transferred(transfer))

    def _transfer_rule(self, transfer: Transfer, on: date) -> tuple[tuple[Basis, Wallet] | None, str]:
        """The rule by which a transfer is made, or the code of why it is refused."""
        between = (transfer.holder, transfer.beneficiary, "wallet")
        links = (
            place
            for place, link in enumerate(self.links)
            if (link.holder, link.beneficiary, link.model) == between and link.holds(on)
        )
        place = next(links, None)
        if place is None:
            return None, "no_link"
        found, code = self._rule(place, on, None)
        if found is None or not isinstance(found[1], Wallet):
            return None, code
        basis, rule = found[0], found[1]
        refused = refused_transfer(rule, transfer, self._transfers[transfer.holder, on])
        if refused is None and self._holds(transfer.holder, rule.order) < transfer.amount:
            refused = "not_enough"
        return ((basis, rule), "") if refused is None else (None, refused)

    def take_back(self, transfer: Transfer) -> None:
        """Give back, on the day after, a transfer that was made and not accepted."""
        if transfer not in self._on_the_way:
            return
        draws, basis = self._on_the_way.pop(transfer)
        ledger = self.passages[transfer.holder].ledger
        on = day_in(transfer.on_month, transfer.on_day) + timedelta(days=1)
        for bucket, fen in draws:
            ledger.purse.post(Posting(on, PostingKind.TRANSFER_IN, bucket, fen, basis, None, transfer.note))
        place = next(i for i, done in enumerate(self.transferred) if done.transfer is transfer)
        self.transferred[place] = Transferred(transfer, returned=True)

    def shared(self) -> tuple[Shared, ...]:
        """What each link has paid, and what its quota still holds."""
        return tuple(
            Shared(link, self._paid[place], self._held(place, link)) for place, link in enumerate(self.links)
        )

    def _held(self, place: int, link: Link) -> int:
        quota = self.passages[link.holder].ledger.purse.frozen.get(place)
        return 0 if quota is None else quota.left
