from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from service.core.earning import Earnings
from service.core.errors import Refused
from service.core.facts import Log
from service.core.member import Spell
from tests.core.making import EMPLOYED, SOURCE, Document, lived, nets, policy, question, rule

SHARE = {"kind": "share", "rate": "0.02", "of": {"kind": "base"}}
BOUNDS = [
    {"from": "2023-07", "to": "2024-06", "floor": "5182", "ceiling": "24042", "source": SOURCE},
    {"from": "2024-07", "floor": "5600", "source": SOURCE},
]
WINDOW = {
    "kind": "window",
    "over": {"from_year": -2, "from_month": 7, "to_year": -1, "to_month": 6},
    "when_empty": {"from_year": -1, "from_month": 7, "to_year": -1, "to_month": 12},
    "source": SOURCE,
}


def credits_on(base: Document, *spells: Document, from_: str, to: str) -> list[str]:
    document = policy(base=base, credits=[rule(SHARE)])
    return nets(lived(document, from_=from_, to=to, spells=list(spells)))


def own_month(**more: Any) -> Document:
    return {"kind": "own_month", "source": SOURCE} | more


def paying(base: str, since: str = "2010-01", until: str | None = None) -> Document:
    return EMPLOYED | {"base": base, "from": since} | ({"to": until} if until else {})


@pytest.mark.parametrize(("base", "credit"), [("4000", "103.64"), ("6000", "120.00"), ("30000", "480.84")])
def test_the_base_is_moved_to_the_published_floor_or_ceiling(base: str, credit: str) -> None:
    bounded = own_month(bounds=BOUNDS)
    assert credits_on(bounded, paying(base), from_="2024-01", to="2024-01") == [credit]


def test_bounds_change_in_the_month_from_which_they_are_published() -> None:
    bounded = own_month(bounds=BOUNDS)
    assert credits_on(bounded, paying("4000"), from_="2024-06", to="2024-07") == ["103.64", "112.00"]
    assert credits_on(bounded, paying("30000"), from_="2024-06", to="2024-07") == ["480.84", "600.00"]


def test_before_the_first_bounds_the_base_is_taken_as_declared() -> None:
    assert credits_on(own_month(bounds=BOUNDS), paying("1000"), from_="2023-06", to="2023-06") == ["20.00"]


def test_a_change_may_count_from_the_month_after_it_is_declared() -> None:
    spells = paying("5000", until="2024-03"), paying("6000", "2024-04")
    assert credits_on(own_month(), *spells, from_="2024-03", to="2024-05") == ["100.00", "120.00", "120.00"]
    later = own_month(change="month_after")
    assert credits_on(later, *spells, from_="2024-03", to="2024-05") == ["100.00", "100.00", "120.00"]


def test_the_first_month_paid_has_no_month_before_it_to_look_to() -> None:
    later = own_month(change="month_after")
    assert credits_on(later, paying("6000", "2024-04"), from_="2024-04", to="2024-04") == ["120.00"]


def test_the_window_of_an_earlier_year_is_averaged_over_the_months_paid() -> None:
    """July 2020 to June 2021 counts for 2022; twelve months at 6000, or eight of them at 5000."""
    assert credits_on(WINDOW, paying("6000"), from_="2022-01", to="2022-01") == ["120.00"]
    part = paying("5000", "2020-11", "2021-06"), paying("9000", "2021-07")
    assert credits_on(WINDOW, *part, from_="2022-01", to="2022-12") == ["100.00"] * 12


def test_the_second_span_counts_where_nothing_was_paid_in_the_first() -> None:
    assert credits_on(WINDOW, paying("5500", "2021-07"), from_="2022-01", to="2022-01") == ["110.00"]


def test_every_month_of_the_window_is_moved_to_the_bounds_of_its_own_month() -> None:
    bounds = [
        {"from": "2020-07", "floor": "4000", "source": SOURCE},
        {"from": "2021-01", "floor": "5000", "source": SOURCE},
    ]
    assert credits_on(WINDOW | {"bounds": bounds}, paying("1000"), from_="2022-01", to="2022-01") == ["90.00"]


def test_a_window_without_any_month_paid_is_asked_for() -> None:
    with pytest.raises(Refused) as refused:
        credits_on(WINDOW, paying("5000", "2022-01"), from_="2022-01", to="2022-01")
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/member/spells", "base_window_required")]


class Looked(tuple[Spell, ...]):
    """Spells that count how often somebody goes through them."""

    __slots__ = ()
    times: ClassVar[int] = 0

    def __iter__(self) -> Iterator[Spell]:
        Looked.times += 1
        return super().__iter__()


def test_a_window_is_looked_through_once_however_often_the_rules_of_a_month_name_the_base() -> None:
    often = {"kind": "sum", "of": [{"kind": "share", "rate": "0.02", "of": {"kind": "base"}}] * 20}
    document = policy(base=WINDOW, credits=[rule(often)], extras=[rule(often)] * 5)
    asked = question(document, to="2022-01", spells=[paying("6000")])
    member, month = replace(asked.member, spells=Looked(asked.member.spells)), asked.first
    earnings = Earnings(asked.timeline, member, Log(month, month), frozenset({month}))
    earned = [earnings.of(month), *earnings.extras(month)]
    Looked.times = 0
    assert [each.amount for each in earned if each is not None] == [240_000] * 6
    assert Looked.times == 2  # for the rule, and for all that is credited besides
