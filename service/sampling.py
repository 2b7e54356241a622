"""Sample members and sample bills, made from the rules of the policies that are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from service.core.expense import Bill
    from service.core.member import Member

Ages = tuple[int | None, int | None]
"""An age band in full years, both included; None where it is open."""


class Sample(NamedTuple):
    """A sample member of an area; `ages` is the band that the age was taken from."""

    area: str
    member: Member
    age: int
    ages: Ages

    @property
    def now(self) -> object:
        """The spell of the months asked about."""
        return self.member.spells[-1]


class SampleBill(NamedTuple):
    """A sample bill of a sample member, on the day of a month."""

    sample: Sample
    month: int
    bill: Bill
