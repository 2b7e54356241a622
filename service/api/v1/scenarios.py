"""Scenarios run one after another from the bytes of a comparison; other requests have their turn between."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from service.api.language import Language
from service.api.shape import shape_faults
from service.api.v1.answered import PAST_WRITING, answered, book_for, past_writing
from service.api.v1.checks import contradictions
from service.api.v1.comparisons import SCENARIOS_MOST, Baseline, ComparisonsQuestion, left_out
from service.api.v1.differences import Comparison, Ran
from service.api.v1.grounds import PastWriting
from service.api.v1.posed import BookAt, repeated_keys
from service.api.v1.reading import parts_of
from service.asked import unique
from service.core.errors import Fault, Refused
from service.usecases import simulate_balances

_ADAPTER = TypeAdapter(ComparisonsQuestion)

Object = dict[str, Any]


async def compared(body: bytes, book_at: BookAt, language: Language) -> bytes:
    """The answer to a comparison as it came; Refused names every fault of every scenario."""
    if not body.strip():
        raise Refused([Fault("", "body_required")])
    try:
        question = _ADAPTER.validate_json(body)
    except ValidationError as error:
        faults = shape_faults(error.errors(include_url=False, include_input=False))
        if not any(fault.code == "json_invalid" for fault in faults):
            faults = await _every_fault(body, faults, book_at, language)
        raise Refused(faults) from error
    try:
        return await _compared(question, body, book_at, language)
    except Refused as refused:
        # A difference may be too large to be written where neither of the two is.
        unwritten = [fault for fault in refused.faults if fault.code == PAST_WRITING]
        raise Refused(await _every_fault(body, unwritten, book_at, language)) from refused


async def _compared(question: ComparisonsQuestion, body: bytes, book_at: BookAt, language: Language) -> bytes:
    """The answer, or whatever is found wrong first."""
    _refuse([*repeated_keys(body), *_same_names([each.id for each in question.scenarios])])
    ran = _run(question.baseline, book_at)
    with _writing("/baseline", question.baseline):
        comparison = Comparison(ran, language)
    for place, scenario in enumerate(question.scenarios):
        await asyncio.sleep(0)
        asked = scenario.over(question.baseline)
        ran = _run(asked, book_at)
        await asyncio.sleep(0)
        with _writing(f"/scenarios/{place}", asked):
            comparison.add(scenario.id, ran)
    return comparison.written(body)


@contextmanager
def _writing(pointer: str, question: Baseline) -> Iterator[None]:
    """Refused, at its place, where what a question comes to cannot be written."""
    try:
        yield
    except PastWriting as past:
        raise Refused([_at(pointer, past_writing(question))]) from past


def _run(question: Baseline, book_at: BookAt) -> Ran:
    _refuse(contradictions(parts_of(question)))
    book = book_for(question, book_at(question.as_of))
    return Ran(simulate_balances(book, question.to_core()), book)


async def _every_fault(body: bytes, shape: list[Fault], book_at: BookAt, language: Language) -> list[Fault]:
    """Every fault of the baseline and of every scenario, one of an inherited field told once."""
    given: Any = from_json(body)
    faults = [*shape, *repeated_keys(body)]
    baseline = given.get("baseline") if isinstance(given, dict) else None
    scenarios = given.get("scenarios") if isinstance(given, dict) else None
    listed = scenarios[:SCENARIOS_MOST] if isinstance(scenarios, list) else []
    faults += _same_names([each.get("id") if isinstance(each, dict) else None for each in listed])
    if not isinstance(baseline, dict):
        return unique(faults)
    own = _faults_of(baseline, book_at, language)
    known = {(fault.pointer, fault.code) for fault in own}
    faults += [_at("/baseline", fault) for fault in own]
    for place, scenario in enumerate(listed):
        await asyncio.sleep(0)
        if isinstance(scenario, dict):
            found = _faults_of(_over(baseline, scenario), book_at, language)
            faults += [
                _at(f"/scenarios/{place}", fault)
                for fault in found
                if (fault.pointer, fault.code) not in known or _top(fault) in scenario
            ]
    return unique(faults)


def _over(baseline: Object, scenario: Object) -> Object:
    """The question that a scenario asks, as it would have been written out."""
    given = {name: value for name, value in scenario.items() if name != "id"}
    return {**baseline, **given, **left_out(given)}


def _faults_of(question: Object, book_at: BookAt, language: Language) -> tuple[Fault, ...]:
    """The faults of one question by itself; its `detail`, which a comparison has not, is left aside."""
    try:
        answered("balances", to_json({**question, "detail": "totals"}), book_at, language)
    except Refused as refused:
        return refused.faults
    return ()


def _top(fault: Fault) -> str:
    """The field of the question that a fault lies in."""
    return fault.pointer.partition("/")[2].partition("/")[0]


def _at(pointer: str, fault: Fault) -> Fault:
    return Fault(f"{pointer}{fault.pointer}", fault.code, fault.values)


def _same_names(names: list[object]) -> Iterator[Fault]:
    """Scenarios of one name."""
    for place, name in enumerate(names):
        if name is not None and name in names[:place]:
            yield Fault(f"/scenarios/{place}/id", "duplicate_scenario", {"id": str(name)})


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Refused(faults)
