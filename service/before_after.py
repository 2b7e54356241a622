"""What a policy changes for sample members and sample bills: the same question under two books."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from service.core.book import Book
    from service.core.policy import National, Policy, Version
    from service.sampling import Sample, SampleBill


class Seen(NamedTuple):
    """What a sample member sees under one book, in fen.

    `credit` is what the rules give for the first month, net of deductions, whenever it is posted; the
    others are of all the months. `accrued` is interest that has not been posted by their end.
    """

    credit: int
    credited: int
    deductions: int
    interest: int
    accrued: int
    closing: int


class OfMember(NamedTuple):
    """A sample member under both books; None where a book gives no answer, `asks` says what it lacks."""

    sample: Sample
    before: Seen | None
    after: Seen | None
    asks: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether the two books do not say the same."""
        return self.before != self.after


class OfBill(NamedTuple):
    """What the fund pays of a sample bill under both books, in fen."""

    sample: SampleBill
    before: int | None
    after: int | None
    asks: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether the two books do not say the same."""
        return self.before != self.after


class BeforeAfter(NamedTuple):
    """Samples under two books, those that change most first.

    `before` is the id of the policy compared with; `carried_on` says that it has ended by then and is
    counted as if it had not.
    """

    before: str | None
    after: str
    carried_on: bool
    first: int
    last: int
    members: tuple[OfMember, ...]
    bills: tuple[OfBill, ...]


async def compare(
    book: Book, after: Book, policy: Policy | National, name: str, before: Version | None
) -> BeforeAfter | None:
    """The samples of a policy on the book before its publication and on the one after it."""
    raise NotImplementedError(book, after, policy, name, before)
