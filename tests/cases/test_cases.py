"""Every worked case through the public interface."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from service.api.v1.worked import MISSING, as_asked, found
from service.core.diagnose_codes import CODES
from tests.api.asking import Client
from tests.cases.reading import WorkedCase, cases, files

LOOKED_UP = {"quote": "/v1/quotes/credit", "retirement": "/v1/retirement"}
ALL = [pytest.param(case, id=f"{path.stem}: {case.case}") for path in files() for case in cases(path)]


@pytest.mark.parametrize("case", ALL)
def test_a_worked_case_comes_out_as_its_source_says(cases_client: Client, case: WorkedCase) -> None:
    if case.refused:
        response = asked(cases_client, case)
        assert response.status_code == 422, response.text
        faults = {fault["pointer"]: fault["code"] for fault in response.json()["faults"]}
        assert faults == case.refused, case.working
        return
    answer = ask(cases_client, case)
    expected = {path: as_asked(found(answer, path), value) for path, value in case.expect.items()}
    assert expected == case.expect, case.working
    refuted = {path: value for path, value in case.not_expect.items() if found(answer, path) == value}
    assert not refuted, "a result that is wrong in its source came out"
    assert [path for path in case.not_expect if found(answer, path) is MISSING] == []
    assert [path for path in case.absent if found(answer, path) is not MISSING] == []
    told = {notice["code"] for notice in answer.get("notices", [])}
    assert set(case.notices) <= told


def test_every_cause_that_a_diagnosis_may_give_has_a_case() -> None:
    expected = [case.expect for path in files() for case in cases(path) if case.ask == "diagnoses"]
    assert set(CODES) - set(codes_in(expected)) == set()


def codes_in(value: Any) -> Iterator[str]:
    """Every `code` in an expectation, also at the end of a path."""
    if isinstance(value, list):
        for each in value:
            yield from codes_in(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key.rpartition(".")[2] == "code":
                yield each
            yield from codes_in(each)


def test_policies_that_cases_bring_stand_in_areas_of_their_own() -> None:
    """Two documents of one area and one first day would correct each other."""
    brought: dict[str, dict[str, Any]] = {}
    for path in files():
        for case in cases(path):
            brought |= {str(policy): policy for policy in case.policies}
    starts = Counter((each["area"], each["effective"]["from"]) for each in brought.values())
    assert [start for start, count in starts.items() if count > 1] == []
    assert {area[:2] for area, _ in starts} <= {"99"}


def test_lines_of_a_case_are_compared_in_full_and_a_line_only_in_what_it_names() -> None:
    line = {"by": "own", "bucket": "current_year", "amount": "5.00", "text": "…"}
    assert as_asked([line], [{"by": "own", "amount": "5.00"}]) == [{"by": "own", "amount": "5.00"}]
    assert as_asked([line, line], [{"by": "own"}]) == [line, line]
    assert as_asked({}, {"amount": "5.00"}) == {"amount": MISSING}


def ask(client: Client, case: WorkedCase) -> dict[str, Any]:
    """The answer to the case's question, which must be one."""
    response = asked(client, case)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def asked(client: Client, case: WorkedCase) -> httpx.Response:
    """What comes of the case's question."""
    if case.ask in LOOKED_UP:
        return client.request("GET", LOOKED_UP[case.ask], params=case.question)
    return client.post(f"/v1/simulations/{case.ask}", json=case.question)
