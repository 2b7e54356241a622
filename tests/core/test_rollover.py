from service.core.account import Bucket
from service.core.month import parse_month
from service.core.rollover import Above, All, Merge, RolloverRule, roll_over

SOURCE = ("notice",)
CURRENT, PRIOR, HEALTH = Bucket.CURRENT_YEAR, Bucket.PRIOR_YEARS, Bucket.HEALTH
JANUARY = parse_month("2023-01")


def after(
    rules: list[RolloverRule], *held: int, month: int = JANUARY, starts: bool = True
) -> tuple[int, ...]:
    balance = dict(zip((CURRENT, PRIOR, HEALTH), held, strict=True))
    for move in roll_over(tuple(rules), month, balance, year_starts=starts):
        balance[move.bucket] -= move.amount
        balance[move.into] += move.amount
    return tuple(balance.values())


def test_everything_becomes_money_of_prior_years_when_a_year_starts() -> None:
    assert after([All(SOURCE)], 700, 50, 0) == (0, 750, 0)


def test_nothing_rolls_over_within_a_year() -> None:
    assert after([All(SOURCE), Above(10, HEALTH, SOURCE)], 700, 50, 0, starts=False) == (700, 50, 0)


def test_what_exceeds_a_sum_goes_to_the_health_account_after_the_rest_was_rolled_over() -> None:
    assert after([All(SOURCE), Above(600, HEALTH, SOURCE)], 700, 50, 1) == (0, 600, 151)


def test_a_balance_below_the_sum_stays() -> None:
    assert after([Above(600, HEALTH, SOURCE)], 0, 599, 1) == (0, 599, 1)


def test_a_merge_happens_on_its_date_whether_a_year_starts_or_not() -> None:
    merge = Merge(JANUARY, HEALTH, PRIOR, SOURCE)
    assert after([merge], 1, 2, 300, starts=False) == (1, 302, 0)
    assert after([merge], 1, 2, 300, month=JANUARY + 1) == (1, 2, 300)


def test_a_negative_balance_is_made_good_as_far_as_the_other_bucket_goes() -> None:
    assert after([All(SOURCE)], -300, 500, 0) == (0, 200, 0)
    assert after([All(SOURCE)], -300, 100, 0) == (-200, 0, 0)
    assert after([All(SOURCE)], -300, -5, 0) == (-300, -5, 0)
