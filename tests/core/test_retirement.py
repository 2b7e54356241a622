import pytest

from service.core.month import month_text, parse_month
from service.core.retirement import RetirementAge, RetirementKind, StatutoryRetirement, statutory

MALE, FEMALE_55, FEMALE_50 = RetirementKind.MALE, RetirementKind.FEMALE_55, RetirementKind.FEMALE_50
RISE = parse_month("2025-01")
RULES = (
    RetirementAge(MALE, RISE, 60, 63, 4, ("decision",)),
    RetirementAge(FEMALE_55, RISE, 55, 58, 4, ("decision",)),
    RetirementAge(FEMALE_50, RISE, 50, 55, 2, ("decision",)),
)


def retires(birth: str, kind: RetirementKind) -> StatutoryRetirement:
    """The statutory retirement of whoever is born in the month."""
    found = statutory(RULES, parse_month(birth), kind)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "birth", "years", "months", "retires_in"),
    [
        (MALE, "1964-12", 60, 0, "2024-12"),
        (MALE, "1965-01", 60, 1, "2025-02"),
        (MALE, "1965-04", 60, 1, "2025-05"),
        (MALE, "1965-05", 60, 2, "2025-07"),
        (MALE, "1972-03", 61, 10, "2034-01"),
        (MALE, "1976-08", 62, 11, "2039-07"),
        (MALE, "1976-09", 63, 0, "2039-09"),
        (MALE, "2004-02", 63, 0, "2067-02"),
        (FEMALE_55, "1969-12", 55, 0, "2024-12"),
        (FEMALE_55, "1970-01", 55, 1, "2025-02"),
        (FEMALE_55, "1973-12", 56, 0, "2029-12"),
        (FEMALE_55, "1974-01", 56, 1, "2030-02"),
        (FEMALE_55, "1981-08", 57, 11, "2039-07"),
        (FEMALE_55, "1981-09", 58, 0, "2039-09"),
        (FEMALE_50, "1974-12", 50, 0, "2024-12"),
        (FEMALE_50, "1975-01", 50, 1, "2025-02"),
        (FEMALE_50, "1975-02", 50, 1, "2025-03"),
        (FEMALE_50, "1975-03", 50, 2, "2025-05"),
        (FEMALE_50, "1984-10", 54, 11, "2039-09"),
        (FEMALE_50, "1984-11", 55, 0, "2039-11"),
    ],
)
def test_the_month_is_that_of_the_official_table(
    kind: RetirementKind, birth: str, years: int, months: int, retires_in: str
) -> None:
    found = retires(birth, kind)
    assert (divmod(found.age, 12), month_text(found.month)) == ((years, months), retires_in)


def test_what_the_month_rests_on_is_told_with_it() -> None:
    # Born in May 1965 he would have retired in May 2025, the fifth month of the rise.
    assert retires("1965-05", MALE) == StatutoryRetirement(
        birth_month=parse_month("1965-05"),
        kind=MALE,
        old_age=720,
        old_month=parse_month("2025-05"),
        delay=2,
        age=722,
        month=parse_month("2025-07"),
        rule=0,
    )
    assert retires("1975-01", FEMALE_50).rule == 2


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.retirement))
def test_whoever_is_born_later_never_retires_earlier_and_the_delay_ends_with_the_rise(
    rule: RetirementAge,
) -> None:
    first = rule.from_ - rule.from_age * 12
    rising = (rule.to_age - rule.from_age) * 12 * rule.step_months
    found = [statutory(RULES, first + later, rule.retirement) for later in range(-2, rising + 3)]
    months = [each.month for each in found if each is not None]
    assert months == sorted(months)
    delays = [each.delay for each in found if each is not None]
    most = (rule.to_age - rule.from_age) * 12
    one_each = [late for late in range(1, most + 1) for _ in range(rule.step_months)]
    assert delays == [0, 0, *one_each, most, most, most]


def test_a_kind_without_a_rule_has_no_retirement_month() -> None:
    assert statutory(RULES[:1], parse_month("1975-01"), FEMALE_50) is None
    assert statutory((), parse_month("1975-01"), MALE) is None
