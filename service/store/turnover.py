"""Which publications end and begin together: when a draft is published, and when that is undone."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.errors import NotInForce
from service.core.lifecycle import Act, NotAllowed, State
from service.core.policy import NATIONAL_AREA, Version, stem
from service.store import drafts, policies
from service.store.documents import Checked
from service.store.drafts import Draft
from service.store.policies import Beginning, Ending

Change = tuple[list[Ending], list[Beginning]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a published policy came from: who wrote it, and what else its publication began and ended."""

    authors: tuple[str, ...]
    began: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


async def of_publication(
    connection: AsyncConnection, draft: Draft, approver: str, content: Checked, shortened: Checked | None
) -> Change:
    """What the publication of a draft ends and begins, itself first. Raises NotInForce."""
    author = draft.authors[-1]
    begins = [Beginning(content, author, approver)]
    ended = [] if draft.supersedes is None else [draft.supersedes]
    if shortened is not None and draft.follows is not None:
        begins.append(Beginning(shortened, author, approver))
        ended.append(draft.follows)
    await _must_be_of(connection, draft)
    return [Ending(each, State.SUPERSEDED) for each in dict.fromkeys(ended)], begins


async def _must_be_of(connection: AsyncConnection, draft: Draft) -> None:
    """NotInForce unless the policies on which a draft builds are published, and of its area."""
    named = [each for each in (draft.supersedes, draft.follows) if each is not None]
    held = await policies.read_some(connection, named)
    for each in named:
        if held[each].state is not State.PUBLISHED or held[each].policy.area != draft.area:
            raise NotInForce(each)


async def of_withdrawal(connection: AsyncConnection, held: Version, origin: Origin | None) -> Change:
    """What a withdrawal ends and begins; with an origin, what the publication had ended comes back.

    The national document is not withdrawn unless an earlier one comes back: NotAllowed.
    """
    if held.policy.area == NATIONAL_AREA and (origin is None or not origin.ended):
        raise NotAllowed(held.id, held.state, Act.WITHDRAW)  # nobody could be answered any more
    if origin is None:
        return [Ending(held.id, State.WITHDRAWN)], []
    back = await policies.read_some(connection, origin.ended)
    ends = [Ending(each, State.WITHDRAWN) for each in (held.id, *origin.began)]
    # As it was approved then: who withdraws answers for the withdrawal, not for the old content.
    return ends, [_again(back[each]) for each in origin.ended]


def _again(version: Version) -> Beginning:
    content = Checked(version.document, version.policy, version.sha256, version.grade)
    return Beginning(content, version.author, version.approver)


async def origin(connection: AsyncConnection, version: Version) -> Origin:
    """The origin of a policy.

    Of what came back after a withdrawal, that of the policy whose content it has. What the catalogue
    published together is not one act: of a correction of its own, only what it took the place of ended.
    """
    draft = await drafts.behind(connection, version.id)
    if draft is not None and draft.published_as == version.id:
        others = tuple(each for each in draft.began if each != version.id)
        return Origin(draft.authors, others, draft.ended)
    authors = (version.author,) if draft is None else draft.authors
    for each in await policies.read_ended(connection, version.policy.area, version.published_from):
        if each.ended_as is State.WITHDRAWN:
            undone = await origin(connection, each)
            for content in (await policies.read_some(connection, undone.ended)).values():
                if _named_alike(content, version):
                    return await origin(connection, content)
        elif _named_alike(each, version):
            return Origin(authors, ended=(each.id,))
    return Origin(authors)


def _named_alike(one: Version, other: Version) -> bool:
    """Whether two versions are of one area and first day."""
    return stem(one.id) == stem(other.id)
