"""What an answer rests on: the policies and, of each, the sources of the rules that were used."""

from collections.abc import Iterable, Iterator

from service.core.account import Basis
from service.core.amount import Base, Contribution, Published, parts
from service.core.answer import CreditOfMonth, MonthOf, Settled, Simulation
from service.core.earning import Earned
from service.core.policy import Policy

Cited = dict[str, set[str]]
"""Policy ids in the order in which they are met, each with the ids of sources cited of it."""


def of_simulation(simulation: Simulation) -> Cited:
    """What the postings of an account rest on, and what its member's bills do."""
    cited = of_months(simulation.months)
    cite(cited, simulation.bases)
    for settled in simulation.expenses:
        cite(cited, bases_of(settled))
    return cited


def of_months(months: Iterable[MonthOf]) -> Cited:
    """What the postings of months rest on."""
    listed = list(months)
    bases = {id(posting.basis): posting.basis for month in listed for posting in month.postings}
    cited = of_credits((month.month, month.credit) for month in listed)
    cite(cited, bases.values())
    return cited


def bases_of(settled: Settled) -> Iterator[Basis]:
    """What the settling of an expense rests on."""
    yield from (basis for _, basis in settled.steps if basis is not None)
    yield from (paid.basis for paid in settled.paid)


def cite(cited: Cited, bases: Iterable[Basis]) -> None:
    """Add what rules rest on."""
    for basis in bases:
        cited.setdefault(basis.policy, set()).update(basis.sources)


def of_credits(credits_: Iterable[tuple[int, CreditOfMonth]]) -> Cited:
    """What credits rest on, and the figures that they are counted on."""
    earned: dict[int, tuple[int, Earned]] = {}
    bases: dict[int, Basis] = {}
    for month, credit in credits_:
        for each in credit.earned:
            earned.setdefault(id(each), (month, each))
        for taken in credit.taken:
            bases[id(taken.basis)] = taken.basis
    cited: Cited = {}
    cite(cited, (*(each.basis for _, each in earned.values()), *bases.values()))
    for month, each in earned.values():
        cited.setdefault(each.in_force.id, set()).update(_of_figures(each, month))
    return cited


def _of_figures(earned: Earned, month: int) -> Iterator[str]:
    """The sources of the published figures and of the base that an amount is worked out from."""
    policy = earned.in_force.policy
    amounts = [earned.rule.amount, *(portion.amount for portion in earned.rule.split)]
    for part in (part for amount in amounts for part in parts(amount)):
        match part:
            case Base() | Contribution():
                yield from _of_base(policy, month)
            case Published(series=series):
                held = [row for row in policy.published.get(series, ()) if row.from_ <= month]
                yield from held[-1].source if held else ()
            case _:
                pass


def _of_base(policy: Policy, month: int) -> Iterator[str]:
    yield from getattr(policy.base, "source", ())
    held = [row for row in getattr(policy.base, "bounds", ()) if row.from_ <= month]
    yield from held[-1].source if held else ()
    if policy.contribution is not None:
        yield from policy.contribution.source
