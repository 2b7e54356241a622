from datetime import date
from fractions import Fraction
from typing import Literal

import pytest

from service.api.v1.leaving_words import FOLLOWS, REASON, consequence_words, why_words
from service.core.closing import (
    AllMoney,
    ClosingRule,
    Consequence,
    CreditedBefore,
    Money,
    NoMoney,
    Reason,
    ShareOfBalance,
)
from tests.docs.reading import CODES, rows, section, text_of

Payee = Literal["member", "new_account", "heir", "nobody", "unknown"]
BEFORE_REFORM = CreditedBefore(date(2022, 9, 1))


def rule(
    *, allowed: bool | Literal["unknown"] = True, money: Money | None = None, pays_to: Payee = "member"
) -> ClosingRule:
    """A rule for every reason."""
    return ClosingRule(tuple(Reason), allowed, ("law",), money=money or AllMoney(), pays_to=pays_to)


def test_every_reason_and_everything_that_follows_has_words() -> None:
    assert set(REASON) == set(Reason)
    assert set(FOLLOWS) == set(Consequence)
    for consequence in Consequence:
        zh, en = consequence_words(consequence, "zh"), consequence_words(consequence, "en")
        assert (zh[-1], en[-1]) == ("。", ".")


def test_the_page_of_codes_tells_what_may_follow() -> None:
    table = rows(section(text_of(CODES), "What follows (后续)"))
    assert [(row[0].strip("`"), row[1] + ".", row[2] + "。") for row in table] == [
        (str(code), text.en, text.zh) for code, text in FOLLOWS.items()
    ]


@pytest.mark.parametrize(
    ("decides", "reason", "zh", "en"),
    [
        (
            rule(pays_to="new_account"),
            Reason.TRANSFER_OUT,
            "跨统筹区转移医保关系：按规定账户的全部余额可以划转。",
            (
                "Insurance moves to another area: under the rules all that the account holds may be moved to "
                "the new account."
            ),
        ),
        (
            rule(money=BEFORE_REFORM),
            Reason.WITHDRAWAL,
            "参保期间支取现金：按规定2022年9月1日前划入、还没有用掉的部分可以支取。",
            (
                "Cash while insured: under the rules what is left of the money credited before "
                "1 September 2022 may be taken out."
            ),
        ),
        (
            rule(money=ShareOfBalance(Fraction(7, 10)), pays_to="unknown"),
            Reason.WITHDRAWAL,
            "参保期间支取现金：按规定账户余额的 70% 可以支取。",
            "Cash while insured: under the rules 70% of what the account holds may be taken out.",
        ),
        (
            rule(pays_to="heir"),
            Reason.DEATH,
            "参保人去世：按规定账户的全部余额可以继承。",
            "Death of the member: under the rules all that the account holds may be inherited.",
        ),
        (
            rule(allowed=False),
            Reason.STOPS,
            "停止缴费：按规定账户的钱不能支取或转出。",
            "Contributions stop: under the rules no money may be taken or moved.",
        ),
        (
            rule(allowed="unknown"),
            Reason.SERIOUS_ILLNESS,
            "患重大疾病：来源没有写明账户的钱能否支取或转出。",
            "Serious illness: no source says whether money may be taken.",
        ),
    ],
)
def test_why_money_may_or_may_not_be_taken_is_said_in_both_languages(
    decides: ClosingRule, reason: Reason, zh: str, en: str
) -> None:
    assert (why_words(decides, reason, "zh"), why_words(decides, reason, "en")) == (zh, en)


def test_without_a_rule_nobody_knows() -> None:
    unknown = rule(allowed="unknown")
    for reason in Reason:
        assert why_words(None, reason, "zh") == why_words(unknown, reason, "zh")


def test_a_rule_that_allows_no_money_says_so() -> None:
    refused = why_words(rule(allowed=False), Reason.EMIGRATION, "en")
    assert why_words(rule(money=NoMoney()), Reason.EMIGRATION, "en") == refused
    assert why_words(rule(pays_to="nobody"), Reason.EMIGRATION, "en") == refused
