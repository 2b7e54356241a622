"""Makers of policy documents for the tests of the store, with explicit defaults."""

import asyncio
from typing import Any

from service.store import db, shipping
from service.store.documents import checked
from service.store.shipping import Outcome

Document = dict[str, Any]


def document(
    area: str = "110000", *, since: str = "2022-09-01", until: str | None = None, monthly: str = "100"
) -> Document:
    """A small sound policy: a fixed monthly credit for everyone who is retired."""
    return {
        "area": area,
        "name": {"zh": "某市", "en": "Somewhere"},
        "effective": {"from": since, "to": until},
        "attested": {"from": "2020-01-01", "to": "2030-12-31"},
        "sources": {"notice": {"title": "通知", "publisher": "医保局", "grade": "B"}},
        "credits": [
            {
                "who": {"status": ["retired"]},
                "amount": {"kind": "fixed", "amount": monthly},
                "source": ["notice"],
            }
        ],
    }


def national() -> Document:
    """A small sound national document."""
    return {
        "area": "100000",
        "name": {"zh": "全国", "en": "National"},
        "effective": {"from": "unknown", "to": None},
        "sources": {"bank": {"title": "基准利率", "publisher": "中国人民银行", "grade": "A"}},
        "deposit_rates": [
            {"from": "2015-10-24", "term": "demand", "rate": "0.0035", "source": ["bank"]},
        ],
        "credits": [],
        "interest": {
            "current_year": {"kind": "deposit", "term": "demand"},
            "prior_years": {"kind": "deposit", "term": "demand"},
            "method": "month_end_product",
            "posted": "year_end",
            "source": ["bank"],
        },
        "rollover": [],
        "payments": [],
        "posting_day": 1,
    }


async def publish_in(url: str, *given: Document) -> list[Outcome]:
    """Publishes documents in one committed transaction, as the catalogue does."""
    engine = db.direct_engine(url)
    try:
        async with engine.begin() as connection:
            return await shipping.publish(connection, [checked(each) for each in given])
    finally:
        await engine.dispose()


def publish(url: str, *given: Document) -> None:
    """The same where nothing runs that could await it."""
    asyncio.run(publish_in(url, *given))
