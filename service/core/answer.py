"""What a run answers: months, policy years, totals, and the table of credits; all in fen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Balances, Bucket, Notice, Posting, PostingKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from typing import Literal

    from service.core.account import Basis
    from service.core.bill import Step
    from service.core.crediting import Credited, Taken
    from service.core.earning import Earned
    from service.core.expense import Expense
    from service.core.family import Link, Transfer
    from service.core.policy import InForce


class CreditOfMonth(NamedTuple):
    """What was credited in a month; `months` are those it is for.

    `true_up` is what settlements and claw-backs moved in the month; it is not part of `net`.
    """

    gross: int
    taken: tuple[Taken, ...]
    net: int
    months: tuple[int, int] | None
    earned: tuple[Earned, ...]
    true_up: int

    @property
    def taken_from_account(self) -> tuple[Taken, ...]:
        """The deductions that were not taken from the credit itself."""
        return tuple(taken for taken in self.taken if taken.deduction.taken_from == "account")

    def a_month_later(self) -> CreditOfMonth:
        """The same credit, for the month after."""
        gross, taken, net, months, earned, true_up = self
        later = None if months is None else (months[0] + 1, months[1] + 1)
        return CreditOfMonth(gross, taken, net, later, earned, true_up)


NO_CREDIT = CreditOfMonth(0, (), 0, None, (), 0)


class Spent(NamedTuple):
    """What others than the member's own account paid for the member in a month, in fen."""

    fund: int = 0
    family: int = 0
    cash: int = 0


NOTHING_SPENT = Spent()


class MonthOf(NamedTuple):
    """One month of the account. `resume` starts a run at this month with the same outcome."""

    month: int
    in_force: InForce
    opening: Mapping[Bucket, int]
    closing: Mapping[Bucket, int]
    credit: CreditOfMonth
    postings: tuple[Posting, ...]
    spent: Spent
    resume: Balances


class Paid(NamedTuple):
    """A part of an expense that is not cash, in fen: from whose account or wallet, and by which rule."""

    by: Literal["own", "wallet", "quota", "till"]
    holder: int  # the place of the member whose money it was
    bucket: Bucket | None  # none for a wallet
    category: str
    amount: int
    basis: Basis


class PassedOver(NamedTuple):
    """A holder who could not pay, or not all, and the notice code that says why."""

    holder: int
    category: str
    code: str


class Settled(NamedTuple):
    """How one expense or bill was settled, in fen: fund + paid + cash is all of it."""

    expense: Expense
    on: date
    in_force: InForce
    fund: int
    shares: tuple[tuple[str, int], ...]  # the person's own, by category
    steps: tuple[tuple[Step, Basis | None], ...]
    paid: tuple[Paid, ...]
    passed_over: tuple[PassedOver, ...]
    cash: int


class Transferred(NamedTuple):
    """What became of a transfer into a wallet; `code` says why it was refused."""

    transfer: Transfer
    code: str = ""
    returned: bool = False
    on_the_way: bool = False  # not accepted, and not yet given back


class Shared(NamedTuple):
    """What was paid by a link in all, and what a quota still holds, in fen."""

    link: Link
    paid: int
    held: int


class Totals(NamedTuple):
    """Sums; `credited` is net of deductions and includes settlements.

    `moved` is what was transferred in, less what was transferred out or withdrawn. `paid_from_account`
    is what the account paid for its own member, `paid_for_family` what it gave to relatives,
    `paid_by_family` and `fund` what relatives and the pooling fund paid for the member.
    """

    credited: int = 0
    interest: int = 0
    paid_from_account: int = 0
    paid_for_family: int = 0
    paid_by_family: int = 0
    fund: int = 0
    cash: int = 0
    moved: int = 0


class YearOf(NamedTuple):
    """The months asked for of one policy year."""

    first: int
    last: int
    opening: Mapping[Bucket, int]
    closing: Mapping[Bucket, int]
    totals: Totals


class Simulation(NamedTuple):
    """The whole answer."""

    months: tuple[MonthOf, ...]
    years: tuple[YearOf, ...]
    totals: Totals
    policies: tuple[InForce, ...]
    notices: tuple[Notice, ...]
    expenses: tuple[Settled, ...] = ()
    wallet: int = 0  # what relatives moved into the wallet and nobody spent, in fen
    bases: tuple[Basis, ...] = ()  # what it rests on besides the rules of its postings


class FamilySimulation(NamedTuple):
    """The answer for a household: each person's account, and who paid what for whom."""

    people: tuple[Simulation, ...]
    expenses: tuple[Settled, ...]
    transfers: tuple[Transferred, ...]
    links: tuple[Shared, ...]
    totals: Totals


class CreditMonth(NamedTuple):
    """One month of a credit table."""

    month: int
    in_force: InForce
    credit: CreditOfMonth


class CreditTable(NamedTuple):
    """The credits of a range of months, without the account."""

    months: tuple[CreditMonth, ...]
    policies: tuple[InForce, ...]
    notices: tuple[Notice, ...]
    bases: tuple[Basis, ...] = ()


def summed_up(found: Sequence[Credited], owed: tuple[Taken, ...], true_up: int) -> CreditOfMonth:
    """The credits of a month and what was taken from them and from the account."""
    posted = [credited for credited in found if credited.kind is not PostingKind.TRUE_UP]
    taken = tuple(taken for credited in posted for taken in credited.taken) + owed
    gross = sum(credited.gross for credited in posted)
    net = gross - sum(one.amount for one in taken)
    spans = [credited.months for credited in posted]
    months = (min(a for a, _ in spans), max(b for _, b in spans)) if spans else None
    earned = tuple(credited.earned for credited in posted)
    return CreditOfMonth(gross, taken, net, months, earned, true_up)


def by_year(months: Sequence[MonthOf], starts: frozenset[int]) -> tuple[YearOf, ...]:
    """The months grouped by policy year."""
    groups: list[list[MonthOf]] = []
    for month in months:
        if not groups or month.month in starts:
            groups.append([])
        groups[-1].append(month)
    return tuple(YearOf(g[0].month, g[-1].month, g[0].opening, g[-1].closing, _totals(g)) for g in groups)


def together(several: Sequence[Totals]) -> Totals:
    """Several totals summed up."""
    if len(several) == 1:
        return several[0]
    return Totals(*(sum(column) for column in zip(*several, strict=True)))


_CREDITED = (PostingKind.CREDIT, PostingKind.ADVANCE, PostingKind.TRUE_UP, PostingKind.DEDUCTION)
_MOVED = (PostingKind.TRANSFER_IN, PostingKind.TRANSFER_OUT, PostingKind.WITHDRAWAL)


def _totals(months: Sequence[MonthOf]) -> Totals:
    posted = dict.fromkeys(PostingKind, 0)
    fund = family = cash = 0
    for month in months:
        for posting in month.postings:
            posted[posting.kind] += posting.amount
        if month.spent is not NOTHING_SPENT:
            fund += month.spent.fund
            family += month.spent.family
            cash += month.spent.cash
    return Totals(
        credited=sum(posted[kind] for kind in _CREDITED),
        interest=posted[PostingKind.INTEREST],
        paid_from_account=-posted[PostingKind.PAYMENT],
        paid_for_family=-posted[PostingKind.FAMILY_PAYMENT],
        paid_by_family=family,
        fund=fund,
        cash=cash,
        moved=sum(posted[kind] for kind in _MOVED),
    )
