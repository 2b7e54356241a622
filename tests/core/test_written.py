"""How documents are read: leaves of one pattern, unions by their kind, every fault with its place."""

from typing import Any

import pytest

from service.core.amount import Base, Fixed, Share
from service.core.errors import UnsoundPolicy
from service.core.month import parse_month
from service.store.documents import read
from tests.core.making import fixed, policy, read_policy, rule


def faults(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(UnsoundPolicy) as refused:
        read(document)
    return {fault.pointer: fault.code for fault in refused.value.faults}


def test_a_nested_amount_is_read_by_its_kinds() -> None:
    found = read_policy(policy(credits=[rule({"kind": "share", "rate": "0.02", "of": {"kind": "base"}})]))
    share = found.credits[0].amount
    assert isinstance(share, Share)
    assert (str(share.rate), share.of) == ("1/50", Base())


def test_money_is_read_as_fen_and_months_as_numbers() -> None:
    found = read_policy(
        policy(published={"wage": [{"from": "2020-07", "value": "7123.45", "source": ["notice"]}]})
    )
    figure = found.published["wage"][0]
    assert (figure.from_, figure.value) == (parse_month("2020-07"), 712345)
    assert read_policy(policy()).credits[0].amount == Fixed(10000)


@pytest.mark.parametrize("amount", [100, 100.5, "100.5", "1e2", None, "-1.00"], ids=repr)
def test_money_in_another_form_is_refused_where_it_stands(amount: Any) -> None:
    found = faults(policy(credits=[rule({"kind": "fixed", "amount": amount})]))
    assert list(found) == ["/credits/0/amount/amount"]


@pytest.mark.parametrize("rate", ["2%", "1.5", "0.0000001", "-0.02", ".02", 0.02], ids=repr)
def test_a_rate_is_a_decimal_from_nothing_to_one(rate: Any) -> None:
    share = {"kind": "share", "rate": rate, "of": {"kind": "base"}}
    assert list(faults(policy(credits=[rule(share)]))) == ["/credits/0/amount/rate"]


def test_an_unknown_kind_an_unknown_field_and_a_missing_one_are_told_together() -> None:
    document = policy(
        credits=[rule({"kind": "guess"}), rule(fixed("1") | {"colour": "red"}), rule({"kind": "share"})]
    )
    found = faults(document)
    assert set(found) == {
        "/credits/0/amount",
        "/credits/1/amount/colour",
        "/credits/2/amount/rate",
        "/credits/2/amount/of",
    }
    assert found["/credits/1/amount/colour"] == "unknown_field"
    assert found["/credits/2/amount/of"] == "required"


def test_a_month_that_is_none_and_a_day_that_does_not_exist_are_refused() -> None:
    merge = {
        "kind": "merge",
        "on": "2023-13",
        "bucket": "health",
        "into": "prior_years",
        "source": ["notice"],
    }
    assert set(faults(policy(rollover=[merge], effective={"from": "2023-02-30", "to": None}))) >= {
        "/rollover/0/on",
        "/effective/from",
    }
