"""Acts on drafts and policies: who may, what becomes of it, and one row of the audit for each thing done."""

import asyncio
import json

import pytest

from service.core.errors import NotFound, NotInForce, PolicyOverlap, Refused, StaleVersion, StoreAway
from service.core.lifecycle import Act, NotAllowed, SecondPersonRequired, State
from service.store import acts, db, policies, transaction
from service.store.documents import checked
from service.store.drafts import Content, from_json, to_json
from tests.store.acting import APPROVER, AUTHOR, fetch, office
from tests.store.making import document, national, publish_in


async def test_a_draft_is_kept_as_it_was_written_and_nobody_is_answered_from_it(database_url: str) -> None:
    async with office(database_url) as at:
        draft = await at.draft(document() | {"credits": "not yet"})
        assert (draft.state, draft.version, draft.authors) == (State.DRAFT, 1, (AUTHOR,))
        assert await at.read(draft.id) == draft
        assert draft.document == document() | {"credits": "not yet"}
        assert await at.versions() == {}
        assert await at.deeds() == [(AUTHOR, "create", draft.id)]


async def test_a_draft_is_the_same_after_it_was_text(database_url: str) -> None:
    async with office(database_url) as at:
        draft = await at.draft(document())
        assert from_json(to_json(draft)) == draft


async def test_a_draft_is_written_again_only_over_the_version_that_was_seen(database_url: str) -> None:
    async with office(database_url) as at:
        draft = await at.draft(document())
        again = Content(document("120000", monthly="110"))
        written = await acts.replace(at.engine, "Zhao", draft.id, [1], again)
        assert (written.version, written.area, written.authors) == (2, "120000", (AUTHOR, "Zhao"))
        assert written.created_at == draft.created_at < written.changed_at
        with pytest.raises(StaleVersion) as stale:
            await acts.replace(at.engine, AUTHOR, draft.id, [1], again)
        assert stale.value.version == 2
        back = await acts.replace(at.engine, AUTHOR.upper(), draft.id, [7, 2], again)
        assert back.authors == ("Zhao", AUTHOR.upper())


async def test_of_two_who_write_over_the_same_version_one_is_told(database_url: str) -> None:
    async with office(database_url) as at:
        draft = await at.draft(document())
        results = await asyncio.gather(
            *(acts.replace(at.engine, AUTHOR, draft.id, [1], Content(document())) for _ in range(4)),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in results) == ["Draft", *["StaleVersion"] * 3]


@pytest.mark.parametrize("name", ["draft-" + "0" * 32, "draft-\0", "110000@2022-09-01", "", "draft-é"])
async def test_a_draft_that_is_not_there_is_not_found(database_url: str, name: str) -> None:
    async with office(database_url) as at:
        with pytest.raises(NotFound):
            await at.read(name)


@pytest.mark.parametrize(
    "name", ["110000@2022-09-01", "110000@2022-09-01.02", "\0", "110000@never", "é" * 99]
)
async def test_a_policy_that_is_not_there_is_neither_superseded_nor_withdrawn(
    database_url: str, name: str
) -> None:
    async with office(database_url) as at:
        with pytest.raises(NotFound):
            await acts.supersede(at.engine, AUTHOR, name)
        with pytest.raises(NotFound):
            await at.withdraw(name)


async def test_publishing_makes_the_draft_a_policy_and_tells_who_did(database_url: str) -> None:
    async with office(database_url) as at:
        draft = await at.draft(document())
        done = await at.publish(draft)
        assert (done.state, done.published_as) == (State.PUBLISHED, "110000@2022-09-01")
        assert (done.began, done.ended) == (("110000@2022-09-01",), ())
        version = (await at.versions())["110000@2022-09-01"]
        assert (version.author, version.approver, version.state) == (AUTHOR, APPROVER, State.PUBLISHED)
        assert version.document == document()
        assert await at.deeds() == [
            (AUTHOR, "create", draft.id),
            (APPROVER, "publish", "110000@2022-09-01"),
        ]
        assert await at.findings() == []


async def test_what_the_audit_tells_of_a_publication(database_url: str) -> None:
    async with office(database_url) as at:
        first = await at.published(document())
        made = await acts.supersede(at.engine, AUTHOR, first, document(until="2026-12-31"))
        await acts.replace(at.engine, "Zhao", made.draft.id, [1], Content(document(monthly="120")))
        draft = await at.publish(await at.read(made.draft.id))
        [told] = await fetch(
            database_url, "SELECT details, area FROM audit WHERE subject = $1", draft.published_as
        )
        version = (await at.versions())["110000@2022-09-01.2"]
        assert told["area"] == "110000"
        assert json.loads(told["details"]) == {
            "draft": draft.id,
            "version": 2,
            "sha256": checked(document(monthly="120")).sha256,
            "grade": "B",
            "author": "Zhao",
            "authors": [AUTHOR, "Zhao"],
            "approver": APPROVER,
            "effective": {"from": "2022-09-01", "to": None},
            "published_from": version.published_from.isoformat(),
            "began": ["110000@2022-09-01.2"],
            "ended": ["110000@2022-09-01"],
        }


@pytest.mark.parametrize("person", [AUTHOR, AUTHOR.upper(), f" {AUTHOR} ", "Zhao"])
async def test_who_wrote_anything_of_a_draft_may_not_publish_it(database_url: str, person: str) -> None:
    async with office(database_url) as at:
        draft = await at.draft(document(), person="Zhao")
        draft = await acts.replace(at.engine, AUTHOR, draft.id, [1], Content(document()))
        with pytest.raises(SecondPersonRequired):
            await at.publish(draft, person=person)
        assert await at.versions() == {}


async def test_the_draft_is_published_as_it_was_seen_or_not_at_all(database_url: str) -> None:
    async with office(database_url) as at:
        seen = await at.draft(document())
        await acts.replace(at.engine, AUTHOR, seen.id, [1], Content(document(monthly="999")))
        with pytest.raises(StaleVersion):
            await at.publish(seen)
        now = await at.read(seen.id)
        with pytest.raises(StaleVersion):  # the version, but with something else for its content
            await acts.publish(at.engine, APPROVER, now, checked(document()))
        assert await at.versions() == {}


async def test_a_draft_is_done_with_once_it_is_published_or_withdrawn(database_url: str) -> None:
    async with office(database_url) as at:
        published = await at.publish(await at.draft(document()))
        withdrawn = await at.draft(document("120000"))
        gone = await acts.withdraw_draft(at.engine, AUTHOR, withdrawn.id, "a mistake")
        assert (gone.id, gone.area, gone.began, gone.ended) == (withdrawn.id, "120000", (), ())
        for draft in (published, withdrawn):
            for attempt in (
                at.publish(draft),
                acts.replace(at.engine, AUTHOR, draft.id, [draft.version], Content(document())),
                acts.withdraw_draft(at.engine, APPROVER, draft.id, "again"),
            ):
                with pytest.raises(NotAllowed):
                    await attempt
        assert await at.open() == ["110000@2022-09-01"]
        assert (await at.deeds())[-1] == (AUTHOR, "withdraw", withdrawn.id)
        assert await at.findings() == []


async def test_a_policy_for_days_that_are_taken_is_told_by_whom(database_url: str) -> None:
    async with office(database_url) as at:
        await publish_in(database_url, document(until="2023-12-31"), document(since="2024-01-01"))
        draft = await at.draft(document(since="2023-06-01"))
        with pytest.raises(PolicyOverlap) as overlap:
            await at.publish(draft)
        assert overlap.value.policies == ("110000@2022-09-01", "110000@2024-01-01")
        assert (await at.read(draft.id)).state is State.DRAFT


async def test_a_correction_takes_the_place_of_what_it_supersedes(database_url: str) -> None:
    async with office(database_url) as at:
        first = await at.published(document())
        copy = (await acts.supersede(at.engine, AUTHOR, first)).draft
        assert (copy.document, copy.supersedes) == (document(), first)
        assert await at.corrected(first, document(monthly="110")) == f"{first}.2"
        assert await at.states() == {first: State.SUPERSEDED, f"{first}.2": State.PUBLISHED}
        with pytest.raises(NotAllowed):
            await acts.supersede(at.engine, AUTHOR, first)
        with pytest.raises(NotInForce):  # of two corrections of one policy, the second comes too late
            await at.publish(copy)
        assert await at.findings() == []


async def test_a_correction_may_begin_on_another_day(database_url: str) -> None:
    async with office(database_url) as at:
        first = await at.published(document())
        assert await at.corrected(first, document(since="2022-07-01")) == "110000@2022-07-01"
        assert await at.open() == ["110000@2022-07-01"]


async def test_a_correction_for_another_area_is_not_one(database_url: str) -> None:
    async with office(database_url) as at:
        first = await at.published(document())
        made = await acts.supersede(at.engine, AUTHOR, first, document("120000"))
        with pytest.raises(NotInForce):
            await at.publish(made.draft)
        assert await at.open() == [first]


async def test_who_follows_ends_the_one_before(database_url: str) -> None:
    async with office(database_url) as at:
        first = await at.published(document())
        draft = await at.draft(document(since="2027-01-01", monthly="120"), follows=first)
        done = await at.publish(draft, shortened=document(until="2026-12-31"))
        assert (done.began, done.ended) == (("110000@2027-01-01", f"{first}.2"), (first,))
        held = await at.versions()
        assert held[f"{first}.2"].document == document(until="2026-12-31")
        assert held[first].published_to == held[f"{first}.2"].published_from
        assert held[first].published_to == held["110000@2027-01-01"].published_from
        assert await at.findings() == []


async def test_who_follows_what_is_gone_is_told(database_url: str) -> None:
    async with office(database_url) as at:
        first = await at.published(document())
        draft = await at.draft(document(since="2027-01-01"), follows=first)
        await at.corrected(first, document(monthly="110"))
        with pytest.raises(NotInForce) as gone:
            await at.publish(draft, shortened=document(until="2026-12-31"))
        assert gone.value.policy == first


async def test_nobody_follows_what_never_was(database_url: str) -> None:
    async with office(database_url) as at:
        with pytest.raises(Refused) as refused:
            await at.draft(document(), follows="110000@1999-01-01")
        assert [fault.pointer for fault in refused.value.faults] == ["/follows"]
        assert await at.deeds() == []


async def test_a_check_leaves_only_its_row_in_the_audit(database_url: str) -> None:
    async with office(database_url) as at:
        draft = await at.draft(document())
        acts.allow(draft, Act.CHECK, AUTHOR)
        await acts.check(at.engine, AUTHOR, draft, sound=False, faults=3)
        assert await at.read(draft.id) == draft
        [told] = await fetch(database_url, "SELECT details FROM audit WHERE act = 'check'")
        assert json.loads(told["details"]) == {
            "version": 1,
            "sha256": draft.sha256,
            "sound": False,
            "faults": 3,
        }


async def test_what_a_role_may_not_do_is_told_as_the_store_being_away(database_url: str) -> None:
    reader = db.direct_engine(f"{database_url}&role=yibao_reader")
    with pytest.raises(StoreAway):
        await acts.create(reader, AUTHOR, Content(document()))
    await reader.dispose()


async def test_without_a_server_every_act_says_so() -> None:
    engine = db.direct_engine("postgresql://postgres@127.0.0.1:1/nowhere")
    with pytest.raises(StoreAway):
        await acts.create(engine, AUTHOR, Content(document()))
    await engine.dispose()


async def test_who_waits_too_long_for_their_turn_is_told(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(transaction.LIMITS, "lock_timeout", "50ms")
    async with office(database_url) as at:
        draft = await at.draft(document())
        async with at.engine.begin() as other:
            await policies.take_turn(other)
            with pytest.raises(StoreAway):
                await at.publish(draft)
        assert (await at.publish(draft)).published_as == "110000@2022-09-01"


async def test_the_national_document_is_published_as_any_other(database_url: str) -> None:
    async with office(database_url) as at:
        assert await at.published(national()) == "100000@unknown"
