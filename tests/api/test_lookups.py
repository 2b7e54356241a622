from typing import Any

import pytest
from jsonschema import Draft202012Validator

from service.api.v1.shown import Area, AreasAnswer, PolicyAnswer
from tests.api.asking import Client
from tests.api.questions import employee, question, retiree

VALUES = {
    "birth_month": "1960-05",
    "sex": "male",
    "base": "9000.00",
    "monthly_pension": "3000.00",
    "employer_average_wage": "8000.00",
    "own_credit": "100.00",
    "contribution_months": 300,
    "account_months": 200,
}


def areas_of(client: Client) -> list[dict[str, Any]]:
    """All areas."""
    items: list[dict[str, Any]] = client.get("/v1/areas", limit=500).json()["items"]
    return items


def test_areas_are_listed_by_code_with_names_versions_coverage_and_grade(client: Client) -> None:
    response = client.get("/v1/areas", limit=500)
    answer = AreasAnswer.model_validate_json(response.content)
    codes = [area.area for area in answer.items]
    assert codes == sorted(set(codes))
    assert answer.next is None
    beijing = next(area for area in answer.items if area.area == "110000")
    assert (beijing.name.zh, beijing.name.en) == ("北京市", "Beijing")
    assert [version.id for version in beijing.versions] == ["110000@unknown", "110000@2022-09-01"]
    assert (beijing.coverage.from_, beijing.coverage.to) == ("unknown", None)
    assert "100000" not in codes


def test_pages_of_areas_put_together_are_the_whole_list(client: Client) -> None:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = client.get("/v1/areas?limit=7" + (f"&cursor={cursor}" if cursor else "")).json()
        found += page["items"]
        cursor = page["next"]
        assert len(page["items"]) == 7 or cursor is None
        if cursor is None:
            break
    assert found == areas_of(client)


def test_one_area_is_shown_as_in_the_list(client: Client) -> None:
    for area in areas_of(client)[:3]:
        response = client.get(f"/v1/areas/{area['area']}")
        Area.model_validate_json(response.content)
        assert response.json() == area


def test_a_policy_is_shown_as_it_is_stored(client: Client) -> None:
    response = client.get("/v1/policies/110000@2022-09-01")
    answer = PolicyAnswer.model_validate_json(response.content)
    assert answer.document["area"] == "110000"
    assert answer.published_to is None
    assert len(answer.sha256) == 64
    assert client.get("/v1/policies/100000@unknown").status_code in (200, 404)


@pytest.mark.parametrize(
    "address",
    ["/v1/areas", "/v1/areas/110000", "/v1/areas/110000/inputs", "/v1/policies/110000@2022-09-01"],
)
def test_a_copy_that_is_still_right_is_not_sent_again(client: Client, address: str) -> None:
    first = client.get(address)
    assert "max-age" in first.headers["cache-control"]
    for held in (first.headers["etag"], f'"x", {first.headers["etag"]}', "*"):
        assert client.get(address, headers={"if-none-match": held}).status_code == 304
    assert client.get(address, headers={"if-none-match": '"x"'}).status_code == 200


def test_inputs_are_a_schema_that_takes_the_member_of_the_specification(client: Client) -> None:
    for language in ("zh-CN", "en"):
        response = client.get(
            "/v1/areas/110000/inputs", headers={"accept-language": language}, on="2025-01-01"
        )
        schema = response.json()
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        assert validator.is_valid(retiree())
        assert validator.is_valid(employee())
        assert not validator.is_valid(retiree(birth_month="1953"))
        assert schema["properties"]["birth_month"]["title"] == (
            "出生年月" if language == "zh-CN" else "Month of birth"
        )


def test_inputs_ask_for_what_the_rules_of_beijing_look_at(client: Client) -> None:
    validator = Draft202012Validator(client.get("/v1/areas/110000/inputs", on="2025-01-01").json())
    retired = {"spells": [{"from": "2020-01", "status": "retired"}]}
    employed = {"spells": [{"from": "2020-01", "status": "employed"}]}
    assert not validator.is_valid(retired)
    assert validator.is_valid({**retired, "birth_month": "1955-01"})
    assert not validator.is_valid(employed)
    assert validator.is_valid({"spells": [{"from": "2020-01", "status": "employed", "base": "9000"}]})
    assert validator.is_valid({"spells": [{"from": "2020-01", "status": "resident"}]})


def test_inputs_and_the_service_agree_on_who_has_declared_enough(client: Client) -> None:
    # Every status and class of every area: with what the schema requires there is an answer, without it none.
    asked = refused = 0
    for area in areas_of(client):
        last = area["coverage"]["to"] or "2025-12"
        schema = client.get(f"/v1/areas/{area['area']}/inputs", on=f"{last}-15").json()
        first = began(area, schema["description"], last)
        validator = Draft202012Validator(schema)
        for spell in spells_of(schema):
            for facts in ((), tuple(VALUES)):
                member = declared(spell, facts)
                asking = question(member, area=area["area"], first=first, last=last)
                asking["parameters"] = {"figures": dict.fromkeys(schema["x-figures"], "7000.00")}
                response = client.post("/v1/simulations/credits", json=asking)
                asked += 1
                if validator.is_valid(member):
                    assert response.status_code == 200, (area["area"], member, response.text)
                else:
                    assert response.status_code == 422, (area["area"], member)
                    refused += 1
    assert asked > 300
    assert 0 < refused < asked


def began(area: dict[str, Any], policy: str, last: str) -> str:
    """Eleven months before the last, or the first month of the policy: a year holds every yearly credit."""
    [effective] = [version["effective"] for version in area["versions"] if version["id"] == policy]
    year, month = int(last[:4]), int(last[5:])
    earlier = f"{year - 1}-{month + 1:02d}" if month < 12 else f"{year}-01"
    return earlier if effective["from"] == "unknown" else max(earlier, str(effective["from"])[:7])


def spells_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """One spell of every status, without a class and of every class that the schema offers."""
    properties = schema["properties"]["spells"]["items"]["properties"]
    classes = [None, *(option["const"] for option in properties.get("class", {"oneOf": []})["oneOf"])]
    statuses = [option["const"] for option in properties["status"]["oneOf"]]
    return [
        {"from": "2015-01", "status": status} | ({} if name is None else {"class": name})
        for status in statuses
        for name in classes
    ]


def declared(spell: dict[str, Any], facts: tuple[str, ...]) -> dict[str, Any]:
    """A member with one spell who declares these facts."""
    of_member = {name: VALUES[name] for name in facts if name in ("birth_month", "sex")}
    of_spell = {name: VALUES[name] for name in facts if name not in ("birth_month", "sex")}
    return {**of_member, "spells": [{**spell, **of_spell}]}
