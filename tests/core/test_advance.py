"""The year credited on its first day: joiners, leavers, what is taken back, and the settlement."""

from typing import Any

from tests.core.making import (
    ALL_ROLLS_OVER,
    CALENDAR,
    EMPLOYED,
    SOURCE,
    Document,
    closing,
    codes,
    fixed,
    journal,
    lived,
    policy,
    rule,
)

SHARE = {"kind": "share", "rate": "0.02", "of": {"kind": "base"}}
FROM_JULY = {"kind": "yearly", "month": 7, "source": SOURCE}
SHANGHAI_YEARS = {"kind": "listed", "ranges": [{"from": "2019-04", "to": "2020-06"}], "source": SOURCE}


def advancing(amount: Document | None = None, **posting: Any) -> Document:
    """A rule that credits the year in advance; joiners from this month, leavers taken back at once."""
    how = {"kind": "advance", "joiners": "this_month", "leavers": "claw_back"} | posting
    return rule(fixed("100") if amount is None else amount, posting=how)


def ahead(years: Document = CALENDAR, amount: Document | None = None, **posting: Any) -> Document:
    return policy(years=years, credits=[advancing(amount, **posting)])


def working(since: str, until: str | None = None, base: str = "5000") -> Document:
    return EMPLOYED | {"from": since, "base": base} | ({"to": until} if until else {})


def test_the_whole_year_is_credited_on_its_first_day() -> None:
    answer = lived(ahead(), from_="2024-12", to="2025-12")
    assert journal(answer, "advance") == [("2025-01-01", "advance", "current_year", "1200.00")]
    assert [m.credit.gross for m in answer.months[1:]] == [120000] + [0] * 11


def test_a_year_of_fifteen_months_is_credited_fifteen_times_the_month() -> None:
    answer = lived(ahead(SHANGHAI_YEARS), from_="2019-04", to="2020-07")
    assert journal(answer, "advance", "true_up") == [
        ("2019-04-01", "advance", "current_year", "1500.00"),
        ("2020-07-01", "advance", "current_year", "1200.00"),
    ]


def test_a_joiner_gets_the_months_left_from_this_month_or_from_the_next() -> None:
    spells = [working("2025-04")]
    assert journal(lived(ahead(), from_="2025-04", to="2025-06", spells=spells), "advance") == [
        ("2025-04-01", "advance", "current_year", "900.00")
    ]
    for joiners in ("next_month", "unknown"):
        answer = lived(ahead(joiners=joiners), from_="2025-04", to="2025-06", spells=spells)
        assert journal(answer, "advance") == [("2025-05-01", "advance", "current_year", "800.00")]
        assert ("assumed_joining_month" in codes(answer)) is (joiners == "unknown")


def test_what_a_leaver_was_credited_too_much_is_taken_back_the_month_after() -> None:
    answer = lived(ahead(), from_="2025-01", to="2026-01", spells=[working("2010-01", "2025-03")])
    assert journal(answer, "advance", "true_up") == [
        ("2025-01-01", "advance", "current_year", "1200.00"),
        ("2025-04-01", "true_up", "current_year", "-900.00"),
    ]


def test_or_it_waits_for_the_settlement() -> None:
    document = ahead(leavers="at_settlement", excess_from="prior_years")
    answer = lived(document, from_="2025-01", to="2026-01", spells=[working("2010-01", "2025-03")])
    assert journal(answer, "advance", "true_up") == [
        ("2025-01-01", "advance", "current_year", "1200.00"),
        ("2026-01-01", "true_up", "prior_years", "-900.00"),
    ]


def test_money_that_was_spent_and_taken_back_leaves_a_negative_balance_and_a_notice() -> None:
    answer = lived(
        ahead(),
        from_="2025-01",
        to="2025-04",
        spells=[working("2010-01", "2025-03")],
        expenses=[{"on": "2025-02-01", "category": "pharmacy", "amount": "1000"}],
    )
    assert closing(answer)["current_year"] == "-700.00"
    assert "negative_after_true_up" in codes(answer)


def test_a_rise_within_the_year_is_settled_after_it() -> None:
    """Six months at 5000 and six at 6000: 1200 advanced, 600 + 720 due, 120 short."""
    spells = [working("2010-01", "2025-06"), working("2025-07", base="6000")]
    answer = lived(
        ahead(amount=SHARE, shortfall_into="prior_years"), from_="2025-01", to="2026-01", spells=spells
    )
    assert journal(answer, "true_up") == [("2026-01-01", "true_up", "prior_years", "120.00")]


def test_a_fall_within_the_year_is_netted_before_what_is_left_rolls_over() -> None:
    """Six months at 6000 and six at 5000: 1440 advanced, 1320 due, 120 too much."""
    spells = [working("2010-01", "2025-06", "6000"), working("2025-07")]
    answer = lived(ahead(amount=SHARE), from_="2025-01", to="2026-01", spells=spells)
    assert journal(answer, "true_up", "rollover") == [
        ("2026-01-01", "true_up", "current_year", "-120.00"),
        ("2026-01-01", "rollover", "current_year", "-1320.00"),
        ("2026-01-01", "rollover", "prior_years", "1320.00"),
    ]


def test_a_settlement_asked_from_the_middle_of_the_year_knows_what_was_advanced_before() -> None:
    spells = [working("2010-01", "2025-06"), working("2025-07", base="6000")]
    answer = lived(ahead(amount=SHARE), from_="2025-11", to="2026-01", spells=spells)
    assert journal(answer, "true_up") == [("2026-01-01", "true_up", "prior_years", "120.00")]


def test_nothing_is_settled_twice_when_a_policy_brings_other_years() -> None:
    """July years to September, calendar years from October at 80: what was advanced is replaced once."""
    old = ahead(FROM_JULY) | {"effective": {"from": "2010-01-01", "to": "2022-09-30"}}
    new = ahead(amount=fixed("80")) | {"effective": {"from": "2022-10-01", "to": None}}
    answer = lived([old, new], from_="2022-07", to="2023-01")
    assert journal(answer, "advance", "true_up") == [
        ("2022-07-01", "advance", "current_year", "1200.00"),
        ("2022-10-01", "true_up", "current_year", "-900.00"),
        ("2022-10-01", "advance", "current_year", "240.00"),
        ("2023-01-01", "advance", "current_year", "960.00"),
    ]


def test_a_policy_that_repeats_the_rule_leaves_the_advance_alone_until_its_year_starts() -> None:
    """Twelve months from July were advanced and six were due when calendar years begin."""
    old = ahead(FROM_JULY) | {"effective": {"from": "2010-01-01", "to": "2022-09-30"}}
    new = ahead() | {"effective": {"from": "2022-10-01", "to": None}}
    answer = lived([old, new], from_="2022-07", to="2023-01")
    assert journal(answer, "advance", "true_up") == [
        ("2022-07-01", "advance", "current_year", "1200.00"),
        ("2023-01-01", "true_up", "current_year", "-600.00"),
        ("2023-01-01", "advance", "current_year", "1200.00"),
    ]


def test_a_year_cut_short_by_a_new_policy_is_settled_when_the_new_year_starts() -> None:
    old = ahead(FROM_JULY) | {"effective": {"from": "2010-01-01", "to": "2022-12-31"}}
    new = policy(effective={"from": "2023-01-01", "to": None}, rollover=[ALL_ROLLS_OVER])
    answer = lived([old, new], from_="2022-07", to="2023-01")
    assert journal(answer, "advance", "true_up", "credit") == [
        ("2022-07-01", "advance", "current_year", "1200.00"),
        ("2023-01-01", "true_up", "current_year", "-600.00"),
        ("2023-01-01", "credit", "current_year", "100.00"),
    ]


def test_who_comes_back_is_advanced_again_and_the_year_comes_out_even() -> None:
    spells = [working("2010-01", "2025-03"), working("2025-09")]
    answer = lived(ahead(), from_="2025-01", to="2026-01", spells=spells)
    assert journal(answer, "advance", "true_up")[:3] == [
        ("2025-01-01", "advance", "current_year", "1200.00"),
        ("2025-04-01", "true_up", "current_year", "-900.00"),
        ("2025-09-01", "advance", "current_year", "400.00"),
    ]
    assert answer.years[0].totals.credited == 70000


def test_who_comes_back_before_the_settlement_has_the_advance_still() -> None:
    """Seven months due of the twelve advanced: five are settled."""
    spells = [working("2010-01", "2025-03"), working("2025-09")]
    answer = lived(ahead(leavers="at_settlement"), from_="2025-01", to="2026-01", spells=spells)
    assert journal(answer, "advance", "true_up")[:2] == [
        ("2025-01-01", "advance", "current_year", "1200.00"),
        ("2026-01-01", "true_up", "current_year", "-500.00"),
    ]


def test_a_portion_of_the_advance_is_settled_in_its_own_bucket() -> None:
    """30 of 100 go to prior years; of nine months not due 270 come from there and 630 from the rest."""
    document = ahead()
    document["credits"][0]["split"] = [{"bucket": "prior_years", "amount": fixed("30")}]
    answer = lived(document, from_="2025-01", to="2025-04", spells=[working("2010-01", "2025-03")])
    assert sorted(journal(answer, "advance", "true_up")) == [
        ("2025-01-01", "advance", "current_year", "840.00"),
        ("2025-01-01", "advance", "prior_years", "360.00"),
        ("2025-04-01", "true_up", "current_year", "-630.00"),
        ("2025-04-01", "true_up", "prior_years", "-270.00"),
    ]


def test_what_was_taken_back_from_another_bucket_is_not_taken_for_a_portion_of_its_own() -> None:
    """Taken back from prior years on leaving; the next rule, with a portion there, settles to nothing."""
    leaving = advancing(excess_from="prior_years") | {"who": {"status": ["employed"]}}
    split = [{"bucket": "prior_years", "amount": fixed("30")}]
    retired = advancing() | {"who": {"status": ["retired"]}, "split": split}
    spells = [working("2010-01", "2025-03"), {"from": "2025-04", "status": "retired"}]
    answer = lived(policy(credits=[leaving, retired]), from_="2025-01", to="2026-01", spells=spells)
    assert journal(answer, "true_up") == [("2025-04-01", "true_up", "prior_years", "-900.00")]
