"""Areas and policies as documents: who has which policies from when to when, and how well attested."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from service.core.month import month_text
from service.core.policy import Effective, National, Policy, Timeline, Version
from service.core.source import worst
from service.core.text import Text


def encoded(document: dict[str, Any]) -> bytes:
    """A document as bytes, the same for the same document."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def area_document(timeline: Timeline, versions: Mapping[str, Version]) -> dict[str, Any]:
    """An area with its versions, first to last."""
    last = timeline.policies[-1].policy
    held = [versions[in_force.id] for in_force in timeline.policies]
    first_month, last_month = timeline.first_months[0], last.effective.last_month
    return {
        "area": timeline.area,
        "name": _both(last.name),
        "coverage": {
            "from": month_text(first_month) if first_month else "unknown",
            "to": None if last_month is None else month_text(last_month),
        },
        "grade": worst(tuple(version.grade for version in held)),
        "versions": [_version(version) for version in held],
    }


def _version(version: Version) -> dict[str, Any]:
    return {
        "id": version.id,
        "title": title_document(version),
        "effective": days_document(version.policy.effective),
        "grade": version.grade,
        "rules": _rules(version.policy),
    }


def days_document(effective: Effective) -> dict[str, str | None]:
    """The days on which a policy is in force."""
    return {
        "from": str(effective.from_),
        "to": None if effective.to is None else effective.to.isoformat(),
    }


def holds(effective: Effective, day: date) -> bool:
    """Whether a policy is in force on a day."""
    begun = effective.from_ == "unknown" or effective.from_ <= day
    return begun and (effective.to is None or day <= effective.to)


_SETS = (
    "credits",
    "interest",
    "rollover",
    "payments",
    "bills",
    "family",
    "closing",
    "back_payment",
    "minimum_years",
)


def _rules(policy: Policy | National) -> list[str]:
    """The sets of rules that the document itself gives; the others are unknown or filled nationally."""
    return [name for name in _SETS if getattr(policy, name, None) not in (None, (), "unknown")]


def title_document(version: Version) -> dict[str, str] | None:
    """What the version is called, in both languages."""
    title = getattr(version.policy, "title", None)
    return None if title is None else _both(title)


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def policy_document(version: Version) -> dict[str, Any]:
    """A policy as it is stored, with what was published of it when."""
    published_to = version.published_to
    return {
        "id": version.id,
        "area": version.policy.area,
        "grade": version.grade,
        "sha256": version.sha256,
        "published_from": version.published_from.isoformat(),
        "published_to": None if published_to is None else published_to.isoformat(),
        "state": version.state,
        "author": version.author,
        "approver": version.approver,
        "document": version.document,
    }
