"""What pydantic finds wrong with a request's shape, as faults: JSON pointers and stable codes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from service.core.errors import Fault

_CODES: Mapping[str, str] = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "model_type": "not_object",
    "model_attributes_type": "not_object",
    "dict_type": "not_object",
    "list_type": "not_list",
    "tuple_type": "not_list",
    "string_type": "not_text",
    "bool_type": "not_boolean",
    "int_type": "not_integer",
    "int_parsing": "not_integer",
    "int_parsing_size": "not_integer",
    "int_from_float": "not_integer",
    "enum": "not_one_of",
    "literal_error": "not_one_of",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "too_long": "too_many",
    "too_short": "too_few",
    "string_pattern_mismatch": "text_form",
    "json_invalid": "json_invalid",
}
_VALUES = {
    "ge": "least",
    "le": "most",
    "max_length": "most",
    "min_length": "least",
    "error": "detail",
    "expected": "expected",
}


def pointer(steps: Sequence[int | str]) -> str:
    """The JSON pointer (RFC 6901) of a place in a document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def shape_faults(errors: Sequence[Mapping[str, Any]], *, skip: int = 0) -> list[Fault]:
    """Each of pydantic's errors as a fault; `skip` first steps of every place are left out."""
    return [_fault(error, skip) for error in errors]


def _fault(error: Mapping[str, Any], skip: int) -> Fault:
    steps = [step for step in error["loc"][skip:] if step != "[key]"]
    kind: str = error["type"]
    values = {_VALUES[name]: str(value) for name, value in error.get("ctx", {}).items() if name in _VALUES}
    if kind.endswith("_form") or kind == "too_large":  # our own marks name their code themselves
        return Fault(pointer(steps), kind, values)
    code = _CODES.get(kind, "invalid")
    if code in ("invalid", "text_form"):
        values["detail"] = error["msg"].rstrip(".")
    if code == "not_one_of":  # pydantic joins the last two by a word of English
        values["expected"] = ", ".join(re.findall(r"'([^']*)'", values.get("expected", "")))
    return Fault(pointer(steps), code, values)
