"""A document is looked at as it would be published: faults, place, cases, and whom it changes what for."""

import asyncio
import copy
import json
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import pytest

from service.api.v1.answered import answered
from service.api.v1.compared import ITEMS_MOST, question
from service.api.v1.review import ReportAnswer, report_document
from service.api.v1.worked import run_case
from service.catalogue import load
from service.core.book import Book, open_book
from service.core.policy import NATIONAL_AREA, Policy, Version
from service.core.worked import Outcome
from service.governing import Draft
from service.review import succession
from service.review.before_after import OfMember, Seen
from service.review.report import Report, review
from service.store.documents import checked

Document = dict[str, Any]
NOW, OLD = "110000@2022-09-01", "110000@unknown"
DRAFT = cast("Draft", SimpleNamespace(id="draft-0", version=3))


@cache
def book() -> Book:
    """The shipped policies."""
    return open_book(
        Version(
            id=f"{each.policy.area}@{each.policy.effective.from_}",
            policy=each.policy,
            sha256=each.sha256,
            published_from=datetime(2026, 1, 1, tzinfo=UTC),
            published_to=None,
            grade=each.grade,
            document=dict(each.document),
        )
        for each in load.read()
    )


def shipped(policy_id: str) -> Document:
    """A shipped document, to be changed."""
    return cast("Document", copy.deepcopy(book().versions[policy_id].document))


def next_year(policy_id: str = NOW) -> Document:
    """Beijing's rules again from 2027 on, with ten yuan more for retirees of seventy."""
    document = shipped(policy_id)
    document["effective"] = {"from": "2027-01-01", "to": None}
    document["credits"][1]["amount"]["bands"][1]["amount"]["amount"] = "120"
    return document


def reviewed(document: Document, **how: Any) -> Report:
    """The report on a document, on top of the shipped policies."""
    return asyncio.run(review(book(), document, run_case=run_case, **how))


def told(report: Report, *, every: bool = False, language: Any = "zh") -> Document:
    """The report as it is answered, which must be of its contract."""
    document = report_document(DRAFT, report, language, every=every)
    text = json.dumps(document)
    ReportAnswer.model_validate_json(text)
    return cast("Document", json.loads(text))


def retired_at_70(report: Report) -> OfMember:
    """The sample that the new amount is for."""
    assert report.before_after is not None
    found = [each for each in report.before_after.members if each.sample.ages == (70, None)]
    assert len(found) == 1
    return found[0]


def test_a_new_amount_from_next_year_changes_what_it_should_and_nothing_else() -> None:
    report = reviewed(next_year(), follows=NOW)
    assert report.sound
    assert report.shortened is not None
    assert report.shortened.document["effective"] == {"from": "2022-09-01", "to": "2026-12-31"}
    answer = told(report)
    assert (answer["draft"], answer["version"]) == ("draft-0", 3)
    assert [each["text"] for each in answer["changes"]] == [
        "生效日期 effective：起始 from 2022-09-01 → 2027-01-01",
        "划入 credits：退休、70 岁以上 110.00 → 120.00",
    ]
    seen = answer["before_after"]
    assert (seen["from"], seen["to"]) == (NOW, "110000@2027-01-01")
    assert seen["months"] == ["2027-01", "2027-12"]
    assert [each["text"] for each in seen["items"]] == ["退休、70 岁以上：每月 107.00 → 117.00（+10.00）"]
    assert seen["items"][0]["difference"]["credited"] == "120.00"
    assert seen["members"]["changed"] == 1 < seen["members"]["all"]
    assert seen["bills"]["changed"] == 0 < seen["bills"]["all"]


def test_the_same_in_english() -> None:
    seen = told(reviewed(next_year(), follows=NOW), language="en")["before_after"]
    assert seen["items"][0]["text"] == "retired, aged 70 or more: a month 107.00 → 117.00 (+10.00)"


def test_what_does_not_change_is_counted_and_listed_only_if_asked_for() -> None:
    report = reviewed(next_year(), follows=NOW)
    every = told(report, every=True)["before_after"]
    assert len(every["items"]) == every["members"]["listed"] == every["members"]["all"] <= ITEMS_MOST
    assert every["items"][0]["text"] == told(report)["before_after"]["items"][0]["text"]
    assert {each["text"].partition("：")[2] for each in every["items"][1:]} == {"无变化"}


@pytest.mark.parametrize("policy_id", [NOW, OLD, "310000@unknown", "120000@2022-01-01", "320200@2022-01-01"])
def test_the_figures_are_those_that_a_public_question_gives(policy_id: str) -> None:
    document = shipped(policy_id)
    amounts = [each for each in document["credits"] if "retired" in each["who"]["status"]]
    amounts[0]["amount"] = {"kind": "fixed", "amount": "77.77"}
    report = reviewed(document, supersedes=policy_id)
    assert report.before_after is not None
    after = after_book(document, policy_id)
    assert any(each.changed for each in report.before_after.members)
    for each in report.before_after.members:
        assert each.asks == ()
        for figures, asked in ((each.before, book()), (each.after, after)):
            assert figures is not None
            as_asked(figures, question(each.sample), asked)


def as_asked(seen: Seen, asked: Document, of: Book) -> None:
    """Holds figures against what the public question answers on a book."""
    answer = json.loads(answered("balances", json.dumps(asked).encode(), lambda _: of, "zh"))
    yuan = {"credited": seen.credited, "interest": seen.interest}
    assert {name: answer["totals"][name] for name in yuan} == {
        name: f"{fen / 100:.2f}" for name, fen in yuan.items()
    }
    assert answer["months"][-1]["closing"]["total"] == f"{seen.closing / 100:.2f}"


def after_book(document: Document, policy_id: str) -> Book:
    """The book once the document has taken a policy's place."""
    found = checked(document)
    place = succession.place(book(), found.policy, policy_id, None)
    return succession.published(book(), place, found, None, f"{policy_id}.2")


def test_every_shipped_policy_may_take_its_own_place_and_no_sample_lacks_a_fact() -> None:
    for version in book().versions.values():
        report = reviewed(dict(version.document), supersedes=version.id)
        assert report.sound, (version.id, report.faults)
        assert all(each.passed for each in report.cases)
        assert report.changes is not None
        assert report.changes.items == ()
        if isinstance(version.policy, Policy):
            found = report.before_after
            assert found is not None
            assert found.members
            assert [each for each in found.members if each.before is None or each.changed] == []
            assert [each for each in found.bills if each.changed] == []
            assert {code for each in found.bills for code in each.asks} <= {"unknown_parameter"}


def test_the_shipped_documents_bring_cases_and_they_come_out() -> None:
    held = [version for version in book().versions.values() if getattr(version.policy, "cases", ())]
    assert len(held) >= 4
    for version in held:
        assert isinstance(version.policy, Policy)
        for case in version.policy.cases:
            assert run_case(case, version.policy.area, book()) == Outcome(case.case)


CASE = {
    "case": "A retiree of 71 has 117 yuan a month",
    "source": ["seed-return"],
    "ask": "quote",
    "question": {"on": "2027-03", "status": "retired", "age": 71},
    "expect": {"credit.net": "117.00", "credit.deductions": [{"amount": "3.00"}]},
}


def with_cases(*cases: Document) -> Document:
    """The new rules with cases in place of those that they bring along."""
    return next_year() | {"cases": [CASE | each for each in cases]}


def test_a_case_runs_under_the_rules_that_bring_it() -> None:
    report = reviewed(with_cases({}), follows=NOW)
    assert report.sound
    assert report.cases == (Outcome(CASE["case"]),)  # type: ignore[arg-type]  # a word of a mixed dict


def test_a_case_that_fails_is_named_with_what_came_out() -> None:
    wrong = with_cases({}, {"case": "Wrong", "expect": {"credit.net": "118.00", "nowhere.0": "1"}})
    report = reviewed(wrong, follows=NOW)
    assert not report.sound
    assert [(fault.pointer, fault.code) for fault in report.faults] == [("/cases/1", "case_differs")]
    answer = told(report)
    assert [each["passed"] for each in answer["cases"]] == [True, False]
    assert answer["cases"][1]["differences"] == [
        {"path": "credit.net", "expected": "118.00", "found": "117.00"},
        {"path": "nowhere.0", "expected": "1", "found": None},
    ]
    assert "Wrong" in answer["faults"][0]["texts"]["en"]


def test_a_question_that_cannot_be_answered_fails_the_case_unless_that_is_expected() -> None:
    ageless = {"question": {"on": "2027-03", "status": "retired"}}
    refused = {"expect": {}, "refused": {"/birth_month": "fact_required"}}
    answer = told(reviewed(with_cases(ageless), follows=NOW))
    assert [each["code"] for each in answer["cases"][0]["faults"]] == ["fact_required"]
    assert reviewed(with_cases(ageless | refused), follows=NOW).sound
    answered_all_the_same = with_cases({"expect": {}, "refused": {"/age": "fact_required"}})
    differences = told(reviewed(answered_all_the_same, follows=NOW))["cases"][0]["differences"]
    assert differences == [{"path": "/age", "expected": "fact_required", "found": None}]


@pytest.mark.parametrize("question_", [{}, {"on": 7, "status": []}, {"nothing": {"of": ["this"]}}])
def test_a_question_of_any_shape_is_only_a_case_that_fails(question_: Document) -> None:
    for ask in ("credits", "balances", "bills", "families", "closures", "quote"):
        report = reviewed(with_cases({"ask": ask, "question": question_}), follows=NOW)
        assert [fault.code for fault in report.faults] == ["case_differs"]
        assert report.cases[0].faults


def test_a_document_that_cannot_be_read_is_told_with_all_its_faults_and_nothing_else() -> None:
    report = reviewed({"area": "110000", "credits": [{"who": {}}]})
    answer = told(report)
    assert not answer["sound"]
    assert {"/name", "/effective", "/credits/0/who/status"} <= {each["pointer"] for each in answer["faults"]}
    assert (answer["grade"], answer["cases"], answer["before_after"]) == (None, [], None)


def test_bands_that_overlap_keep_a_document_from_being_published() -> None:
    document = next_year()
    document["credits"][1]["amount"]["bands"][1]["from"] = 69
    report = reviewed(document, follows=NOW)
    assert [(fault.pointer, fault.code) for fault in report.faults] == [
        ("/credits/1/amount/bands/1/from", "bands_must_follow")
    ]
    assert report.checked is None


def test_policies_in_the_way_are_named_unless_it_follows_or_supersedes_them() -> None:
    assert reviewed(next_year()).overlaps == (NOW,)
    assert not reviewed(next_year()).sound
    assert reviewed(next_year(), follows=OLD).overlaps == (NOW,)
    assert reviewed(next_year(), supersedes=NOW).overlaps == ()
    earlier = next_year() | {"effective": {"from": "2022-01-01", "to": None}}
    assert reviewed(earlier, follows=NOW).overlaps == (NOW, OLD)
    assert reviewed(earlier, follows=NOW, supersedes=OLD).overlaps == (NOW,)


def test_what_is_not_open_can_neither_be_followed_nor_superseded() -> None:
    assert reviewed(next_year(), follows="110000@2001-01-01").gone == ("110000@2001-01-01",)
    elsewhere = reviewed(next_year(), follows=NOW, supersedes="310000@unknown")
    assert elsewhere.gone == ("310000@unknown",)
    assert not elsewhere.sound
    assert told(elsewhere)["not_in_force"] == ["310000@unknown"]


def test_a_policy_that_has_ended_by_itself_is_not_shortened_and_is_counted_as_if_it_went_on() -> None:
    held = [each for each in book().versions.values() if each.policy.area != "110000"]
    document = shipped(NOW)
    document["effective"]["to"] = "2026-06-30"
    ended = checked(document)
    version = book().versions[NOW]
    over = open_book(
        [*held, Version(NOW, ended.policy, ended.sha256, version.published_from, None, ended.grade, document)]
    )
    report = asyncio.run(review(over, next_year(), follows=NOW, run_case=run_case))
    assert report.sound
    assert report.shortened is None
    assert report.before_after is not None
    assert report.before_after.carried_on
    found = retired_at_70(report)
    assert found.before is not None
    assert found.after is not None
    assert (found.before.credit, found.after.credit) == (107_00, 117_00)


def test_the_first_policy_of_an_area_has_nothing_before_it() -> None:
    answer = told(reviewed(next_year() | {"area": "990001", "cases": []}))
    assert answer["sound"]
    assert answer["changes"] == []
    assert answer["before_after"]["from"] is None
    items = answer["before_after"]["items"]
    assert items
    assert {each["before"] for each in items} == {None}
    assert all("原无结果" in each["text"] for each in items)


def noticed(report: Report) -> dict[str, Document]:
    """What the answer says besides faults, by code; every sentence is there in both languages."""
    zh, en = (told(report, language=language)["notices"] for language in ("zh", "en"))
    assert [each | {"text": ""} for each in zh] == [each | {"text": ""} for each in en]
    for one, other in zip(zh, en, strict=True):
        assert one["text"] != other["text"]
        for policy in one.get("policies", ()):
            assert policy in one["text"]
            assert policy in other["text"]
    return {each["code"]: each for each in en}


def effective(since: str, to: str | None = None) -> Document:
    """Next year's rules for other days."""
    return next_year() | {"effective": {"from": since, "to": to}}


def test_there_is_nothing_to_say_of_a_policy_that_follows_another_or_corrects_it() -> None:
    for policy_id in (NOW, OLD):
        assert noticed(reviewed(shipped(policy_id), supersedes=policy_id)) == {}
    assert noticed(reviewed(next_year(), follows=NOW)) == {}


def test_an_area_without_any_policy_is_pointed_out() -> None:
    found = noticed(reviewed(next_year() | {"area": "110001"}))
    assert set(found) == {"new_area"}
    assert found["new_area"]["severity"] == "warning"
    assert "110001" in found["new_area"]["text"]


@pytest.mark.parametrize(
    ("since", "to", "how", "policies", "days"),
    [
        ("2022-09-01", "2026-06-30", {"supersedes": NOW}, [NOW], [("2026-07-01", None)]),
        ("2022-10-01", None, {"supersedes": NOW}, [NOW], [("2022-09-01", "2022-09-30")]),
        (
            "2023-01-01",
            "2023-12-31",
            {"supersedes": NOW},
            [NOW],
            [("2022-09-01", "2022-12-31"), ("2024-01-01", None)],
        ),
        ("2027-01-01", "2027-12-31", {"follows": NOW}, [NOW], [("2028-01-01", None)]),
        ("2027-01-01", None, {"supersedes": OLD, "follows": NOW}, [OLD], [("unknown", "2022-08-31")]),
    ],
)
def test_days_that_would_have_no_policy_any_more_are_told(
    since: str, to: str | None, how: Document, policies: list[str], days: list[tuple[str, str | None]]
) -> None:
    report = reviewed(effective(since, to) | {"cases": []}, **how)
    assert report.sound
    found = noticed(report)["days_without_policy"]
    assert found["severity"] == "warning"
    assert sorted(found["policies"]) == sorted(policies)
    assert [(each["from"], each["to"]) for each in found["days"]] == days
    assert all(day in found["text"] for pair in days for day in pair if day not in ("unknown", None))


def test_a_first_day_within_a_month_counts_from_the_next_one_on() -> None:
    found = noticed(reviewed(effective("2027-01-15"), follows=NOW))
    assert set(found) == {"counts_from_next_month"}
    assert found["counts_from_next_month"]["severity"] == "info"
    for expected in ("2027-01-15", "February 2027"):
        assert expected in found["counts_from_next_month"]["text"]


def test_what_is_in_the_way_is_told_with_a_way_out() -> None:
    overlap = noticed(reviewed(next_year()))
    assert set(overlap) == {"policy_overlap"}
    assert (overlap["policy_overlap"]["severity"], overlap["policy_overlap"]["policies"]) == ("error", [NOW])
    assert {"`follows`", "(`supersede`),"} <= set(overlap["policy_overlap"]["text"].replace(":", "").split())
    gone = noticed(reviewed(next_year(), follows=NOW, supersedes="310000@unknown"))
    assert set(gone) == {"not_in_force"}
    assert (gone["not_in_force"]["severity"], gone["not_in_force"]["policies"]) == (
        "error",
        ["310000@unknown"],
    )
    assert "/v1/policies?area=110000" in gone["not_in_force"]["text"]


def test_the_national_rules_are_only_ever_corrected() -> None:
    national = next(each for each in book().versions.values() if each.policy.area == NATIONAL_AREA)
    document = shipped(national.id) | {"effective": {"from": "2027-01-15", "to": "2027-12-31"}}
    found = noticed(reviewed(document, follows=national.id, compare=False))
    assert set(found) == {"policy_overlap"}
    assert "follows" not in found["policy_overlap"]["text"]
    assert noticed(reviewed(document, supersedes=national.id, compare=False)) == {}


def test_a_rule_that_asks_for_more_than_before_is_shown_with_what_it_lacks_not_refused() -> None:
    document = next_year()
    document["bills"] = []
    seen = told(reviewed(document, follows=NOW))["before_after"]
    assert seen["bills"]["changed"] == seen["bills"]["all"] > 0
    assert {each["after"] for each in seen["bill_items"]} == {None}
    assert seen["bill_items"][0]["asks"] == ["unknown_parameter"]


def test_a_ratio_that_rises_is_shown_by_setting_tier_and_total() -> None:
    document = next_year()
    for rule in document["bills"]:
        for row in rule["ratios"]:
            row["ratio"] = "0.95"
    seen = told(reviewed(document, follows=NOW))["before_after"]
    assert seen["bills"]["changed"] > 0
    for each in seen["bill_items"]:
        assert "统筹基金" in each["text"]
        assert float(each["difference"]) > 0
    gains = [float(each["difference"]) for each in seen["bill_items"]]
    assert gains == sorted(gains, reverse=True)


def test_years_required_of_retirees_show_for_those_who_lack_one() -> None:
    document = next_year()
    document["minimum_years"] = [{"male": 30, "female": 25, "below": "no_credit", "source": ["seed-return"]}]
    seen = told(reviewed(document, follows=NOW))["before_after"]
    short = [each for each in seen["items"] if each["member"]["contribution_months"] == 29 * 12]
    assert [each["text"] for each in short] == ["退休、男、缴费 29 年：每月 97.00 → 0.00（-97.00）"]


def test_interest_that_is_not_posted_within_the_months_shows_all_the_same() -> None:
    document = next_year()
    document["credits"] = shipped(NOW)["credits"]
    document["interest"] = {
        "current_year": {"kind": "number", "rate": "0.05"},
        "prior_years": {"kind": "number", "rate": "0.05"},
        "method": "month_end_product",
        "posted": "at_rollover",
        "source": ["interest-2023"],
    }
    seen = told(reviewed(document, follows=NOW))["before_after"]
    assert seen["members"]["changed"] > 0
    assert all("利息" in each["text"] for each in seen["items"])


def test_the_national_document_is_shown_by_its_areas() -> None:
    national = next(each for each in book().versions.values() if each.policy.area == NATIONAL_AREA)
    document = shipped(national.id)
    document["interest"]["current_year"] = {"kind": "number", "rate": "0.05"}
    document["interest"]["prior_years"] = {"kind": "number", "rate": "0.05"}
    seen = told(reviewed(document, supersedes=national.id))["before_after"]
    assert 0 < seen["members"]["changed"] < seen["members"]["all"]
    assert len(seen["items"]) == seen["members"]["listed"] == ITEMS_MOST
    assert len({each["area"] for each in seen["items"]}) > 10


async def test_others_have_their_turn_while_samples_are_compared() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    report = await review(book(), next_year(), follows=NOW, run_case=run_case)
    counting.cancel()
    assert report.before_after is not None
    samples = len(report.before_after.members) + len(report.before_after.bills)
    assert turns >= samples


def test_publishing_asks_for_no_comparison() -> None:
    report = reviewed(next_year(), follows=NOW, compare=False)
    assert report.sound
    assert (report.changes, report.before_after) == (None, None)
