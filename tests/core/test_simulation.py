"""The month in its order, the policies in theirs, and what a reader is told."""

from dataclasses import replace

import pytest

from service.core.account import Bucket
from service.core.errors import Refused
from service.core.simulate import simulate
from tests.core.making import (
    EMPLOYED,
    RETIRED,
    SOURCE,
    Document,
    closing,
    codes,
    fixed,
    journal,
    lived,
    nets,
    policy,
    question,
    rule,
)

DAY_20 = {"kind": "monthly", "day": 20, "lag_months": 0}


def pharmacy(on: str, amount: str) -> Document:
    return {"on": on, "category": "pharmacy", "amount": amount}


def payments(*gates: Document, order: tuple[str, ...] = ("current_year", "prior_years")) -> list[Document]:
    return [{"category": ["pharmacy"], "order": list(order), "gates": list(gates), "source": SOURCE}]


def test_opening_balances_are_those_after_the_rollover_of_the_first_day() -> None:
    answer = lived(policy(), to="2025-01", opening={"current_year": "50", "prior_years": "70"})
    assert journal(answer) == [("2025-01-01", "credit", "current_year", "100.00")]
    assert closing(answer) == {"current_year": "150.00", "prior_years": "70.00"}


def test_a_policy_year_starts_with_the_rollover_before_its_first_credit() -> None:
    answer = lived(policy(), from_="2024-12", to="2025-01")
    assert journal(answer)[1:] == [
        ("2025-01-01", "rollover", "current_year", "-100.00"),
        ("2025-01-01", "rollover", "prior_years", "100.00"),
        ("2025-01-01", "credit", "current_year", "100.00"),
    ]


def test_expenses_are_paid_in_the_order_of_their_days_and_then_as_declared() -> None:
    expenses = [pharmacy("2025-01-20", "60"), pharmacy("2025-01-10", "70"), pharmacy("2025-01-20", "5")]
    answer = lived(policy(), to="2025-01", expenses=expenses)
    assert journal(answer, "payment") == [
        ("2025-01-10", "payment", "current_year", "-70.00"),
        ("2025-01-20", "payment", "current_year", "-30.00"),
    ]
    assert answer.totals.cash == 3500


def test_a_credit_posted_after_the_day_of_an_expense_is_told() -> None:
    document = policy(credits=[rule(fixed("100"), posting=DAY_20)])
    assert "posted_after_spending" in codes(
        lived(document, to="2025-01", expenses=[pharmacy("2025-01-10", "1")])
    )
    assert "posted_after_spending" not in codes(
        lived(document, to="2025-01", expenses=[pharmacy("2025-01-20", "1")])
    )


def test_a_yearly_cap_counts_over_the_months_and_anew_in_the_next_policy_year() -> None:
    capped = policy(payments=payments({"kind": "yearly_cap", "amount": "150"}))
    expenses = [pharmacy(f"{month}-28", "80") for month in ("2024-11", "2024-12", "2025-01")]
    answer = lived(capped, from_="2024-11", to="2025-01", expenses=expenses)
    assert [amount for *_, amount in journal(answer, "payment")] == ["-80.00", "-70.00", "-80.00"]


def test_a_cap_goes_on_counting_under_a_new_policy_of_the_same_year() -> None:
    capped = policy(payments=payments({"kind": "yearly_cap", "amount": "150"}))
    old = capped | {"effective": {"from": "2010-01-01", "to": "2025-02-28"}}
    new = capped | {"effective": {"from": "2025-03-01", "to": None}}
    expenses = [pharmacy("2025-02-10", "100"), pharmacy("2025-03-10", "100")]
    answer = lived([old, new], from_="2025-01", to="2025-03", expenses=expenses)
    assert [amount for *_, amount in journal(answer, "payment")] == ["-100.00", "-50.00"]


def test_a_line_that_nobody_published_can_be_declared() -> None:
    gated = policy(
        payments=payments({"kind": "total_above", "line": {"series": "line"}}), published={"line": []}
    )
    expenses = [pharmacy("2025-01-10", "80")]
    shut = lived(gated, to="2025-01", expenses=expenses)
    assert {"unknown_parameter", "gate_not_met"} <= codes(shut)
    declared = {"figures": {"line": "60"}}
    opened = lived(gated, to="2025-01", expenses=expenses, parameters=declared)
    assert journal(opened, "payment") == [("2025-01-10", "payment", "current_year", "-40.00")]


def test_what_a_cap_has_counted_is_carried_to_a_month_asked_alone() -> None:
    capped = policy(payments=payments({"kind": "yearly_cap", "amount": "150"}))
    asked = question(capped, from_="2025-01", to="2025-02", expenses=[pharmacy("2025-02-28", "80")])
    full = simulate(
        replace(asked, expenses=(asked.expenses[0]._replace(on_month=asked.first), *asked.expenses))
    )
    february = full.months[1]
    member = replace(asked.member, opening=february.resume)
    alone = simulate(replace(asked, member=member, first=asked.last))
    assert [p.amount for p in alone.months[0].postings] == [10000, -7000]
    assert alone.months[0].closing == february.closing


def test_a_payment_follows_the_policy_of_its_day_and_a_credit_that_of_the_first_of_the_month() -> None:
    old = policy(effective={"from": "2010-01-01", "to": "2025-03-14"})
    new = policy(
        effective={"from": "2025-03-15", "to": None},
        credits=[rule(fixed("80"))],
        payments=payments(order=("prior_years",)),
    )
    expenses = [pharmacy("2025-03-14", "10"), pharmacy("2025-03-15", "10")]
    answer = lived(
        [old, new], from_="2025-03", to="2025-04", opening={"prior_years": "50"}, expenses=expenses
    )
    assert nets(answer) == ["100.00", "80.00"]
    assert [bucket for _, _, bucket, _ in journal(answer, "payment")] == ["current_year", "prior_years"]


def test_the_first_policy_known_of_an_area_makes_nobody_a_joiner() -> None:
    advance = {"kind": "advance", "joiners": "next_month", "leavers": "claw_back"}
    document = policy(
        effective={"from": "2025-03-01", "to": None}, credits=[rule(fixed("10"), posting=advance)]
    )
    assert nets(lived(document, from_="2025-03", to="2025-04")) == ["100.00", "0.00"]


def test_months_that_no_policy_covers_are_refused_where_they_begin() -> None:
    document = policy(effective={"from": "2025-03-01", "to": "2025-05-31"})
    for first, last, pointer in (("2025-02", "2025-04", "/from"), ("2025-04", "2025-06", "/to")):
        with pytest.raises(Refused) as refused:
            lived(document, from_=first, to=last)
        assert [(f.pointer, f.code) for f in refused.value.faults] == [(pointer, "no_policy_in_force")]


def test_every_fault_of_a_question_is_told_at_once() -> None:
    share = {"kind": "share", "rate": "0.02", "of": {"kind": "base"}}
    document = policy(credits=[rule(share, "employed"), rule({"kind": "pension"}, "retired")])
    spells = [
        {"from": "2010-01", "to": "2025-01", "status": "employed"},
        {"from": "2025-02", "status": "retired"},
    ]
    with pytest.raises(Refused) as refused:
        lived(document, from_="2025-01", to="2025-02", spells=spells)
    assert [fault.pointer for fault in refused.value.faults] == [
        "/member/spells/0/base",
        "/member/spells/1/monthly_pension",
    ]


def test_a_third_bucket_is_kept_until_it_is_merged() -> None:
    three = ["current_year", "prior_years", "health"]
    above = {"kind": "above", "keep": "600", "into": "health", "source": SOURCE}
    merge = {"kind": "merge", "on": "2025-01", "bucket": "health", "into": "prior_years", "source": SOURCE}
    old = policy(
        effective={"from": "2010-01-01", "to": "2024-12-31"},
        buckets=three,
        rollover=[{"kind": "all", "source": SOURCE}, above],
    )
    new = policy(effective={"from": "2025-01-01", "to": None}, buckets=three, rollover=[merge])
    answer = lived([old, new], from_="2023-12", to="2025-01", opening={"prior_years": "800", "health": "5"})
    assert answer.months[1].opening[Bucket.HEALTH] == 500
    assert answer.months[1].closing[Bucket.HEALTH] == 30500
    assert closing(answer)["health"] == "0.00"
    assert sum(answer.months[-1].closing.values()) == 220500


def test_years_and_totals_sum_up_the_months() -> None:
    answer = lived(
        policy(),
        from_="2024-11",
        to="2025-02",
        expenses=[pharmacy("2024-12-05", "30"), pharmacy("2025-01-05", "1")],
    )
    assert [(y.totals.credited, y.totals.paid_from_account) for y in answer.years] == [
        (20000, 3000),
        (20000, 100),
    ]
    assert (answer.totals.credited, answer.totals.paid_from_account, answer.totals.cash) == (40000, 3100, 0)


def test_what_is_earned_but_posted_after_the_last_month_is_told() -> None:
    document = policy(credits=[rule(fixed("100"), posting={"kind": "monthly", "day": 1, "lag_months": 1})])
    assert "not_yet_credited" in codes(lived(document, to="2025-01"))


def test_outside_the_days_for_which_a_source_speaks_the_policy_is_extrapolated() -> None:
    document = policy(attested={"from": "2024-01-01", "to": "2024-12-31"})
    assert "policy_extrapolated" not in codes(lived(document, from_="2024-01", to="2024-12"))
    told = {n.code: n.month for n in lived(document, from_="2024-06", to="2025-03").notices}
    assert told["policy_extrapolated"] == question(document, to="2025-01").last
    assert "policy_extrapolated" in codes(lived(document, from_="2023-12", to="2024-02"))


def test_a_credit_resting_on_an_aggregator_alone_is_told() -> None:
    source = {"title": "页", "publisher": "网", "grade": "C"}
    assert "low_grade_source" in codes(lived(policy(sources={"notice": source}), to="2025-01"))
    assert "low_grade_source" not in codes(lived(policy(), to="2025-01"))


def test_a_national_credit_is_answered_though_the_area_cites_other_sources() -> None:
    document = policy(credits=[rule(fixed("1"), "employed")])
    answer = lived(document, to="2025-01", spells=[RETIRED | {"own_credit": "90"}])
    assert nets(answer) == ["90.00"]
    assert "low_grade_source" not in codes(answer)


def test_notices_are_told_once_at_the_first_month_they_hold() -> None:
    answer = lived(policy(), from_="2025-01", to="2025-06", spells=[EMPLOYED | {"to": "2025-02"}])
    gaps = [notice for notice in answer.notices if notice.code == "gap_no_credit"]
    assert [notice.month for notice in gaps] == [answer.months[2].month]
