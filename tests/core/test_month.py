from datetime import date

import pytest

from service.core.month import day_in, days_in, month_of_day, month_text, parse_day, parse_month


def test_a_month_is_counted_so_that_spans_are_ranges() -> None:
    assert parse_month("2026-01") - parse_month("2025-11") == 2
    assert [month_text(m) for m in range(parse_month("2025-12"), parse_month("2026-02") + 1)] == [
        "2025-12",
        "2026-01",
        "2026-02",
    ]


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-01", "2026/01", "3026-01", "2026-01-01"]
)
def test_what_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_month(text)


@pytest.mark.parametrize("text", ["2025-02-29", "2025-04-31", "2025-4-1", "2025-01-00"])
def test_a_day_that_the_calendar_lacks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_day(text)


def test_a_day_that_a_month_is_too_short_for_is_its_last() -> None:
    february = parse_month("2024-02")
    assert days_in(february) == 29
    assert day_in(february, 31) == date(2024, 2, 29)
    assert month_of_day(date(2024, 2, 29)) == february
