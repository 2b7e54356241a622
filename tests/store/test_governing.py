"""The use cases of a policy's life: looked over against what is published now, then done as it was seen."""

from collections.abc import AsyncIterator

import pytest

from service import governing
from service.api.v1.worked import run_case
from service.core.errors import NotInForce, PolicyOverlap, Refused, StaleVersion, UnsoundPolicy
from service.core.lifecycle import NotAllowed, SecondPersonRequired, State
from service.store.drafts import Draft
from tests.store.acting import APPROVER, AUTHOR, Office, office
from tests.store.making import Document, document, national, publish_in

FIRST = "110000@2022-09-01"


@pytest.fixture
async def at(database_url: str) -> AsyncIterator[Office]:
    await publish_in(database_url, national())
    async with office(database_url) as opened:
        yield opened


async def drafted(at: Office, written: Document, follows: str | None = None) -> Draft:
    return (await governing.create_draft(at.engine, AUTHOR, written, follows=follows)).draft


async def publish(at: Office, draft: Draft, *seen: int, person: str = APPROVER) -> Draft:
    return await governing.publish_draft(at.engine, person, draft.id, seen or [draft.version], {}, run_case)


async def test_a_sound_draft_is_checked_and_published(at: Office) -> None:
    draft = await drafted(at, document())
    checked, report = await governing.check_draft(at.engine, AUTHOR, draft.id, {}, run_case)
    assert (checked, report.sound) == (draft, True)
    assert (await publish(at, draft)).published_as == FIRST
    assert (await governing.show_draft(at.engine, draft.id)).state is State.PUBLISHED
    told = await governing.audit_trail(at.engine, area="110000")
    assert [(each.act, each.details.get("sound")) for each in told] == [
        ("create", None),
        ("check", True),
        ("publish", None),
    ]


async def test_publishing_finds_every_fault_that_a_check_finds(at: Office) -> None:
    case = {
        "case": "a retiree's month",
        "source": ["notice"],
        "ask": "credits",
        "question": {
            "from": "2023-01",
            "to": "2023-01",
            "member": {"birth_month": "1950-01", "spells": [{"from": "2010-01", "status": "retired"}]},
        },
        "expect": {"months.0.credit.net": "105.00"},
    }
    for written in (document(monthly="1.5") | {"colour": "red"}, document() | {"cases": [case]}):
        draft = await drafted(at, written)
        _, report = await governing.check_draft(at.engine, AUTHOR, draft.id, {}, run_case)
        with pytest.raises(UnsoundPolicy) as unsound:
            await publish(at, draft)
        assert list(unsound.value.faults) == list(report.faults) != []
    assert await at.open() == ["100000@unknown"]
    right = case | {"expect": {"months.0.credit.net": "100.00"}}
    assert (await publish(at, await drafted(at, document() | {"cases": [right]}))).published_as == FIRST


async def test_a_policy_that_follows_another_one_ends_it_the_day_before(at: Office) -> None:
    await at.published(document())
    later = await drafted(at, document(since="2027-01-01", monthly="120"), follows=FIRST)
    done = await publish(at, later)
    assert (done.began, done.ended) == (("110000@2027-01-01", f"{FIRST}.2"), (FIRST,))
    assert (await at.versions())[f"{FIRST}.2"].document == document(until="2026-12-31")
    gone = await governing.withdraw(at.engine, APPROVER, "110000@2027-01-01", "not yet decided")
    assert (gone.began, gone.ended) == ((f"{FIRST}.3",), ("110000@2027-01-01", f"{FIRST}.2"))


async def test_who_follows_what_ended_long_before_changes_nothing_of_it(at: Office) -> None:
    await at.published(document(until="2025-12-31"))
    later = await drafted(at, document(since="2027-01-01"), follows=FIRST)
    assert (await publish(at, later)).ended == ()


async def test_what_follows_from_an_earlier_day_meets_what_it_follows(at: Office) -> None:
    await at.published(document())
    earlier = await drafted(at, document(since="2022-07-01"), follows=FIRST)
    with pytest.raises(PolicyOverlap) as overlap:
        await publish(at, earlier)
    assert overlap.value.policies == (FIRST,)


async def test_a_national_document_for_other_days_has_no_place_beside_the_one_there_is(
    at: Office, database_url: str
) -> None:
    other = national() | {"effective": {"from": "2027-01-01", "to": None}}
    for follows in (None, "100000@unknown"):
        draft = await drafted(at, other, follows)
        _, report = await governing.check_draft(at.engine, AUTHOR, draft.id, {}, run_case)
        assert (report.overlaps, report.sound) == (("100000@unknown",), False)
        with pytest.raises(PolicyOverlap) as overlap:
            await publish(at, draft)
        assert overlap.value.policies == ("100000@unknown",)
    with pytest.raises(PolicyOverlap):
        await publish_in(database_url, other)


async def test_a_check_looks_at_what_is_published_now_whatever_memory_holds(at: Office) -> None:
    before = await at.versions()
    draft = await drafted(at, document(monthly="110"))
    await at.published(document())
    _, report = await governing.check_draft(at.engine, AUTHOR, draft.id, before, run_case)
    assert (report.sound, report.overlaps) == (False, (FIRST,))


async def test_a_correction_is_a_copy_until_it_is_written(at: Office) -> None:
    await at.published(document())
    copy = (await governing.supersede_policy(at.engine, AUTHOR, FIRST)).draft
    assert (copy.supersedes, copy.document) == (FIRST, document())
    written = await governing.replace_draft(at.engine, AUTHOR, copy.id, [1], document(monthly="110"))
    assert written.supersedes == FIRST
    await publish(at, written)
    assert f"{FIRST}.2" in await at.open()
    with pytest.raises(NotAllowed):
        await governing.supersede_policy(at.engine, AUTHOR, FIRST)


async def test_a_correction_that_comes_too_late_is_told(at: Office) -> None:
    await at.published(document())
    one, other = [(await governing.supersede_policy(at.engine, AUTHOR, FIRST)).draft for _ in range(2)]
    await publish(at, one)
    with pytest.raises(NotInForce):
        await publish(at, other)


async def test_who_may_not_publish_is_told_before_anything_is_looked_at(at: Office) -> None:
    draft = await drafted(at, document() | {"credits": "not yet"})
    with pytest.raises(SecondPersonRequired):
        await publish(at, draft, person=AUTHOR)
    with pytest.raises(StaleVersion):
        await publish(at, draft, 7)
    await governing.withdraw(at.engine, AUTHOR, draft.id, "a mistake")
    with pytest.raises(NotAllowed):
        await publish(at, draft)


async def test_drafts_are_listed_by_id_page_by_page_until_they_are_over(at: Office) -> None:
    made = [await drafted(at, document(area)) for area in ("110000", "120000", "110000", "110000")]
    await governing.withdraw(at.engine, AUTHOR, made[0].id, "a mistake")
    ids = sorted(draft.id for draft in made[1:])
    first = await governing.list_drafts(at.engine, limit=2)
    rest = await governing.list_drafts(at.engine, after=first[-1].id)
    assert [draft.id for draft in (*first, *rest)] == ids
    found = await governing.list_drafts(at.engine, area="110000")
    assert {draft.id for draft in found} == {made[2].id, made[3].id}


@pytest.mark.parametrize(
    ("written", "pointer"),
    [
        ({}, "/document/area"),
        ({"area": "11000"}, "/document/area"),
        ({"area": "１１００００"}, "/document/area"),
        ({"area": 110000}, "/document/area"),
        ({"area": "110000", "note": "\0"}, "/document"),
        ({"area": "110000", "note": "\ud800"}, "/document"),
        ({"area": "110000", "note": float("nan")}, "/document"),
    ],
)
async def test_what_postgres_could_not_keep_is_refused(at: Office, written: Document, pointer: str) -> None:
    with pytest.raises(Refused) as refused:
        await drafted(at, written)
    with pytest.raises(Refused):
        await governing.supersede_policy(at.engine, AUTHOR, FIRST, written)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert await governing.list_drafts(at.engine) == []
