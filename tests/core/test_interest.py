"""Interest worked out by hand: what accrues by which method, and when it is posted."""

from typing import Any

import pytest

from tests.core.making import (
    CALENDAR,
    NO_INTEREST,
    SOURCE,
    Document,
    codes,
    fixed,
    journal,
    lived,
    national,
    policy,
    rule,
)

NOTHING_CREDITED = [rule(fixed("0"))]
RATES: list[Document] = [
    {"from": "2015-10-24", "term": "demand", "rate": "0.0036", "source": SOURCE},
    {"from": "2015-10-24", "term": "three_month", "rate": "0.012", "source": SOURCE},
    {"from": "2025-01-16", "term": "demand", "rate": "0.0072", "source": SOURCE},
]


def deposit(term: str) -> Document:
    return {"kind": "deposit", "term": term}


def number(rate: str) -> Document:
    return {"kind": "number", "rate": rate}


def bearing(**rule_: Any) -> Document:
    """A policy that credits nothing and pays interest; by default month-end products, posted quarterly."""
    interest = NO_INTEREST | {"posted": "quarterly"} | rule_
    return policy(credits=NOTHING_CREDITED, interest=interest)


def interest(documents: Any, *, to: str, **changes: Any) -> list[tuple[str, str, str]]:
    """Day, bucket and yuan of the interest posted."""
    posted = journal(lived(documents, to=to, **changes), "interest")
    return [(day, bucket, amount) for day, _, bucket, amount in posted]


def test_month_end_products_of_both_buckets_by_the_quarter() -> None:
    """(100 + 200 + 300) x 0.36 % / 12 = 0.18 and 1200 x 3 x 1.2 % / 12 = 3.60."""
    document = bearing(current_year=deposit("demand"), prior_years=deposit("three_month"))
    document["credits"] = [rule(fixed("100"))]
    found = interest(document, from_="2024-01", to="2024-03", opening={"prior_years": "1200"})
    assert found == [("2024-03-31", "current_year", "0.18"), ("2024-03-31", "prior_years", "3.60")]


@pytest.mark.parametrize(("days", "opening"), [(360, "3600"), (365, "3650")])
def test_daily_products_over_a_year_of_360_or_365_days(days: int, opening: str) -> None:
    """3600 x 1 % x 365 / 360 = 36.50 and 3650 x 1 % x 365 / 365 = 36.50."""
    document = bearing(
        prior_years=number("0.01"), method="daily_product", posted="year_end", days_per_year=days
    )
    found = interest(document, from_="2025-01", to="2025-12", opening={"prior_years": opening})
    assert found == [("2025-12-31", "prior_years", "36.50")]


def test_a_rate_that_changes_within_the_month_counts_by_its_days() -> None:
    """15 days at 0.36 a day and 16 at 0.72: 5.40 + 11.52."""
    document = bearing(prior_years=deposit("demand"), method="daily_product", posted="at_rollover")
    changing = [document, national(deposit_rates=RATES)]
    changing[0]["years"] = {"kind": "yearly", "month": 2, "source": SOURCE}
    found = interest(changing, from_="2025-01", to="2025-02", opening={"prior_years": "36000"})
    assert found == [("2025-02-01", "prior_years", "16.92")]


def test_a_month_end_product_takes_the_rate_of_the_last_day() -> None:
    """36000 x 0.72 % / 12 = 21.60."""
    document = bearing(prior_years=deposit("demand"), posted="at_rollover")
    document["years"] = {"kind": "yearly", "month": 2, "source": SOURCE}
    changing = [document, national(deposit_rates=RATES)]
    found = interest(changing, from_="2025-01", to="2025-02", opening={"prior_years": "36000"})
    assert found == [("2025-02-01", "prior_years", "21.60")]


def test_money_earns_from_the_evening_of_the_day_it_is_credited() -> None:
    """3600 yuan credited on the 22nd of March: ten evenings at 0.10 a day."""
    document = bearing(current_year=number("0.01"), method="daily_product")
    document["credits"] = [rule(fixed("3600"), posting={"kind": "monthly", "day": 22, "lag_months": 0})]
    assert interest(document, to="2024-03") == [("2024-03-31", "current_year", "1.00")]


def test_a_negative_balance_bears_none_and_takes_none_away() -> None:
    """Below zero until the 10th, 360 yuan from the 11th: 21 evenings at 0.01."""
    document = bearing(current_year=number("0.01"), method="daily_product")
    document["credits"] = [rule(fixed("460"), posting={"kind": "monthly", "day": 11, "lag_months": 0})]
    found = interest(document, to="2024-03", opening={"current_year": "-100.00"})
    assert found == [("2024-03-31", "current_year", "0.21")]


def test_interest_due_is_posted_before_the_rollover_and_rolls_over_too() -> None:
    document = bearing(current_year=number("0.12"), posted="at_rollover")
    answer = lived(document, from_="2024-12", to="2025-01", opening={"current_year": "100"})
    assert journal(answer) == [
        ("2025-01-01", "interest", "current_year", "1.00"),
        ("2025-01-01", "rollover", "current_year", "-101.00"),
        ("2025-01-01", "rollover", "prior_years", "101.00"),
    ]


def test_interest_is_rounded_where_it_is_posted_and_not_before() -> None:
    """0.01 yuan at 6 % is half a hundredth of a fen a month; after twenty months a tenth: nothing."""
    document = bearing(prior_years=number("0.005"), posted="quarterly")
    # 4 yuan x 0.5 % / 12 = 0.1667 fen a month: 0.5 fen a quarter, which is one.
    found = interest(document, from_="2024-01", to="2024-03", opening={"prior_years": "4"})
    assert found == [("2024-03-31", "prior_years", "0.01")]
    assert interest(document, from_="2024-02", to="2024-03", opening={"prior_years": "4"}) == []


def test_once_on_the_balance_that_was_settled_and_rolled_over() -> None:
    """1000 carried and twelve times 100 rolled over: 2200 x 1.5 % = 33."""
    document = bearing(prior_years=number("0.015"), method="flat_on_settlement")
    document["credits"] = [rule(fixed("100"))]
    found = interest(document, from_="2024-01", to="2025-01", opening={"prior_years": "1000"})
    assert found == [("2025-01-01", "prior_years", "33.00")]


def test_what_accrued_under_an_earlier_rule_is_not_lost_under_a_flat_one() -> None:
    """Six months of 1200 x 1.2 % / 12 = 7.20, then 1207.20 x 1 % = 12.07."""
    old = bearing(prior_years=deposit("three_month"), posted="at_rollover")
    new = bearing(prior_years=number("0.01"), method="flat_on_settlement")
    old["effective"] = {"from": "2010-01-01", "to": "2024-06-30"}
    new["effective"] = {"from": "2024-07-01", "to": None}
    found = interest([old, new], from_="2024-01", to="2025-01", opening={"prior_years": "1200"})
    assert found == [("2025-01-01", "prior_years", "7.20"), ("2025-01-01", "prior_years", "12.07")]


@pytest.mark.parametrize(("spent", "expected"), [("0", "12.00"), ("100", "3.42")])
def test_a_year_that_was_drawn_upon_earns_the_lower_rate(spent: str, expected: str) -> None:
    """1000 x 1.2 % = 12; with 100 spent in July (6 x 1000 + 6 x 900) x 0.36 % / 12 = 3.42."""
    unspent = {"kind": "if_unspent", "term": "three_month", "otherwise": "demand"}
    document = bearing(prior_years=unspent, posted="at_rollover")
    expenses = [{"on": "2024-07-01", "category": "pharmacy", "amount": spent}]
    found = interest(
        document, from_="2024-01", to="2025-01", opening={"prior_years": "1000"}, expenses=expenses
    )
    assert found == [("2025-01-01", "prior_years", expected)]


@pytest.mark.parametrize(("spent", "current", "prior"), [("0", "0.18", "0.30"), ("250", "0.06", "0.20")])
def test_an_interest_year_of_its_own_counts_what_was_held_when_it_began(
    spent: str, current: str, prior: str
) -> None:
    """From 1 July the 100 held count as carried; 100 a month are new. Spending 250 leaves 50 of them."""
    document = bearing(
        current_year=deposit("demand"), prior_years=deposit("three_month"), year={"month": 7, "day": 1}
    )
    document["credits"] = [rule(fixed("100"))]
    expenses = [{"on": "2024-08-20", "category": "pharmacy", "amount": spent}]
    found = interest(
        document, from_="2024-07", to="2024-09", opening={"current_year": "100"}, expenses=expenses
    )
    assert found == [("2024-09-30", "current_year", current), ("2024-09-30", "prior_years", prior)]


def test_a_deposit_rate_nobody_published_earns_nothing_until_it_is_declared() -> None:
    document = bearing(prior_years=deposit("one_year"))
    held = {"prior_years": "1200"}
    silent = lived(document, to="2024-03", opening=held)
    assert journal(silent) == []
    assert "unknown_parameter" in codes(silent)
    declared = {"deposit_rates": {"one_year": "0.015"}}
    assert interest(document, to="2024-03", opening=held, parameters=declared) == [
        ("2024-03-31", "prior_years", "1.50")
    ]


def test_a_rule_that_says_nothing_takes_the_national_one_and_says_so() -> None:
    rule_ = NO_INTEREST | {"prior_years": number("0.012"), "posted": "quarterly"}
    answer = lived(
        [policy(credits=NOTHING_CREDITED, interest="unknown"), national(interest=rule_)],
        to="2024-03",
        opening={"prior_years": "1200"},
    )
    assert journal(answer) == [("2024-03-31", "interest", "prior_years", "1.20")]
    assert answer.months[0].postings[0].basis.policy == "100000@1998-12-14"
    assert {"assumed_interest_rate", "assumed_interest_method"} <= codes(answer)


def test_a_rule_that_leaves_one_rate_open_keeps_the_rest_of_its_own() -> None:
    known = NO_INTEREST | {"prior_years": number("0.012")}
    document = bearing(prior_years={"kind": "unknown"})
    answer = lived([document, national(interest=known)], to="2024-03", opening={"prior_years": "1200"})
    assert journal(answer) == [("2024-03-31", "interest", "prior_years", "1.20")]
    assert "assumed_interest_rate" in codes(answer)
    assert "assumed_interest_method" not in codes(answer)


def test_posted_at_the_end_of_the_policy_year() -> None:
    document = bearing(prior_years=number("0.012"), posted="year_end") | {"years": CALENDAR}
    found = interest(document, from_="2024-11", to="2025-01", opening={"prior_years": "1200"})
    assert found == [("2024-12-31", "prior_years", "2.40")]
