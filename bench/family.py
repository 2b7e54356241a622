"""A family of ten: how the time of its answer grows with months and with expenses, in process and served."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import Any

from bench.serving import Server
from service import usecases
from service.api.v1.household import FamiliesQuestion
from service.asked import AskedFamily
from service.catalogue import load
from service.core.book import Book, open_book
from service.core.policy import Version

PATH = "/v1/simulations/families"
MONTHS, EXPENSES = (150, 300, 600), (500, 1000, 2000)
ROUNDS = 5
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TIERS = ("one", "two", "three")

Ask = Callable[[bytes], object]


def family(months: int, expenses: int) -> bytes:
    """Two retired, four employed and four children of Beijing; the bills go round among them all."""
    people = [
        *(_person(f"elder{n}", "1955-04", "retired", monthly_pension="4200.00") for n in range(2)),
        *(_person(f"worker{n}", "1985-09", "employed", base="9000.00") for n in range(4)),
        *(_person(f"child{n}", "2015-02", "resident") for n in range(4)),
    ]
    workers = [f"worker{n}" for n in range(4)]
    relatives = {"parent": ["elder0", "elder1"], "child": [f"child{n}" for n in range(4)]}
    links = [
        {"holder": worker, "beneficiary": name, "relation": relation, "from": "2023-01-01"}
        for worker in workers
        for relation, names in relatives.items()
        for name in names
    ]
    names = [person["id"] for person in people]
    paid = [_expense(number, number * months // expenses, names) for number in range(expenses)]
    question = {
        "area": "110000",
        "from": "2023-01",
        "to": _month(months - 1),
        "members": people,
        "links": links,
        "expenses": sorted(paid, key=lambda each: str(each["on"])),
    }
    return json.dumps(question).encode()


def _person(name: str, birth_month: str, status: str, **declared: str) -> dict[str, Any]:
    spell = {"from": "2012-07", "status": status, **declared}
    opening = {"current_year": "0.00", "prior_years": "2000.00" if declared else "0.00"}
    return {"id": name, "birth_month": birth_month, "sex": "male", "spells": [spell], "opening": opening}


def _expense(number: int, month: int, names: Sequence[str]) -> dict[str, Any]:
    """A child's expense is its own share; the others bring whole bills, some of them from a hospital."""
    name, on = names[number % len(names)], f"{_month(month)}-{1 + number % 28:02d}"
    if name.startswith("child"):
        return {"member": name, "on": on, "category": "outpatient_copay", "amount": "86.50"}
    bill = {"total": "640.00", "self_pay": "40.00", "tier": TIERS[number % 3]}
    setting = "inpatient" if number % 40 == 0 else "outpatient"
    fund = {"fund": "300.00"} if setting == "inpatient" else {}
    return {"member": name, "on": on, "bill": {**bill, "setting": setting, **fund}}


def _month(number: int) -> str:
    return f"{2023 + number // 12}-{number % 12 + 1:02d}"


def grows(name: str, ask: Ask, ready: Callable[[bytes], Any]) -> None:
    """Print what three sizes of months, and three of expenses, cost against each other."""
    by_months = [(f"{months} months", family(months, EXPENSES[0])) for months in MONTHS]
    by_expenses = [(f"{expenses} expenses", family(MONTHS[-1], expenses)) for expenses in EXPENSES]
    print(f"family of ten, {name}; medians of {ROUNDS}; linear growth gives ratios of at most 2")
    for rest, sizes in ((f"{EXPENSES[0]} expenses", by_months), (f"{MONTHS[-1]} months", by_expenses)):
        asked = [ready(body) for _, body in sizes]
        taken = [[_seconds(ask, each) for each in asked] for _ in range(ROUNDS)]
        costs = [median(column) for column in zip(*taken, strict=True)]
        shown = ", ".join(f"{size} {cost * 1e3:.0f} ms" for (size, _), cost in zip(sizes, costs, strict=True))
        ratios = ", ".join(f"{later / one:.2f}" for one, later in pairwise(costs))
        print(f"  {rest}: {shown}; ratios {ratios}", flush=True)


def _seconds(ask: Ask, asked: Any) -> float:
    begun = time.perf_counter()
    ask(asked)
    return time.perf_counter() - begun


def in_process() -> None:
    """The rules alone, of a question that has been read."""
    book = _book()

    def ask(asked: Any) -> object:
        return usecases.simulate_families(book, asked)

    def ready(body: bytes) -> AskedFamily:
        return FamiliesQuestion.model_validate_json(body).to_core()

    grows("the core alone", ask, ready)


def served(server: Server) -> None:
    """Question to answer over the public interface."""
    size = len(server.ask("POST", PATH, family(MONTHS[-1], EXPENSES[-1])))
    grows(
        f"one worker, answers up to {size / 1e6:.1f} MB", lambda body: server.ask("POST", PATH, body), bytes
    )


def _book() -> Book:
    versions = [
        Version(each.sha256, each.policy, each.sha256, LONG_AGO, None, each.grade, dict(each.document))
        for each in load.read()
    ]
    return open_book(versions)
