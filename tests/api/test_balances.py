import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from service.api.v1.answers import BalancesAnswer
from tests.api.asking import Client
from tests.api.questions import employee, question, retiree, specified

Ask = Callable[..., dict[str, Any]]


def fen(text: str) -> int:
    """An amount as a whole number."""
    whole, _, cents = text.lstrip("-").partition(".")
    return (-1 if text.startswith("-") else 1) * (int(whole) * 100 + int(cents))


def test_the_specified_question_is_answered_with_107_a_month(balances: Ask) -> None:
    answer = balances(specified())
    assert [month["month"] for month in answer["months"]] == [f"2025-{month:02d}" for month in range(1, 13)]
    first = answer["months"][0]
    assert first["policy"] == "110000@2022-09-01"
    assert first["credit"]["gross"] == "110.00"
    assert [taken["amount"] for taken in first["credit"]["deductions"]] == ["3.00"]
    assert {month["credit"]["net"] for month in answer["months"]} == {"107.00"}
    assert first["opening"] == {"current_year": "0.00", "prior_years": "1200.00", "total": "1200.00"}
    assert first["closing"] == {"current_year": "107.00", "prior_years": "1200.00", "total": "1307.00"}
    assert first["credit"]["for"] == {"from": "2025-01", "to": "2025-01"}
    [posting] = first["postings"]
    assert (posting["on"], posting["kind"], posting["bucket"], posting["amount"]) == (
        "2025-01-05",
        "credit",
        "current_year",
        "107.00",
    )
    assert answer["totals"]["credited"] == "1284.00"
    assert answer["totals"]["paid_from_account"] == "86.50"


def test_who_was_born_in_june_1957_gets_97_until_she_turns_70(balances: Ask) -> None:
    born = retiree(birth_month="1957-06")
    answer = balances(question(born, first="2025-01", last="2027-12"))
    nets = {month["month"]: month["credit"]["net"] for month in answer["months"]}
    assert {nets[month] for month in nets if month < "2027-06"} == {"97.00"}
    assert {nets[month] for month in nets if month > "2027-06"} == {"107.00"}


def test_every_posting_names_a_rule_of_a_policy_and_sources_that_the_answer_lists(
    client: Client, balances: Ask
) -> None:
    answer = balances(specified())
    listed = {policy["id"]: {source["id"] for source in policy["sources"]} for policy in answer["policies"]}
    postings = [posting for month in answer["months"] for posting in month["postings"]]
    assert postings
    for posting in postings:
        policy, _, pointer = posting["basis"].partition("#")
        assert posting["sources"], posting
        assert set(posting["sources"]) <= listed[policy]
        place: Any = client.get(f"/v1/policies/{policy}").json()["document"]
        for step in pointer.split("/")[1:]:
            place = place[int(step)] if isinstance(place, list) else place[step]
        assert set(posting["sources"]) == set(place["source"])


def test_a_balance_is_only_moved_by_postings(balances: Ask) -> None:
    answer = balances({**specified(), "from": "2023-06", "to": "2025-12"})
    for month in answer["months"]:
        for bucket in ("current_year", "prior_years"):
            moved = sum(fen(p["amount"]) for p in month["postings"] if p["bucket"] == bucket)
            assert fen(month["closing"][bucket]) == fen(month["opening"][bucket]) + moved
    for before, after in zip(answer["months"], answer["months"][1:], strict=False):
        assert before["closing"] == after["opening"]


def test_each_detail_tells_all_that_the_one_before_does(balances: Ask) -> None:
    told = {
        detail: balances(specified(), detail=detail) for detail in ("totals", "years", "months", "postings")
    }
    assert len({json.dumps(answer["totals"]) for answer in told.values()}) == 1
    assert len({json.dumps(answer["policies"]) for answer in told.values()}) == 1
    assert told["totals"]["years"] == told["totals"]["months"] == told["years"]["months"] == []
    assert told["years"]["years"] == told["months"]["years"] == told["postings"]["years"] != []
    for shorter, longer in zip(told["months"]["months"], told["postings"]["months"], strict=True):
        assert longer.pop("postings") is not None
        assert shorter == longer


def test_months_are_told_unless_another_detail_is_asked_for(balances: Ask) -> None:
    asked = specified()
    del asked["detail"]
    assert balances(asked)["months"] == balances(specified(), detail="months")["months"]


@pytest.mark.parametrize(
    ("area", "member"),
    [
        ("110000", retiree()),
        ("110000", employee()),
        ("310000", retiree()),
        ("310000", employee()),
        ("350200", employee(class_="local", opening={"prior_years": "20.00", "health": "30.00"})),
    ],
)
def test_any_month_asked_alone_with_what_it_resumes_from_is_the_same_month(
    client: Client, balances: Ask, area: str, member: dict[str, Any]
) -> None:
    coverage = client.get(f"/v1/areas/{area}").json()["coverage"]
    last = min(coverage["to"] or "2025-12", "2025-12")
    first = f"{int(last[:4]) - 2}-{last[5:]}"
    asked = {**question(member, area=area, first=first, last=last), "detail": "postings"}
    asked["expenses"] = [{"on": f"{last[:4]}-01-20", "category": "pharmacy", "amount": "300.00"}]
    for month in balances(asked)["months"]:
        here = [each for each in asked["expenses"] if each["on"].startswith(month["month"])]
        alone = balances(
            {**asked, "from": month["month"], "to": month["month"], "expenses": here},
            member={**member, "opening": month["resume"]},
        )
        [again] = alone["months"]
        began = [p for p in month["postings"] if p["on"].endswith("-01") and p["kind"] in STARTING]
        assert again["closing"] == month["closing"]
        assert again["credit"] == {
            **again["credit"],
            **{k: v for k, v in month["credit"].items() if k != "true_up"},
        }
        assert again["resume"] == month["resume"]
        assert again["postings"] == month["postings"][len(began) :]


STARTING = {"interest", "true_up", "rollover"}


def test_an_answer_can_be_taken_up_again_at_any_of_its_months(balances: Ask) -> None:
    whole = balances({**specified(), "from": "2024-10", "to": "2026-03"})
    for place in (1, 3, 9):
        month = whole["months"][place]
        rest = balances(
            {
                **specified(),
                "from": month["month"],
                "to": "2026-03",
                "expenses": [each for each in specified()["expenses"] if each["on"] >= month["month"]],
            },
            member=retiree(opening=month["resume"]),
        )
        assert rest["months"][1:] == whole["months"][place + 1 :]


def test_sentences_are_chinese_unless_english_is_preferred(client: Client) -> None:
    texts = {}
    for header in ("", "zh-CN", "en", "en-GB,zh;q=0.5", "zh,en;q=0.9", "fr", "*", ";;q=,,"):
        response = client.post(
            "/v1/simulations/balances", json=specified(), headers={"accept-language": header}
        )
        texts[header] = response.json()["months"][0]["postings"][0]["text"]
        english = header in ("en", "en-GB,zh;q=0.5")
        assert response.headers["content-language"] == ("en" if english else "zh-CN")
    assert texts["zh-CN"] == "划入2025年1月个人账户资金 107.00 元"
    assert texts["en"] == texts["en-GB,zh;q=0.5"] == "Credit for January 2025: 107.00 yuan"
    assert {texts[header] for header in ("", "zh,en;q=0.9", "fr", "*", ";;q=,,")} == {texts["zh-CN"]}


def test_no_sentence_is_left_with_a_gap_or_without_a_translation(client: Client) -> None:
    for language in ("zh-CN", "en"):
        headers = {"accept-language": language}
        for area in ("110000", "310000", "420100", "440300"):
            asked = {**specified(), "area": area}
            response = client.post("/v1/simulations/balances", json=asked, headers=headers)
            if response.status_code == 422:
                continue
            told = response.json()
            texts = [notice["text"] for notice in told["notices"]]
            texts += [posting["text"] for month in told["months"] for posting in month["postings"]]
            assert texts
            for text in texts:
                assert "{" not in text
                assert "  " not in text
                assert " " in text or language != "en"
                assert not text.isascii() or language == "en"


def test_the_receipt_names_the_request_the_snapshot_and_the_engine(client: Client) -> None:
    body = json.dumps(specified()).encode()
    headers = {"content-type": "application/json"}
    receipt = client.post("/v1/simulations/balances", content=body, headers=headers).json()["receipt"]
    assert receipt["request_sha256"] == hashlib.sha256(body).hexdigest()
    assert receipt["snapshot"] == client.get("/readyz").json()["snapshot"]
    assert receipt["engine"]


def test_the_same_request_gets_the_same_bytes(client: Client) -> None:
    answers = {client.post("/v1/simulations/balances", json=specified()).content for _ in range(3)}
    assert len(answers) == 1


def test_an_answer_is_what_the_contract_says(client: Client) -> None:
    for detail in ("totals", "years", "months", "postings"):
        response = client.post("/v1/simulations/balances", json={**specified(), "detail": detail})
        BalancesAnswer.model_validate_json(response.content)


def test_600_months_are_answered(balances: Ask) -> None:
    born = retiree(birth_month="1930-01", spells=[{"from": "1980-01", "status": "retired"}])
    answer = balances(question(born, first="1980-01", last="2029-12"))
    assert len(answer["months"]) == 600


def test_an_expense_keeps_the_name_its_caller_gave_it(balances: Ask) -> None:
    bill = {"on": "2025-03-10", "category": "pharmacy", "amount": "86.50", "id": 'an "odd" 名字'}
    months = balances(specified(), expenses=[bill])["months"]
    [paid] = [posting for posting in months[2]["postings"] if posting["kind"] == "payment"]
    assert (paid["category"], paid["expense"]) == ("pharmacy", bill["id"])
