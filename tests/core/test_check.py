"""What keeps a document of the right shape from being published."""

from typing import Any

import pytest

from service.core.check import check, grade_of
from service.core.source import Grade
from service.store.documents import read
from tests.core.making import ALL_ROLLS_OVER, NO_INTEREST, SOURCE, Document, fixed, national, policy, rule

IF_UNSPENT = {"kind": "if_unspent", "term": "one_year", "otherwise": "unknown"}

DEDUCTION = {
    "name": {"zh": "代扣", "en": "premium"},
    "who": {"status": ["employed"]},
    "amount": fixed("1"),
    "taken_from": "credit",
    "source": SOURCE,
}


def faults(document: Document) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in check(read(document))]


def by_age(*bands: Document) -> Document:
    return policy(credits=[rule({"kind": "by_age", "at": "month", "bands": list(bands)})])


def band(**bounds: int) -> Document:
    return {"amount": fixed("1")} | {name.rstrip("_"): age for name, age in bounds.items()}


def paying(**rule_: Any) -> Document:
    return policy(payments=[{"category": ["pharmacy"], "order": ["current_year"], "source": SOURCE} | rule_])


def years(*ranges: tuple[str, str]) -> Document:
    listed = [{"from": first, "to": last} for first, last in ranges]
    return policy(years={"kind": "listed", "ranges": listed, "source": SOURCE})


def bounded(*rows: Document) -> Document:
    return policy(
        base={"kind": "own_month", "source": SOURCE, "bounds": [row | {"source": SOURCE} for row in rows]}
    )


def advanced(**buckets: str) -> Document:
    return policy(credits=[rule(fixed("1"), posting={"kind": "advance"} | buckets)])


def billed(**bill: Any) -> Document:
    """A policy with a sound bill rule, changed."""
    sound = {
        "who": {"status": ["employed"]},
        "settings": ["outpatient"],
        "ratios": [{"ratio": "0.9", "tier": ["one"]}, {"ratio": "0.8"}],
        "source": SOURCE,
    }
    return policy(bills=[sound | bill])


def ratios(*rows: Document) -> Document:
    return billed(ratios=[{"ratio": "0.8"} | row for row in rows])


def scope(*lines: Document) -> Document:
    return billed(scope=[{"item_class": ["class_b"], "share": "0.8"} | line for line in lines])


def capped(**cap: Any) -> Document:
    return billed(caps=[{"line": {"amount": "1000"}} | cap])


def shared(kind: str = "till", **rule_: Any) -> Document:
    sound: Document = {
        "kind": kind,
        "relations": ["parent"],
        "category": ["pharmacy"],
        "order": ["current_year"],
        "source": SOURCE,
    }
    if kind == "wallet":
        sound |= {"transfer_most": "2000", "transfers_a_day": 3, "closed_from": 22, "closed_to": 6}
    return policy(family=[sound | rule_])


def closed(**rule_: Any) -> Document:
    return policy(closing=[{"reason": ["death"], "allowed": True, "source": SOURCE} | rule_])


def required(*rows: Document) -> Document:
    return policy(minimum_years=[{"male": 30, "female": 25, "source": SOURCE} | row for row in rows])


def retiring(**rule_: Any) -> Document:
    sound = {"from": "2025-01", "from_age": 60, "to_age": 63, "step_months": 4, "source": SOURCE}
    return national(retirement=[sound | {"retirement": "male"} | rule_])


DATES_REVERSED = {"from": "2021-01-01", "to": "2020-12-31"}


def test_the_documents_of_these_tests_are_sound() -> None:
    for document in (
        billed(),
        capped(tier=["one"]),
        shared(),
        shared("wallet"),
        shared("quota"),
        closed(),
        required({}, {"from": "2030-01"}),
        retiring(),
    ):
        assert faults(document) == []
    assert faults(policy()) == []
    assert faults(national()) == []


UNSOUND: list[tuple[Document, tuple[str, str]]] = [
    (
        policy(effective={"from": "2020-01-02", "to": "2020-01-01"}),
        ("/effective/to", "ends_before_it_begins"),
    ),
    (policy(credits=[rule(fixed("1"), source=[])]), ("/credits/0/source", "source_required")),
    (policy(credits=[rule(fixed("1"), source=["memory"])]), ("/credits/0/source/0", "source_not_listed")),
    (by_age(), ("/credits/0/amount/bands", "bands_required")),
    (by_age(band(from_=1)), ("/credits/0/amount/bands/0/from", "first_band_must_be_open")),
    (by_age(band(to=69)), ("/credits/0/amount/bands/0/to", "last_band_must_be_open")),
    (by_age(band(to=69), band(from_=71)), ("/credits/0/amount/bands/1/from", "bands_must_follow")),
    (by_age(band(), band(from_=70)), ("/credits/0/amount/bands/1/from", "bands_must_follow")),
    (years(), ("/years/ranges", "ranges_required")),
    (years(("2020-02", "2020-01")), ("/years/ranges/0/to", "ends_before_it_begins")),
    (
        years(("2020-01", "2020-12"), ("2021-02", "2021-12")),
        ("/years/ranges/1/from", "ranges_must_follow"),
    ),
    (
        policy(credits=[rule({"kind": "published", "series": "wage"})]),
        ("/credits/0/amount/series", "series_not_listed"),
    ),
    (
        policy(credits=[rule({"kind": "contribution", "part": "own"})]),
        ("/credits/0/amount", "contribution_rates_missing"),
    ),
    (
        policy(credits=[rule({"kind": "larger_of", "of": []})]),
        ("/credits/0/amount/of", "amounts_required"),
    ),
    (policy(credits=[rule({"kind": "sum", "of": []})]), ("/credits/0/amount/of", "amounts_required")),
    (
        paying(gates=[{"kind": "total_above", "line": {}}]),
        ("/payments/0/gates/0/line", "line_amount_or_series"),
    ),
    (
        paying(gates=[{"kind": "total_above", "line": {"amount": "1", "series": "wage"}}]),
        ("/payments/0/gates/0/line", "line_amount_or_series"),
    ),
    (paying(order=["health"]), ("/payments/0/order/0", "bucket_not_listed")),
    (advanced(excess_from="health"), ("/credits/0/posting/excess_from", "bucket_not_listed")),
    (
        policy(rollover=[{"kind": "above", "keep": "1", "into": "health", "source": SOURCE}]),
        ("/rollover/0/into", "bucket_not_listed"),
    ),
    (
        policy(extras=[rule(fixed("1"), posting={"kind": "advance"})]),
        ("/extras/0/posting", "extras_are_not_advanced"),
    ),
    (
        bounded({"from": "2020-07", "floor": "2"}, {"from": "2020-07", "floor": "3"}),
        ("/base/bounds/1/from", "rows_must_follow"),
    ),
    (
        bounded({"from": "2020-07", "to": "2020-06", "floor": "2"}),
        ("/base/bounds/0/to", "ends_before_it_begins"),
    ),
    (
        bounded({"from": "2020-07", "floor": "3", "ceiling": "2"}),
        ("/base/bounds/0/floor", "floor_above_ceiling"),
    ),
    (
        policy(interest=NO_INTEREST | {"current_year": IF_UNSPENT}),
        ("/interest/current_year", "if_unspent_is_for_prior_years"),
    ),
    (
        policy(years={"kind": "yearly", "month": 13, "source": SOURCE}),
        ("/years/month", "number_out_of_range"),
    ),
    (
        policy(credits=[rule(fixed("1"), posting={"kind": "monthly", "day": 1, "lag_months": -1})]),
        ("/credits/0/posting/lag_months", "number_out_of_range"),
    ),
    (national(posting_day=31), ("/posting_day", "number_out_of_range")),
    (
        national(
            deposit_rates=list(
                reversed(
                    [
                        {"from": day, "term": "demand", "rate": "0.01", "source": SOURCE}
                        for day in ("2020-01-01", "2021-01-01")
                    ]
                )
            )
        ),
        ("/deposit_rates/1/from", "rows_must_follow"),
    ),
    (policy(attested={"from": "2020-01-01"}), ("/attested/to", "attestation_required")),
    (
        policy(effective={"from": "unknown", "to": "2020-01-01"}, attested={}),
        ("/attested/from", "attestation_required"),
    ),
    (
        policy(attested={"from": "2021-01-01", "to": "2020-12-31"}),
        ("/attested/to", "ends_before_it_begins"),
    ),
    (paying(**{"from": "2021-01-01", "to": "2020-12-31"}), ("/payments/0/to", "ends_before_it_begins")),
    (
        policy(rollover=[ALL_ROLLS_OVER | {"into": "current_year"}]),
        ("/rollover/0/into", "rolls_into_itself"),
    ),
    (
        paying(gates=[{"kind": "choices", "bucket": "current_year", "steps": []}]),
        ("/payments/0/gates/0/steps", "steps_must_rise"),
    ),
    (
        paying(gates=[{"kind": "total_above", "line": {"series": "wage"}}]),
        ("/payments/0/gates/0/line/series", "series_not_listed"),
    ),
    (
        advanced() | {"deductions": [DEDUCTION]},
        ("/deductions/0/taken_from", "deduction_from_advance"),
    ),
    (billed(ratios=[]), ("/bills/0/ratios", "ratios_required")),
    (
        ratios({"up_to": "100"}, {"above": "200"}),
        ("/bills/0/ratios/1/above", "cost_bands_must_follow"),
    ),
    (
        ratios({"up_to": "200"}, {"above": "100"}),
        ("/bills/0/ratios/1/above", "cost_bands_must_follow"),
    ),
    (ratios({"above": "100"}, {"up_to": "100"}), ("/bills/0/ratios/1/above", "cost_bands_must_follow")),
    (
        ratios({"tier": ["one"]}, {"tier": ["two"]}, {"tier": ["one"]}),
        ("/bills/0/ratios/2/above", "cost_bands_must_follow"),
    ),
    (
        ratios({"above": "200", "up_to": "200"}),
        ("/bills/0/ratios/0/up_to", "ends_before_it_begins"),
    ),
    (ratios({}, {"tier": ["one"]}), ("/bills/0/ratios/0", "general_row_must_be_last")),
    (
        billed(deductible=[{"amount": "5"}, {"amount": "3", "tier": ["one"]}]),
        ("/bills/0/deductible/0", "general_row_must_be_last"),
    ),
    (
        billed(deductible=[{"amount": "3", "tier": ["three"]}], ratios=[{"ratio": "0.9", "tier": ["one"]}]),
        ("/bills/0/deductible/0/tier/0", "tier_without_ratio"),
    ),
    (
        billed(
            caps=[{"line": {"amount": "1"}, "tier": ["one", "two"]}],
            ratios=[{"ratio": "0.9", "tier": ["one"]}],
        ),
        ("/bills/0/caps/0/tier/1", "tier_without_ratio"),
    ),
    (
        scope({"unit_price_up_to": "100"}, {"unit_price_above": "120"}),
        ("/bills/0/scope/1/unit_price_above", "cost_bands_must_follow"),
    ),
    (
        scope({"unit_price_above": "100", "unit_price_up_to": "90"}),
        ("/bills/0/scope/0/unit_price_up_to", "ends_before_it_begins"),
    ),
    (capped(line={"series": "wage"}), ("/bills/0/caps/0/line/series", "series_not_listed")),
    (capped(line={}), ("/bills/0/caps/0/line", "line_amount_or_series")),
    (billed(above_cap="0.8"), ("/bills/0/above_cap", "above_cap_without_cap")),
    (
        billed(caps=[{"line": {"amount": "1"}, "counts": "cost"}], above_cap="0.8"),
        ("/bills/0/above_cap", "above_cap_without_cap"),
    ),
    (billed(account_first=["health"]), ("/bills/0/account_first/0", "bucket_not_listed")),
    (billed(**DATES_REVERSED), ("/bills/0/to", "ends_before_it_begins")),
    (billed(from_age=70, to_age=69), ("/bills/0/to_age", "ends_before_it_begins")),
    (shared(**DATES_REVERSED), ("/family/0/to", "ends_before_it_begins")),
    (shared("quota", **DATES_REVERSED), ("/family/0/to", "ends_before_it_begins")),
    (shared(order=["current_year", "health"]), ("/family/0/order/1", "bucket_not_listed")),
    (
        shared(gates=[{"kind": "not_advanced", "bucket": "health"}]),
        ("/family/0/gates/0/bucket", "bucket_not_listed"),
    ),
    (shared(beneficiaries_most=0), ("/family/0/beneficiaries_most", "number_out_of_range")),
    (shared("wallet", closed_from=25), ("/family/0/closed_from", "number_out_of_range")),
    (shared("wallet", closed_to=-1), ("/family/0/closed_to", "number_out_of_range")),
    (shared("wallet", transfers_a_day=0), ("/family/0/transfers_a_day", "number_out_of_range")),
    (closed(**DATES_REVERSED), ("/closing/0/to", "ends_before_it_begins")),
    (
        policy(back_payment={"earlier_years_into": "health", "source": SOURCE}),
        ("/back_payment/earlier_years_into", "bucket_not_listed"),
    ),
    (
        required({"from": "2030-01"}, {"from": "2030-01"}),
        ("/minimum_years/1/from", "rows_must_follow"),
    ),
    (required({}, {}), ("/minimum_years/1/from", "rows_must_follow")),
    (required({"male": 61}), ("/minimum_years/0/male", "number_out_of_range")),
    (retiring(to_age=59), ("/retirement/0/to_age", "ends_before_it_begins")),
    (retiring(step_months=0), ("/retirement/0/step_months", "number_out_of_range")),
]


@pytest.mark.parametrize(
    ("document", "fault"), UNSOUND, ids=[f"{n} {f[1]}" for n, (_, f) in enumerate(UNSOUND)]
)
def test_an_unsound_document_is_refused_where_it_is_unsound(
    document: Document, fault: tuple[str, str]
) -> None:
    assert fault in faults(document)


def test_bands_that_follow_each_other_without_a_hole_are_sound() -> None:
    assert faults(by_age(band(to=69), band(from_=70, to=79), band(from_=80))) == []


def test_bands_of_some_tiers_may_be_followed_by_rows_for_the_others() -> None:
    rows = ({"tier": ["one"], "up_to": "100"}, {"up_to": "100"}, {"above": "100"})
    assert faults(ratios(*rows)) == []
    assert faults(scope({"unit_price_up_to": "100"}, {"unit_price_above": "100"})) == []


def test_no_rule_may_rest_on_an_unreliable_page_alone() -> None:
    sources = {
        "page": {"title": "页", "publisher": "网", "grade": "D"},
        "notice": {"title": "通知", "publisher": "医保局", "grade": "B"},
    }
    alone = policy(sources=sources, credits=[rule(fixed("1"), source=["page"])])
    assert ("/credits/0/source", "grade_d_alone") in faults(alone)
    assert faults(policy(sources=sources, credits=[rule(fixed("1"), source=["page", "notice"])])) == []


def test_a_document_is_as_good_as_its_weakest_rule_taken_at_its_best_source() -> None:
    sources = {name: {"title": "页", "publisher": "网", "grade": name.upper()} for name in ("a", "b", "c")}
    sources["notice"] = sources["b"]
    assert grade_of(read(policy(sources=sources))) is Grade.B
    strong = policy(sources=sources, credits=[rule(fixed("1"), source=["a", "c"])])
    assert grade_of(read(strong)) is Grade.B
    weak = policy(sources=sources, credits=[rule(fixed("1"), source=["c"])])
    assert grade_of(read(weak)) is Grade.C


def test_every_fault_is_told_at_once() -> None:
    document = policy(credits=[rule(fixed("1"), source=[])], extras=[rule({"kind": "sum", "of": []})])
    assert len(faults(document)) == 2
