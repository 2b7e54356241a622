from collections.abc import Callable
from typing import Any

import pytest

from service.api.v1.answers import CreditsAnswer
from tests.api.asking import Client
from tests.api.questions import employee, question, retiree

Ask = Callable[..., dict[str, Any]]


def test_a_credit_is_explained_by_its_rule_and_its_formula(client: Client, credits_of: Ask) -> None:
    asked = question(employee("9000.00"), last="2025-02")
    answer = credits_of(asked)
    [january, _] = answer["months"]
    assert january["credit"] == {
        "gross": "180.00",
        "deductions": [],
        "net": "180.00",
        "for": {"from": "2025-01", "to": "2025-01"},
        "rule": "110000@2022-09-01#/credits/0",
        "formula": "缴费基数 9000.00 × 2%",
    }
    english = client.post("/v1/simulations/credits", json=asked, headers={"accept-language": "en"}).json()
    assert english["months"][0]["credit"]["formula"] == "base 9000.00 × 2%"


def test_the_formula_of_a_retiree_names_the_age_and_the_fixed_amount(credits_of: Ask) -> None:
    [month] = credits_of(question(retiree(), last="2025-01"))["months"]
    assert month["credit"]["formula"] == "71 周岁：定额 110.00"
    assert month["credit"]["net"] == "107.00"


def test_an_amount_that_is_not_whole_fen_is_shown_unrounded_as_well(credits_of: Ask) -> None:
    [month] = credits_of(question(employee("9000.33"), last="2025-01"))["months"]
    assert (month["credit"]["gross"], month["credit"]["unrounded"]) == ("180.01", "180.006600")


def test_totals_are_the_sums_of_the_months(credits_of: Ask) -> None:
    answer = credits_of(question(retiree(), first="2024-01", last="2025-12"))
    assert answer["totals"] == {"gross": "2640.00", "deductions": "72.00", "net": "2568.00"}


def test_credits_and_balances_agree(credits_of: Ask, balances: Ask) -> None:
    for area in ("110000", "310000", "120000"):
        asked = question(retiree(opening={"prior_years": "5000.00"}), area=area, first="2024-01")
        shorter = [month["credit"] for month in credits_of(asked)["months"]]
        longer = [month["credit"] for month in balances(asked)["months"]]
        for short, long in zip(shorter, longer, strict=True):
            assert {name: short[name] for name in long} == long


def test_an_answer_cites_where_the_bounds_of_the_base_are_published(credits_of: Ask) -> None:
    answer = credits_of(question(employee(), last="2025-01"))
    [policy] = answer["policies"]
    assert "bounds-2024" in {source["id"] for source in policy["sources"]}
    assert "bounds-2021" not in {source["id"] for source in policy["sources"]}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_an_answer_is_what_the_contract_says_in_every_area(client: Client, language: str) -> None:
    areas = client.get("/v1/areas", limit=500).json()["items"]
    assert len(areas) >= 20
    for area in areas:
        asked = question(
            employee(), area=area["area"], first=area["coverage"]["to"] or "2025-06", last="2025-06"
        )
        asked["to"] = asked["from"]
        headers = {"accept-language": language}
        response = client.post("/v1/simulations/credits", json=asked, headers=headers)
        if response.status_code == 422:
            assert {fault["code"] for fault in response.json()["faults"]} <= {
                "class_required",
                "fact_required",
                "unknown_parameter",
                "base_window_required",
            }
            continue
        CreditsAnswer.model_validate_json(response.content)
