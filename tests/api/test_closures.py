from collections.abc import Callable
from typing import Any

import pytest

from service.api.v1.closures import ClosuresAnswer
from service.core.closing import Reason
from tests.api.asking import Client
from tests.api.households import CLOSURES, leaver
from tests.api.questions import retiree
from tests.api.test_balances import fen

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def closures(client: Client) -> Ask:
    """Asks about leaving and gives the answer, which must be one."""

    def ask(**changes: Any) -> dict[str, Any]:
        response = client.post(CLOSURES, json=leaver(**changes))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    return ask


def test_the_advance_of_the_months_left_is_taken_back_and_the_rest_moves(closures: Ask) -> None:
    # 9000 x 2 % = 180 a month, twelve of them in advance on 1 July; four of them were earned.
    answer = closures()
    assert (answer["allowed"], answer["amount"]) == ("yes", "3720.00")
    assert answer["before"]["total"] == "5160.00"
    assert [(p["kind"], p["amount"]) for p in answer["postings"]] == [
        ("true_up", "-1440.00"),
        ("transfer_out", "-720.00"),
        ("transfer_out", "-3000.00"),
    ]
    assert answer["after"]["total"] == "0.00"
    assert {"advance_taken_back", "to_new_account", "account_closes"} <= {
        e["code"] for e in answer["follows"]
    }


def test_the_postings_lead_from_before_to_after(closures: Ask) -> None:
    answer = closures()
    moved = sum(fen(posting["amount"]) for posting in answer["postings"])
    assert fen(answer["after"]["total"]) == fen(answer["before"]["total"]) + moved
    assert fen(answer["by_bucket"]["total"]) == fen(answer["amount"])


def test_without_a_first_month_the_opening_is_that_of_the_month_of_leaving(closures: Ask) -> None:
    answer = closures(**{"from": None})
    assert answer["before"]["prior_years"] == "3000.00"


def test_beijing_pays_out_only_what_was_credited_before_the_reform(client: Client, closures: Ask) -> None:
    asked = {
        "area": "110000",
        "reason": "withdrawal",
        "on": "2025-04-10",
        "from": "2025-04",
        "member": retiree(),
    }
    refused = client.post(CLOSURES, json=leaver(**asked))
    assert refused.status_code == 422
    assert [(f["pointer"], f["code"]) for f in refused.json()["faults"]] == [
        ("/credited_before", "fact_required")
    ]
    answer = closures(**asked, credited_before="700.00")
    assert (answer["allowed"], answer["amount"]) == ("yes", "700.00")
    assert fen(answer["after"]["total"]) == fen(answer["before"]["total"]) - 70000
    assert [posting["kind"] for posting in answer["postings"]] == ["withdrawal"]


def test_an_account_carried_from_another_area_is_closed_in_the_last(closures: Ask) -> None:
    spells = [
        {"from": "2019-01", "to": "2025-08", "status": "employed", "base": "9000.00"},
        {"from": "2025-09", "status": "employed", "base": "9000.00", "area": "110000"},
    ]
    member = {**leaver()["member"], "spells": spells}
    answer = closures(member=member, reason="death", on="2025-11-10")
    assert answer["policy"].startswith("110000@")
    assert fen(answer["before"]["total"]) > 300000
    assert "cleared_on_transfer" in {notice["code"] for notice in answer["notices"]}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_answered_as_the_contract_says(client: Client, reason: Reason, language: str) -> None:
    asked = leaver(reason=reason, credited_before="100.00")
    response = client.post(CLOSURES, json=asked, headers={"accept-language": language})
    assert response.status_code == 200, response.text
    answer = ClosuresAnswer.model_validate_json(response.content)
    assert answer.why
    assert answer.follows
