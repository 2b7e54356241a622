"""Whatever is wrong with a policy document is told in words, in both languages."""

from typing import Any

import pytest

from service.api.document_words import DOCUMENT_SENTENCES
from service.api.faults import SENTENCES, sentences
from service.core.errors import Fault, UnsoundPolicy
from service.store.documents import checked
from tests.store.making import document


def put(found: Any, place: str, value: Any) -> None:
    """Puts a value into a document."""
    *steps, last = [int(step) if step.isdigit() else step for step in place.split("/")]
    for step in steps:
        found = found[step]
    found[last] = value


WRONG = [
    ("credits", 7),
    ("sources", 7),
    ("effective", 7),
    ("interest", 7),
    ("family", 7),
    ("bills", "unknown"),
    ("name/zh", 7),
    ("name/fr", "x"),
    ("credits/0/amount", 7),
    ("credits/0/amount", {}),
    ("credits/0/amount", {"kind": "gift"}),
    ("credits/0/amount/amount", 100),
    ("credits/0/amount/amount", "1.2"),
    ("credits/0/amount/per", "day"),
    ("credits/0/who/status", ["old"]),
    ("credits/0/who/retired_from", "2026"),
    ("credits/0/posting", {"kind": "monthly", "day": "x", "lag_months": 1.5}),
    ("credits/0/split", [{"bucket": "health", "amount": {"kind": "base"}}]),
    ("effective", {"from": "2026-02-31"}),
    ("effective", {"from": "2026"}),
    ("attested", None),
    ("credits/0/source", ["nowhere"]),
    ("payments", [{"category": ["pharmacy"], "buckets": ["current_year"], "keep": 7}]),
]


@pytest.mark.parametrize(("place", "value"), WRONG)
def test_every_fault_of_a_document_is_told_in_both_languages(place: str, value: Any) -> None:
    given = document()
    put(given, place, value)
    with pytest.raises(UnsoundPolicy) as unsound:
        checked(given)
    for fault in unsound.value.faults:
        assert fault.code in DOCUMENT_SENTENCES or fault.code in SENTENCES, fault
        for said in sentences(fault):
            assert said != fault.code
            assert "?" not in said, said
            assert "[0-9]" not in said, said


def test_a_value_that_is_not_written_right_is_told_how_to_write_it() -> None:
    given = document(monthly="1.2")
    with pytest.raises(UnsoundPolicy) as unsound:
        checked(given)
    assert sentences(unsound.value.faults[0]) == SENTENCES["yuan_form"]


def test_a_fault_that_nobody_listed_is_told_in_the_words_of_the_reader() -> None:
    zh, en = sentences(Fault("/x", "not_heard_of", {"message": "Input should be finite"}))
    assert (zh, en) == ("不能接受：Input should be finite", "Not acceptable: Input should be finite.")
