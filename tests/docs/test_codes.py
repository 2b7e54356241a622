"""The page of codes names every code that a client may meet, and none besides."""

import pytest

from service.api.faults import SENTENCES
from service.api.v1.notices import NOTICES
from service.api.v1.sharing_words import REFUSED
from tests.api.asking import Client
from tests.docs.reading import CODES, rows, section, text_of

PAGE = text_of(CODES)


def told(heading: str) -> list[str]:
    """The codes of a table."""
    return [row[0].strip("`") for row in rows(section(PAGE, heading))]


def test_every_fault_is_told_once() -> None:
    assert sorted(told("Faults (错误)")) == sorted(SENTENCES)


def test_every_notice_is_told_once() -> None:
    assert sorted(told("Notices (提示)")) == sorted(NOTICES)


def test_every_reason_to_refuse_a_transfer_is_told_once() -> None:
    assert sorted(told("Refused transfers (转账被拒)")) == sorted(REFUSED)


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
    table = {row[1]: row[0].strip("`") for row in rows(section(PAGE, "Problems (问题)"))}
    assert table[str(response.status_code)] == response.json()["code"]
