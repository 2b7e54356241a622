"""An amount is an expression tree of small records; it is worth exact fen per month.

A new shape of rule is one record here, one branch in `worth`, and one worked case.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal, assert_never

from service.core.age import AgeAt
from service.core.money import Exact, round_half_up
from service.core.text import Text
from service.core.written import BY_KIND, Fen, Rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.core.facts import Facts

Because = Literal[
    "no_account_resident",
    "no_account_flexible",
    "no_account_tier",
    "no_account_exempt",
    "gap_no_credit",
    "not_credited",
]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A published amount (定额); where it was rounded from a formula, the formula is only words."""

    amount: Fen
    per: Literal["month", "year"] = "month"
    formula: Text | None = None
    kind: Literal["fixed"] = "fixed"


@dataclass(frozen=True, slots=True)
class Base:
    """The contribution base (缴费基数) of the month, as the policy's base rule gives it."""

    kind: Literal["base"] = "base"


@dataclass(frozen=True, slots=True)
class Contribution:
    """The contribution (缴费) of the month, the person's own, the employer's or the total."""

    part: Literal["own", "employer", "total"]
    kind: Literal["contribution"] = "contribution"


@dataclass(frozen=True, slots=True)
class MonthOfYear:
    """A calendar month counted from the year in which the policy year starts."""

    year: int  # 0 this year, -1 the year before
    month: int  # 1 to 12


@dataclass(frozen=True, slots=True)
class Pension:
    """The person's own monthly pension (本人养老金), of the month or of a named month."""

    of: MonthOfYear | None = None
    kind: Literal["pension"] = "pension"


@dataclass(frozen=True, slots=True)
class EmployerAverageWage:
    """The employer's average monthly wage (单位月平均工资), as declared."""

    kind: Literal["employer_average_wage"] = "employer_average_wage"


@dataclass(frozen=True, slots=True)
class Published:
    """A published figure of the area, per month: an average wage or pension, a line."""

    series: str
    kind: Literal["published"] = "published"


@dataclass(frozen=True, slots=True)
class OwnCredit:
    """The person's own earlier monthly credit, frozen (按本人原划入额)."""

    kind: Literal["own_credit"] = "own_credit"


@dataclass(frozen=True, slots=True)
class Share:
    """A share of another amount."""

    rate: Rate
    of: Amount
    kind: Literal["share"] = "share"


@dataclass(frozen=True, slots=True)
class Sum:
    """Several amounts together."""

    of: tuple[Amount, ...]
    kind: Literal["sum"] = "sum"


@dataclass(frozen=True, slots=True)
class LargerOf:
    """The largest of several amounts; a floor is written this way too."""

    of: tuple[Amount, ...]
    kind: Literal["larger_of"] = "larger_of"


@dataclass(frozen=True, slots=True)
class Band:
    """An amount for full years of age, both bounds included; an open end has none."""

    amount: Amount
    from_: int | None = None
    to: int | None = None


@dataclass(frozen=True, slots=True)
class ByAge:
    """An amount by age band (年龄段)."""

    bands: tuple[Band, ...]
    at: AgeAt = "unknown"
    kind: Literal["by_age"] = "by_age"


@dataclass(frozen=True, slots=True)
class TimesAge:
    """An amount for every full year of age."""

    amount: Fen
    at: AgeAt = "unknown"
    kind: Literal["times_age"] = "times_age"


@dataclass(frozen=True, slots=True)
class ProRata:
    """An amount in the proportion of months with an account to all months contributed (a/b)."""

    of: Amount
    kind: Literal["pro_rata"] = "pro_rata"


@dataclass(frozen=True, slots=True)
class LessPerMissingYear:
    """An amount less a share of itself for every full year missing of the required years."""

    of: Amount
    rate: Rate
    male_years: int
    female_years: int
    kind: Literal["less_per_missing_year"] = "less_per_missing_year"


@dataclass(frozen=True, slots=True)
class Rounded:
    """An amount that the rule itself rounds on the way, before anything else is done with it."""

    of: Amount
    to: Literal["yuan", "jiao", "fen"]
    direction: Literal["half_up", "down", "up"] = "half_up"
    kind: Literal["rounded"] = "rounded"


@dataclass(frozen=True, slots=True)
class Nothing:
    """No credit, and the reason."""

    because: Because
    kind: Literal["none"] = "none"


@dataclass(frozen=True, slots=True)
class Unknown:
    """The sources do not say; the person may declare the credit seen on the app."""

    kind: Literal["unknown"] = "unknown"


Amount = Annotated[
    Fixed
    | Base
    | Contribution
    | Pension
    | EmployerAverageWage
    | Published
    | OwnCredit
    | Share
    | Sum
    | LargerOf
    | ByAge
    | TimesAge
    | ProRata
    | LessPerMissingYear
    | Rounded
    | Nothing
    | Unknown,
    BY_KIND,
]

_STEP = {"yuan": 100, "jiao": 10, "fen": 1}


def worth(amount: Amount, facts: Facts) -> Exact:  # noqa: C901, PLR0911, PLR0912 - one branch a kind
    """Exact fen per month. What a person did not declare is noted in `facts` and counts 0."""
    match amount:
        case Fixed(amount=fen, per=per):
            return Fraction(fen, 12) if per == "year" else fen
        case Base():
            return facts.base()
        case Contribution(part=part):
            return facts.base() * facts.contribution_rate(part)
        case Pension(of=of):
            return facts.pension(None if of is None else (of.year, of.month))
        case EmployerAverageWage():
            return facts.declared("employer_average_wage")
        case OwnCredit():
            return facts.declared("own_credit")
        case Unknown():
            return facts.unknown_credit()
        case Published(series=series):
            return facts.published(series)
        case Share(rate=rate, of=of):
            return rate * worth(of, facts)
        case Sum(of=several):
            return sum(worth(one, facts) for one in several)
        case LargerOf(of=several):
            return max(worth(one, facts) for one in several)
        case ByAge():
            return worth(band_of(amount, facts).amount, facts)
        case TimesAge(amount=fen, at=at):
            return fen * facts.age(at)
        case ProRata(of=of):
            return worth(of, facts) * facts.account_share()
        case LessPerMissingYear(of=of, rate=rate):
            missing = facts.missing_years(amount.male_years, amount.female_years)
            return worth(of, facts) * max(Fraction(0), 1 - rate * missing)
        case Rounded(of=of, to=to, direction=direction):
            return _rounded(worth(of, facts), _STEP[to], direction)
        case Nothing():
            return 0
        case _:
            assert_never(amount)


def band_of(amount: ByAge, facts: Facts) -> Band:
    """The band that the member's age falls in; the bands of a sound policy leave no hole."""
    age = facts.age(amount.at)
    for band in amount.bands:
        if band.to is None or age <= band.to:
            return band
    return amount.bands[-1]


def _rounded(exact: Exact, step: int, direction: str) -> int:
    match direction:
        case "down":
            steps = exact // step
        case "up":
            steps = -(-exact // step)
        case _:
            steps = round_half_up(Fraction(exact) / step)
    return steps * step


def parts(amount: Amount) -> Iterator[Amount]:
    """The amount and every amount inside it, outermost first."""
    yield amount
    match amount:
        case Share(of=of) | ProRata(of=of) | LessPerMissingYear(of=of) | Rounded(of=of):
            yield from parts(of)
        case Sum(of=several) | LargerOf(of=several):
            for one in several:
                yield from parts(one)
        case ByAge(bands=bands):
            for band in bands:
                yield from parts(band.amount)
        case _:
            return
