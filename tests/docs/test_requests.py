"""The requests that the READMEs show are sent, and the answers that they show are held to the real ones."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.asking import Client
from tests.docs.reading import CHINESE, LEFT_OUT, README, Curl, curls, differences, shown_answers

BOTH = [pytest.param(page, id=page.name) for page in (README, CHINESE)]


def sent(client: Client, curl: Curl) -> httpx.Response:
    """The answer to a request as a page shows it."""
    return client.request(curl.method, curl.target, headers=curl.headers, content=curl.body)


@pytest.mark.parametrize("page", BOTH)
def test_every_request_shown_gets_the_answer_shown(client: Client, page: Path) -> None:
    requests, answers = curls(page), shown_answers(page)
    assert requests
    assert len(requests) == len(answers)
    for request, answer in zip(requests, answers, strict=True):
        assert differences(answer, sent(client, request).json()) == []


def test_the_first_request_is_answered_with_107_yuan_a_month(client: Client) -> None:
    answer = sent(client, curls(README)[0]).json()
    assert {month["credit"]["net"] for month in answer["months"]} == {"107.00"}
    assert shown_answers(README)[0]["months"][0]["credit"]["net"] == "107.00"


def test_the_refused_request_is_a_problem_with_two_faults(client: Client) -> None:
    refused = [response for curl in curls(README) if (response := sent(client, curl)).status_code != 200]
    assert [response.status_code for response in refused] == [422]
    assert refused[0].headers["content-type"] == "application/problem+json"
    assert len(refused[0].json()["faults"]) == 2


def test_the_quote_can_be_cached_as_the_page_says(client: Client) -> None:
    quote = next(curl for curl in curls(README) if "/quotes/" in curl.target)
    assert {"etag", "cache-control"} <= sent(client, quote).headers.keys()


def test_the_opening_that_goes_on_is_the_resume_of_its_month(client: Client) -> None:
    first, *_, last = (
        json.loads(curl.body) for curl in curls(README) if curl.body and b"2025-12" in curl.body
    )
    run = client.post("/v1/simulations/balances", json=first).json()["months"]
    again = client.post("/v1/simulations/balances", json=last).json()["months"]
    months = [month for month in run if month["month"] >= last["from"]]
    assert months[0]["resume"] == last["member"]["opening"]
    assert [month["closing"] for month in months] == [month["closing"] for month in again]


@pytest.mark.parametrize("detail", ["totals", "years", "months", "postings"])
def test_a_level_of_detail_leaves_empty_what_comes_after_it(client: Client, detail: str) -> None:
    question = json.loads(curls(README)[0].body or b"")
    answer = client.post("/v1/simulations/balances", json={**question, "detail": detail}).json()
    months: list[dict[str, Any]] = answer["months"]
    assert bool(answer["years"]) == (detail != "totals")
    assert bool(months) == (detail in {"months", "postings"})
    assert any(month.get("postings") for month in months) == (detail == "postings")


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        ({"a": "1"}, {"a": "2"}),
        ({"a": "1"}, {}),
        ({}, {"a": "1"}),
        (["1"], ["1", "2"]),
        (["2", LEFT_OUT], ["1", "2"]),
        ([LEFT_OUT, "3"], ["1", "2"]),
    ],
)
def test_a_shown_answer_that_is_not_the_real_one_is_noticed(shown: Any, real: Any) -> None:
    assert differences(shown, real)


def test_what_a_page_leaves_out_is_not_a_difference() -> None:
    shown = {"a": [LEFT_OUT, {"b": "2", LEFT_OUT: LEFT_OUT}, LEFT_OUT], "c": LEFT_OUT}
    assert differences(shown, {"a": ["1", {"b": "2", "d": "3"}, "4"], "c": "5"}) == []
