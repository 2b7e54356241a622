"""Published policies and API keys in memory: read whole, swapped whole, kept when Postgres is away."""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.core.book import Book, open_book
from service.core.errors import NotReady
from service.core.policy import Version
from service.store import away, db, keys, policies
from service.store.keys import Key

_READ_SECONDS = 10.0  # after which a silent connection counts as lost
_BACKOFF = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

_BOOKS = 32  # how many books of the past are kept open
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

log = logging.getLogger(__name__)


class Snapshot:
    """All policies ever published, as of one reading; it never changes."""

    def __init__(self, versions: Sequence[Version]) -> None:
        self.versions = {version.id: version for version in versions}
        self._now = open_book(versions)
        # What was published changed at these instants only: one book serves all questions between two.
        began = {version.published_from for version in versions}
        ended = {version.published_to for version in versions if version.published_to is not None}
        self._moments = sorted(began | ended)
        self._as_of = lru_cache(maxsize=_BOOKS)(lambda moment: open_book(versions, moment))

    def book(self, as_of: datetime | None = None) -> Book:
        """What is published now, or what was by an instant."""
        index = len(self._moments) if as_of is None else bisect_right(self._moments, as_of)
        if index == len(self._moments):
            return self._now
        return self._as_of(self._moments[index - 1] if index else _BEFORE_ALL)


class Snapshots:
    """The current snapshot, and how sure one can be that it is."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self.keys: Mapping[str, Key] = {}
        """Every API key by its id, in use or not, as read with the last policies."""
        self._confirmed_at: float | None = None
        self._woken = asyncio.Event()
        self._loaded = asyncio.Event()
        self._begun = 0  # how many readings have begun
        self._done = 0  # which of them was the last to come to an end
        self._read = asyncio.Condition()
        self.live = False
        """Whether Postgres is connected and would tell of a new policy at once."""
        self.trouble: str | None = None
        """Why the last attempt to read failed, until one succeeds."""

    @property
    def current(self) -> Snapshot:
        """The last snapshot that was read; NotReady if none ever was."""
        if self._snapshot is None:
            raise NotReady
        return self._snapshot

    @property
    def age(self) -> float | None:
        """Seconds since the snapshot was last known to be what Postgres holds; None before the first."""
        return None if self._confirmed_at is None else monotonic() - self._confirmed_at

    async def loaded(self, *, within: float) -> bool:
        """Waits for the first snapshot; False if it did not come in that many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._loaded.wait()
        return self._loaded.is_set()

    async def caught_up(self, *, within: float) -> bool:
        """Waits for a reading that begins after this call; False if it did not come in that many seconds."""
        awaited = self._begun + 1
        self._wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(within), self._read:
                await self._read.wait_for(lambda: self._done >= awaited)
        return self._done >= awaited

    async def follow(self, engine: AsyncEngine, poll_seconds: float) -> None:
        """Reads, then reads again whenever Postgres notifies and every few seconds; for ever."""
        autocommitting = engine.execution_options(isolation_level="AUTOCOMMIT")  # never idle in a transaction
        failures = 0
        while True:
            try:
                async with autocommitting.connect() as connection:
                    await self._listen(connection)
                    while True:
                        self._woken.clear()
                        self._begun += 1
                        await self._refresh(connection)
                        async with self._read:
                            self._done = self._begun
                            self._read.notify_all()
                        failures = 0
                        await self._wait(poll_seconds)
            except Exception as error:  # noqa: BLE001 - nothing may end the following but its cancellation
                self._lost()
                self._tell(error)
            await asyncio.sleep(_BACKOFF[min(failures, len(_BACKOFF) - 1)])
            failures += 1

    async def _listen(self, connection: AsyncConnection) -> None:
        """Asks to be told before the first reading, so that nothing is missed between the two."""
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is None:
            raise ConnectionError("the connection is gone already")
        driver.add_termination_listener(self._lost)
        await driver.add_listener(policies.CHANNEL, self._wake)

    async def _refresh(self, connection: AsyncConnection) -> None:
        known = {} if self._snapshot is None else self._snapshot.versions
        try:
            async with asyncio.timeout(_READ_SECONDS):
                # First, so that a revoked key is known as one even where a policy cannot be read.
                self.keys = await keys.read_all(connection)
                versions = await policies.read_versions(connection, known)
        except policies.UnreadablePolicy as error:
            self._tell(
                error
            )  # the connection is sound and the last snapshot stays: the next release will read it
            self.live = True
            return
        if self._snapshot is None or versions != list(known.values()):
            self._snapshot = Snapshot(versions)
            log.info("policies read: %d, snapshot %s", len(versions), self._snapshot.book().id)
        self._confirmed_at, self.trouble, self.live = monotonic(), None, True
        self._loaded.set()

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        if not self.live:
            raise ConnectionError("Postgres closed the connection")

    def _wake(self, *_: object) -> None:
        self._woken.set()

    def _lost(self, *_: object) -> None:
        self.live = False
        self._woken.set()

    def _tell(self, error: Exception) -> None:
        """Logs a trouble once, however often it is met in a row."""
        trouble = away.said(error)
        if trouble != self.trouble:
            log.warning("policies not read, the last ones stay in use: %s", trouble)
        self.trouble = trouble


@asynccontextmanager
async def following(url: str, *, poll_seconds: float = 5.0) -> AsyncIterator[Snapshots]:
    """Snapshots that follow the Postgres at a direct URL for as long as the block runs.

    Does not wait for the first one and does not fail without it: ask `loaded`.
    """
    engine = db.direct_engine(url)
    snapshots = Snapshots()
    task = asyncio.create_task(snapshots.follow(engine, poll_seconds))
    try:
        yield snapshots
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await engine.dispose()
