from dataclasses import replace
from typing import Any

import pytest

from service.core.errors import Refused
from service.core.simulate import simulate
from tests.core.making import EMPLOYED, RETIRED, Document, fixed, lived, nets, policy, question, rule

BASE = {"kind": "base"}
MISSING = {
    "kind": "less_per_missing_year",
    "of": fixed("100"),
    "rate": "0.03",
    "male_years": 30,
    "female_years": 25,
}


def worth(amount: Document, *, spell: Document = RETIRED, to: str = "2025-03", **changes: Any) -> str:
    """The credit of one month under a rule of that amount."""
    member = {"spells": [spell]} | changes
    document = policy(credits=[rule(amount)], **member.pop("document", {}))
    return nets(lived(document, to=to, **member))[0]


def share(rate: str, of: Document) -> Document:
    return {"kind": "share", "rate": rate, "of": of}


def bands(at: str = "month") -> Document:
    return {
        "kind": "by_age",
        "at": at,
        "bands": [
            {"to": 69, "amount": fixed("100")},
            {"from": 70, "to": 79, "amount": fixed("110")},
            {"from": 80, "amount": fixed("120")},
        ],
    }


def test_a_fixed_yearly_amount_is_a_twelfth_a_month_rounded_once() -> None:
    assert worth({"kind": "fixed", "amount": "200", "per": "year"}) == "16.67"


def test_a_share_of_the_base() -> None:
    assert worth(share("0.02", BASE), spell=EMPLOYED) == "100.00"


def test_a_half_fen_is_rounded_up() -> None:
    assert worth(share("0.02", BASE), spell=EMPLOYED | {"base": "3333.25"}) == "66.67"


def test_own_employer_and_total_contribution() -> None:
    rates: Document = {
        "document": {"contribution": {"own": "0.02", "employer": "0.08", "source": ["notice"]}}
    }
    for part, expected in (("own", "100.00"), ("employer", "400.00"), ("total", "500.00")):
        amount = {"kind": "contribution", "part": part}
        assert worth(amount, spell=EMPLOYED, **rates) == expected


def test_own_part_and_a_share_of_the_employers() -> None:
    rates: Document = {
        "document": {"contribution": {"own": "0.02", "employer": "0.08", "source": ["notice"]}}
    }
    employer = {"kind": "contribution", "part": "employer"}
    both = {"kind": "sum", "of": [{"kind": "contribution", "part": "own"}, share("0.3", employer)]}
    assert worth(both, spell=EMPLOYED, **rates) == "220.00"


def test_the_pension_of_the_month_or_of_a_named_one() -> None:
    december = {"kind": "pension", "of": {"year": -1, "month": 12}}
    spells = [
        RETIRED | {"to": "2024-12"},
        {"from": "2025-01", "status": "retired", "monthly_pension": "4400"},
    ]
    for amount, expected in (({"kind": "pension"}, "176.00"), (december, "160.00")):
        document = policy(credits=[rule(share("0.04", amount))])
        assert nets(lived(document, to="2025-03", spells=spells)) == [expected]


def test_a_named_month_without_a_pension_falls_back_on_the_one_declared() -> None:
    december = {"kind": "pension", "of": {"year": -1, "month": 12}}
    assert worth(share("0.04", december), spell=RETIRED | {"from": "2025-02"}) == "160.00"


def test_a_floor_is_the_larger_of_two() -> None:
    floored = {"kind": "larger_of", "of": [share("0.045", {"kind": "pension"}), fixed("80")]}
    assert worth(floored, spell=RETIRED | {"monthly_pension": "1500"}) == "80.00"
    assert worth(floored, spell=RETIRED | {"monthly_pension": "2000"}) == "90.00"


@pytest.mark.parametrize(
    ("to", "expected"), [("2025-05", "100.00"), ("2025-06", "110.00"), ("2035-06", "120.00")]
)
def test_both_bounds_of_an_age_band_are_included(to: str, expected: str) -> None:
    assert worth(bands(), to=to, birth_month="1955-06") == expected


def test_an_amount_for_every_year_of_age() -> None:
    assert worth({"kind": "times_age", "amount": "1.50", "at": "month"}, birth_month="1955-03") == "105.00"


def test_an_amount_in_proportion_to_the_months_with_an_account() -> None:
    amount = {"kind": "pro_rata", "of": fixed("70")}
    assert worth(amount, spell=RETIRED | {"account_months": 100, "contribution_months": 300}) == "23.33"


@pytest.mark.parametrize(
    ("sex", "months", "expected"),
    [
        ("female", 300, "100.00"),
        ("female", 299, "100.00"),  # one month is not a full year missing
        ("female", 288, "97.00"),
        ("male", 300, "85.00"),
        ("male", 0, "10.00"),
    ],
)
def test_three_per_cent_less_for_every_full_year_missing(sex: str, months: int, expected: str) -> None:
    assert worth(MISSING, spell=RETIRED | {"contribution_months": months}, sex=sex) == expected


def test_a_credit_is_never_less_than_nothing_for_missing_years() -> None:
    assert worth(MISSING | {"rate": "0.5"}, spell=RETIRED | {"contribution_months": 0}) == "0.00"


@pytest.mark.parametrize(
    ("direction", "credit"), [("half_up", "626.13"), ("down", "626.13"), ("up", "626.21")]
)
def test_a_rule_may_round_on_the_way(direction: str, credit: str) -> None:
    """60 % of an average wage of 12964 is 7778.40: rounded to whole yuan first, then 8.05 % of it."""
    base = {"kind": "rounded", "of": share("0.6", fixed("12964")), "to": "yuan", "direction": direction}
    assert worth(share("0.0805", base)) == credit


def test_a_published_figure_is_that_of_the_month() -> None:
    wage = [
        {"from": "2023-07", "value": "6000", "source": ["notice"]},
        {"from": "2024-07", "value": "7000", "source": ["notice"]},
    ]
    amount = share("0.01", {"kind": "published", "series": "wage"})
    document = policy(credits=[rule(amount)], published={"wage": wage})
    assert nets(lived(document, from_="2024-06", to="2024-07")) == ["60.00", "70.00"]


def test_a_declared_figure_stands_in_where_none_was_published() -> None:
    document = policy(credits=[rule({"kind": "published", "series": "wage"})], published={"wage": []})
    assert nets(lived(document, to="2024-07", parameters={"figures": {"wage": "88"}})) == ["88.00"]
    with pytest.raises(Refused) as refused:
        lived(document, to="2024-07")
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/parameters/figures/wage", "unknown_parameter")
    ]


def test_a_published_figure_is_not_overruled_but_one_that_has_ended_is() -> None:
    wage = [{"from": "2023-07", "to": "2024-06", "value": "60", "source": ["notice"]}]
    document = policy(credits=[rule({"kind": "published", "series": "wage"})], published={"wage": wage})
    declared = {"figures": {"wage": "88"}}
    assert nets(lived(document, from_="2024-06", to="2024-07", parameters=declared)) == ["60.00", "88.00"]
    assert nets(lived(document, to="2024-07")) == ["60.00"]


def test_a_credit_the_sources_do_not_give_is_the_one_seen_on_the_app() -> None:
    assert worth({"kind": "unknown"}, spell=RETIRED | {"own_credit": "163.20"}) == "163.20"


@pytest.mark.parametrize(
    ("amount", "pointer"),
    [
        (share("0.02", BASE), "/member/spells/0/base"),
        ({"kind": "pension"}, "/member/spells/0/monthly_pension"),
        ({"kind": "employer_average_wage"}, "/member/spells/0/employer_average_wage"),
        ({"kind": "unknown"}, "/member/spells/0/own_credit"),
        (MISSING, "/member/spells/0/contribution_months"),
        ({"kind": "pro_rata", "of": fixed("1")}, "/member/spells/0/account_months"),
    ],
)
def test_a_fact_nobody_declared_is_asked_for_where_it_belongs(amount: Document, pointer: str) -> None:
    spell = {"from": "2010-01", "status": "retired"}
    with pytest.raises(Refused) as refused:
        worth(amount, spell=spell)
    assert pointer in [fault.pointer for fault in refused.value.faults]


def test_the_month_of_birth_is_asked_for_only_by_a_rule_that_looks_at_age() -> None:
    asked = question(policy(credits=[rule(bands())]), to="2025-03", spells=[RETIRED])
    nameless = replace(asked, member=replace(asked.member, birth_month=None))
    with pytest.raises(Refused) as refused:
        simulate(nameless)
    assert [fault.pointer for fault in refused.value.faults] == ["/member/birth_month"]
    plain = question(policy(), to="2025-03", spells=[RETIRED])
    assert nets(simulate(replace(plain, member=nameless.member))) == ["100.00"]
