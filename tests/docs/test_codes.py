"""The page of codes names every code that a client may meet, with its status, and none besides."""

import ast
from collections.abc import Iterator

import pytest

from service.api.document_words import DOCUMENT_SENTENCES
from service.api.faults import SENTENCES
from service.api.problem_words import PROBLEMS
from service.api.v1.notices import NOTICES
from service.api.v1.review_words import CHECK_NOTICES
from service.api.v1.sharing_words import REFUSED
from service.core.diagnose_codes import CODES as CODES_OF_CAUSES
from tests.api.asking import Client
from tests.docs.reading import CODES, ROOT, rows, section, text_of

PAGE = text_of(CODES)
CHECKS = [
    *sorted((ROOT / "service/core").glob("check*.py")),
    *(ROOT / "service" / name for name in ("store/documents.py", "review/report.py")),
]


def told(heading: str) -> list[str]:
    """The codes of a table."""
    return [row[0].strip("`") for row in rows(section(PAGE, heading))]


def test_every_fault_is_told_once() -> None:
    assert sorted(told("Faults (错误)")) == sorted(SENTENCES)


def test_every_notice_is_told_once() -> None:
    assert sorted(told("Notices (提示)")) == sorted(NOTICES)


def test_every_notice_of_a_check_is_told_once() -> None:
    assert sorted(told("Notices of a check (检查的提示)")) == sorted(CHECK_NOTICES)


def test_every_cause_of_a_diagnosis_is_told_once_in_the_order_of_preference() -> None:
    assert told("Causes (原因)") == list(CODES_OF_CAUSES)


def test_every_reason_to_refuse_a_transfer_is_told_once() -> None:
    assert sorted(told("Refused transfers (转账被拒)")) == sorted(REFUSED)


def test_every_fault_of_a_document_is_told_once_and_apart_from_the_others() -> None:
    assert sorted(told("Faults of a policy document (政策文档的错误)")) == sorted(DOCUMENT_SENTENCES)
    assert not set(DOCUMENT_SENTENCES) & set(SENTENCES)


def test_every_fault_that_a_check_finds_has_its_sentence() -> None:
    found = {code for place in CHECKS for code in codes_in(ast.parse(place.read_text(encoding="utf-8")))}
    assert len(found) > 30
    assert found - set(DOCUMENT_SENTENCES) - set(SENTENCES) == set()


def codes_in(tree: ast.AST) -> Iterator[str]:
    """The codes of the faults that a module finds."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Fault":
            yield from (str(code.value) for code in call.args[1:2] if isinstance(code, ast.Constant))


def test_every_problem_is_told_once_with_its_status() -> None:
    listed = {row[0].strip("`"): row[1] for row in rows(section(PAGE, "Problems (问题)"))}
    assert listed == {code: str(told.status or "any other") for code, told in PROBLEMS.items()}
    assert len(rows(section(PAGE, "Problems (问题)"))) == len(PROBLEMS)


@pytest.mark.parametrize(
    ("method", "address", "how"),
    [
        ("GET", "/v1/areas/999999", {}),
        ("GET", "/nowhere", {}),
        ("DELETE", "/v1/areas", {}),
        ("POST", "/v1/simulations/credits", {"content": b"{"}),
        ("POST", "/v1/simulations/credits", {"content": b"{}", "headers": {"content-type": "text/plain"}}),
        ("POST", "/v1/simulations/credits", {"content": b" " * 1_100_000}),
        ("POST", "/v1/simulations/credits", {"json": {}}),
    ],
)
def test_a_problem_has_the_code_and_status_that_are_told(
    client: Client, method: str, address: str, how: dict[str, object]
) -> None:
    response = client.request(method, address, **how)
    code = response.json()["code"]
    assert [code, str(response.status_code)] in [
        [row[0].strip("`"), row[1]] for row in rows(section(PAGE, "Problems (问题)"))
    ]
