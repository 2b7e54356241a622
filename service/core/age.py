"""Full years of age, and the day on which a policy counts them."""

from typing import Literal, assert_never

AgeAt = Literal["month", "month_after", "year_start", "previous_year_end", "unknown"]
"""When age counts: reached by the end of the month; from the month after; reached before the first
day of the policy year; by 31 December of the year before the policy year starts."""


def age_at(birth: int, month: int, year_start: int, at: AgeAt) -> int:
    """Full years of age under a policy that counts them `at`; months are month numbers.

    Only the month of birth is known, so a birthday counts as reached at the end of its month.
    """
    match at:
        case "month" | "unknown":
            reached_by = month
        case "month_after":
            reached_by = month - 1
        case "year_start":
            reached_by = year_start - 1
        case "previous_year_end":
            reached_by = year_start - year_start % 12 - 1
        case _:
            assert_never(at)
    return max(0, (reached_by - birth) // 12)
