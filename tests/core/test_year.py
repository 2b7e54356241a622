from service.core.month import month_text, parse_month
from service.core.year import Calendar, Listed, PolicyYear, Range, UnknownYears, Yearly, Years, policy_year

SOURCE = ("notice",)
SHANGHAI = Listed((Range(parse_month("2019-04"), parse_month("2020-06")),), SOURCE)  # 15 months


def year(years: Years, month: str) -> tuple[str, str]:
    found = policy_year(years, parse_month(month))
    return month_text(found.start), month_text(found.end)


def test_a_calendar_year_goes_from_january_to_december() -> None:
    assert year(Calendar(SOURCE), "2025-01") == ("2025-01", "2025-12")
    assert year(Calendar(SOURCE), "2025-12") == ("2025-01", "2025-12")


def test_the_calendar_year_is_assumed_where_no_source_speaks() -> None:
    assert year(UnknownYears(), "2025-07") == ("2025-01", "2025-12")


def test_a_year_from_july_goes_to_june() -> None:
    july = Yearly(7, SOURCE)
    assert year(july, "2025-06") == ("2024-07", "2025-06")
    assert year(july, "2025-07") == ("2025-07", "2026-06")


def test_a_year_of_fifteen_months_ends_where_it_was_published_to_end() -> None:
    assert year(SHANGHAI, "2020-06") == ("2019-04", "2020-06")
    assert policy_year(SHANGHAI, parse_month("2019-05")).months == 15


def test_after_the_last_published_year_years_of_twelve_months_follow() -> None:
    assert year(SHANGHAI, "2020-07") == ("2020-07", "2021-06")
    assert year(SHANGHAI, "2023-01") == ("2022-07", "2023-06")


def test_before_the_first_published_year_they_begin_in_its_month() -> None:
    assert year(SHANGHAI, "2019-03") == ("2018-04", "2019-03")


def test_a_policy_year_knows_its_length() -> None:
    assert PolicyYear(10, 17).months == 8
