"""What changed between two policies, as an answer: every place in words, and the patch."""

from typing import Any, Literal

from pydantic import Field

from service.api.language import Language
from service.api.v1.answering import Answer, PolicyId
from service.api.v1.rule_words import field, item, place, value
from service.api.v1.words import say
from service.core.text import Text
from service.review.changes import Change, Changes

_OBVIOUS = {"amount", "value"}  # fields that need no name beside their figure


class ChangeAnswer(Answer):
    """One place of a policy that changed."""

    pointer: str = Field(
        description="JSON pointer: of what was removed into the older document, else into the newer one."
    )
    change: Literal["added", "removed", "replaced"]
    before: Any = Field(default=None, description="Left out of what was added.")
    after: Any = Field(default=None, description="Left out of what was removed.")
    text: str


class ChangesAnswer(Answer):
    """What changed from one policy to another."""

    from_: PolicyId | None = Field(alias="from", description="Null where there was none before.")
    to: str = Field(description="The policy, or the draft.")
    changes: list[ChangeAnswer]
    patch: list[dict[str, Any]] = Field(
        description="JSON Patch (RFC 6902) that makes the newer document of the older one."
    )


def changes_document(from_: str | None, to: str, found: Changes | None, language: Language) -> dict[str, Any]:
    """The answer; without a policy before it there is nothing to tell."""
    return {
        "from": from_,
        "to": to,
        "changes": [] if found is None else changes_items(found, language),
        "patch": [] if found is None else found.patch,
    }


def changes_items(found: Changes, language: Language) -> list[dict[str, Any]]:
    """Every change with its sentence."""
    return [_item(each, language) for each in found.items]


def _item(change: Change, language: Language) -> dict[str, Any]:
    told: dict[str, Any] = {"pointer": change.pointer, "change": change.change}
    if change.change != "added":
        told["before"] = change.before
    if change.change != "removed":
        told["after"] = change.after
    return {**told, "text": change_text(change, language)}


def change_text(change: Change, language: Language) -> str:
    """A change as an officer reads it: the set of rules, whom or what it is about, before and after."""
    if not change.trail:
        return say(Text("整个文档", "the whole document"), language)
    *above, (last, _) = change.trail
    section = field(str(change.trail[0][0]), language)
    where = [place(node, language) for step, node in above[1:] if not isinstance(node, list)]
    if len(above) > 1:
        where += [field(str(step), language) for step, node in above[1:] if _names(step, node)][-1:]
    if not isinstance(last, str) or last in _OBVIOUS:  # of which list a figure or a record is
        where += [field(str(step), language) for step, node in above[1:] if _lists(step, node)][-1:]
    name = last if isinstance(last, str) else ""
    if name and len(change.trail) > 1 and name not in _OBVIOUS:
        where.append(field(name, language))
    about = say(Text("、", ", "), language).join(dict.fromkeys(each for each in where if each))
    said = " ".join(each for each in (about, _said(change, name, language)) if each)
    return say(Text(f"{section}：{said}", f"{section}: {said}"), language)


def _names(step: str | int, node: Any) -> bool:
    """Whether a step names a record that says nothing of itself, for instance a source by its key."""
    return isinstance(step, str) and step not in _OBVIOUS and isinstance(node, dict) and not place(node, "en")


def _lists(step: str | int, node: Any) -> bool:
    """Whether a step names a list of which a bare figure does not tell that it is of it."""
    return isinstance(step, str) and step != "bands" and isinstance(node, list)


def _said(change: Change, name: str, language: Language) -> str:
    """What there was and what there is."""
    match change.change:
        case "added":
            return f"{say(Text('新增', 'added'), language)} {_whole(change.after, name, language)}"
        case "removed":
            return f"{say(Text('删除', 'removed'), language)} {_whole(change.before, name, language)}"
        case "replaced":
            return f"{value(change.before, language, name)} → {value(change.after, language, name)}"


def _whole(given: Any, name: str, language: Language) -> str:
    return item(given, language) if isinstance(given, dict) and not name else value(given, language, name)
