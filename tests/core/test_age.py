import pytest

from service.core.age import AgeAt, age_at
from service.core.month import parse_month

BIRTH = parse_month("1955-06")


@pytest.mark.parametrize(
    ("at", "month", "age"),
    [
        ("month", "2025-05", 69),
        ("month", "2025-06", 70),
        ("unknown", "2025-06", 70),
        ("month_after", "2025-06", 69),
        ("month_after", "2025-07", 70),
        ("year_start", "2025-12", 69),
        ("year_start", "2026-01", 70),
        ("previous_year_end", "2025-12", 69),
        ("previous_year_end", "2026-01", 70),
    ],
)
def test_age_counts_when_the_policy_says(at: AgeAt, month: str, age: int) -> None:
    year_start = parse_month(month[:4] + "-01")
    assert age_at(BIRTH, parse_month(month), year_start, at) == age


def test_a_policy_year_from_july_looks_at_its_own_first_day_or_at_new_year() -> None:
    july = parse_month("2025-07")
    assert age_at(BIRTH, parse_month("2026-03"), july, "year_start") == 70
    assert age_at(BIRTH, parse_month("2026-03"), july, "previous_year_end") == 69


def test_a_birthday_in_the_first_month_of_the_policy_year_counts_from_the_next() -> None:
    july = parse_month("2025-07")
    assert age_at(parse_month("1955-07"), parse_month("2026-06"), july, "year_start") == 69


def test_nobody_is_younger_than_nothing() -> None:
    assert age_at(parse_month("2030-01"), parse_month("2025-01"), parse_month("2025-01"), "month") == 0
