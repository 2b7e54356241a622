"""Reads the catalogue whole, finds every fault in it, and only then publishes it in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from service.catalogue import written
from service.core.errors import UnsoundPolicy, YibaoError
from service.core.policy import Effective
from service.store import db, shipping
from service.store.documents import Checked, checked
from service.store.shipping import Outcome

SHIPPED = Path(__file__).parent


class UnsoundCatalogue(YibaoError):
    """A catalogue of which nothing is published; `faults` has one line for each thing wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class _Entry:
    place: str  # the file and which of its versions
    found: Checked


def read(paths: Iterable[Path] | None = None) -> list[Checked]:
    """Every version of every file, of the shipped ones by default; UnsoundCatalogue has all faults of all."""
    entries: list[_Entry] = []
    faults: list[str] = []
    for path in sorted(SHIPPED.glob("*.yaml")) if paths is None else paths:
        try:
            documents = _documents(written.read(path))
        except (written.NotReadable, OSError) as error:
            faults.append(f"{path.name} {error}")
            continue
        for number, document in enumerate(documents):
            place = f"{path.name} versions/{number}"
            try:
                entries.append(_Entry(place, checked(document)))
            except UnsoundPolicy as error:
                faults += [_line(place, fault.pointer, fault.code, fault.values) for fault in error.faults]
    faults += _overlaps(entries)
    if faults:
        raise UnsoundCatalogue(faults)
    return [entry.found for entry in entries]


def _documents(file: Any) -> list[dict[str, Any]]:
    """The documents of a file: what stands beside `versions` belongs to each of them."""
    match file:
        case {"versions": [_, *_] as versions} if all(isinstance(each, dict) for each in versions):
            shared = {name: value for name, value in file.items() if name != "versions"}
            return [shared | each | {"sources": _both(shared, each)} for each in versions]
        case _:
            raise written.NotReadable("an area needs a list of versions")


def _both(shared: dict[str, Any], each: dict[str, Any]) -> object:
    """The sources of the file and of the version; what is not a table of them is left to be refused."""
    own = each.get("sources", {})
    common = shared.get("sources", {})
    return common | own if isinstance(common, dict) and isinstance(own, dict) else own or common


def _line(place: str, pointer: str, code: str, values: dict[str, str]) -> str:
    said = values.get("message") or ", ".join(f"{name} {value}" for name, value in values.items())
    return f"{place} {pointer or '/'} {code}" + (f": {said}" if said else "")


def _overlaps(entries: Iterable[_Entry]) -> Iterator[str]:
    """What Postgres would refuse, told for all areas at once and by file."""
    by_area: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_area.setdefault(entry.found.policy.area, []).append(entry)
    for held in by_area.values():
        for one, other in pairwise(sorted(held, key=lambda entry: _first(entry.found.policy.effective))):
            last = one.found.policy.effective.to
            if last is None or last >= _first(other.found.policy.effective):
                yield f"{other.place} /effective/from overlaps: {one.place} is in force on some of these days"


def _first(effective: Effective) -> date:
    return date.min if effective.from_ == "unknown" else effective.from_


async def publish(url: str, found: Sequence[Checked]) -> list[Outcome]:
    """Publishes in one transaction what was read; PolicyOverlap where other rows are in its way."""
    engine = db.direct_engine(url)
    try:
        async with engine.begin() as connection:
            return await shipping.publish(connection, found)
    finally:
        await engine.dispose()
