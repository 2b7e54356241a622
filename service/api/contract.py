"""The contract: what FastAPI reads off the routes, and what every route has in common."""

from typing import Any

from fastapi import FastAPI

from service.api.secured import SCHEMES, is_for_anybody, secure
from service.api.v1.examples import ANSWERS, FAULTY
from service.api.v1.shown import Problem

DESCRIPTION = """\
模拟职工基本医疗保险个人账户：填写参保情况，得到逐月的划入、结转、计息与余额，每一笔都注明依据。不保存任何数据，
也不询问能识别个人身份的信息。金额写成文本的元，句子默认中文，`Accept-Language: en` 得英文。

Simulates the individual account (个人账户) of China's employee medical insurance (城镇职工基本医疗保险):
declared facts in, an exact and explained timeline out. Nothing is stored, and nothing that identifies a
person is asked for.

Money is text in yuan (`"1234.50"`), a month is `"2026-01"`, a day `"2026-01-15"`. Sentences follow
`Accept-Language`: Chinese by default, English if preferred. Whatever is wrong with a request is told at
once, each fault by JSON pointer and stable code (RFC 9457). Within version 1 there are only additions:
ignore fields you do not know.
"""
_TAGS = [
    {"name": "simulations", "description": "A question is a document; nothing of it is kept."},
    {"name": "quotes", "description": "Short questions that may be cached."},
    {"name": "policies", "description": "What has been published, with its sources."},
    {
        "name": "administration",
        "description": "A policy is written, checked, published by a second person, corrected, taken back.",
    },
    {"name": "operation", "description": "For those who run the service."},
]
_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "Of sentences: `zh-CN` by default, `en` if preferred.",
    "schema": {"type": "string"},
    "example": "zh-CN",
}
_HAS_IT = {"description": "The caller's copy, named by If-None-Match, is still right"}
_TAG = {"description": "Names this answer; send it back as If-None-Match.", "schema": {"type": "string"}}


class Contracted(FastAPI):
    """A FastAPI whose contract tells all that its answers do."""

    def openapi(self) -> dict[str, Any]:
        """The contract, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _complete(super().openapi())
        return self.openapi_schema


def _complete(contract: dict[str, Any]) -> dict[str, Any]:
    schemas = contract["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = {**problem, "examples": [FAULTY]}
    contract["components"]["schemas"] = dict(sorted(schemas.items()))
    contract["components"]["securitySchemes"] = SCHEMES
    contract["tags"] = _TAGS
    contract["servers"] = [{"url": "/", "description": "Where this contract was read"}]
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            secure(operation)
            if path.startswith("/v1/"):
                operation["parameters"] = [*operation.get("parameters", []), _LANGUAGE]
                done = operation["responses"].get("200") or operation["responses"]["201"]
                done["content"]["application/json"]["example"] = ANSWERS[operation["operationId"]]
            if path.startswith("/v1/") and method == "get" and is_for_anybody(operation):
                operation["responses"]["304"] = _HAS_IT
                operation["responses"]["200"]["headers"] = {"ETag": _TAG}
    return contract
