import json
from typing import Any

import pytest

from service.api.faults import SENTENCES
from service.api.v1.shown import Problem
from tests.api.asking import Client
from tests.api.questions import employee, question, retiree, specified

BALANCES = "/v1/simulations/balances"
SPELL = {"from": "2008-07", "status": "retired"}
MANY = [
    {"from": f"{year}-{month:02d}", "to": f"{year}-{month:02d}", "status": "retired"}
    for year in range(2010, 2027)
    for month in range(1, 13)
][:201]


def told(client: Client, asked: Any) -> list[tuple[str, str]]:
    """The pointers and codes of all faults of a question."""
    response = client.post(BALANCES, json=asked)
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(response.content)
    assert problem.status == 422
    for fault in problem.faults:
        assert "{" not in fault.texts.zh + fault.texts.en
        assert "?" not in fault.texts.zh + fault.texts.en
        assert fault.text == fault.texts.zh
        assert fault.code in SENTENCES
    return sorted((fault.pointer, fault.code) for fault in problem.faults)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"area": "999999"}, "/area", "unknown_area"),
        ({"area": "北京"}, "/area", "area_form"),
        ({"area": 110000}, "/area", "area_form"),
        ({"from": "2026-01"}, "/to", "to_before_from"),
        ({"from": "2025-13"}, "/from", "month_form"),
        ({"from": "2025-1"}, "/from", "month_form"),
        ({"from": None}, "/from", "month_form"),
        ({"from": "1975-01", "to": "2033-04"}, "/to", "too_many_months"),
        ({"detail": "everything"}, "/detail", "not_one_of"),
        ({"colour": "red"}, "/colour", "unknown_field"),
        ({"as_of": "2025-01-01"}, "/as_of", "instant_form"),
        ({"as_of": "2025-02-30T00:00:00Z"}, "/as_of", "instant_form"),
        ({"member": None}, "/member", "not_object"),
        ({"member": []}, "/member", "not_object"),
        ({"expenses": {}}, "/expenses", "not_list"),
        ({"member": {"birth_month": "1953-06"}}, "/member/spells", "required"),
        ({"member": retiree(age=71)}, "/member/age", "unknown_field"),
        ({"member": retiree(id="a\u0000b")}, "/member/id", "label_form"),
        ({"member": retiree(id="")}, "/member/id", "label_form"),
        ({"member": retiree(sex="f")}, "/member/sex", "not_one_of"),
        ({"member": retiree(birth_month=195306)}, "/member/birth_month", "month_form"),
        ({"member": retiree(spells=[{**SPELL, "base": "-1.00"}])}, "/member/spells/0/base", "yuan_form"),
        ({"member": retiree(spells=[{**SPELL, "base": "1.234"}])}, "/member/spells/0/base", "yuan_form"),
        ({"member": retiree(spells=[{**SPELL, "base": 9000}])}, "/member/spells/0/base", "yuan_form"),
        ({"member": retiree(spells=[{**SPELL, "base": "１２"}])}, "/member/spells/0/base", "yuan_form"),
        ({"member": retiree(spells=[{**SPELL, "to": "2008-06"}])}, "/member/spells/0/to", "to_before_from"),
        (
            {"member": retiree(spells=[{**SPELL, "account_months": 9, "contribution_months": 8}])},
            "/member/spells/0/account_months",
            "account_months_exceed",
        ),
        (
            {"member": retiree(spells=[{**SPELL, "contribution_months": 1.0}])},
            "/member/spells/0/contribution_months",
            "not_integer",
        ),
        (
            {"member": retiree(spells=[{**SPELL, "contribution_months": 10**40}])},
            "/member/spells/0/contribution_months",
            "too_large",
        ),
        (
            {"member": retiree(spells=[SPELL, {"from": "2020-01", "status": "none"}])},
            "/member/spells/1",
            "spells_overlap",
        ),
        (
            {"member": retiree(spells=[{"from": "2020-01", "status": "none"}, SPELL])},
            "/member/spells/0",
            "spells_overlap",
        ),
        ({"member": retiree(spells=MANY)}, "/member/spells", "too_many"),
        ({"member": retiree(opening={"health": "1.00"})}, "/member/opening/health", "bucket_not_in_policy"),
        (
            {"member": retiree(opening={"prior_years": "1.00", "total": "2.00"})},
            "/member/opening/total",
            "opening_total_differs",
        ),
        (
            {"member": retiree(opening={"interest": {"demand": 5}})},
            "/member/opening/interest/demand",
            "carried_form",
        ),
        ({"member": retiree(birth_month=None)}, "/member/birth_month", "fact_required"),
        (
            {"expenses": [{"on": "2024-12-31", "category": "pharmacy", "amount": "1"}]},
            "/expenses/0/on",
            "expense_outside_range",
        ),
        (
            {"expenses": [{"on": "2025-02-30", "category": "pharmacy", "amount": "1"}]},
            "/expenses/0/on",
            "day_form",
        ),
        (
            {"expenses": [{"on": "2025-02-03", "category": "pharmacy", "amount": 86.5}]},
            "/expenses/0/amount",
            "yuan_form",
        ),
        (
            {"expenses": [{"on": "2025-02-03", "category": "gold", "amount": "1"}]},
            "/expenses/0/category",
            "not_one_of",
        ),
        (
            {"expenses": [{"on": "2025-02-03", "category": "pharmacy", "amount": "1"}] * 2001},
            "/expenses",
            "too_many",
        ),
        (
            {"member": retiree(opening={"prior_years": "-100000000.01"})},
            "/member/opening/prior_years",
            "too_large",
        ),
        (
            {"parameters": {"deposit_rates": {"demand": "0.16"}}},
            "/parameters/deposit_rates/demand",
            "too_large",
        ),
        ({"parameters": {"deposit_rates": {"demand": "2"}}}, "/parameters/deposit_rates/demand", "rate_form"),
        ({"parameters": {"figures": {"a b": "2.00"}}}, "/parameters/figures/a b", "label_form"),
    ],
)
def test_one_wrong_thing_is_one_fault_at_its_place(
    client: Client, changes: dict[str, Any], pointer: str, code: str
) -> None:
    assert told(client, {**specified(), "expenses": [], **changes}) == [(pointer, code)]


def test_every_fault_is_named_at_once(client: Client) -> None:
    asked = {
        "area": "999999",
        "from": "2025-13",
        "to": "2025-12",
        "x": 1,
        "member": {
            "spells": [
                {"from": "2020-01", "status": "retired"},
                {"from": "2021-01", "to": "2021-05", "status": "employed", "base": "-5.00"},
                {"from": "2019-01", "to": "2020-02", "status": "employed"},
            ],
            "opening": {"current_year": 12.5},
        },
        "expenses": [{"on": "2025-02-30", "category": "pharmacy", "amount": "1.234"}],
    }
    assert told(client, asked) == [
        ("/area", "unknown_area"),
        ("/expenses/0/amount", "yuan_form"),
        ("/expenses/0/on", "day_form"),
        ("/from", "month_form"),
        ("/member/opening/current_year", "signed_yuan_form"),
        ("/member/spells/0", "spells_overlap"),
        ("/member/spells/1", "spells_overlap"),
        ("/member/spells/1/base", "yuan_form"),
        ("/x", "unknown_field"),
    ]


def test_what_the_rules_need_is_told_together_with_what_is_wrong(client: Client) -> None:
    asked = {**question(retiree(birth_month=None)), "detail": "all"}
    assert told(client, asked) == [("/detail", "not_one_of"), ("/member/birth_month", "fact_required")]
    asked = question({"spells": [{"from": "2020-01", "status": "employed"}], "opening": {"total": "1.00"}})
    assert told(client, asked) == [
        ("/member/opening/total", "opening_total_differs"),
        ("/member/spells/0/base", "fact_required"),
    ]


def test_a_month_without_a_policy_is_told_with_the_months_that_have_one(client: Client) -> None:
    ended = next(
        area
        for area in client.get("/v1/areas", limit=500).json()["items"]
        if area["coverage"]["to"] is not None
    )
    last = ended["coverage"]["to"]
    after = f"{int(last[:4]) + 1}-01"
    for asked, pointer in (
        (question(employee(), area=ended["area"], first=after, last=after), "/from"),
        (question(employee(), area=ended["area"], first=last, last=after), "/to"),
    ):
        response = client.post(BALANCES, json=asked)
        [fault] = response.json()["faults"]
        assert (fault["pointer"], fault["code"]) == (pointer, "no_policy_in_force")
        assert last in fault["text"]


def test_the_sentence_shows_the_right_form_in_the_language_asked_for(client: Client) -> None:
    asked = question(employee("9000"))
    asked["member"]["spells"][0]["base"] = 9000
    for language, words in (("zh-CN", "金额"), ("en", "Write money")):
        response = client.post(BALANCES, json=asked, headers={"accept-language": language})
        [fault] = response.json()["faults"]
        assert words in fault["text"]
        assert '"1234.50"' in fault["text"]
        assert "金额" in fault["texts"]["zh"]
        assert "Write money" in fault["texts"]["en"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "body_required"),
        (b" \n", "body_required"),
        (b"{", "json_invalid"),
        (b"[1,]", "json_invalid"),
        (b'{"area": "110000"} trailing', "json_invalid"),
        (b"\xff\xfe{\x00}\x00", "json_invalid"),
        (b'{"area": "\xff"}', "json_invalid"),
        (b'{"area": "\\ud800"}', "json_invalid"),
        (b"\xef\xbb\xbf{}", "json_invalid"),
        (b"[" * 100_000, "json_invalid"),
        (b'{"a":' * 100_000, "json_invalid"),
        (b'{"from": ' + b"9" * 5000 + b"}", "json_invalid"),
        (b"null", "not_object"),
        (b"[]", "not_object"),
        (b'"x"', "not_object"),
        (b"NaN", "not_object"),
    ],
)
def test_a_body_that_is_no_question_is_told_as_such(client: Client, body: bytes, code: str) -> None:
    response = client.post(BALANCES, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    [fault] = response.json()["faults"]
    assert (fault["pointer"], fault["code"]) == ("", code)


def test_a_key_given_twice_is_refused(client: Client) -> None:
    body = (
        json.dumps(specified())[:-1] + ', "detail": "months", "member": {"spells": [], "id": "a", "id": "b"}}'
    )
    response = client.post(BALANCES, content=body, headers={"content-type": "application/json"})
    assert {(fault["pointer"], fault["code"]) for fault in response.json()["faults"]} == {
        ("/detail", "duplicate_key"),
        ("/member", "duplicate_key"),
        ("/member/id", "duplicate_key"),
    }


def test_pointers_escape_what_a_pointer_must(client: Client) -> None:
    assert told(client, {**specified(), "a/b~c": 1}) == [("/a~1b~0c", "unknown_field")]


def test_an_unknown_key_that_is_no_unicode_text_is_refused_too(client: Client) -> None:
    body = json.dumps({**specified(), "\ud800": 1}).encode()
    response = client.post(BALANCES, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "", "x"]
)
def test_a_body_of_another_type_is_refused(client: Client, kind: str) -> None:
    response = client.post(BALANCES, content=json.dumps(specified()), headers={"content-type": kind})
    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "application/vnd.a+json"]
)
def test_json_by_any_of_its_names_is_taken(client: Client, kind: str) -> None:
    response = client.post(BALANCES, content=json.dumps(specified()), headers={"content-type": kind})
    assert response.status_code == 200


def test_a_body_of_more_than_a_mebibyte_is_refused_whether_its_size_is_declared_or_not(
    client: Client,
) -> None:
    body = json.dumps(specified()).encode().ljust(1_048_577)

    async def pieces() -> Any:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    headers = {"content-type": "application/json"}
    for content in (body, pieces()):
        response = client.post(BALANCES, content=content, headers=headers)
        assert response.status_code == 413
        assert response.json()["code"] == "too_large"
    assert client.post(BALANCES, content=body[:-1], headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/areas/", 404),
        ("GET", "/v1/areas/110000/x", 404),
        ("GET", "/../etc/passwd", 404),
        ("GET", "/%00", 404),
        ("GET", "/v1/areas/%00%ff", 404),
        ("GET", "/v1/areas/999999", 404),
        ("GET", "/v1/areas/100000", 404),
        ("GET", "/v1/policies/110000@1999-01-01", 404),
        ("GET", "/v1/policies/%F0%9F%A6%84", 404),
        ("POST", "/v1/areas", 405),
        ("GET", BALANCES, 405),
        ("DELETE", BALANCES, 405),
        ("PUT", "/livez", 405),
        ("GET", "/v1/areas?unknown=1", 422),
        ("GET", "/v1/areas?limit=0", 422),
        ("GET", "/v1/areas?limit=many", 422),
        ("GET", "/v1/areas?cursor=x", 422),
        ("GET", "/v1/areas/110000?on=2025-01-01", 422),
        ("GET", "/v1/areas/110000/inputs?on=2025-02-30", 422),
        ("GET", "/v1/policies/110000@2022-09-01?x", 422),
    ],
)
def test_every_refusal_is_a_problem(client: Client, method: str, address: str, status: int) -> None:
    response = client.request(method, address)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(response.content)
    assert problem.status == status
    assert problem.faults or status != 422
    if status == 405:
        assert response.headers["allow"]
