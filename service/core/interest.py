"""Interest (计息, 结息): which rate each bucket bears, how it is counted, when it is posted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from service.core.written import BY_KIND, Day, Rate

Term = Literal["demand", "three_month", "one_year"]


@dataclass(frozen=True, slots=True)
class DepositRate:
    """A benchmark deposit rate (活期, 三个月, 一年) from a day on."""

    from_: Day
    term: Term
    rate: Rate
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfDeposit:
    """The benchmark deposit rate of a term, from the national table."""

    term: Term
    kind: Literal["deposit"] = "deposit"


@dataclass(frozen=True, slots=True)
class OfNumber:
    """A rate the policy itself names, a year."""

    rate: Rate
    kind: Literal["number"] = "number"


@dataclass(frozen=True, slots=True)
class IfUnspent:
    """One deposit rate where the year's money was not drawn upon, another where it was.

    The year's average daily balance is held against what was carried into the year.
    """

    term: Term
    otherwise: Literal["demand", "three_month", "one_year", "unknown"]
    kind: Literal["if_unspent"] = "if_unspent"


@dataclass(frozen=True, slots=True)
class NoInterest:
    """The bucket bears no interest."""

    kind: Literal["none"] = "none"


@dataclass(frozen=True, slots=True)
class UnknownRate:
    """The sources do not say; the national rule is assumed."""

    kind: Literal["unknown"] = "unknown"


RateRule = Annotated[OfDeposit | OfNumber | IfUnspent | NoInterest | UnknownRate, BY_KIND]

Method = Literal["month_end_product", "daily_product", "flat_on_settlement", "unknown"]
"""月积数, 日积数, or once on the balance that is settled and rolled over."""

Posted = Literal["quarterly", "year_end", "at_rollover", "unknown"]
"""At the end of March, June, September and December; on the last day of the policy year; or on
the first day of the next one, before the rollover."""


@dataclass(frozen=True, slots=True)
class InterestYear:
    """The day the balance begins to count as carried over, where not the policy year's first.

    What was held then and has not been spent since earns the prior-years rate.
    """

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Interest:
    """The interest rule of a policy."""

    current_year: RateRule
    prior_years: RateRule
    method: Method
    posted: Posted
    source: tuple[str, ...]
    health: RateRule = UnknownRate()
    days_per_year: Literal[360, 365, "unknown"] = "unknown"
    year: InterestYear | None = None
