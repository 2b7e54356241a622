from datetime import date

from service.core.account import Bucket
from service.core.expense import Category
from service.core.gate import Above, Choice, Choices, Gate, Line, Reserve, TotalAbove, YearlyCap
from service.core.payment import Draw, PaymentRule, pay

CURRENT, PRIOR = Bucket.CURRENT_YEAR, Bucket.PRIOR_YEARS
DAY = date(2025, 3, 10)


def rule(
    *gates: Gate, order: tuple[Bucket, ...] = (CURRENT, PRIOR), until: date | None = None
) -> PaymentRule:
    return PaymentRule((Category.PHARMACY,), order, ("notice",), gates, to=until)


def paid(
    rules: list[PaymentRule],
    amount: int,
    current: int = 0,
    prior: int = 0,
    *,
    used: dict[int, int] | None = None,
    lines: dict[str, int] | None = None,
    category: str = "pharmacy",
) -> Draw:
    held = {CURRENT: current, PRIOR: prior}
    return pay(tuple(rules), DAY, category, amount, held, used or {}, lines or {})


def test_the_buckets_pay_in_the_order_of_the_policy() -> None:
    assert paid([rule()], 120, 100, 50).draws == ((CURRENT, 100), (PRIOR, 20))
    assert paid([rule(order=(PRIOR, CURRENT))], 120, 100, 50).draws == ((PRIOR, 50), (CURRENT, 70))


def test_what_the_account_cannot_pay_is_cash_and_it_is_said_that_it_is_used_up() -> None:
    assert paid([rule()], 120, 100, 0) == Draw(((CURRENT, 100),), 20, 0, "used_up")


def test_a_negative_balance_pays_nothing_and_takes_nothing() -> None:
    assert paid([rule()], 120, -100, 50) == Draw(((PRIOR, 50),), 70, 0, "used_up")


def test_a_category_without_a_rule_is_paid_in_cash() -> None:
    assert paid([rule()], 120, 500, category="fitness") == Draw((), 120, None, "category_not_payable")


def test_only_money_of_prior_years_may_pay_where_the_rule_says_so() -> None:
    assert paid([rule(order=(PRIOR,))], 120, 500, 20) == Draw(((PRIOR, 20),), 100, 0, "prior_years_only")


def test_only_what_a_bucket_holds_above_a_line_may_pay() -> None:
    gate = Above(PRIOR, Line(amount=1000))
    assert paid([rule(gate, order=(PRIOR,))], 300, prior=1200) == Draw(
        ((PRIOR, 200),), 100, 0, "gate_not_met"
    )
    assert paid([rule(gate, order=(PRIOR,))], 300, prior=1000).draws == ()


def test_only_what_the_whole_account_holds_above_a_line_may_pay() -> None:
    assert paid([rule(TotalAbove(Line(amount=1000)))], 300, 900, 250).draws == ((CURRENT, 150),)


def test_a_published_line_is_looked_up_and_one_that_nobody_published_stays_shut() -> None:
    gate = TotalAbove(Line(series="line"))
    assert paid([rule(gate)], 300, 1200, lines={"line": 1000}).draws == ((CURRENT, 200),)
    assert paid([rule(gate)], 300, 1200) == Draw((), 300, 0, "gate_not_met")


def test_a_reserve_opens_above_one_sum_and_keeps_another() -> None:
    gate = Reserve(PRIOR, above=3000, keep=2000, cost_at_least=100)
    assert paid([rule(gate, order=(PRIOR,))], 1500, prior=3001).draws == ((PRIOR, 1001),)
    assert paid([rule(gate, order=(PRIOR,))], 1500, prior=3000).draws == ()
    assert paid([rule(gate, order=(PRIOR,))], 99, prior=9000).draws == ()


def test_a_yearly_cap_counts_what_the_rule_has_paid_before() -> None:
    capped = [rule(), rule(YearlyCap(500))]
    assert paid(capped[1:], 400, 900).draws == ((CURRENT, 400),)
    assert paid(capped[1:], 400, 900, used={0: 200}) == Draw(((CURRENT, 300),), 100, 0, "gate_not_met")
    assert paid(capped[1:], 400, 900, used={0: 500}).draws == ()
    assert paid(capped, 400, 900, used={1: 500}).draws == ((CURRENT, 400),)


def test_an_amount_must_be_one_of_those_offered_for_the_balance() -> None:
    gate = Choices(PRIOR, (Choice(0, (100,)), Choice(1000, (100, 200))))
    offered = [rule(gate, order=(PRIOR,))]
    assert paid(offered, 200, prior=1000).draws == ((PRIOR, 200),)
    assert paid(offered, 200, prior=999).draws == ()
    assert paid(offered, 150, prior=5000).draws == ()


def test_the_narrowest_of_several_gates_counts() -> None:
    gates = (YearlyCap(500), TotalAbove(Line(amount=1000)))
    assert paid([rule(*gates)], 900, 1300).draws == ((CURRENT, 300),)
    assert paid([rule(*gates)], 900, 5000).draws == ((CURRENT, 500),)


def test_a_rule_that_has_ended_leaves_the_category_to_the_next() -> None:
    ended, next_ = rule(until=date(2025, 3, 9)), rule(order=(PRIOR,))
    assert paid([ended, next_], 100, 500, 500).draws == ((PRIOR, 100),)
    assert paid([rule(until=DAY), next_], 100, 500, 500).draws == ((CURRENT, 100),)
