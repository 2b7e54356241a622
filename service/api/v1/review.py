"""The report of a check as an answer: what is wrong, what is in the way, which cases fail, what changes."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from service.api.faults import sentences
from service.api.language import Language
from service.api.v1 import shown
from service.api.v1.answering import Answer, Effective, PolicyId
from service.api.v1.changes import ChangeAnswer, changes_items
from service.api.v1.compared import BeforeAfterAnswer, before_after_document
from service.api.v1.review_words import check_notice_words
from service.core.errors import Fault
from service.core.policy import National, Policy
from service.core.source import Grade
from service.core.worked import Outcome
from service.governing import Draft, Report
from service.review.notices import CheckNotice, Days


class DifferenceAnswer(Answer):
    """What came out at a dotted path of an answer, or at a place that was refused."""

    path: str
    expected: Any = None
    found: Any = Field(default=None, description="Null where the path leads nowhere.")


class CaseAnswer(Answer):
    """What came of a worked case (算例) of the document."""

    case: str
    passed: bool
    differences: list[DifferenceAnswer]
    faults: list[shown.Fault] = Field(description="Of the question, where an answer was expected.")


class CheckNoticeAnswer(Answer):
    """Something to know before a draft is published; an `error` keeps it from that."""

    code: str
    severity: Literal["info", "warning", "error"]
    text: str
    policies: list[str] | None = Field(default=None, description="The policies that it is about.")
    days: list[Effective] | None = Field(default=None, description="The days that it is about.")


class ReportAnswer(Answer):
    """What a check finds out about a draft; only what is `sound` may be published."""

    draft: str
    version: int = Field(description="Of the draft that was looked at.")
    sound: bool
    faults: list[shown.Fault]
    notices: list[CheckNoticeAnswer] = Field(
        description="What to know besides; none while the document has faults that keep it from being read."
    )
    grade: Grade | None = Field(description="Null while the document has faults of its own.")
    overlaps: list[PolicyId] = Field(
        description="Policies of the area that are in force on some of its days and stay so."
    )
    not_in_force: list[str] = Field(
        description="Of `supersedes` and `follows`: what is no open policy of the area."
    )
    cases: list[CaseAnswer]
    changes: list[ChangeAnswer] = Field(description="Against the policy that `before_after.from` names.")
    before_after: BeforeAfterAnswer | None = Field(
        description="Null while the document has faults of its own, or where it is in force in no month."
    )


def report_document(
    draft: Draft, report: Report, language: Language, *, every: bool = False
) -> dict[str, Any]:
    """The report on a draft; with `every` also the samples for which nothing changes."""
    found = report.before_after
    return {
        "draft": draft.id,
        "version": draft.version,
        "sound": report.sound,
        "faults": [_fault(fault, language) for fault in report.faults],
        "notices": _notices(report, language),
        "grade": None if report.checked is None else report.checked.grade,
        "overlaps": list(report.overlaps),
        "not_in_force": list(report.gone),
        "cases": [_case(each, language) for each in report.cases],
        "changes": [] if report.changes is None else changes_items(report.changes, language),
        "before_after": None if found is None else before_after_document(found, language, every=every),
    }


def _notices(report: Report, language: Language) -> list[dict[str, Any]]:
    if report.checked is None:
        return []
    return [_notice(each, report.checked.policy, language) for each in report.notices]


def _notice(notice: CheckNotice, policy: Policy | National, language: Language) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": notice.code,
        "severity": notice.severity,
        "text": check_notice_words(notice, policy, language),
    }
    if notice.policies:
        told["policies"] = list(notice.policies)
    if notice.days:
        told["days"] = [_days(each) for each in notice.days]
    return told


def _days(days: Days) -> dict[str, str | None]:
    first, last = days
    return {
        "from": "unknown" if first == date.min else first.isoformat(),
        "to": None if last == date.max else last.isoformat(),
    }


def _case(outcome: Outcome, language: Language) -> dict[str, Any]:
    return {
        "case": outcome.case,
        "passed": outcome.passed,
        "differences": [each._asdict() for each in outcome.differences],
        "faults": [_fault(fault, language) for fault in outcome.faults],
    }


def _fault(fault: Fault, language: Language) -> dict[str, Any]:
    zh, en = sentences(fault)
    return {
        "pointer": fault.pointer,
        "code": fault.code,
        "text": en if language == "en" else zh,
        "texts": {"zh": zh, "en": en},
    }
