"""What members, links, expenses and transfers of a household must say of each other."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from service.api.v1.reading import LinkParts, Parts, TransferParts
from service.core.errors import Fault


def contradictions_between(parts: Parts) -> list[Fault]:
    """Every fault between the parts of a question about several members."""
    faults = [*_names(parts)]
    if parts.asks == "families":
        named = {member.id for member in parts.members if member.id is not None}
        # Where a name cannot be read, nobody can say that another one names nobody.
        if parts.members and all(member.id is not None for member in parts.members):
            faults += _unknown(parts, named)
        faults += [*_links(parts.links), *_cycles(parts.links), *_order(parts), *_transfers(parts)]
    return faults


def _names(parts: Parts) -> Iterator[Fault]:
    """Members of one name."""
    seen: set[str] = set()
    for member in parts.members:
        if member.id is not None and member.id in seen:
            yield Fault(f"{member.pointer}/id", "duplicate_member", {"id": member.id})
        if member.id is not None:
            seen.add(member.id)


def _unknown(parts: Parts, named: set[str]) -> Iterator[Fault]:
    """Names that no member has."""
    told: list[tuple[str, str | None]] = []
    pairs: list[LinkParts | TransferParts] = [*parts.links, *parts.transfers]
    for each in pairs:
        told += [(f"{each.pointer}/holder", each.holder), (f"{each.pointer}/beneficiary", each.beneficiary)]
    told += [(f"{each.pointer}/member", each.member) for each in parts.expenses]
    for pointer, name in told:
        if name is not None and name not in named:
            yield Fault(pointer, "unknown_member", {"id": name})


def _links(links: list[LinkParts]) -> Iterator[Fault]:
    """What a link says of itself, and links that say the same."""
    for link in links:
        if link.holder is not None and link.holder == link.beneficiary:
            yield Fault(f"{link.pointer}/beneficiary", "link_to_itself")
        if link.start is not None and link.end is not None and link.end < link.start:
            yield Fault(f"{link.pointer}/to", "to_before_from")
        if link.model == "quota" and not link.quota:
            yield Fault(f"{link.pointer}/quota", "required")
        if link.model is not None and link.model != "quota" and link.quota:
            yield Fault(f"{link.pointer}/quota", "quota_of_other_model")
    yield from _twice(links)


def _twice(links: list[LinkParts]) -> Iterator[Fault]:
    """Links of one model between the same two members on the same days."""
    earlier: dict[tuple[str, str, str], list[LinkParts]] = {}
    for link in links:
        if link.holder is None or link.beneficiary is None or link.model is None:
            continue
        same = earlier.setdefault((link.holder, link.beneficiary, link.model), [])
        if any(_meet(link, other) for other in same):
            yield Fault(link.pointer, "duplicate_link")
        same.append(link)


def _meet(one: LinkParts, other: LinkParts) -> bool:
    """Whether there is a day on which both links hold."""
    if one.start is None or other.start is None:
        return False
    return _holds(one, max(one.start, other.start)) and _holds(other, max(one.start, other.start))


def _holds(link: LinkParts, on: date) -> bool:
    return link.start is not None and link.start <= on and (link.end is None or on <= link.end)


def _cycles(links: list[LinkParts]) -> Iterator[Fault]:
    """Links by which money could come back to where it was, on some day.

    Links that hold together do so on the day on which the last of them begins.
    """
    sound = [link for link in links if None not in (link.holder, link.beneficiary, link.start)]
    sound = [link for link in sound if link.holder != link.beneficiary]
    days = sorted({link.start for link in sound if link.start is not None})
    closing = {pointer for day in days for pointer in _closing(link for link in sound if _holds(link, day))}
    for link in sound:
        if link.pointer in closing:
            yield Fault(link.pointer, "link_cycle")


def _closing(links: Iterable[LinkParts]) -> Iterator[str]:
    """The links that close a cycle with those declared before them."""
    given: dict[str, set[str]] = {}
    for link in links:
        holder, beneficiary = link.holder or "", link.beneficiary or ""
        if _reaches(given, beneficiary, holder):
            yield link.pointer
        else:
            given.setdefault(holder, set()).add(beneficiary)


def _reaches(given: Mapping[str, set[str]], start: str, end: str) -> bool:
    """Whether money can come from one member to another."""
    seen, waiting = {start}, [start]
    while waiting:
        new = given.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return end in seen


def _order(parts: Parts) -> Iterator[Fault]:
    """Expenses stand in order of day."""
    latest: date | None = None
    for expense in parts.expenses:
        if expense.on is None:
            continue
        if latest is not None and expense.on < latest:
            yield Fault(f"{expense.pointer}/on", "expenses_out_of_order", {"after": latest.isoformat()})
        else:
            latest = expense.on


def _transfers(parts: Parts) -> Iterator[Fault]:
    """Transfers lie within the months asked for, and have a link to go by."""
    by_wallet = {(link.holder, link.beneficiary) for link in parts.links if link.model in ("wallet", None)}
    for transfer in parts.transfers:
        if (values := parts.outside(transfer.on)) is not None:
            yield Fault(f"{transfer.pointer}/on", "transfer_outside_range", values)
        pair = (transfer.holder, transfer.beneficiary)
        if None not in pair and pair not in by_wallet and not _unclear(parts.links):
            yield Fault(transfer.pointer, "transfer_without_link")


def _unclear(links: list[LinkParts]) -> bool:
    """Whether any link might be between others than can be read."""
    return any(link.holder is None or link.beneficiary is None for link in links)
