"""Withdrawing a policy: with or without what it had taken the place of, and never over something newer."""

import json
from datetime import timedelta

import pytest

from service.core.errors import NotInForce, PolicyOverlap
from service.core.lifecycle import CATALOGUE, NotAllowed, SecondPersonRequired, State
from service.store import acts
from service.store.drafts import Content
from service.store.snapshot import Snapshot
from tests.store.acting import APPROVER, AUTHOR, Office, fetch, office
from tests.store.making import document, national, publish_in

FIRST = "110000@2022-09-01"


async def successor(at: Office) -> str:
    """The id of a policy that follows another one, which now ends the day before."""
    draft = await at.draft(document(since="2027-01-01", monthly="120"), follows=FIRST)
    return str((await at.publish(draft, shortened=document(until="2026-12-31"))).published_as)


async def test_what_is_withdrawn_without_more_leaves_nothing_in_its_place(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document())
        await at.corrected(FIRST, document(monthly="110"))
        gone = await at.withdraw(f"{FIRST}.2", restore=False)
        assert (gone.began, gone.ended) == ((), (f"{FIRST}.2",))
        assert await at.states() == {FIRST: State.SUPERSEDED, f"{FIRST}.2": State.WITHDRAWN}
        assert await at.findings() == []


async def test_what_a_correction_had_ended_comes_back_as_it_was_approved(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document(), person="Zhao")
        await at.corrected(FIRST, document(monthly="110"))
        gone = await at.withdraw(f"{FIRST}.2", person="Sun")
        assert (gone.began, gone.ended) == ((f"{FIRST}.3",), (f"{FIRST}.2",))
        held = await at.versions()
        back = held[f"{FIRST}.3"]
        assert (back.document, back.sha256) == (document(), held[FIRST].sha256)
        assert (back.author, back.approver) == ("Zhao", APPROVER)
        assert back.published_from == held[f"{FIRST}.2"].published_to
        assert (await at.deeds())[-2:] == [
            ("Sun", "withdraw", f"{FIRST}.2"),
            ("Sun", "restore", f"{FIRST}.3"),
        ]
        rows = await fetch(database_url, "SELECT details FROM audit ORDER BY seq DESC LIMIT 2")
        assert {json.loads(row["details"])["reason"] for row in rows} == {"for a reason"}
        assert await at.findings() == []


async def test_what_had_ended_the_day_before_reaches_as_far_as_ever_again(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document())
        later = await successor(at)
        gone = await at.withdraw(later)
        assert (gone.began, gone.ended) == ((f"{FIRST}.3",), (later, f"{FIRST}.2"))
        assert await at.open() == [f"{FIRST}.3"]
        assert (await at.versions())[f"{FIRST}.3"].document == document()
        assert await at.findings() == []


async def test_nothing_comes_back_over_what_was_written_since(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document())
        later = await successor(at)
        await at.corrected(f"{FIRST}.2", document(until="2026-12-31", monthly="105"))
        before = await at.states()
        with pytest.raises(NotInForce) as gone:  # what it had begun besides was corrected by somebody
            await at.withdraw(later)
        assert gone.value.policy == f"{FIRST}.2"
        assert await at.states() == before
        await at.withdraw(later, restore=False)
        assert await at.open() == [f"{FIRST}.3"]


async def test_nothing_comes_back_on_days_that_are_taken_by_now(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document())
        await at.corrected(FIRST, document(until="2026-12-31"))
        other = await at.published(document(since="2027-01-01"))
        before = await at.states()
        with pytest.raises(PolicyOverlap) as overlap:
            await at.withdraw(f"{FIRST}.2")
        assert overlap.value.policies == (other,)
        assert await at.states() == before


async def test_what_has_been_superseded_itself_is_not_to_be_withdrawn_any_more(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document())
        await at.corrected(FIRST, document(monthly="110"))
        await at.corrected(f"{FIRST}.2", document(monthly="120"))
        with pytest.raises(NotAllowed):
            await at.withdraw(f"{FIRST}.2")
        await at.withdraw(f"{FIRST}.3")
        assert (await at.versions())[f"{FIRST}.4"].document == document(monthly="110")


async def test_corrections_are_undone_one_after_the_other(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document())
        await at.corrected(FIRST, document(monthly="110"))
        await at.corrected(f"{FIRST}.2", document(monthly="120"))
        await at.withdraw(f"{FIRST}.3")
        await at.withdraw(f"{FIRST}.4")
        assert (await at.versions())[f"{FIRST}.5"].document == document()
        await at.withdraw(f"{FIRST}.5")
        assert await at.open() == []
        assert await at.findings() == []


async def test_a_correction_that_changes_no_word_is_undone_once(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document(), person="Zhao")
        await at.corrected(FIRST, document(), person="Qian")
        assert (await at.withdraw(f"{FIRST}.2")).began == (f"{FIRST}.3",)
        with pytest.raises(SecondPersonRequired):  # what came back is Zhao's, though Qian wrote the same
            await at.withdraw(f"{FIRST}.3", person="Zhao")
        assert (await at.withdraw(f"{FIRST}.3", person="Qian")).began == ()
        assert await at.open() == []
        assert await at.findings() == []


async def test_what_came_back_twice_undoes_what_it_had_begun_at_first(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document())
        later = await successor(at)
        for name in (later, f"{later}.3"):
            corrected = await at.corrected(name, document(since="2027-01-01", monthly="130"))
            assert len((await at.withdraw(corrected)).began) == 1
        gone = await at.withdraw(f"{later}.5")
        assert (gone.began, gone.ended) == ((f"{FIRST}.3",), (f"{later}.5", f"{FIRST}.2"))
        assert await at.open() == [f"{FIRST}.3"]


async def test_a_withdrawn_policy_makes_room(database_url: str) -> None:
    async with office(database_url) as at:
        await at.published(document())
        await at.withdraw(FIRST)
        assert await at.published(document(monthly="110")) == f"{FIRST}.2"
        with pytest.raises(NotAllowed):
            await at.withdraw(FIRST)


async def test_who_wrote_anything_of_a_policy_may_not_withdraw_it(database_url: str) -> None:
    async with office(database_url) as at:
        draft = await at.draft(document(), person="Zhao")
        draft = await acts.replace(at.engine, AUTHOR, draft.id, [1], Content(document()))
        await at.publish(draft)
        await at.corrected(FIRST, document(monthly="110"), person="Qian")
        with pytest.raises(SecondPersonRequired):
            await at.withdraw(f"{FIRST}.2", person="QIAN")
        await at.withdraw(f"{FIRST}.2", person="Zhao")
        for author in ("Zhao", AUTHOR):  # of what came back too, whoever took away what was there since
            with pytest.raises(SecondPersonRequired):
                await at.withdraw(f"{FIRST}.3", person=author)
        await at.withdraw(f"{FIRST}.3", person="Qian")


async def test_a_correction_by_the_catalogue_is_undone_too(database_url: str) -> None:
    async with office(database_url) as at:
        await publish_in(database_url, document())
        await publish_in(database_url, document(monthly="110"), document("120000"))
        await at.withdraw(f"{FIRST}.2")
        back = (await at.versions())[f"{FIRST}.3"]
        assert (back.document, back.author, back.approver) == (document(), CATALOGUE, None)
        assert "120000@2022-09-01" in await at.open()
        assert await at.findings() == []


async def test_the_national_document_is_not_withdrawn_unless_an_earlier_one_comes_back(
    database_url: str,
) -> None:
    async with office(database_url) as at:
        await publish_in(database_url, national())
        for restore in (True, False):
            with pytest.raises(NotAllowed):
                await at.withdraw("100000@unknown", restore=restore)
        corrected = await at.corrected("100000@unknown", national() | {"posting_day": 2})
        with pytest.raises(NotAllowed):
            await at.withdraw(corrected, restore=False)
        await at.withdraw(corrected)
        assert await at.open() == ["100000@unknown.3"]


async def test_a_policy_is_known_until_the_instant_of_its_withdrawal(database_url: str) -> None:
    async with office(database_url) as at:
        await publish_in(database_url, national())
        await at.published(document())
        await at.withdraw(FIRST)
        held = await at.versions()
        snapshot = Snapshot(list(held.values()))
        began, ended = held[FIRST].published_from, held[FIRST].published_to
        assert ended is not None
        tick = timedelta(microseconds=1)
        known = [
            FIRST in snapshot.book(moment).versions
            for moment in (began - tick, began, ended - tick, ended, ended + tick, None)
        ]
        assert known == [False, True, True, False, False, False]
        assert snapshot.book(ended).id == snapshot.book().id != snapshot.book(began).id


async def test_every_answer_of_the_past_can_be_given_again_after_an_undoing(database_url: str) -> None:
    async with office(database_url) as at:
        await publish_in(database_url, national())
        await at.published(document())
        books = []
        for act in (at.corrected(FIRST, document(monthly="110")), at.withdraw(f"{FIRST}.2")):
            now = Snapshot(list((await at.versions()).values()))
            books.append((max(v.published_from for v in now.versions.values()), now.book().id))
            await act
        later = Snapshot(list((await at.versions()).values()))
        assert [later.book(moment).id for moment, _ in books] == [book_id for _, book_id in books]
