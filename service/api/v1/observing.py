"""What version 1 is asked of a balance that somebody sees: the figure, the last lines, what was not paid."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from pydantic import (
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema, to_json

from service.api.v1.leaves import Amount, Day, Label, Month, SignedAmount
from service.api.v1.member import Member, Part, core_member
from service.api.v1.schemas import Question
from service.api.v1.spending import EXPENSES_MOST, Expense
from service.asked import Asked
from service.core.account import Bucket, PostingKind
from service.core.diagnose_seen import Line, Wanted
from service.core.diagnose_seen import Observed as CoreObserved
from service.core.errors import Fault
from service.core.expense import Category
from service.diagnosing import BALANCE, AskedDiagnosis, last_day

LINES_MOST = 200
LINES = "/observed/postings"
Part_ = TypeVar("Part_")


class SeenByPart(Part):
    """A balance as the app shows it by part; it may be negative."""

    current_year: SignedAmount = Field(description="Of this policy year (当年余额).")
    prior_years: SignedAmount = Field(description="Of all years before it (历年余额).")
    health: SignedAmount | None = Field(
        default=None, description="The health account (健康账户), where there is one."
    )

    @property
    def held(self) -> dict[Bucket, int]:
        """What each part shows, in fen."""
        held = {Bucket.CURRENT_YEAR: self.current_year, Bucket.PRIOR_YEARS: self.prior_years}
        return held if self.health is None else {**held, Bucket.HEALTH: self.health}


_TOTAL: TypeAdapter[int] = TypeAdapter(SignedAmount)


class SeenBalance:
    """A balance as it was seen: all of it as text, or an object that tells its parts."""

    def __init__(self, seen: int | SeenByPart) -> None:
        self.parts = None if isinstance(seen, int) else seen.held
        self.total = seen if isinstance(seen, int) else sum(seen.held.values())

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        by_part = handler.generate_schema(SeenByPart)
        either = core_schema.union_schema([handler.generate_schema(SignedAmount), by_part])

        def js(_: CoreSchema, write: GetJsonSchemaHandler) -> JsonSchemaValue:
            return write(either)

        return core_schema.no_info_wrap_validator_function(
            cls._read, by_part, metadata={"pydantic_js_functions": [js]}
        )

    @classmethod
    def _read(cls, value: Any, by_part: ValidatorFunctionWrapHandler) -> "SeenBalance":
        # A union would tell the faults of both forms; what is no object is meant as a total.
        return cls(by_part(value) if isinstance(value, dict) else _TOTAL.validate_python(value, strict=True))


class SeenPosting(Part):
    """A line of the app (明细)."""

    on: Day
    amount: SignedAmount = Field(description="What it moved: negative where money went out.")
    kind: PostingKind | None = Field(default=None, description="What it was, where the app says so.")
    bucket: Bucket | None = Field(default=None, description="The part it moved, where the app says so.")
    text: Label | None = Field(default=None, description="The app's own words; nothing is read off them.")


class WantedPayment(Part):
    """Something that could not be paid from the account on that day."""

    category: Category
    amount: Amount


class Observed(Part):
    """What somebody sees of an account."""

    on: Day | None = Field(
        default=None, description="The day of the balance; left out, the last day of the last month."
    )
    balance: SeenBalance
    postings: list[SeenPosting] = Field(
        default_factory=list,
        max_length=LINES_MOST,
        description="The last lines up to that day without a gap, newest or oldest first; those of days"
        " before the first month are not looked at.",
    )
    wanted: WantedPayment | None = None

    def to_core(self, last: int) -> CoreObserved:
        """What is seen as the rules know it; `last` is the last month asked for."""
        lines = tuple(Line(each.on, each.amount, each.kind, each.bucket) for each in self.postings)
        wanted = None if self.wanted is None else Wanted(self.wanted.category.value, self.wanted.amount)
        on = last_day(last) if self.on is None else self.on
        return CoreObserved(on, self.balance.total, self.balance.parts, lines, wanted)


class DiagnosesQuestion(Question):
    """Why one member's account shows what it shows."""

    from_: Month = Field(alias="from", description="The first month, with which `member.opening` begins.")
    to: Month = Field(description="The last month; at most 600 months in all.")
    member: Member
    expenses: list[Expense] = Field(default_factory=list, max_length=EXPENSES_MOST)
    observed: Observed

    def to_core(self) -> AskedDiagnosis:
        """The question as the use cases know it."""
        expenses = tuple(each.to_core(f"/expenses/{place}") for place, each in enumerate(self.expenses))
        member = core_member(self.member, "/member", self.parameters.figures)
        rates, kind = self.parameters.rates, self.member.retirement_kind
        asked = Asked(self.pooling_area, self.from_, self.to, member, expenses, rates, kind)
        return AskedDiagnosis(asked, self.observed.to_core(self.to), seen_parts(self.observed).buckets)


class SeenParts(NamedTuple):
    """The parts of what is seen that checks look at, each with its place."""

    on: date | None
    days: tuple[tuple[str, date], ...]
    buckets: tuple[tuple[str, Bucket], ...]


def seen_parts(observed: Observed) -> SeenParts:
    """The parts of what is seen, of the right shape."""
    by_part = [(f"{BALANCE}/{bucket}", bucket) for bucket in observed.balance.parts or ()]
    lines = [(f"{LINES}/{place}", each) for place, each in enumerate(observed.postings)]
    named = [(f"{at}/bucket", each.bucket) for at, each in lines if each.bucket is not None]
    days = tuple((f"{at}/on", each.on) for at, each in lines)
    return SeenParts(observed.on, days, (*by_part, *named))


_DAY: TypeAdapter[date] = TypeAdapter(Day)
_BUCKET = TypeAdapter(Bucket)


def readable_seen(given: Mapping[str, Any]) -> SeenParts:
    """The same of what can be read where something is not of its shape."""
    listed, balance = given.get("postings"), given.get("balance")
    lines = listed[:LINES_MOST] if isinstance(listed, list) else []
    objects = [(f"{LINES}/{place}", each) for place, each in enumerate(lines) if isinstance(each, dict)]
    days = [(f"{at}/on", _read(_DAY, each.get("on"))) for at, each in objects]
    named = [(f"{at}/bucket", _read(_BUCKET, each.get("bucket"))) for at, each in objects]
    if isinstance(balance, dict):
        named += [
            (f"{BALANCE}/{name}", _read(_BUCKET, name)) for name in balance if balance[name] is not None
        ]
    return SeenParts(
        _read(_DAY, given.get("on")),
        tuple((at, on) for at, on in days if on is not None),
        tuple((at, bucket) for at, bucket in named if bucket is not None),
    )


def _read(adapter: TypeAdapter[Part_], value: object) -> Part_ | None:
    try:
        return adapter.validate_json(to_json(value))
    except ValidationError:
        return None


def seen_faults(seen: SeenParts, last: int | None, outside: dict[str, str] | None) -> Iterator[Fault]:
    """What the days seen must say of each other; `outside` is the range that the balance's lies outside."""
    if outside is not None:
        yield Fault("/observed/on", "observed_outside_range", outside)
    until = seen.on if seen.on is not None or last is None else last_day(last)
    for pointer, on in seen.days:
        if until is not None and on > until:
            yield Fault(pointer, "posting_after_observed", {"on": until.isoformat()})
