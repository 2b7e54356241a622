"""What changed: a policy or a draft held against the one before it, or against any other."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from service import governing, usecases
from service.api.deps import operation_id, versions_of
from service.api.language import TAGS, Language, language_of
from service.api.problems import declared
from service.api.security import administration_of, authorise
from service.api.v1.cached import cached
from service.api.v1.changes import ChangesAnswer, changes_document
from service.api.v1.governed_render import private
from service.api.v1.governed_route import READERS
from service.api.v1.listing import encoded, holds
from service.api.v1.queries import ChangesQuery
from service.core.book import known
from service.core.errors import Fault, NotFound, Refused
from service.core.month import parse_day
from service.core.policy import Version, stem
from service.governing import Draft, is_draft
from service.review.changes import changes_between

EitherPath = Annotated[str, Path(description="The id of a policy or draft.", examples=["110000@2022-09-01"])]

router = APIRouter(
    prefix="/v1/policies",
    tags=["policies"],
    responses=declared(401, 403, 404, 422, 503),
    generate_unique_id_function=operation_id,
)


@router.get("/{policy}/changes", response_model=ChangesAnswer, summary="Show what changed")
async def show_changes(
    request: Request, policy: EitherPath, query: Annotated[ChangesQuery, Query()]
) -> Response:
    """What a policy changes, place by place in words and as a JSON Patch (RFC 6902).

    Without `from` it is held against what it took the place of, else against the policy of the area in
    force the day before; a draft against what it supersedes, else follows, else what its first day has.
    """
    found = await _found(request, policy)
    if query.from_ is None:
        before: Version | Draft | None = _before(versions_of(request), found)
    else:
        before = await _other(request, query.from_)
    body = encoded(_document(before, found, language_of(request)))
    if isinstance(found, Draft) or isinstance(before, Draft):
        return private(body, {"content-language": TAGS[language_of(request)]})
    return cached(request, body, language_of(request))


async def _found(request: Request, name: str) -> Version | Draft:
    """A policy for everybody, or a draft for those who may see it."""
    if not is_draft(name):
        return usecases.policy(versions_of(request), name)
    await authorise(request, *READERS)
    return await governing.show_draft(administration_of(request), name)


async def _other(request: Request, name: str) -> Version | Draft:
    """What a caller wants it held against; Refused if there is no such thing."""
    try:
        return await _found(request, name)
    except NotFound as error:
        raise Refused([Fault("/from", "unknown_policy", {"policy": name})]) from error


def _document(before: Version | Draft | None, after: Version | Draft, language: Language) -> dict[str, Any]:
    if before is None:
        return changes_document(None, after.id, None, language)
    changes = changes_between(before.document, after.document)
    return changes_document(before.id, after.id, changes, language)


def _before(versions: Mapping[str, Version], found: Version | Draft) -> Version | None:
    """What a policy or draft is held against where nobody says with what."""
    if isinstance(found, Version):
        return _replaced(versions, found) or _in_force(versions, found)
    name = found.supersedes or found.follows
    if name is not None:
        return versions.get(name)
    first = _first_day(found.document)
    open_ones = [each for each in versions.values() if each.published_to is None]
    return None if first is None else _on(open_ones, found.area, first)


def _replaced(versions: Mapping[str, Version], version: Version) -> Version | None:
    """The version of the same first day whose publication ended as this one's began."""
    name = stem(version.id)
    return next(
        (
            each
            for each in versions.values()
            if each.published_to == version.published_from and stem(each.id) == name
        ),
        None,
    )


def _in_force(versions: Mapping[str, Version], version: Version) -> Version | None:
    """The area's policy on the day before the first, as it was known when this one was published."""
    first = version.policy.effective.from_
    if isinstance(first, str) or first == date.min:
        return None
    held = [each for each in versions.values() if known(each, version.published_from)]
    return _on(held, version.policy.area, first - timedelta(days=1))


def _on(held: list[Version], area: str, day: date) -> Version | None:
    of_area = [each for each in held if each.policy.area == area]
    return next((each for each in of_area if holds(each.policy.effective, day)), None)


def _first_day(document: Mapping[str, Any]) -> date | None:
    """The first day of a draft, where it says one that can be read."""
    effective = document.get("effective")
    first = effective.get("from") if isinstance(effective, dict) else None
    try:
        return parse_day(first) if isinstance(first, str) else None
    except ValueError:
        return None
