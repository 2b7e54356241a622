"""The language of sentences: Chinese, unless Accept-Language prefers English."""

from functools import lru_cache
from typing import Literal

from starlette.requests import Request

Language = Literal["zh", "en"]

TAGS: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
_LONGEST = 200  # more of a header than this is nobody's preference


def language_of(request: Request) -> Language:
    """The language that the request asks for."""
    header = request.headers.get("accept-language")
    return "zh" if header is None else preferred(header[:_LONGEST])


@lru_cache(maxsize=256)
def preferred(header: str) -> Language:
    """The better of the two languages under an Accept-Language header; what it does not name is worth 0."""
    weights = {"zh": 0.0, "en": 0.0}
    for choice in header.lower().split(","):
        tag, _, parameter = choice.partition(";")
        language = tag.strip().partition("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(parameter))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
