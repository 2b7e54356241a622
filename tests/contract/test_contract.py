import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.api import openapi
from service.api.app import create_app
from service.api.v1.answers import BalancesAnswer
from service.api.v1.examples import (
    ANSWERS,
    BALANCES,
    BILL,
    CLOSURE,
    COMPARISON,
    CREDITS,
    DIAGNOSIS,
    FAMILY,
    FAULTY,
)
from tests.api.asking import Client
from tests.api.questions import employee, question, retiree, specified

Schema = dict[str, Any]
METHODS = {"get", "post", "put"}
ADMINISTERED = "administration"  # operations that tests of their own try, on a database of their own


@pytest.fixture(scope="module")
def contract() -> Schema:
    """The committed contract."""
    found: Schema = json.loads(openapi.FILE.read_text("utf-8"))
    return found


def operations(contract: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Every operation with its address and method."""
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield path, method, operation


def answered(contract: Schema, path: str, method: str, status: int, media: str) -> Draft202012Validator:
    """The schema of an answer; references lead into the whole contract."""
    schema = contract["paths"][path][method]["responses"][str(status)]["content"][media]["schema"]
    return Draft202012Validator({**schema, "components": contract["components"]})


def test_the_committed_contract_is_what_the_code_says() -> None:
    assert openapi.main(["--check"]) == 0


def test_the_committed_contract_is_valid(contract: Schema) -> None:
    OpenAPIV31SpecValidator(contract).validate()
    assert contract["openapi"].startswith("3.1")


def test_the_service_serves_the_committed_contract(client: Client, contract: Schema) -> None:
    assert client.get("/openapi.json").json() == contract


def test_a_contract_that_differs_is_not_passed_over(
    contract: Schema, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "v1.json"
    changed.write_text(json.dumps(contract))
    monkeypatch.setattr(openapi, "FILE", changed)
    assert openapi.main(["--check"]) == 1
    assert "v1.json" in capsys.readouterr().err
    assert openapi.main([]) == 0
    assert openapi.main(["--check"]) == 0


def test_an_operation_is_called_as_its_function(contract: Schema) -> None:
    names = [operation["operationId"] for _, _, operation in operations(contract)]
    assert len(set(names)) == len(names)
    assert {"simulate_balances", "simulate_credits", "quote_credit", "list_areas", "show_inputs"} <= set(
        names
    )


def test_every_operation_says_what_it_does_and_declares_its_problems(contract: Schema) -> None:
    for path, _, operation in operations(contract):
        assert operation["summary"]
        assert operation["description"]
        if not path.startswith("/v1/"):
            continue
        problems = {"422", "503"} | ({"413", "415"} if "requestBody" in operation else set())
        assert problems <= set(operation["responses"])
        for status in problems:
            assert "application/problem+json" in operation["responses"][status]["content"]
        assert "Accept-Language" in {parameter["name"] for parameter in operation["parameters"]}


def test_every_operation_of_version_1_has_an_example(contract: Schema) -> None:
    for path, method, operation in operations(contract):
        if not path.startswith("/v1/"):
            continue
        if method == "post" and ADMINISTERED not in operation["tags"]:
            assert "requestBody" in operation
        if "requestBody" in operation:
            assert operation["requestBody"]["content"]["application/json"]["example"]
        for parameter in operation["parameters"]:
            assert parameter["schema"] or parameter["example"]
        done = operation["responses"].get("200") or operation["responses"]["201"]
        assert done["content"]["application/json"]["example"], path


def test_money_months_and_days_have_one_schema_each(contract: Schema) -> None:
    schemas = contract["components"]["schemas"]
    assert {"Yuan", "SignedYuan", "Rate", "Month", "Day", "Instant", "AreaCode"} <= set(schemas)
    patterns = [schema.get("pattern") for schema in schemas.values() if "pattern" in schema]
    assert len(patterns) == len(set(patterns))
    objects = {name: schema for name, schema in schemas.items() if schema.get("type") == "object"}
    assert "[12][0-9]{3}" not in json.dumps({**objects, "Problem": None})
    assert not [name for name in schemas if name.endswith(("-Input", "-Output"))]


def test_the_contract_lets_answers_grow(contract: Schema) -> None:
    answers = ("BalancesAnswer", "DiagnosesAnswer", "Cause", "MonthOfBalances", "Posting")
    for name in (*answers, "Problem", "Fault", "Readiness", "Area"):
        assert "additionalProperties" not in contract["components"]["schemas"][name]


def test_unknown_fields_of_a_question_are_refused_by_the_contract_too(contract: Schema) -> None:
    for name in (
        *("CreditsQuestion", "BalancesQuestion", "FamiliesQuestion", "BillsQuestion", "ClosuresQuestion"),
        *("DiagnosesQuestion", "Observed", "SeenPosting", "SeenByPart", "WantedPayment"),
        *("Member", "FamilyMember", "Spell", "Opening", "Expense", "Bill", "Link", "Transfer"),
    ):
        assert contract["components"]["schemas"][name]["additionalProperties"] is False


def test_the_examples_of_questions_are_answered_as_the_contract_says(
    client: Client, contract: Schema
) -> None:
    for path, asked in (
        ("/v1/simulations/credits", CREDITS),
        ("/v1/simulations/balances", BALANCES),
        ("/v1/simulations/families", FAMILY),
        ("/v1/simulations/bills", BILL),
        ("/v1/simulations/closures", CLOSURE),
        ("/v1/simulations/comparisons", COMPARISON),
        ("/v1/simulations/diagnoses", DIAGNOSIS),
    ):
        response = client.post(path, json=asked)
        assert response.status_code == 200
        answered(contract, path, "post", 200, "application/json").validate(response.json())
    assert specified() == BALANCES


def test_the_examples_of_answers_show_what_is_really_answered(client: Client, contract: Schema) -> None:
    asked = {
        "simulate_credits": client.post("/v1/simulations/credits", json=CREDITS),
        "simulate_balances": client.post("/v1/simulations/balances", json=BALANCES),
        "simulate_families": client.post("/v1/simulations/families", json=FAMILY),
        "simulate_bills": client.post("/v1/simulations/bills", json=BILL),
        "simulate_closures": client.post("/v1/simulations/closures", json=CLOSURE),
        "simulate_comparisons": client.post("/v1/simulations/comparisons", json=COMPARISON),
        "simulate_diagnoses": client.post("/v1/simulations/diagnoses", json=DIAGNOSIS),
        "quote_credit": client.get("/v1/quotes/credit?area=110000&on=2025-03&status=retired&age=71"),
        "tell_retirement": client.get("/v1/retirement?birth_month=1965-05&kind=male"),
        "list_areas": client.get("/v1/areas?limit=1"),
        "show_area": client.get("/v1/areas/110000"),
        "show_policy": client.get("/v1/policies/110000@2022-09-01"),
        "show_inputs": client.get("/v1/areas/110000/inputs?on=2025-01-01"),
        "list_policies": client.get("/v1/policies?area=110000"),
        "show_changes": client.get("/v1/policies/110000@2022-09-01/changes"),
    }
    administered = {
        operation["operationId"]
        for _, _, operation in operations(contract)
        if ADMINISTERED in operation.get("tags", [])
    }
    assert set(asked) | administered == set(ANSWERS)
    for path, method, operation in operations(contract):
        if path.startswith("/v1/") and operation["operationId"] in asked:
            example = operation["responses"]["200"]["content"]["application/json"]["example"]
            answered(contract, path, method, 200, "application/json").validate(example)
            assert_part(example, asked[operation["operationId"]].json(), "")


def assert_part(example: Any, real: Any, at: str) -> None:
    """An example is cut out of the real answer; what changes with every publication is left aside."""
    if at.rpartition("/")[2] in (
        "snapshot",
        "request_sha256",
        "sha256",
        "published_from",
        "sources",
        "grade",
    ):
        return
    if isinstance(example, dict):
        assert set(example) <= set(real), at
        for name, value in example.items():
            assert_part(value, real[name], f"{at}/{name}")
    elif isinstance(example, list):
        assert len(example) <= len(real), at
        for place, value in enumerate(example):
            assert_part(value, real[place], f"{at}/{place}")
    else:
        assert example == real, at


def test_the_example_of_a_problem_is_what_is_answered(client: Client, contract: Schema) -> None:
    response = client.post("/v1/simulations/credits", json={**CREDITS, "from": "2025-04"})
    assert response.json() == FAULTY
    answered(contract, "/v1/simulations/credits", "post", 422, "application/problem+json").validate(FAULTY)


@pytest.mark.parametrize("area", ["110000", "310000", "420100", "440300", "350200"])
@pytest.mark.parametrize("detail", ["totals", "years", "months", "postings"])
def test_real_answers_are_what_the_contract_says(
    client: Client, contract: Schema, area: str, detail: str
) -> None:
    path = "/v1/simulations/balances"
    validator = answered(contract, path, "post", 200, "application/json")
    refusal = answered(contract, path, "post", 422, "application/problem+json")
    for member in (retiree(), employee(), employee(class_="local")):
        asked = {**question(member, area=area, first="2022-01", last="2022-12"), "detail": detail}
        response = client.post(path, json=asked)
        (validator if response.status_code == 200 else refusal).validate(response.json())


def test_look_ups_are_what_the_contract_says(client: Client, contract: Schema) -> None:
    quote = "/v1/quotes/credit?area=110000&on=2025-03&status=retired&age=71"
    for path, address in (
        ("/v1/areas", "/v1/areas"),
        ("/v1/areas/{area}", "/v1/areas/110000"),
        ("/v1/areas/{area}/inputs", "/v1/areas/110000/inputs"),
        ("/v1/policies", "/v1/policies?area=110000"),
        ("/v1/policies/{policy}", "/v1/policies/110000@2022-09-01"),
        ("/v1/policies/{policy}/changes", "/v1/policies/110000@2022-09-01/changes"),
        ("/v1/quotes/credit", quote),
        ("/v1/retirement", "/v1/retirement?birth_month=1965-05&kind=male"),
        ("/livez", "/livez"),
        ("/readyz", "/readyz"),
    ):
        answered(contract, path, "get", 200, "application/json").validate(client.get(address).json())


def test_the_contract_is_made_without_a_database() -> None:
    assert create_app("postgresql://nowhere.invalid/none").openapi()["paths"]


def test_the_largest_question_still_has_an_answer_that_fits_its_patterns(
    client: Client, contract: Schema
) -> None:
    """600 months of the largest amounts at the highest rate, saved and then spent."""
    path, most = "/v1/simulations/balances", "100000000.00"
    member = {
        "birth_month": "1930-01",
        "spells": [{"from": "1930-01", "status": "employed", "base": most, "own_credit": most}],
        "opening": {"current_year": most, "prior_years": most},
    }
    rates = dict.fromkeys(("demand", "three_month", "one_year"), "0.15")
    expense = {"on": "1999-12-31", "category": "pharmacy", "amount": most}
    asked = {
        **question(member, first="1950-01", last="1999-12"),
        "detail": "postings",
        "parameters": {"deposit_rates": rates},
        "expenses": [expense] * 2000,
    }
    response = client.post(path, json=asked)
    assert response.status_code == 200, response.text[:2000]
    answered(contract, path, "post", 200, "application/json").validate(response.json())
    BalancesAnswer.model_validate_json(response.content)
    last = response.json()["months"][-1]
    assert len(last["opening"]["total"]) > len(most) + 2
