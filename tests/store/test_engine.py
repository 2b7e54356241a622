"""Engines: they survive a restart of the server, and leave nothing behind that a pooler would trip over."""

import asyncio

import asyncpg
from sqlalchemy import text

from service.store import db


async def test_a_session_that_was_ended_costs_no_failed_request(database_url: str) -> None:
    engine = db.engine(database_url, pool_size=1)
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    other = await asyncpg.connect(database_url)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await other.close()
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await engine.dispose()


async def prepared_statements(url: str, *, pooled: bool) -> int:
    """How many prepared statements a session holds after the transactions that used them."""
    engine = db.engine(url, pooled=pooled, pool_size=1)
    for number in range(3):
        async with engine.begin() as connection:
            await connection.execute(text("SELECT :number"), {"number": str(number)})
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        # By the simple protocol, which prepares nothing itself.
        await driver.execute(
            "CREATE TEMP TABLE held AS SELECT count(*) AS statements FROM pg_prepared_statements"
        )
        held: int = (await connection.execute(text("SELECT statements FROM held"))).scalar_one()
    await engine.dispose()
    return held


async def test_behind_a_transaction_pooler_no_prepared_statement_is_kept(database_url: str) -> None:
    kept, none = await asyncio.gather(
        prepared_statements(database_url, pooled=False), prepared_statements(database_url, pooled=True)
    )
    assert kept > 0
    assert none == 0
