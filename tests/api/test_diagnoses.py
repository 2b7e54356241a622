"""Diagnoses over the public interface: what they sum to, their words, and what of them is refused."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from service.api.v1.diagnosis_words import OWN, SEEN, WANTED, cause_words
from service.api.v1.examples import DIAGNOSIS
from service.api.v1.notices import NOTICES
from service.api.v1.supposed_words import SUPPOSED
from service.core.diagnose import Cause
from service.core.diagnose_codes import CODES
from tests.api.asking import Client
from tests.api.questions import employee, question, retiree

ADDRESS = "/v1/simulations/diagnoses"
VALUES = (("count", "2"), ("policy", "110000@2022-09-01"), ("status", "flexible"), ("category", "pharmacy"))
MONTH = 2025 * 12


def observed(balance: object, **more: Any) -> dict[str, Any]:
    """What a retiree in Beijing sees at the end of February 2025."""
    asked = question(retiree(), last="2025-02")
    return {**asked, "observed": {"balance": balance, **more}}


def diagnosed(client: Client, asked: dict[str, Any], **headers: str) -> dict[str, Any]:
    response = client.post(ADDRESS, json=asked, headers=headers or None)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def refused(client: Client, asked: dict[str, Any]) -> dict[str, str]:
    response = client.post(ADDRESS, json=asked)
    assert response.status_code == 422, response.text
    return {fault["pointer"]: fault["code"] for fault in response.json()["faults"]}


def amounts(causes: list[dict[str, Any]], part: str) -> Fraction:
    return sum((Fraction(each["by_bucket"][part]) for each in causes), Fraction(0))


@pytest.mark.parametrize("prior_years", ["1200.00", "1193.00", "-5.00", "0.00"])
def test_causes_sum_to_the_difference_of_every_part(client: Client, prior_years: str) -> None:
    lines = [{"on": "2025-02-10", "amount": "-7.00", "bucket": "prior_years"}]
    seen = {"current_year": "107.00", "prior_years": prior_years}
    answer = diagnosed(client, observed(seen, postings=lines))
    for part in ("current_year", "prior_years", "total"):
        difference = Fraction(answer["difference"][part])
        assert amounts(answer["causes"], part) == difference
        assert difference == Fraction(answer["observed"][part]) - Fraction(answer["simulated"][part])


def test_lines_may_stand_newest_or_oldest_first(client: Client) -> None:
    answer = diagnosed(client, DIAGNOSIS)
    lines = DIAGNOSIS["observed"]["postings"]
    turned = {**DIAGNOSIS, "observed": {**DIAGNOSIS["observed"], "postings": lines[::-1]}}
    again = diagnosed(client, turned)
    assert {**again, "receipt": None} == {**answer, "receipt": None}
    assert [each["code"] for each in answer["causes"]] == ["spending_not_declared"]


def test_only_a_total_is_answered_by_a_total(client: Client) -> None:
    answer = diagnosed(client, observed("1414.00"))
    assert answer["observed"] == {"total": "1414.00"}
    assert answer["difference"] == {"total": "0.00"}
    assert [each["code"] for each in answer["causes"]] == ["deduction_taken"]
    assert "by_bucket" not in answer["causes"][0]


def test_a_day_within_the_month_looks_no_further(client: Client) -> None:
    asked = observed("1200.00", on="2025-01-04")
    answer = diagnosed(client, {**asked, "expenses": [_pharmacy("2025-01-20"), _pharmacy("2025-02-20")]})
    assert answer["simulated"]["total"] == "1200.00"
    assert answer["difference"] == {"total": "0.00"}


def test_other_rules_may_be_supposed(client: Client) -> None:
    asked = {**observed("1420.00"), "overrides": {"deductions": []}}
    answer = diagnosed(client, asked)
    assert answer["simulated"]["total"] == "1420.00"
    assert [each["id"] for each in answer["policies"] if each.get("supposed")] != []
    assert answer["causes"] == []


def test_a_retirement_by_statute_is_supposed_otherwise_like_any_other_spell(client: Client) -> None:
    """Born in March 1965, he reaches 60 and one month in April 2025 and gets 97 from May on."""
    spell = {"from": "1995-01", "status": "employed", "base": "9000.00", "retires": "statutory"}
    member = {"birth_month": "1965-03", "sex": "male", "spells": [spell]}
    asked = question(member, first="2025-04", last="2025-06")
    answer = diagnosed(client, {**asked, "observed": {"on": "2025-06-20", "balance": "277.00"}})
    assert answer["simulated"]["total"] == "374.00"
    told = [*answer["causes"], *answer["alternatives"]]
    assert {each["amount"] for each in told} == {"-97.00"}
    assert ("not_yet_credited", "2025-06") in {(each["code"], each["month"]) for each in told}


def test_what_is_told_names_the_sources_it_rests_on(client: Client) -> None:
    answer = diagnosed(client, {**question(employee(), last="2025-02"), "observed": {"balance": "0.00"}})
    sources = {each["id"]: {source["id"] for source in each["sources"]} for each in answer["policies"]}
    told = [each for each in (*answer["causes"], *answer["alternatives"]) if "basis" in each]
    assert len(told) > 3
    for each in told:
        policy, _, rule = each["basis"].partition("#")
        assert rule.startswith("/")
        assert set(each["sources"]) <= sources[policy]


def test_sentences_follow_the_language(client: Client) -> None:
    zh = diagnosed(client, DIAGNOSIS)
    en = diagnosed(client, DIAGNOSIS, **{"accept-language": "en"})
    assert zh["causes"][0]["text"] == "明细里有 1 笔支付没有填写：余额少 86.50 元。"
    assert en["causes"][0]["text"] == "The lines show payments that were not declared (1): 86.50 yuan less."
    assert "健身" in zh["wanted"]["text"]
    assert "fitness" in en["wanted"]["text"]


def causes() -> Iterator[Cause]:
    """A cause for every sentence."""
    tables = {"figure": OWN, "lines": SEEN, "supposed": SUPPOSED}
    for found, table in tables.items():
        for name in table:
            code, _, variant = name.partition(" ")
            values = VALUES if not variant else (*VALUES, ("variant", variant))
            yield Cause(code, (-500,), "possible", found, MONTH, None, values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cause", [*causes()], ids=lambda cause: f"{cause.code} {cause.found} {cause.values[-1][1]}"
)
def test_every_sentence_can_be_said_in_both_languages(cause: Cause) -> None:
    zh, en = cause_words(cause, "zh"), cause_words(cause, "en")
    assert "{" not in zh + en
    assert zh.endswith("。")
    assert en.endswith(".")
    assert zh.isascii() is False
    assert en.isascii()
    if cause.found != "figure":
        assert "5.00" in zh
        assert "5.00" in en


def test_there_are_words_for_every_code() -> None:
    said = {name.partition(" ")[0] for table in (OWN, SEEN, SUPPOSED) for name in table}
    assert said | set(WANTED) | set(NOTICES) >= set(CODES)
    assert said <= set(CODES)


def test_every_fault_of_what_is_seen_is_told_with_all_others(client: Client) -> None:
    asked = observed({"current_year": 5, "prior_years": "1.00", "health": "0.00"}, on="2025-03-01")
    asked["observed"]["postings"] = [{"on": "2025-03-02", "amount": "1.00", "bucket": "health", "kind": "x"}]
    asked["observed"]["wanted"] = {"category": "cinema", "amount": "-1.00"}
    asked["member"]["birth_month"] = "2026-01"
    assert refused(client, asked) == {
        "/observed/balance/current_year": "signed_yuan_form",
        "/observed/postings/0/kind": "not_one_of",
        "/observed/wanted/category": "not_one_of",
        "/observed/wanted/amount": "yuan_form",
        "/member/birth_month": "birth_after_from",
        "/observed/on": "observed_outside_range",
        "/observed/postings/0/on": "posting_after_observed",
        "/observed/balance/health": "bucket_not_in_policy",
        "/observed/postings/0/bucket": "bucket_not_in_policy",
    }


def test_a_part_the_area_has_not_is_told_with_what_the_rules_ask_for(client: Client) -> None:
    asked = observed({"current_year": "1.00", "prior_years": "1.00", "health": "0.00"})
    del asked["member"]["birth_month"]
    assert refused(client, asked) == {
        "/member/birth_month": "fact_required",
        "/observed/balance/health": "bucket_not_in_policy",
    }


@pytest.mark.parametrize("balance", [12.5, "12.345", None, [], True], ids=str)
def test_a_balance_in_no_known_form_is_refused_where_it_stands(client: Client, balance: object) -> None:
    assert refused(client, observed(balance)) == {"/observed/balance": "signed_yuan_form"}


def test_at_most_two_hundred_lines_are_taken(client: Client) -> None:
    lines = [{"on": "2025-02-01", "amount": "0.01"}] * 201
    assert refused(client, observed("1.00", postings=lines)) == {"/observed/postings": "too_many"}


def test_the_longest_question_is_answered(client: Client) -> None:
    """Six hundred months and two thousand expenses; what is tried is bounded by both."""
    member = {
        "birth_month": "1955-06",
        "sex": "female",
        "spells": [{"from": "1970-01", "status": "retired", "monthly_pension": "4200.00"}],
        "opening": {"prior_years": "9000.00"},
    }
    asked = question(member, first="1976-01", last="2025-12")
    asked["expenses"] = [_pharmacy(f"{1976 + place % 50}-0{1 + place % 9}-15") for place in range(2000)]
    answer = diagnosed(client, {**asked, "observed": {"balance": "123.45"}})
    total = sum(Fraction(each["amount"]) for each in answer["causes"])
    assert total == Fraction(answer["difference"]["total"])


def _pharmacy(on: str) -> dict[str, str]:
    return {"on": on, "category": "pharmacy", "amount": "10.00"}
