"""Fifty publishers at once: no policy is ever in force twice, and there is one audit."""

import asyncio
import json
import subprocess
import sys

from service.store import acts
from tests.store.acting import APPROVER, EVERYTHING, IN_FORCE_TWICE, fetch, office
from tests.store.making import document

PUBLISHERS = 50
PROCESSES = 2

# A process in which several people publish at once, each on a connection of their own.
RIVALS = """
import asyncio, json, sys
from service.core.errors import NotInForce, PolicyOverlap
from tests.store.acting import office

url, drafts = sys.argv[1], json.loads(sys.argv[2])

async def publish(at, draft_id):
    draft = await at.read(draft_id)
    try:
        return (await at.publish(draft)).published_as
    except PolicyOverlap:
        return "policy_overlap"
    except NotInForce:
        return "not_in_force"

async def main():
    async with office(url) as at:
        return await asyncio.gather(*(publish(at, draft_id) for draft_id in drafts))

sys.stdin.readline()
print(json.dumps(asyncio.run(main())))
"""


def rival(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RIVALS, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


async def raced(url: str, drafts: list[str]) -> list[str]:
    """What came of publishing the drafts, by several processes that begin at one word."""
    shares = [drafts[number::PROCESSES] for number in range(PROCESSES)]
    rivals = [rival(url, json.dumps(share)) for share in shares]
    said = await asyncio.gather(
        *(asyncio.to_thread(each.communicate, "go\n", timeout=120) for each in rivals)
    )
    return [result for answer, _ in said for result in json.loads(answer)]


async def test_fifty_publishers_over_overlapping_days_leave_no_policy_in_force_twice(
    database_url: str,
) -> None:
    async with office(database_url) as at:
        drafts = []
        for number in range(PUBLISHERS):
            # Half a year each, beginning every month: each meets its next five neighbours.
            year, month = 2000 + number // 12, number % 12 + 1
            last = f"{year + (month > 7)}-{(month + 4) % 12 + 1:02d}-28"
            written = document(since=f"{year}-{month:02d}-01", until=last, monthly=str(100 + number))
            drafts.append((await at.draft(written)).id)
        results = await raced(database_url, drafts)
        won = [result for result in results if "@" in result]
        assert set(results) - set(won) == {"policy_overlap"}
        assert await fetch(database_url, IN_FORCE_TWICE) == []
        assert sorted(await at.open()) == sorted(won)
        # Whoever lost met a winner: at most eleven months lie between the beginnings of two of those.
        assert len(won) > PUBLISHERS // 12
        assert await at.findings() == []
        assert len(await at.deeds()) == PUBLISHERS + len(won)


async def test_of_fifty_corrections_of_one_policy_one_takes_its_place(database_url: str) -> None:
    async with office(database_url) as at:
        first = await at.published(document())
        drafts = [
            (await acts.supersede(at.engine, "Li Na", first, document(monthly=str(100 + number)))).draft.id
            for number in range(PUBLISHERS)
        ]
        results = await raced(database_url, drafts)
        assert sorted(results) == [f"{first}.2", *["not_in_force"] * (PUBLISHERS - 1)]
        assert await fetch(database_url, IN_FORCE_TWICE) == []
        assert await at.open() == [f"{first}.2"]
        assert await at.findings() == []
        [held] = await fetch(database_url, EVERYTHING)
        states = [draft["state"] for draft in json.loads(held["drafts"])]
        assert sorted(states) == ["draft"] * (PUBLISHERS - 1) + ["published"] * 2


async def test_publishing_correcting_and_withdrawing_at_once_leave_one_history(database_url: str) -> None:
    async with office(database_url) as at:
        first = await at.published(document())
        drafts = [(await acts.supersede(at.engine, "Li Na", first)).draft for _ in range(5)]
        results = await asyncio.gather(
            *(at.publish(draft) for draft in drafts),
            *(at.withdraw(first, person=APPROVER) for _ in range(5)),
            return_exceptions=True,
        )
        assert [type(each).__name__ for each in results].count("NotInForce") >= 4
        assert len([each for each in results if not isinstance(each, BaseException)]) == 1
        assert await fetch(database_url, IN_FORCE_TWICE) == []
        assert len(await at.open()) <= 1
        assert await at.findings() == []
