"""A request that names itself is done once, however often and however much at once it is sent."""

import asyncio

import pytest

from service.core.errors import IdempotencyKeyReused
from service.core.lifecycle import NotAllowed
from service.store import acts
from service.store.drafts import Content
from service.store.idempotency import Once
from tests.conftest import execute
from tests.store.acting import AUTHOR, Office, fetch, office
from tests.store.making import document

ONCE = Once.of("key-1", "/v1/policies", b"{}")


async def create(at: Office, once: Once = ONCE, person: str = AUTHOR) -> acts.Created:
    return await acts.create(at.engine, person, Content(document()), once)


async def count(url: str, table: str) -> int:
    [row] = await fetch(url, f"SELECT count(*) FROM {table}")
    return int(row["count"])


async def test_the_same_request_again_gets_the_first_answer_whatever_became_of_the_draft(
    database_url: str,
) -> None:
    async with office(database_url) as at:
        first = await create(at)
        await acts.replace(at.engine, AUTHOR, first.draft.id, [1], Content(document(monthly="110")))
        again = await create(at)
        assert (first.replayed, again.replayed) == (False, True)
        assert again.draft == first.draft
        assert [await count(database_url, table) for table in ("draft", "audit")] == [1, 2]


async def test_of_many_at_once_one_makes_the_draft_and_all_get_it(database_url: str) -> None:
    async with office(database_url) as at:
        made = await asyncio.gather(*(create(at) for _ in range(10)))
        assert sorted(each.replayed for each in made) == [False, *[True] * 9]
        assert len({each.draft.id for each in made}) == 1
        assert all(each.draft == made[0].draft for each in made)
        assert [await count(database_url, table) for table in ("draft", "audit")] == [1, 1]


@pytest.mark.parametrize(
    "other", [Once.of("key-1", "/v1/policies", b"{ }"), Once.of("key-1", "/v1/policies/x/supersede", b"{}")]
)
async def test_a_key_is_not_used_for_another_request(database_url: str, other: Once) -> None:
    async with office(database_url) as at:
        await create(at)
        with pytest.raises(IdempotencyKeyReused):
            await create(at, other)
        assert await count(database_url, "draft") == 1


async def test_the_keys_of_two_people_have_nothing_to_do_with_each_other(database_url: str) -> None:
    async with office(database_url) as at:
        one, other = await create(at), await create(at, person="Zhao")
        assert one.draft.id != other.draft.id


async def test_a_request_that_failed_has_not_used_its_key(database_url: str) -> None:
    async with office(database_url) as at:
        policy_id = await at.published(document())
        await at.withdraw(policy_id)
        with pytest.raises(NotAllowed):
            await acts.supersede(at.engine, AUTHOR, policy_id, None, ONCE)
        assert not (await create(at)).replayed


async def test_a_correction_is_asked_for_once_even_if_it_is_published_by_then(database_url: str) -> None:
    async with office(database_url) as at:
        policy_id = await at.published(document())
        first = await acts.supersede(at.engine, AUTHOR, policy_id, document(monthly="110"), ONCE)
        await at.publish(first.draft)
        again = await acts.supersede(at.engine, AUTHOR, policy_id, document(monthly="110"), ONCE)
        assert again == acts.Created(first.draft, replayed=True)


async def test_a_key_is_kept_for_seven_days(database_url: str) -> None:
    async with office(database_url) as at:
        first = await create(at)
        await asyncio.to_thread(
            execute, database_url, "UPDATE idempotency SET at = at - interval '6 days 23 hours'"
        )
        assert (await create(at)).replayed
        await asyncio.to_thread(execute, database_url, "UPDATE idempotency SET at = at - interval '1 hour'")
        second = await create(at)
        assert (second.replayed, second.draft.id == first.draft.id) == (False, False)
        assert await count(database_url, "idempotency") == 1
