"""What the pooling fund pays of a bill: every kind of step, every branch, and the published cases."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from service.core.account import Bucket
from service.core.age import AgeAt
from service.core.bill import (
    BillRule,
    Cap,
    Deductible,
    Ratio,
    Reimbursed,
    Scope,
    category_of,
    counter,
    looks_back,
    rule_for,
    series_of_bills,
)
from service.core.expense import Bill, Category, Item, ItemClass, Setting, Tier
from service.core.gate import Line
from service.core.member import Member, Spell, Status
from service.core.money import parse_yuan, yuan
from service.core.reimbursement import declared, reimburse, uninsured
from service.core.who import Who

OUTPATIENT, INPATIENT, PHARMACY = Setting.OUTPATIENT, Setting.INPATIENT, Setting.PHARMACY
EMPLOYED, RETIRED = Who((Status.EMPLOYED,)), Who((Status.RETIRED,))
HIGHER = (Tier.THREE, Tier.THREE_SPECIALIST, Tier.THREE_TOP)


def rule(*ratios: Ratio, settings: tuple[Setting, ...] = (OUTPATIENT,), **more: Any) -> BillRule:
    spans = {"deductible_per": "year"} | more
    return BillRule(spans.pop("who", EMPLOYED), settings, ratios, ("notice",), **spans)


def ratio(share: str, *tier: Tier, **more: Any) -> Ratio:
    bounds: dict[str, Any] = {
        name: parse_yuan(more.pop(name)) for name in ("above", "up_to", "item_most") if name in more
    }
    return Ratio(Fraction(share), tier, **bounds, **more)


def deductible(amount: str, *tier: Tier) -> Deductible:
    return Deductible(parse_yuan(amount), tier)


def cap(amount: str, **more: Any) -> Cap:
    return Cap(Line(parse_yuan(amount)), **more)


def bill(
    in_scope: str, tier: Tier | None = None, *, setting: Setting = OUTPATIENT, b: str = "0", out: str = "0"
) -> Bill:
    scope, copay, self_pay = parse_yuan(in_scope), parse_yuan(b), parse_yuan(out)
    return Bill(scope + copay + self_pay, scope, copay, self_pay, setting, tier)


def itemised(*items: tuple[ItemClass, str] | tuple[ItemClass, str, str], b: str = "0") -> Bill:
    made = tuple(Item(name, parse_yuan(amount), *map(parse_yuan, unit)) for name, amount, *unit in items)
    total = sum(item.amount for item in made) + parse_yuan(b)
    return Bill(total, 0, parse_yuan(b), 0, OUTPATIENT, Tier.COMMUNITY, made)


def settled(
    by: BillRule,
    what: Bill,
    used: Mapping[str, int] | None = None,
    lines: Mapping[str, int] | None = None,
    available: str = "0",
) -> Reimbursed:
    return reimburse(by, what, used or {}, lines or {}, parse_yuan(available))


def lines_of(found: Reimbursed) -> list[tuple[str, str, str, str]]:
    """Kind, cost, amount and place of the steps between what the bill is made up of and the fund."""
    frame = {"total", "self_pay", "class_b_copay", "in_scope", "fund", "own_share"}
    return [(s.kind, yuan(s.of), yuan(s.amount), s.rule) for s in found.steps if s.kind not in frame]


def fund(found: Reimbursed) -> str:
    assert found.wants == ()
    return yuan(found.fund)


# Which rule


def found(rules: list[BillRule], status: Status = Status.EMPLOYED, **more: Any) -> int | None:
    def age_of(_: AgeAt) -> int:
        return int(more["age"])

    spell = Spell(0, None, status)
    on = more.get("on", date(2025, 3, 10))
    return rule_for(tuple(rules), Member((spell,)), spell, more.get("setting", OUTPATIENT), on, age_of)


def test_the_first_rule_counts_that_is_for_the_member_and_the_setting() -> None:
    rules = [rule(who=RETIRED), rule(settings=(INPATIENT,)), rule(), rule()]
    assert found(rules) == 2
    assert found(rules, setting=INPATIENT) == 1
    assert found(rules, Status.RETIRED) == 0
    assert found(rules, Status.RESIDENT) is None


def test_a_rule_counts_on_the_days_it_is_in_force_both_included() -> None:
    rules = [rule(to=date(2022, 12, 31)), rule(from_=date(2023, 1, 1), to=date(2023, 12, 31))]
    days = [date(2022, 12, 31), date(2023, 1, 1), date(2023, 12, 31), date(2024, 1, 1)]
    assert [found(rules, on=on) for on in days] == [0, 1, 1, None]


def test_a_rule_counts_for_full_years_of_age_both_included() -> None:
    rules = [rule(to_age=44), rule(from_age=45, to_age=69), rule(from_age=70)]
    assert [found(rules, age=age) for age in (44, 45, 69, 70)] == [0, 1, 1, 2]


def test_age_is_asked_for_only_where_a_rule_that_fits_looks_at_it() -> None:
    asked: list[AgeAt] = []

    def age_of(at: AgeAt) -> int:
        asked.append(at)
        return 50

    rules = (
        rule(from_age=70, who=RETIRED),
        rule(from_age=70, settings=(INPATIENT,)),
        rule(from_age=70, to=date(2020, 1, 1)),
        rule(from_age=70, age_at="year_start"),
        rule(),
        rule(from_age=1),
    )
    spell = Spell(0, None, Status.EMPLOYED)
    assert rule_for(rules, Member((spell,)), spell, OUTPATIENT, date(2025, 3, 10), age_of) == 4
    assert asked == ["year_start"]


# The published cases


def test_wuhan_employed_at_a_first_tier_hospital() -> None:
    by = rule(ratio("0.8", Tier.ONE), deductible=(deductible("700"),), caps=(cap("3500"),))
    answer = settled(by, bill("5000", Tier.ONE))
    assert lines_of(answer) == [
        ("deductible", "5000.00", "700.00", "/deductible/0"),
        ("ratio", "4300.00", "3440.00", "/ratios/0"),
    ]
    assert fund(answer) == "3440.00"
    assert answer.own == ((Category.OUTPATIENT_COPAY, 156000),)


def test_wuhan_retired_at_a_first_tier_hospital() -> None:
    by = rule(ratio("0.84", Tier.ONE), who=RETIRED, deductible=(deductible("500"),), caps=(cap("4000"),))
    answer = settled(by, bill("5000", Tier.ONE))
    assert (fund(answer), answer.own) == ("3780.00", ((Category.OUTPATIENT_COPAY, 122000),))


def test_a_shanghai_stay_in_hospital_with_the_sum_of_the_page_put_right() -> None:
    by = rule(ratio("0.92"), settings=(INPATIENT,), who=RETIRED, deductible=(deductible("700"),))
    answer = settled(by, bill("8088.51", Tier.THREE, setting=INPATIENT, b="501.97"))
    assert answer.steps[0].amount == parse_yuan("8590.48")
    assert lines_of(answer) == [
        ("deductible", "8088.51", "700.00", "/deductible/0"),
        ("ratio", "7388.51", "6797.43", "/ratios/0"),
    ]
    assert fund(answer) == "6797.43"
    assert answer.own == ((Category.INPATIENT_COPAY, 129108), (Category.CLASS_B_COPAY, 50197))


SHANGHAI = rule(
    ratio("0.7", *HIGHER), account_first=(Bucket.CURRENT_YEAR,), deductible=(deductible("500"),), caps=()
)


def test_in_shanghai_the_account_pays_before_the_deductible_and_apart_from_it() -> None:
    answer = settled(SHANGHAI, bill("1000", Tier.THREE), available="300")
    assert lines_of(answer) == [
        ("account_first", "1000.00", "300.00", "/account_first"),
        ("deductible", "700.00", "500.00", "/deductible/0"),
        ("ratio", "200.00", "140.00", "/ratios/0"),
    ]
    assert (answer.first, fund(answer), answer.own) == (
        30000,
        "140.00",
        ((Category.OUTPATIENT_COPAY, 86000),),
    )
    assert answer.used == {
        "bill.outpatient.three.cost": 70000,
        "bill.outpatient.three.deductible": 50000,
        "bill.outpatient.three.fund": 14000,
    }


def test_what_the_account_pays_whole_reaches_neither_the_deductible_nor_the_fund() -> None:
    answer = settled(SHANGHAI, bill("1000", Tier.THREE), available="4000")
    assert lines_of(answer) == [("account_first", "1000.00", "1000.00", "/account_first")]
    assert (answer.first, fund(answer), answer.used) == (100000, "0.00", {})


def test_an_overdrawn_account_pays_nothing_first() -> None:
    assert settled(SHANGHAI, bill("1000", Tier.THREE), available="-5").first == 0


def test_only_a_rule_that_names_buckets_has_the_account_pay_first() -> None:
    assert settled(rule(ratio("0.5")), bill("100"), available="50").first == 0


TIANJIN = rule(
    ratio("0.75", Tier.ONE, up_to="5500"),
    ratio("0.55", *HIGHER, up_to="5500"),
    ratio("0.55", above="5500"),
    deductible=(deductible("800"),),
    bands="cost",
    bands_per="year",
    caps=(cap("9000", counts="cost"),),
)


def test_in_tianjin_the_fund_shares_in_the_cost_up_to_a_cap() -> None:
    answer = settled(TIANJIN, bill("10000", Tier.ONE))
    assert lines_of(answer) == [
        ("deductible", "10000.00", "800.00", "/deductible/0"),
        ("ratio", "4700.00", "3525.00", "/ratios/0"),
        ("ratio", "4500.00", "2475.00", "/ratios/2"),
        ("cap", "1000.00", "-550.00", "/caps/0"),
    ]
    assert fund(answer) == "5450.00"
    assert answer.assumed == ()


def test_bands_and_a_cap_on_cost_go_on_where_the_year_has_got_to() -> None:
    used = {
        "bill.outpatient.any.cost": parse_yuan("5000"),
        "bill.outpatient.any.deductible": parse_yuan("800"),
    }
    answer = settled(TIANJIN, bill("1000", Tier.ONE), used)
    assert lines_of(answer) == [
        ("deductible", "1000.00", "0.00", "/deductible/0"),
        ("ratio", "500.00", "375.00", "/ratios/0"),
        ("ratio", "500.00", "275.00", "/ratios/2"),
    ]
    later = settled(TIANJIN, bill("4000", Tier.ONE), answer.used)
    assert lines_of(later)[1:] == [
        ("ratio", "4000.00", "2200.00", "/ratios/2"),
        ("cap", "1000.00", "-550.00", "/caps/0"),
    ]


YICHANG = (
    ratio("0.88", up_to="3000"),
    ratio("0.9", above="3000", up_to="5000"),
    ratio("0.92", above="5000", up_to="10000"),
    ratio("0.95", above="10000"),
)
YICHANG_SCOPE = (
    Scope((ItemClass.CLASS_B,), Fraction("0.8"), unit_price_up_to=10000),
    Scope((ItemClass.CLASS_B,), Fraction("0.7"), unit_price_above=10000),
    Scope((ItemClass.COSTLY_DRUG,), Fraction("0.7")),
)


def test_in_yichang_a_stay_in_hospital_is_shared_in_by_bands_counted_with_the_deductible() -> None:
    by = rule(*YICHANG, settings=(INPATIENT,), deductible=(deductible("500", Tier.TWO),))
    answer = settled(by, bill("12000", Tier.TWO, setting=INPATIENT), {"bill.inpatient.two.cost": 900000})
    assert lines_of(answer)[1:] == [
        ("ratio", "2500.00", "2200.00", "/ratios/0"),
        ("ratio", "2000.00", "1800.00", "/ratios/1"),
        ("ratio", "5000.00", "4600.00", "/ratios/2"),
        ("ratio", "2000.00", "1900.00", "/ratios/3"),
    ]
    assert (fund(answer), answer.assumed) == ("10500.00", ("assumed_bill_bands",))


def test_bands_may_be_counted_above_the_deductible() -> None:
    by = rule(*YICHANG, deductible=(deductible("500"),), bands="above_deductible", bands_per="visit")
    assert fund(settled(by, bill("12000"))) == "10465.00"  # 2640 + 1800 + 4600 + 1425


def test_bands_above_the_deductible_go_on_through_the_year_without_it() -> None:
    by = rule(*YICHANG, deductible=(deductible("500"),), bands="above_deductible", bands_per="year")
    first = settled(by, bill("3000"))
    assert fund(first) == "2200.00"
    assert fund(settled(by, bill("1000"), first.used)) == "890.00"  # 500 at 88 %, 500 at 90 %


def test_what_the_scope_leaves_of_an_item_is_class_b_copay() -> None:
    by = rule(ratio("0.9"), scope=YICHANG_SCOPE)
    answer = settled(
        by,
        itemised(
            (ItemClass.CLASS_B, "800", "100"),
            (ItemClass.CLASS_B, "1000", "100.01"),
            (ItemClass.COSTLY_DRUG, "100"),
            (ItemClass.CLASS_A, "50"),
            b="7",
        ),
    )
    assert [(s.kind, yuan(s.amount), s.rule) for s in answer.steps] == [
        ("total", "1957.00", ""),
        ("class_b_copay", "497.00", "/scope"),  # 160 + 300 + 30, and 7 besides
        ("in_scope", "1460.00", "/scope"),  # 640 + 700 + 70 + 50
        ("ratio", "1314.00", "/ratios/0"),
        ("fund", "1314.00", ""),
        ("own_share", "643.00", ""),
    ]
    assert answer.own == ((Category.OUTPATIENT_COPAY, 14600), (Category.CLASS_B_COPAY, 49700))


VILLAGE = rule(ratio("0.6"), caps=(cap("10", per="visit"),))


@pytest.mark.parametrize(("cost", "paid"), [("15", "9.00"), ("16.67", "10.00"), ("30", "10.00")])
def test_a_village_clinic_is_paid_up_to_ten_yuan_a_visit(cost: str, paid: str) -> None:
    used = {"bill.outpatient.village.fund": 100000}
    assert fund(settled(VILLAGE, bill(cost, Tier.VILLAGE), used)) == paid


SHENZHEN = rule(
    ratio("0.8", item_class=(ItemClass.CLASS_A,)),
    ratio("0.6", item_class=(ItemClass.CLASS_B,)),
    ratio("0.9", item_class=(ItemClass.TREATMENT,), item_most="120"),
    caps=(cap("1000"),),
)


def test_in_shenzhen_the_fund_pays_at_most_120_yuan_of_one_item() -> None:
    answer = settled(
        SHENZHEN,
        itemised(
            (ItemClass.CLASS_A, "50"),
            (ItemClass.TREATMENT, "200"),
            (ItemClass.CLASS_B, "100"),
            (ItemClass.TREATMENT, "100"),
        ),
    )
    assert lines_of(answer) == [
        ("ratio", "50.00", "40.00", "/ratios/0"),
        ("ratio", "300.00", "270.00", "/ratios/2"),
        ("item_cap", "200.00", "-60.00", "/ratios/2/item_most"),
        ("ratio", "100.00", "60.00", "/ratios/1"),
    ]
    assert fund(answer) == "310.00"


@pytest.mark.parametrize(("price", "paid"), [("130", "117.00"), ("133.33", "120.00"), ("134", "120.00")])
def test_the_most_of_one_item_begins_where_nine_tenths_reach_120(price: str, paid: str) -> None:
    assert fund(settled(SHENZHEN, itemised((ItemClass.TREATMENT, price)))) == paid


KUNMING = rule(
    ratio("0.6", Tier.ONE),
    ratio("0.5", *HIGHER),
    deductible=(deductible("30", Tier.ONE), deductible("90", *HIGHER)),
    deductible_per="visit",
    caps=(cap("6000"),),
    above_cap=Fraction("0.85"),
)


def test_in_kunming_every_visit_has_its_own_deductible() -> None:
    first = settled(KUNMING, bill("100", Tier.ONE))
    again = settled(KUNMING, bill("100", Tier.ONE), first.used)
    assert [fund(first), fund(again)] == ["42.00", "42.00"]
    assert fund(settled(KUNMING, bill("80", Tier.THREE))) == "0.00"


def test_beyond_a_cap_the_fund_may_pay_another_share_outside_it() -> None:
    used = {"bill.outpatient.one.fund": parse_yuan("5900")}
    answer = settled(KUNMING, bill("1000", Tier.THREE), used)
    assert lines_of(answer)[1:] == [
        ("ratio", "910.00", "455.00", "/ratios/1"),
        ("cap", "710.00", "-355.00", "/caps/0"),
        ("above_cap", "710.00", "603.50", "/above_cap"),
    ]
    assert fund(answer) == "703.50"
    assert answer.used["bill.outpatient.three.fund"] == parse_yuan("100")


# Other branches


def test_cost_in_no_band_is_not_shared_in_and_the_answer_says_so() -> None:
    answer = settled(rule(ratio("0.4", up_to="50"), bands="cost", bands_per="visit"), bill("80"))
    assert lines_of(answer) == [
        ("ratio", "50.00", "20.00", "/ratios/0"),
        ("ratio", "30.00", "0.00", "/ratios"),
    ]


def test_a_yearly_deductible_is_met_once_by_all_settings_of_the_rule() -> None:
    by = rule(ratio("0.5"), settings=(OUTPATIENT, PHARMACY), deductible=(deductible("100"),))
    first = settled(by, bill("60", setting=PHARMACY))
    second = settled(by, bill("60", Tier.ONE), first.used)
    third = settled(by, bill("60"), second.used)
    assert [fund(first), fund(second), fund(third)] == ["0.00", "10.00", "30.00"]
    assert first.own == ((Category.PHARMACY, 6000),)


def test_a_deductible_of_a_tier_counts_what_other_tiers_have_used() -> None:
    by = rule(ratio("0.5"), deductible=(deductible("300", Tier.ONE), deductible("1000")))
    first = settled(by, bill("300", Tier.ONE))
    assert fund(settled(by, bill("1000", Tier.THREE), first.used)) == "150.00"


INNER = rule(
    ratio("0.75", Tier.ONE),
    ratio("0.65", Tier.TWO, *HIGHER),
    caps=(
        Cap(Line(series="wage"), Fraction("0.05")),
        Cap(Line(series="wage"), Fraction("0.025"), tier=(Tier.TWO, *HIGHER)),
    ),
)


def test_an_inner_cap_counts_what_the_fund_paid_at_its_tiers_alone() -> None:
    wage = {"wage": parse_yuan("100000")}
    first = settled(INNER, bill("5000", Tier.TWO), lines=wage)
    assert lines_of(first)[-1] == ("cap", "1153.85", "-750.00", "/caps/1")
    assert fund(first) == "2500.00"
    assert fund(settled(INNER, bill("100", Tier.THREE), first.used, wage)) == "0.00"
    second = settled(INNER, bill("4000", Tier.ONE), first.used, wage)
    assert (fund(second), lines_of(second)[-1][3]) == ("2500.00", "/caps/0")


def test_an_inner_cap_on_cost_counts_the_cost_of_its_tiers_alone() -> None:
    by = rule(ratio("0.5"), caps=(cap("100", counts="cost", tier=(Tier.TWO,)),))
    used = {"bill.outpatient.one.cost": 9000, "bill.outpatient.two.cost": 4000}
    assert fund(settled(by, bill("100", Tier.TWO), used)) == "30.00"
    assert fund(settled(by, bill("100", Tier.ONE), used)) == "50.00"


def test_a_cap_on_the_cost_of_a_visit_forgets_the_visits_before() -> None:
    by = rule(ratio("0.5"), caps=(cap("100", counts="cost", per="visit"),))
    assert fund(settled(by, bill("120"), {"bill.outpatient.any.cost": 9000})) == "50.00"


def test_a_cap_on_cost_above_the_deductible_does_not_count_the_deductible() -> None:
    caps = (cap("100", counts="cost"),)
    without = rule(ratio("0.5"), deductible=(deductible("20"),), bands="above_deductible", caps=caps)
    counting = rule(ratio("0.5"), deductible=(deductible("20"),), bands="cost", caps=caps)
    assert fund(settled(without, bill("200"))) == "50.00"
    assert fund(settled(counting, bill("200"))) == "40.00"


def test_caps_on_cost_cut_before_caps_on_the_fund_whatever_their_order() -> None:
    caps = (cap("40"), cap("100", counts="cost"))
    answer = settled(rule(ratio("0.5"), caps=caps, above_cap=Fraction("0.1")), bill("200"))
    assert lines_of(answer)[1:] == [
        ("cap", "100.00", "-50.00", "/caps/1"),
        ("cap", "20.00", "-10.00", "/caps/0"),
        ("above_cap", "20.00", "2.00", "/above_cap"),
    ]


def test_the_fund_is_rounded_once_and_its_steps_add_up() -> None:
    by = rule(ratio("0.5", item_class=(ItemClass.CLASS_A,)), ratio("0.5"))
    answer = settled(by, itemised((ItemClass.CLASS_A, "0.01"), (ItemClass.CLASS_B, "0.01")))
    assert [step.amount for step in answer.steps if step.kind == "ratio"] == [1, 0]
    assert answer.fund == 1
    assert settled(rule(ratio("0.5")), bill("1.01")).fund == 51


def test_a_scope_of_half_a_fen_is_not_lost() -> None:
    by = rule(ratio("1"), scope=(Scope((ItemClass.CLASS_B,), Fraction("0.5")),))
    answer = settled(by, itemised((ItemClass.CLASS_B, "0.01")))
    assert (answer.fund, answer.own) == (1, ())


# What has to be asked for


FUND = (("fund", "unknown_parameter"),)
TIER = (("tier", "fact_required"),)


@pytest.mark.parametrize(
    ("by", "wants"),
    [
        (rule(Ratio("unknown")), FUND),
        (rule(ratio("0.5"), deductible="unknown"), FUND),
        (rule(ratio("0.5"), deductible=(Deductible("unknown"),)), FUND),
        (rule(ratio("0.5"), caps=(cap("5"),), above_cap="unknown"), FUND),
        (rule(ratio("0.5"), caps=(Cap(Line(series="wage")),)), FUND),
        (rule(ratio("0.5", Tier.ONE), ratio("0.4")), TIER),
        (rule(ratio("0.5"), deductible=(deductible("5", Tier.ONE),)), TIER),
        (rule(ratio("0.5"), caps=(cap("5", tier=(Tier.ONE,)),)), TIER),
        (rule(ratio("0.5", item_class=(ItemClass.CLASS_A,)), ratio("0.4")), (("items", "fact_required"),)),
    ],
)
def test_what_a_rule_needs_and_the_bill_does_not_say_is_asked_for(
    by: BillRule, wants: tuple[tuple[str, str], ...]
) -> None:
    used = {"bill.outpatient.any.cost": 5}
    answer = settled(by, bill("100"), used)
    assert (answer.wants, answer.fund, answer.used) == (wants, 0, used)
    assert sum(fen for _, fen in answer.own) == parse_yuan("100")


def test_a_tier_that_no_row_is_for_leaves_the_fund_unknown() -> None:
    assert settled(KUNMING, bill("100", Tier.VILLAGE)).wants == FUND
    assert settled(rule(ratio("0.5", Tier.ONE)), bill("100", Tier.TWO)).wants == FUND


def test_nothing_is_asked_for_that_does_not_matter() -> None:
    within = rule(Ratio("unknown"), deductible=(deductible("100"),), caps="unknown")
    assert fund(settled(within, bill("100"))) == "0.00"
    general_first = rule(ratio("0.5", up_to="100"), ratio("0.4", Tier.ONE, above="100"), bands_per="visit")
    assert fund(settled(general_first, bill("100"))) == "50.00"
    assert settled(general_first, bill("101")).wants == TIER
    free = rule(Ratio("unknown"), deductible="unknown", caps="unknown")
    assert fund(settled(free, bill("0", out="20"))) == "0.00"


def test_a_unit_price_is_asked_for_where_the_scope_looks_at_it() -> None:
    by = rule(ratio("0.9"), scope=YICHANG_SCOPE)
    items = itemised((ItemClass.CLASS_A, "5"), (ItemClass.CLASS_B, "10"))
    assert settled(by, items).wants == (("items/1/unit_price", "fact_required"),)


def test_a_pharmacy_has_no_tier_and_takes_the_row_that_names_none() -> None:
    by = rule(
        ratio("0.8", Tier.ONE),
        ratio("0.6"),
        settings=(OUTPATIENT, PHARMACY),
        caps=(cap("1", tier=(Tier.ONE,)),),
    )
    assert fund(settled(by, bill("100", setting=PHARMACY))) == "60.00"
    assert settled(by, bill("100")).wants == TIER
    tiered = rule(ratio("0.8", Tier.ONE), settings=(PHARMACY,))
    assert settled(tiered, bill("100", setting=PHARMACY)).wants == (("fund", "unknown_parameter"),)
    free = rule(ratio("0.6"), settings=(PHARMACY,), deductible=(deductible("100", Tier.TWO),))
    assert fund(settled(free, bill("100", setting=PHARMACY))) == "60.00"


def test_more_deductible_than_cost_declared_as_used_leaves_the_bill_in_its_first_band() -> None:
    by = rule(ratio("0.5"), bands="above_deductible", bands_per="year")
    assert fund(settled(by, bill("1"), {"bill.outpatient.any.deductible": 50_00})) == "0.50"


# Bills that no rule settles


def test_what_is_printed_on_the_bill_goes_before_any_rule_and_counts_in_the_year() -> None:
    printed = bill("100", Tier.ONE, b="10", out="5")
    answer = declared(Bill(*printed_fields(printed), fund=6000), {"bill.outpatient.one.cost": 1})
    assert [(s.kind, yuan(s.of), yuan(s.amount)) for s in answer.steps] == [
        ("total", "115.00", "115.00"),
        ("self_pay", "115.00", "5.00"),
        ("class_b_copay", "115.00", "10.00"),
        ("in_scope", "115.00", "100.00"),
        ("declared_fund", "100.00", "60.00"),
        ("own_share", "115.00", "55.00"),
    ]
    assert answer.used == {"bill.outpatient.one.cost": 10001, "bill.outpatient.one.fund": 6000}
    assert answer.own == (
        (Category.OUTPATIENT_COPAY, 4000),
        (Category.CLASS_B_COPAY, 1000),
        (Category.SELF_PAY, 500),
    )


def printed_fields(of: Bill) -> tuple[int, int, int, int, Setting, Tier | None, tuple[Item, ...]]:
    return of.total, of.in_scope, of.class_b_copay, of.self_pay, of.setting, of.tier, of.items


def test_a_printed_part_beyond_the_scope_is_taken_from_the_other_shares() -> None:
    answer = declared(Bill(*printed_fields(bill("100", b="10", out="5")), fund=10800), {})
    assert answer.own == ((Category.CLASS_B_COPAY, 200), (Category.SELF_PAY, 500))


def test_of_an_itemised_bill_without_a_rule_everything_is_in_scope() -> None:
    items = itemised((ItemClass.CLASS_B, "10"), (ItemClass.CLASS_A, "5"), b="1")
    assert declared(Bill(*printed_fields(items), fund=1200), {}).own == (
        (Category.OUTPATIENT_COPAY, 300),
        (Category.CLASS_B_COPAY, 100),
    )


def test_without_a_fund_the_bill_is_the_persons_own_and_does_not_count() -> None:
    used = {"bill.inpatient.any.cost": 7}
    answer = uninsured(bill("100", setting=INPATIENT, out="5"), used)
    assert [step.kind for step in answer.steps] == ["total", "self_pay", "in_scope", "no_fund", "own_share"]
    assert answer.own == ((Category.INPATIENT_COPAY, 10000), (Category.SELF_PAY, 500))
    assert (answer.fund, answer.used) == (0, used)


# Words that callers use


def test_the_keys_of_the_counters() -> None:
    assert counter(OUTPATIENT, Tier.THREE_TOP, "cost") == "bill.outpatient.three_top.cost"
    assert counter(PHARMACY, None, "deductible") == "bill.pharmacy.any.deductible"


def test_the_share_of_each_setting_is_an_expense_of_its_own_category() -> None:
    assert [category_of(setting) for setting in Setting] == [
        Category.OUTPATIENT_COPAY,
        Category.INPATIENT_COPAY,
        Category.PHARMACY,
    ]


def test_the_series_that_caps_ask_for() -> None:
    assert series_of_bills(INNER) == ["wage", "wage"]
    assert series_of_bills(TIANJIN) == series_of_bills(rule(caps="unknown")) == []


@pytest.mark.parametrize(
    ("by", "looks"),
    [
        (rule(ratio("0.5")), False),
        (rule(ratio("0.5"), caps="unknown"), False),
        (rule(ratio("0.5"), deductible=(deductible("5"),)), True),
        (rule(ratio("0.5"), deductible=(deductible("5"),), deductible_per="visit"), False),
        (rule(ratio("0.5"), caps=(cap("5"),)), True),
        (rule(ratio("0.5"), caps=(cap("5", per="visit"),)), False),
        (rule(ratio("0.5", up_to="5"), bands_per="year"), True),
        (rule(ratio("0.5", up_to="5"), bands_per="visit"), False),
        (rule(ratio("0.5", up_to="5")), True),
        (rule(ratio("0.5", up_to="5"), settings=(INPATIENT,)), False),
    ],
)
def test_whether_a_rule_looks_at_what_the_year_has_used(by: BillRule, looks: bool) -> None:
    assert looks_back(by) is looks


@pytest.mark.parametrize(
    ("by", "assumed"),
    [
        (rule(ratio("0.5", up_to="5")), ("assumed_bill_bands",)),
        (rule(ratio("0.5", up_to="5"), bands_per="year"), ()),  # nothing to count with or without
        (
            rule(ratio("0.5", up_to="5"), bands_per="year", deductible=(deductible("1"),)),
            ("assumed_bill_bands",),
        ),
        (rule(ratio("0.5"), deductible=(deductible("1"),)), ()),
        (
            rule(ratio("0.5"), deductible=(deductible("1"),), caps=(cap("5", counts="cost"),)),
            ("assumed_bill_bands",),
        ),
        (
            rule(ratio("0.5"), deductible=(deductible("1"),), deductible_per="unknown"),
            ("assumed_bill_deductible",),
        ),
        (rule(ratio("0.5"), caps="unknown"), ("assumed_no_cap",)),
    ],
)
def test_what_no_source_says_is_told(by: BillRule, assumed: tuple[str, ...]) -> None:
    assert settled(by, bill("3")).assumed == assumed
