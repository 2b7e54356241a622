"""Who is credited what and when: monthly, in one sum, once, split, and less what is deducted."""

from typing import Any

import pytest

from service.core.errors import Refused
from tests.core.making import (
    EMPLOYED,
    RETIRED,
    SOURCE,
    Document,
    closing,
    codes,
    credited,
    fixed,
    journal,
    lived,
    national,
    nets,
    policy,
    rule,
)

NOTHING = {"kind": "none", "because": "no_account_tier"}


def monthly(**posting: Any) -> Document:
    return {"kind": "monthly", "day": 1, "lag_months": 0} | posting


def deduction(amount: str, taken_from: str, **more: Any) -> Document:
    name = {"zh": "长期护理保险", "en": "long-term care"}
    who = {"status": ["employed", "retired"]}
    return {
        "name": name,
        "who": who,
        "amount": fixed(amount),
        "taken_from": taken_from,
        "source": SOURCE,
    } | more


def test_the_first_rule_for_the_member_counts() -> None:
    government = rule(fixed("80")) | {"who": {"status": ["retired"], "class": ["government"]}}
    document = policy(credits=[government, rule(fixed("70"))])
    assert nets(lived(document, to="2025-01", spells=[RETIRED | {"class": "government"}])) == ["80.00"]
    assert nets(lived(document, to="2025-01", spells=[RETIRED | {"class": "enterprise"}])) == ["70.00"]


def test_a_class_that_the_rules_tell_apart_is_asked_for() -> None:
    classes = [
        rule(fixed(amount)) | {"who": {"status": ["retired"], "class": [name]}}
        for name, amount in (("tier_one", "80"), ("tier_two", "70"))
    ]
    with pytest.raises(Refused) as refused:
        lived(policy(credits=classes), to="2025-01", spells=[RETIRED])
    with pytest.raises(Refused, match="class_required"):
        lived(policy(credits=classes), to="2025-01", spells=[RETIRED | {"class": "government"}])
    fault = refused.value.faults[0]
    assert (fault.pointer, fault.code, fault.values["classes"]) == (
        "/member/spells/0/class",
        "class_required",
        "tier_one, tier_two",
    )


def test_those_who_retired_before_a_month_and_from_it_on_are_told_apart() -> None:
    before = rule(fixed("80")) | {"who": {"status": ["retired"], "retired_before": "2020-01"}}
    since = rule(fixed("70")) | {"who": {"status": ["retired"], "retired_from": "2020-01"}}
    document = policy(credits=[before, since])
    assert nets(lived(document, to="2025-01", spells=[RETIRED | {"from": "2019-12"}])) == ["80.00"]
    assert nets(lived(document, to="2025-01", spells=[RETIRED | {"from": "2020-01"}])) == ["70.00"]


def test_a_status_that_the_area_does_not_name_falls_to_the_national_rules() -> None:
    answer = lived(policy(), to="2025-01", spells=[{"from": "2010-01", "status": "resident"}])
    assert nets(answer) == ["0.00"]
    assert {"assumed_credit_rule", "gap_no_credit"} <= codes(answer)


def test_a_national_credit_posted_the_month_after_is_not_lost() -> None:
    late = rule({"kind": "unknown"}, "employed", posting=monthly(day=3, lag_months=1))
    document = policy(credits=[rule(fixed("1"), "retired")])
    spells = [EMPLOYED | {"own_credit": "50"}]
    answer = lived([document, national(credits=[late])], to="2025-01", spells=spells)
    assert journal(answer, "credit") == [("2025-01-03", "credit", "current_year", "50.00")]


def test_a_month_without_a_spell_is_a_gap() -> None:
    spells = [EMPLOYED | {"to": "2025-01"}, EMPLOYED | {"from": "2025-03"}]
    answer = lived(policy(), from_="2025-01", to="2025-03", spells=spells)
    assert nets(answer) == ["100.00", "0.00", "100.00"]
    assert "gap_no_credit" in codes(answer)


def test_a_credit_may_be_posted_in_the_month_after_the_one_it_is_for() -> None:
    document = policy(credits=[rule(fixed("100"), posting=monthly(day=20, lag_months=1))])
    answer = lived(document, from_="2025-01", to="2025-02", spells=[EMPLOYED | {"from": "2025-01"}])
    assert journal(answer) == [("2025-02-20", "credit", "current_year", "100.00")]
    assert answer.months[1].credit.months == (answer.months[0].month, answer.months[0].month)


def test_a_credit_is_posted_late_even_when_the_member_has_left_since() -> None:
    document = policy(credits=[rule(fixed("100"), posting=monthly(lag_months=2))])
    answer = lived(document, from_="2025-01", to="2025-04", spells=[EMPLOYED | {"to": "2025-01"}])
    assert nets(answer) == ["100.00", "100.00", "100.00", "0.00"]


def test_a_day_that_a_month_lacks_is_its_last_and_an_unknown_one_is_the_national() -> None:
    document = policy(credits=[rule(fixed("100"), posting=monthly(day=31))])
    days = [posting[0] for posting in journal(lived(document, from_="2025-01", to="2025-03"))]
    assert days == ["2025-01-31", "2025-02-28", "2025-03-31"]
    unknown = lived(policy(credits=[rule(fixed("100"), posting=monthly(day="unknown"))]), to="2025-01")
    assert journal(unknown)[0][0] == "2025-01-12"
    assert "assumed_posting_day" in codes(unknown)


def test_a_yearly_sum_is_credited_once_to_whoever_the_rule_is_for_in_that_month() -> None:
    document = policy(credits=[rule(fixed("83"), posting={"kind": "yearly", "month": 3, "day": 10})])
    answer = lived(document, from_="2025-01", to="2025-12")
    assert journal(answer, "credit") == [("2025-03-10", "credit", "current_year", "996.00")]
    later = lived(document, from_="2025-04", to="2025-12", spells=[EMPLOYED | {"from": "2025-04"}])
    assert journal(later, "credit") == []


def test_a_year_of_eighteen_months_has_one_yearly_sum_of_eighteen() -> None:
    years = {"kind": "listed", "ranges": [{"from": "2021-01", "to": "2022-06"}], "source": SOURCE}
    lump = rule(fixed("10"), posting={"kind": "yearly", "month": 2, "day": 1})
    answer = lived(policy(years=years, credits=[lump]), from_="2021-01", to="2022-06")
    assert journal(answer, "credit") == [("2021-02-01", "credit", "current_year", "180.00")]


def test_a_yearly_sum_is_for_the_months_that_its_policy_holds() -> None:
    """Credited in March: by the old policy for January to August, by the new one when it comes, for four."""
    lump = {"kind": "yearly", "month": 3, "day": 1}
    old = policy(
        effective={"from": "2010-01-01", "to": "2025-08-31"}, credits=[rule(fixed("10"), posting=lump)]
    )
    new = policy(effective={"from": "2025-09-01", "to": None}, credits=[rule(fixed("20"), posting=lump)])
    answer = lived([old, new], from_="2025-01", to="2026-03")
    assert journal(answer, "credit") == [
        ("2025-03-01", "credit", "current_year", "80.00"),
        ("2025-09-01", "credit", "current_year", "80.00"),
        ("2026-03-01", "credit", "current_year", "240.00"),
    ]


def test_additional_lines_are_credited_beside_the_first_rule() -> None:
    extras = [rule(fixed("20"), "retired"), rule(fixed("5"), "employed")]
    answer = lived(policy(extras=extras), to="2025-01", spells=[RETIRED])
    assert journal(answer) == [
        ("2025-01-01", "credit", "current_year", "100.00"),
        ("2025-01-01", "credit", "current_year", "20.00"),
    ]


def test_a_one_off_sum_comes_some_months_after_retiring_and_only_once() -> None:
    once = rule(fixed("500"), "retired", posting={"kind": "once", "after_months": 1, "day": 9})
    spells = [EMPLOYED | {"to": "2025-02"}, RETIRED | {"from": "2025-03"}]
    answer = lived(policy(extras=[once]), from_="2025-01", to="2025-06", spells=spells)
    assert nets(answer) == ["100.00", "100.00", "100.00", "600.00", "100.00", "100.00"]


def test_who_retires_a_second_time_has_no_second_one_off_sum() -> None:
    once = rule(fixed("500"), "retired", posting={"kind": "once", "after_months": 0, "day": 9})
    spells = [
        RETIRED | {"to": "2025-01"},
        EMPLOYED | {"from": "2025-02", "to": "2025-02"},
        RETIRED | {"from": "2025-03"},
    ]
    answer = lived(policy(extras=[once]), from_="2025-01", to="2025-03", spells=spells)
    assert nets(answer) == ["100.00", "100.00", "100.00"]


def test_a_one_off_sum_is_not_lost_when_a_new_policy_comes_in_between() -> None:
    once = rule(fixed("500"), "retired", posting={"kind": "once", "after_months": 1, "day": 9})
    old = policy(extras=[once], effective={"from": "2010-01-01", "to": "2025-03-31"})
    new = policy(effective={"from": "2025-04-01", "to": None})
    spells = [EMPLOYED | {"to": "2025-02"}, RETIRED | {"from": "2025-03"}]
    assert nets(lived([old, new], to="2025-04", spells=spells)) == ["600.00"]


def test_a_portion_goes_to_another_bucket_and_never_more_than_there_is() -> None:
    split = [{"bucket": "prior_years", "amount": fixed("30")}]
    assert closing(lived(policy(credits=[rule(fixed("100"), split=split)]), to="2025-01")) == {
        "current_year": "70.00",
        "prior_years": "30.00",
    }
    assert (
        closing(lived(policy(credits=[rule(fixed("20"), split=split)]), to="2025-01"))["prior_years"]
        == "20.00"
    )


def test_a_deduction_from_the_credit_is_shown_and_only_the_net_is_posted() -> None:
    document = policy(deductions=[deduction("3", "credit")])
    answer = lived(document, to="2025-01")
    credit = answer.months[0].credit
    assert (credit.gross, [t.amount for t in credit.taken], credit.net) == (10000, [300], 9700)
    assert journal(answer) == [("2025-01-01", "credit", "current_year", "97.00")]


def test_a_deduction_is_never_larger_than_the_credit() -> None:
    document = policy(deductions=[deduction("70", "credit"), deduction("60", "credit")])
    credit = lived(document, to="2025-01").months[0].credit
    assert ([t.amount for t in credit.taken], credit.net) == ([7000, 3000], 0)


def test_a_yearly_sum_bears_the_deduction_of_its_months() -> None:
    lump = rule(fixed("100"), posting={"kind": "yearly", "month": 1, "day": 1})
    document = policy(credits=[lump], deductions=[deduction("3", "credit")])
    assert nets(lived(document, to="2025-01")) == ["1164.00"]


def test_a_deduction_from_the_account_is_a_posting_of_its_own_on_the_day_of_the_credit() -> None:
    late = rule(fixed("100"), posting=monthly(day=20))
    answer = lived(policy(credits=[late], deductions=[deduction("2", "account")]), to="2025-01")
    assert journal(answer) == [
        ("2025-01-20", "credit", "current_year", "100.00"),
        ("2025-01-20", "deduction", "current_year", "-2.00"),
    ]
    assert answer.months[0].credit.net == 9800


def test_the_account_pays_a_deduction_as_far_as_it_goes() -> None:
    document = policy(credits=[rule(fixed("1"))], deductions=[deduction("5", "account")])
    answer = lived(
        document, from_="2025-01", to="2025-02", opening={"current_year": "0", "prior_years": "2.50"}
    )
    assert journal(answer, "deduction") == [
        ("2025-01-01", "deduction", "current_year", "-1.00"),
        ("2025-01-01", "deduction", "prior_years", "-2.50"),
        ("2025-02-01", "deduction", "current_year", "-1.00"),
    ]
    assert nets(answer) == ["-2.50", "0.00"]


def test_the_month_after_an_account_ran_dry_does_not_repeat_the_deduction() -> None:
    document = policy(credits=[rule(fixed("0.01"))], deductions=[deduction("0.02", "account")])
    answer = lived(document, from_="2025-01", to="2025-02", opening={"prior_years": "0.01"})
    assert [sum(t.amount for t in m.credit.taken) for m in answer.months] == [2, 1]


def test_those_without_an_account_owe_it_nothing() -> None:
    document = policy(credits=[rule(NOTHING)], deductions=[deduction("5", "account")])
    answer = lived(document, to="2025-01", opening={"prior_years": "10"})
    assert journal(answer) == []
    assert "no_account_tier" in codes(answer)


def test_a_dated_deduction_is_taken_in_its_months_only() -> None:
    dated = deduction("3", "credit", **{"from": "2025-02", "to": "2025-03"})
    answer = lived(policy(deductions=[dated]), from_="2025-01", to="2025-04")
    assert nets(answer) == ["100.00", "97.00", "97.00", "100.00"]


def test_the_credit_table_shows_what_the_account_owes_whatever_it_holds() -> None:
    document = policy(credits=[rule(fixed("1"))], deductions=[deduction("5", "account")])
    assert nets(credited(document, to="2025-01")) == ["-4.00"]
