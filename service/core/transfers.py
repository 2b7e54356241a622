"""Transfers into the wallets of relatives (医保钱包): made, refused with the reason, or given back."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Basis, Bucket, Posting, PostingKind
from service.core.answer import Transferred
from service.core.family import Wallet, refused_transfer
from service.core.gate import drawn
from service.core.month import day_in, month_of_day

if TYPE_CHECKING:
    from service.core.family import Transfer
    from service.core.links import Links
    from service.core.purse import Draws


class _OnTheWay(NamedTuple):
    """Money that left an account and was not accepted: where its outcome stands, which link, from where."""

    done: int
    link: int
    draws: Draws
    basis: Basis


class Transfers:
    """What became of the transfers of a household, in the order in which they were made."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.done: list[Transferred] = []
        self._of_day = Counter[tuple[int, date]]()
        self._on_the_way: dict[int, _OnTheWay] = {}  # by identity: two transfers may be alike

    def make(self, transfer: Transfer) -> None:
        """Move money from an account into a relative's wallet, or say why not."""
        on, passages = day_in(transfer.on_month, transfer.on_day), self.links.passages
        ledger = passages[transfer.holder].ledger
        place, found, code = self._rule(transfer, on)
        if found is None or place is None:
            self.done.append(Transferred(transfer, code))
            name = passages[transfer.holder].person.name
            ledger.log.note("transfer_refused", "warning", month=transfer.on_month, why=code, holder=name)
            return
        basis, rule = found
        self._of_day[transfer.holder, on] += 1
        self.links.note_moved(place, transfer.amount)
        draws = drawn(rule.order, transfer.amount, ledger.purse.free())
        ledger.purse.spend(PostingKind.TRANSFER_OUT, draws, on, basis, transfer.note)
        if transfer.accepted:
            passages[transfer.beneficiary].wallet += transfer.amount
        else:
            self._on_the_way[id(transfer)] = _OnTheWay(len(self.done), place, draws, basis)
        self.done.append(Transferred(transfer, on_the_way=not transfer.accepted))

    def take_back(self, transfer: Transfer) -> None:
        """Give back, on the day after, a transfer that was made and not accepted."""
        sent = self._on_the_way.pop(id(transfer), None)
        if sent is None:
            return
        ledger = self.links.passages[transfer.holder].ledger
        on = day_in(transfer.on_month, transfer.on_day) + timedelta(days=1)
        for bucket, fen in sent.draws:
            into = self._rolled_over(transfer, bucket, on)
            ledger.purse.post(
                Posting(on, PostingKind.TRANSFER_IN, into, fen, sent.basis, None, transfer.note)
            )
        self.links.note_moved(sent.link, -transfer.amount)
        self.done[sent.done] = Transferred(transfer, returned=True)

    def _rolled_over(self, transfer: Transfer, bucket: Bucket, on: date) -> Bucket:
        """Where the money belongs that was on the way when a policy year began: to the years before."""
        earnings = self.links.passages[transfer.holder].ledger.schedule.earnings
        new_year = on.day == 1 and earnings.year_starts(month_of_day(on))
        return Bucket.PRIOR_YEARS if new_year and bucket is Bucket.CURRENT_YEAR else bucket

    def _rule(self, transfer: Transfer, on: date) -> tuple[int | None, tuple[Basis, Wallet] | None, str]:
        """The link and the rule by which a transfer is made, or the code of why it is refused."""
        links = self.links.links
        between = (transfer.holder, "wallet")
        places = self.links.of(transfer.beneficiary, on)
        place = next((p for p in places if (links[p].holder, links[p].model) == between), None)
        if place is None:
            return None, None, "no_link"
        found, code = self.links.rule(place, on, None)
        if found is None or not isinstance(found[1], Wallet):
            return place, None, code
        basis, rule = found[0], found[1]
        refused = refused_transfer(rule, transfer, self._of_day[transfer.holder, on])
        if refused is None and self.links.could_pay(transfer.holder, rule.order) < transfer.amount:
            refused = "not_enough"
        return (place, (basis, rule), "") if refused is None else (place, None, refused)
