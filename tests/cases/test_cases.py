"""Every worked case through the public interface."""

from collections import Counter
from typing import Any

import pytest

from tests.api.asking import Client
from tests.cases.reading import WorkedCase, cases, files

MISSING = object()
ADDRESSES = {
    "credits": "/v1/simulations/credits",
    "balances": "/v1/simulations/balances",
    "quote": "/v1/quotes/credit",
}
ALL = [pytest.param(case, id=f"{path.stem}: {case.case}") for path in files() for case in cases(path)]


@pytest.mark.parametrize("case", ALL)
def test_a_worked_case_comes_out_as_its_source_says(cases_client: Client, case: WorkedCase) -> None:
    answer = ask(cases_client, case)
    expected = {path: found(answer, path) for path in case.expect}
    assert expected == case.expect, case.working
    refuted = {path: value for path, value in case.not_expect.items() if found(answer, path) == value}
    assert not refuted, "a result that is wrong in its source came out"
    assert [path for path in case.not_expect if found(answer, path) is MISSING] == []
    assert [path for path in case.absent if found(answer, path) is not MISSING] == []
    told = {notice["code"] for notice in answer.get("notices", [])}
    assert set(case.notices) <= told


def test_policies_that_cases_bring_stand_in_areas_of_their_own() -> None:
    """Two documents of one area and one first day would correct each other."""
    brought: dict[str, dict[str, Any]] = {}
    for path in files():
        for case in cases(path):
            brought |= {str(policy): policy for policy in case.policies}
    starts = Counter((each["area"], each["effective"]["from"]) for each in brought.values())
    assert [start for start, count in starts.items() if count > 1] == []
    assert {area[:2] for area, _ in starts} <= {"99"}


def ask(client: Client, case: WorkedCase) -> dict[str, Any]:
    """The answer to the case's question, which must be one."""
    address = ADDRESSES[case.ask]
    if case.ask == "quote":
        response = client.request("GET", address, params=case.question)
    else:
        response = client.post(address, json=case.question)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def found(answer: Any, path: str) -> Any:
    """What stands at a dotted path; numbers count the items of a list."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict) and step in answer:
            answer = answer[step]
        else:
            return MISSING
    return answer
