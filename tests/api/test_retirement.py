import asyncio
from typing import Any

import pytest

from service.api.v1.retirement import KIND, RetirementAnswer
from service.core.retirement import RetirementKind
from tests.api.asking import Client, running
from tests.store.making import national, publish_in

ADDRESS = "/v1/retirement"
MALE = {
    "retirement": "male",
    "from": "2025-01",
    "from_age": 60,
    "to_age": 63,
    "step_months": 4,
    "source": ["bank"],
}


def told(client: Client, language: str = "zh", **asked: Any) -> dict[str, Any]:
    """The answer, which must be one."""
    response = client.get(ADDRESS, headers={"accept-language": language}, **asked)
    assert response.status_code == 200, response.text
    RetirementAnswer.model_validate_json(response.content)
    answer: dict[str, Any] = response.json()
    return answer


def faults(client: Client, **asked: Any) -> set[tuple[str, str]]:
    """What is wrong with a question, which must be refused."""
    response = client.get(ADDRESS, **asked)
    assert response.status_code == 422, response.text
    return {(fault["pointer"], fault["code"]) for fault in response.json()["faults"]}


@pytest.mark.parametrize(
    ("kind", "birth", "old", "delay", "statutory"),
    [
        ("male", "1964-12", (60, 0, "2024-12"), 0, (60, 0, "2024-12")),
        ("male", "1965-01", (60, 0, "2025-01"), 1, (60, 1, "2025-02")),
        ("male", "1976-09", (60, 0, "2036-09"), 36, (63, 0, "2039-09")),
        ("female_55", "1970-01", (55, 0, "2025-01"), 1, (55, 1, "2025-02")),
        ("female_55", "1981-09", (55, 0, "2036-09"), 36, (58, 0, "2039-09")),
        ("female_50", "1975-01", (50, 0, "2025-01"), 1, (50, 1, "2025-02")),
        ("female_50", "1984-11", (50, 0, "2034-11"), 60, (55, 0, "2039-11")),
    ],
)
def test_the_statutory_month_is_told_with_the_one_before_the_rise(
    client: Client,
    kind: str,
    birth: str,
    old: tuple[int, int, str],
    delay: int,
    statutory: tuple[int, int, str],
) -> None:
    answer = told(client, kind=kind, birth_month=birth)
    assert (answer["kind"], answer["birth_month"], answer["delay_months"]) == (kind, birth, delay)
    for name, (years, months, month) in (("old", old), ("statutory", statutory)):
        assert answer[name] == {"age": {"years": years, "months": months}, "month": month}


def test_the_steps_are_explained_in_both_languages(client: Client) -> None:
    asked = {"kind": "male", "birth_month": "1965-05"}
    assert told(client, **asked)["steps"] == [
        "男职工原法定退休年龄为60周岁，按此退休时间为2025年5月。",
        (
            "从2025年1月起每4个月（不足的按满4个月算）延迟1个月，最多延迟36个月，到63周岁为止："
            "2025年5月是第5个月，延迟2个月。"
        ),
        "法定退休年龄为60周岁2个月，法定退休时间为2025年7月。",
    ]
    assert told(client, "en", **asked)["steps"] == [
        "The old retirement age of men is 60, reached in May 2025.",
        (
            "From January 2025 on, every 4 months begun delay it by one month, by 36 at most, to the age of "
            "63; May 2025 is month number 5, so the delay in months is 2."
        ),
        "The statutory retirement age is 60 years and 2 months, reached in July 2025.",
    ]


def test_who_would_have_retired_before_the_rise_is_told_that_nothing_is_delayed(client: Client) -> None:
    asked = {"kind": "female_50", "birth_month": "1974-12"}
    assert told(client, **asked)["steps"][1:] == [
        "从2025年1月起才逐步延迟，2024年12月早于此，不延迟。",
        "法定退休年龄为50周岁，法定退休时间为2024年12月。",
    ]
    assert told(client, "en", **asked)["steps"][2] == (
        "The statutory retirement age is 50 years, reached in December 2024."
    )
    one = told(client, "en", kind="female_50", birth_month="1975-01")["steps"][2]
    assert one == "The statutory retirement age is 50 years and 1 month, reached in February 2025."


@pytest.mark.parametrize("kind", RetirementKind)
def test_the_answer_names_the_rule_and_its_sources(client: Client, kind: RetirementKind) -> None:
    answer = told(client, kind=kind, birth_month="1980-01")
    policy, _, place = answer["basis"].partition("#")
    document = client.get(f"/v1/policies/{policy}").json()["document"]
    rule = document["retirement"][int(place.removeprefix("/retirement/"))]
    assert (rule["retirement"], rule["source"]) == (kind, answer["sources"])
    cited = [(each["id"], [source["id"] for source in each["sources"]]) for each in answer["policies"]]
    assert [(name, sorted(sources)) for name, sources in cited] == [(policy, sorted(answer["sources"]))]
    assert answer["notices"] == []


def test_every_kind_has_words() -> None:
    assert set(KIND) == set(RetirementKind)


@pytest.mark.parametrize(
    ("birth", "kind", "month"),
    [
        ("1000-01", "male", "1060-01"),
        ("2936-12", "male", "2999-12"),
        ("2944-12", "female_50", "2999-12"),
    ],
)
def test_months_far_away_are_answered(client: Client, birth: str, kind: str, month: str) -> None:
    assert told(client, kind=kind, birth_month=birth)["statutory"]["month"] == month


def test_a_month_from_before_the_rules_is_told_with_a_warning(client: Client) -> None:
    first, last = (
        told(client, kind="male", birth_month=birth)["notices"] for birth in ("1938-12", "1939-01")
    )
    assert [(notice["code"], notice["month"]) for notice in first] == [("policy_extrapolated", "1998-12")]
    assert last == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {("/birth_month", "required"), ("/kind", "required")}),
        ({"kind": "male", "birth_month": "1965-13"}, {("/birth_month", "month_form")}),
        ({"kind": "male", "birth_month": "１９６５-01"}, {("/birth_month", "month_form")}),
        ({"kind": "male", "birth_month": ""}, {("/birth_month", "month_form")}),
        ({"kind": "female", "birth_month": "1965-01"}, {("/kind", "not_one_of")}),
        ({"kind": "male", "birth_month": "2937-01"}, {("/birth_month", "past_last_month")}),
        ({"kind": "female_50", "birth_month": "2999-12"}, {("/birth_month", "past_last_month")}),
        (
            {"kind": "x", "birth_month": "65", "as_of": "now", "sex": "male"},
            {
                ("/kind", "not_one_of"),
                ("/birth_month", "month_form"),
                ("/as_of", "instant_form"),
                ("/sex", "unknown_field"),
            },
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once(
    client: Client, asked: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    assert faults(client, **asked) == expected


def test_the_answer_keeps_and_is_not_sent_again(client: Client) -> None:
    asked: dict[str, Any] = {"kind": "male", "birth_month": "1965-05"}
    first = client.get(ADDRESS, **asked)
    assert "max-age" in first.headers["cache-control"]
    assert first.headers["vary"] == "accept-language"
    again = client.get(ADDRESS, headers={"if-none-match": first.headers["etag"]}, **asked)
    assert (again.status_code, again.content) == (304, b"")
    turned = client.get(ADDRESS, birth_month="1965-05", kind="male")
    assert turned.headers["etag"] == first.headers["etag"]
    assert (
        client.get(ADDRESS, headers={"accept-language": "en"}, **asked).headers["etag"]
        != first.headers["etag"]
    )


def test_a_kind_without_a_published_rule_is_refused_and_a_correction_is_dated(database_url: str) -> None:
    asyncio.run(publish_in(database_url, {**national(), "retirement": [MALE]}))
    corrected = {**MALE, "from": "2026-01"}
    asyncio.run(publish_in(database_url, {**national(), "retirement": [corrected]}))
    with running(database_url) as client:
        asked = {"kind": "male", "birth_month": "1965-05"}
        first = client.get("/v1/policies/100000@unknown").json()["published_from"]
        assert told(client, **asked)["delay_months"] == 0
        assert told(client, **asked, as_of=first)["delay_months"] == 2
        assert faults(client, kind="female_50", birth_month="1980-01") == {("/kind", "retirement_unknown")}
        assert faults(client, **asked, as_of="2001-01-01T00:00:00Z") == {("/kind", "retirement_unknown")}
