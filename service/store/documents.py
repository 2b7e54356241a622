"""Policy documents as they are stored (JSON) and as the core knows them (records)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from service.core.check import check
from service.core.errors import Fault, UnsoundPolicy
from service.core.policy import NATIONAL_AREA, National, Policy

_CONFIG = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))
"""Records inherit this: no unknown key, and `from_` and `class_` are written `from` and `class`."""


class _AreaDocument(BaseModel):
    model_config = _CONFIG
    document: Policy


class _NationalDocument(BaseModel):
    model_config = _CONFIG
    document: National


def read(document: Mapping[str, Any]) -> Policy | National:
    """The core value of a document; UnsoundPolicy names every fault of shape or of sense."""
    holder = _NationalDocument if document.get("area") == NATIONAL_AREA else _AreaDocument
    try:
        value = holder.model_validate({"document": document}).document
    except ValidationError as error:
        raise UnsoundPolicy(_faults(error)) from error
    faults = check(value)
    if faults:
        raise UnsoundPolicy(faults)
    return value


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one writing of a document that its digest is taken of."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(document: Mapping[str, Any]) -> str:
    """The sha256 of the canonical writing, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()


def document_schema() -> dict[str, Any]:
    """The JSON Schema of an area's policy document."""
    schema = _AreaDocument.model_json_schema(by_alias=True)
    return {**schema["$defs"]["Policy"], "$defs": schema["$defs"]}


def _faults(error: ValidationError) -> list[Fault]:
    """The faults of shape, with the tags that pydantic puts into its paths taken out."""
    return [
        Fault(
            "".join(f"/{step}" for step in found["loc"][1:]),
            "document_shape",
            {"detail": found["msg"]},
        )
        for found in error.errors(include_url=False, include_context=False)
    ]
