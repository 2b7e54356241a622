from typing import Any

import pytest

from service.api.v1.answers import QuoteAnswer
from tests.api.asking import Client

QUOTE = "/v1/quotes/credit"


def quoted(client: Client, **asked: Any) -> dict[str, Any]:
    """The answer to a quote, which must be one."""
    response = client.get(QUOTE, **asked)
    assert response.status_code == 200, response.text
    QuoteAnswer.model_validate_json(response.content)
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize(("age", "net"), [(60, "97.00"), (69, "97.00"), (70, "107.00"), (95, "107.00")])
def test_a_retiree_of_beijing_is_quoted_by_age(client: Client, age: int, net: str) -> None:
    answer = quoted(client, area="110000", on="2025-03", status="retired", age=age)
    assert answer["credit"]["net"] == net
    assert answer["policy"] == "110000@2022-09-01"


def test_a_quote_may_name_the_month_of_birth_or_a_day(client: Client) -> None:
    by_age = quoted(client, area="110000", on="2025-03", status="retired", age=71)
    by_birth = quoted(client, area="110000", on="2025-03-31", status="retired", birth_month="1953-06")
    assert by_age["credit"] == by_birth["credit"]


def test_a_quote_is_of_the_month_also_where_a_year_is_credited_at_once(client: Client) -> None:
    months = {
        quoted(client, area="310000", on=f"2025-{month:02d}", status="retired", age=70)["credit"]["gross"]
        for month in range(1, 13)
    }
    assert months == {"140.00"}


def test_the_base_is_held_within_its_bounds(client: Client) -> None:
    low = quoted(client, area="110000", on="2025-01", status="employed", base="1000")
    high = quoted(client, area="110000", on="2025-01", status="employed", base="100000.00")
    assert (low["credit"]["gross"], high["credit"]["gross"]) == ("136.42", "705.66")


def test_nothing_is_quoted_with_its_reason(client: Client) -> None:
    answer = quoted(client, area="110000", on="2025-01", status="flexible")
    assert answer["credit"]["net"] == "0.00"
    assert "no_account_flexible" in {notice["code"] for notice in answer["notices"]}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"age": 71, "birth_month": "1953-06"}, "/birth_month", "age_or_birth_month"),
        ({}, "/birth_month", "fact_required"),
        ({"age": 71, "colour": "red"}, "/colour", "unknown_field"),
        ({"age": -1}, "/age", "too_small"),
        ({"age": "old"}, "/age", "not_integer"),
        ({"age": 71, "on": "2025-02-30"}, "/on", "month_or_day_form"),
        ({"age": 71, "on": "2025"}, "/on", "month_or_day_form"),
        ({"age": 71, "area": "999999"}, "/area", "unknown_area"),
        ({"age": 71, "status": "rich"}, "/status", "not_one_of"),
        ({"age": 71, "as_of": "yesterday"}, "/as_of", "instant_form"),
        (
            {"age": 71, "account_months": 3, "contribution_months": 2},
            "/account_months",
            "account_months_exceed",
        ),
    ],
)
def test_a_wrong_quote_is_refused_at_its_parameter(
    client: Client, changes: dict[str, Any], pointer: str, code: str
) -> None:
    asked = {"area": "110000", "on": "2025-03", "status": "retired", **changes}
    response = client.get(QUOTE, **asked)
    assert response.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in response.json()["faults"]] == [(pointer, code)]


def test_whoever_is_paid_by_a_base_must_name_it(client: Client) -> None:
    for area in ("110000", "320200"):
        response = client.get(QUOTE, area=area, on="2022-06", status="employed", age=40)
        assert [(fault["pointer"], fault["code"]) for fault in response.json()["faults"]] == [
            ("/base", "fact_required")
        ]


def test_a_quote_keeps_and_is_not_sent_again(client: Client) -> None:
    asked: dict[str, Any] = {"area": "110000", "on": "2025-03", "status": "retired", "age": 71}
    first = client.get(QUOTE, **asked)
    assert "max-age" in first.headers["cache-control"]
    assert first.headers["vary"] == "accept-language"
    again = client.get(QUOTE, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'}, **asked)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    english = client.get(QUOTE, headers={"accept-language": "en"}, **asked)
    assert english.headers["etag"] != first.headers["etag"]
