from datetime import date
from fractions import Fraction
from typing import Literal

import pytest

from service.core.closing import (
    AllMoney,
    ClosingRule,
    Consequence,
    CreditedBefore,
    Money,
    NoMoney,
    Reason,
    ShareOfBalance,
    follows,
    payable,
    rule_for,
)
from service.core.member import Status

DAY = date(2025, 3, 10)
BEFORE_REFORM = CreditedBefore(date(2022, 9, 1))
RULES = (
    ClosingRule((Reason.TRANSFER_OUT,), allowed=False, source=("law",), status=(Status.RETIRED,)),
    ClosingRule((Reason.TRANSFER_OUT, Reason.EMIGRATION), allowed=True, source=("law",)),
    ClosingRule((Reason.WITHDRAWAL,), allowed=True, source=("law",), to=date(2022, 8, 31)),
    ClosingRule((Reason.WITHDRAWAL,), allowed=False, source=("law",), from_=date(2022, 9, 1)),
)


@pytest.mark.parametrize(
    ("reason", "status", "on", "place"),
    [
        (Reason.TRANSFER_OUT, Status.RETIRED, DAY, 0),
        (Reason.TRANSFER_OUT, Status.EMPLOYED, DAY, 1),
        (Reason.EMIGRATION, Status.RETIRED, DAY, 1),
        (Reason.WITHDRAWAL, Status.EMPLOYED, date(2022, 8, 31), 2),
        (Reason.WITHDRAWAL, Status.EMPLOYED, date(2022, 9, 1), 3),
        (Reason.DEATH, Status.EMPLOYED, DAY, None),
    ],
)
def test_the_first_rule_for_the_reason_the_status_and_the_day_decides(
    reason: Reason, status: Status, on: date, place: int | None
) -> None:
    assert rule_for(RULES, reason, status, on) == place


def test_without_rules_nothing_is_decided() -> None:
    assert rule_for((), Reason.DEATH, Status.RETIRED, DAY) is None


@pytest.mark.parametrize(
    ("money", "held", "credited_before", "taken"),
    [
        (AllMoney(), 120_050, None, 120_050),
        (AllMoney(), 0, None, 0),
        (AllMoney(), -300, None, 0),
        (NoMoney(), 120_050, None, 0),
        (BEFORE_REFORM, 120_050, 80_000, 80_000),
        (BEFORE_REFORM, 120_050, 120_051, 120_050),
        (BEFORE_REFORM, 120_050, 0, 0),
        (BEFORE_REFORM, 120_050, None, None),
        (BEFORE_REFORM, 0, None, 0),
        (BEFORE_REFORM, -300, 80_000, 0),
        (ShareOfBalance(Fraction(7, 10)), 120_050, None, 84_035),
        (ShareOfBalance(Fraction(1, 2)), 101, None, 51),  # 50.5 fen
        (ShareOfBalance(Fraction(1, 3)), 100, None, 33),
        (ShareOfBalance(Fraction(1)), 101, None, 101),
        (ShareOfBalance(Fraction(7, 10)), -300, None, 0),
    ],
)
def test_no_more_may_be_taken_than_the_rule_names_and_the_account_holds(
    money: Money, held: int, credited_before: int | None, taken: int | None
) -> None:
    assert payable(money, held, credited_before) == taken


STOPS = ClosingRule(
    (Reason.STOPS,), allowed=False, source=("law",), money=NoMoney(), pays_to="nobody", account="stays"
)
TRANSFER = ClosingRule(
    (Reason.TRANSFER_OUT,),
    allowed=True,
    source=("law",),
    pays_to="new_account",
    account="closes",
    advance="taken_back",
)
WITHDRAWAL = ClosingRule(
    (Reason.WITHDRAWAL,),
    allowed=True,
    source=("law",),
    money=BEFORE_REFORM,
    pays_to="member",
    account="stays",
)
DEATH = ClosingRule((Reason.DEATH,), allowed=True, source=("law",), pays_to="heir", account="closes")
ABROAD = ClosingRule((Reason.EMIGRATION,), allowed=True, source=("law",), pays_to="member", account="closes")
REFUSED = ClosingRule((Reason.RECEIVER_REFUSES,), allowed=True, source=("law",))
IN_PART = ClosingRule(
    (Reason.LEAVES_SCHEME,),
    allowed=True,
    source=("law",),
    money=ShareOfBalance(Fraction(7, 10)),
    pays_to="member",
    account="closes",
    advance="kept",
)
ILL = ClosingRule((Reason.SERIOUS_ILLNESS,), allowed=True, source=("law",), pays_to="member", account="stays")
EMPTY = ClosingRule((Reason.LONG_TERM_AWAY,), allowed=True, source=("law",), money=NoMoney(), account="stays")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (STOPS, "credits_stop fund_stops nothing_paid balance_usable account_stays"),
        (
            TRANSFER,
            "credits_stop insured_there advance_taken_back to_new_account account_closes",
        ),
        (WITHDRAWAL, "paid_to_member rest_usable account_stays"),
        (DEATH, "credits_stop paid_to_heir to_fund_without_heir account_closes"),
        (ABROAD, "credits_stop fund_stops paid_to_member account_closes"),
        (REFUSED, "credits_stop insured_there payee_unknown account_unknown"),
        (IN_PART, "credits_stop fund_stops advance_kept paid_to_member rest_unknown account_closes"),
        (ILL, "paid_to_member account_stays"),
        (EMPTY, "nothing_paid balance_usable account_stays"),
    ],
)
def test_what_follows_is_told_by_the_rule(rule: ClosingRule, told: str) -> None:
    assert " ".join(follows(rule, rule.reason[0])) == told


@pytest.mark.parametrize(
    ("allowed", "reason", "told"),
    [
        (False, Reason.TRANSFER_OUT, "nothing_paid balance_usable account_stays"),
        ("unknown", Reason.DEATH, "credits_stop ask_office"),
        ("unknown", Reason.LEAVES_SCHEME, "ask_office"),
        ("unknown", Reason.STOPS, "credits_stop fund_stops ask_office"),
    ],
)
def test_where_it_is_refused_or_not_known_no_money_and_no_end_of_cover_is_promised(
    allowed: bool | Literal["unknown"], reason: Reason, told: str
) -> None:
    rule = ClosingRule((reason,), allowed=allowed, source=("law",), pays_to="member", account="stays")
    assert " ".join(follows(rule, reason)) == told


def test_one_rule_for_several_reasons_tells_each_what_concerns_it() -> None:
    rule = ClosingRule(
        (Reason.EMIGRATION, Reason.LONG_TERM_AWAY), allowed=True, source=("law",), pays_to="member"
    )
    assert Consequence.FUND_STOPS in follows(rule, Reason.EMIGRATION)
    assert Consequence.FUND_STOPS not in follows(rule, Reason.LONG_TERM_AWAY)


def test_without_a_rule_the_office_must_be_asked() -> None:
    assert follows(None, Reason.DEATH) == (Consequence.ASK_OFFICE,)
