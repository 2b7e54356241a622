from collections.abc import Callable
from typing import Any

import pytest

from service.api.v1.bills import BillsAnswer
from tests.api.asking import Client
from tests.api.households import BILLS, at_the_counter, bill, grandmother, worker

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def bills(client: Client) -> Ask:
    """Asks about a bill and gives the answer, which must be one."""

    def ask(**changes: Any) -> dict[str, Any]:
        response = client.post(BILLS, json=at_the_counter(**changes))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    return ask


def steps(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """The steps of a bill with their amounts."""
    return [(each["step"], each["amount"]) for each in answer["steps"]]


def test_a_bill_is_paid_from_what_is_held_without_credit_or_interest(bills: Ask) -> None:
    answer = bills()
    assert answer["fund"] == "1530.00"
    assert [(each["by"], each["amount"]) for each in answer["paid"]] == [
        ("own", "1200.00"),
        ("till", "270.00"),
    ]
    assert [(each["id"], each["before"]["total"], each["after"]["total"]) for each in answer["balances"]] == [
        ("grandmother", "1200.00", "0.00"),
        ("son", "300.00", "30.00"),
        ("daughter", "5000.00", "5000.00"),
    ]
    assert answer["cash"] == "0.00"


def test_every_step_is_a_line_with_its_basis_and_sentence(bills: Ask) -> None:
    answer = bills(bill=bill("3000.00", class_b_copay="100.00", self_pay="50.00"), member=grandmother())
    assert steps(answer) == [
        ("total", "3000.00"),
        ("self_pay", "50.00"),
        ("class_b_copay", "100.00"),
        ("in_scope", "2850.00"),
        ("deductible", "1300.00"),
        ("ratio", "1395.00"),
        ("fund", "1395.00"),
        ("own_share", "1605.00"),
    ]
    texts = {each["step"]: each["text"] for each in answer["steps"]}
    assert texts["deductible"] == "起付线 1300.00 元，本次承担 1300.00 元"
    assert texts["ratio"] == "统筹基金按 90% 支付 1550.00 元中的 1395.00 元"
    assert answer["shares"] == [
        {"category": "outpatient_copay", "amount": "1455.00"},
        {"category": "class_b_copay", "amount": "100.00"},
        {"category": "self_pay", "amount": "50.00"},
    ]
    assert next(line["ratio"] for line in answer["steps"] if line["step"] == "ratio") == "0.9"


def test_what_the_year_has_used_of_the_deductible_is_declared(bills: Ask) -> None:
    used = {"outpatient": {"deductible": "1000.00", "cost": "1000.00"}}
    answer = bills(member=grandmother(year_to_date=used))
    assert dict(steps(answer))["deductible"] == "300.00"
    assert "assumed_nothing_used" not in {notice["code"] for notice in answer["notices"]}
    first = bills(on="2025-03-20")
    assert "assumed_nothing_used" in {notice["code"] for notice in first["notices"]}


def test_what_the_fund_paid_as_printed_goes_before_any_rule(bills: Ask) -> None:
    answer = bills(bill=bill("3000.00", fund="1234.50"))
    assert steps(answer) == [
        ("total", "3000.00"),
        ("in_scope", "3000.00"),
        ("declared_fund", "1234.50"),
        ("own_share", "1765.50"),
    ]


def test_nobody_pays_for_who_is_not_insured_but_the_own_account(bills: Ask) -> None:
    spells = [{"from": "2008-07", "to": "2024-06", "status": "employed", "base": "9000.00"}]
    answer = bills(member=grandmother(spells=spells), family=[])
    assert answer["fund"] == "0.00"
    assert ("no_fund", "0.00") in steps(answer)
    assert "no_fund_not_insured" in {notice["code"] for notice in answer["notices"]}


def test_a_holder_without_a_name_is_told_by_place(bills: Ask) -> None:
    unnamed = worker("son", "5000.00")
    del unnamed["id"]
    answer = bills(family=[{"relation": "parent", "member": unnamed}])
    assert answer["paid"][-1]["holder"] == "family/0"
    assert answer["balances"][1]["id"] == "family/0"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_an_answer_is_what_the_contract_says(client: Client, language: str) -> None:
    for area, tier in (("110000", "three"), ("310000", "three"), ("420100", "two"), ("440300", "one")):
        for setting in ("outpatient", "inpatient", "pharmacy"):
            asked = at_the_counter(area=area, bill=bill("30000.00", tier=tier, setting=setting), family=[])
            response = client.post(BILLS, json=asked, headers={"accept-language": language})
            if response.status_code == 200:
                answer = BillsAnswer.model_validate_json(response.content)
                assert all("{" not in step.text and step.text for step in answer.steps)
            else:
                assert response.status_code == 422
                assert {each["code"] for each in response.json()["faults"]} <= {
                    "unknown_parameter",
                    "fact_required",
                    "class_required",
                }
