"""Runs the worked cases of a policy document as public questions, and holds the answers against them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError

from service.api.shape import shape_faults
from service.api.v1.answered import answered, quoted
from service.api.v1.queries import QuoteQuery
from service.core.book import Book
from service.core.errors import Fault, Refused
from service.core.worked import Difference, Outcome, WorkedCase

MISSING = object()
"""What stands at a path that leads nowhere."""


def run_case(case: WorkedCase, area: str, book: Book) -> Outcome:
    """Ask the case's question about its area on a book, as a client would, and compare."""
    try:
        answer = json.loads(_answer(case, {**case.question, "area": area}, book))
    except Refused as refused:
        return _refused(case, refused.faults)
    refusals = tuple(Difference(pointer, code, None) for pointer, code in case.refused.items())
    return Outcome(case.case, refusals + tuple(differences(answer, case.expect)))


def _answer(case: WorkedCase, question: Mapping[str, Any], book: Book) -> bytes:
    if case.ask != "quote":
        body = json.dumps(question, ensure_ascii=False).encode()
        return answered(case.ask, body, lambda _: book, "zh")
    try:
        query = _quotes().validate_python(question)
    except ValidationError as error:
        raise Refused(shape_faults(error.errors(include_url=False, include_input=False))) from error
    return quoted(query, urlencode(sorted(question.items())).encode(), lambda _: book, "zh")


@cache
def _quotes() -> TypeAdapter[QuoteQuery]:
    return TypeAdapter(QuoteQuery)


def _refused(case: WorkedCase, faults: Sequence[Fault]) -> Outcome:
    """A refusal that the case expects, place by place; one that it does not expect is its fault."""
    if not case.refused:
        return Outcome(case.case, (), tuple(faults))
    told = {fault.pointer: fault.code for fault in faults}
    both = dict.fromkeys((*case.refused, *told))
    return Outcome(
        case.case,
        tuple(
            Difference(pointer, case.refused.get(pointer), told.get(pointer))
            for pointer in both
            if case.refused.get(pointer) != told.get(pointer)
        ),
    )


def differences(answer: Any, expect: Mapping[str, Any]) -> Iterator[Difference]:
    """The paths at which an answer is not as expected."""
    for path, expected in expect.items():
        came = as_asked(found(answer, path), expected)
        if came != expected:
            yield Difference(path, expected, _plain(came))


def found(answer: Any, path: str) -> Any:
    """What stands at a dotted path; numbers count the items of a list."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict) and step in answer:
            answer = answer[step]
        else:
            return MISSING
    return answer


def as_asked(answer: Any, expected: Any) -> Any:
    """The answer without the fields that the expectation leaves out; a list keeps all its items."""
    if isinstance(answer, dict) and isinstance(expected, dict):
        return {key: as_asked(answer.get(key, MISSING), value) for key, value in expected.items()}
    if isinstance(answer, list) and isinstance(expected, list) and len(answer) == len(expected):
        return [as_asked(*pair) for pair in zip(answer, expected, strict=True)]
    return answer


def _plain(came: Any) -> Any:
    """What came, as JSON can say it."""
    if isinstance(came, dict):
        return {key: _plain(value) for key, value in came.items() if value is not MISSING}
    if isinstance(came, list):
        return [_plain(value) for value in came]
    return None if came is MISSING else came
