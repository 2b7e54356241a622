"""What version 1 answers of a household: each account, and who paid what for whom."""

from typing import Literal

from pydantic import Field

from service.api.language import Language
from service.api.v1.answering import Answer, Grounded
from service.api.v1.answers import MonthOfBalances, Totals, Year
from service.api.v1.citing import Cited, bases_of, cite, of_simulation
from service.api.v1.grounds import grounds_of_several, money, text
from service.api.v1.household import FamiliesQuestion, Link, Transfer
from service.api.v1.leaves import AreaCode, Day, Label, Yuan
from service.api.v1.lines import account_fields, totals_line
from service.api.v1.notices import refusal_words
from service.api.v1.settled import Settled, settled_line
from service.core.answer import FamilySimulation, Shared, Simulation, Transferred
from service.core.book import Book
from service.core.family import Model

Outcome = Literal["done", "refused", "returned", "on_the_way"]


class MemberOfFamily(Answer):
    """The account of one member."""

    id: Label
    area: AreaCode = Field(description="Where the member is insured in the first month.")
    months: list[MonthOfBalances] = Field(description="Empty where `detail` is `totals` or `years`.")
    years: list[Year] = Field(description="Empty where `detail` is `totals`.")
    totals: Totals
    wallet: Yuan = Field(description="What the wallet (医保钱包) holds in the end.")


class TransferAnswer(Answer):
    """What became of a transfer into a wallet."""

    id: Label | None = None
    holder: Label
    beneficiary: Label
    on: Day
    amount: Yuan
    outcome: Outcome = Field(
        description="`returned`: not accepted, back the next day, or `on_the_way` there in the end."
    )
    code: str | None = Field(default=None, description="Why it was refused.")
    text: str | None = None


class LinkAnswer(Answer):
    """What passed through a link."""

    holder: Label
    beneficiary: Label
    model: Model
    paid: Yuan
    held: Yuan = Field(description="What its quota still holds in the end.")


class FamilyTotals(Totals):
    """Sums over all members."""

    billed: Yuan = Field(description="All expenses: fund, own accounts, family and cash together.")


class FamiliesAnswer(Grounded):
    """How the accounts of a household went, and who paid what for whom."""

    members: list[MemberOfFamily]
    expenses: list[Settled]
    transfers: list[TransferAnswer]
    links: list[LinkAnswer]
    totals: FamilyTotals


def families_answer(
    found: FamilySimulation, question: FamiliesQuestion, book: Book, body: bytes, language: Language
) -> bytes:
    """The answer to a question about a household."""
    names = [member.id for member in question.members]
    members = [
        _member(name, simulation, question, book, language)
        for name, simulation in zip(names, found.people, strict=True)
    ]
    expenses = [settled_line(each, names, language, whose=True) for each in found.expenses]
    transfers = [_transfer(each, question, language) for each in _as_asked(found.transfers)]
    links = [_link(shared, asked) for shared, asked in zip(found.links, question.links, strict=True)]
    billed = sum(each.expense.amount for each in found.expenses)
    told = [(name, simulation.notices) for name, simulation in zip(names, found.people, strict=True)]
    policies = [in_force for simulation in found.people for in_force in simulation.policies]
    ending = grounds_of_several(policies, _cited(found), told, book, body, language)
    written = (
        f'{{"members":[{",".join(members)}],"expenses":[{",".join(expenses)}],'
        f'"transfers":[{",".join(transfers)}],"links":[{",".join(links)}],'
        f'"totals":{{"billed":{money(billed)},{totals_line(found.totals)[1:]},{ending}}}'
    )
    return written.encode()


def _member(
    name: str, simulation: Simulation, question: FamiliesQuestion, book: Book, language: Language
) -> str:
    area = simulation.months[0].in_force.policy.area
    return (
        f'{{"id":{text(name)},"area":"{area}",{account_fields(simulation, book, question.detail, language)},'
        f'"totals":{totals_line(simulation.totals)},"wallet":{money(simulation.wallet)}}}'
    )


def _cited(found: FamilySimulation) -> Cited:
    """What all accounts rest on; a policy's sources are those that any of them cites."""
    cited: Cited = {}
    for simulation in found.people:
        for policy, sources in of_simulation(simulation).items():
            cited.setdefault(policy, set()).update(sources)
    for settled in found.expenses:
        cite(cited, bases_of(settled))
    return cited


def _as_asked(transfers: tuple[Transferred, ...]) -> list[Transferred]:
    """Transfers in the order of the question."""
    return sorted(transfers, key=lambda each: int(each.transfer.pointer.rpartition("/")[2]))


def _transfer(done: Transferred, question: FamiliesQuestion, language: Language) -> str:
    asked: Transfer = question.transfers[int(done.transfer.pointer.rpartition("/")[2])]
    given = "" if asked.id is None else f'"id":{text(asked.id)},'
    why = ""
    if done.code:
        words = refusal_words(done.code, asked.holder, language)
        why = f',"code":"{done.code}","text":{text(words)}'
    return (
        f'{{{given}"holder":{text(asked.holder)},"beneficiary":{text(asked.beneficiary)},'
        f'"on":"{asked.on.isoformat()}","amount":{money(asked.amount)},"outcome":"{_outcome(done)}"{why}}}'
    )


def _outcome(done: Transferred) -> Outcome:
    if done.code:
        return "refused"
    if done.returned:
        return "returned"
    return "on_the_way" if done.on_the_way else "done"


def _link(shared: Shared, asked: Link) -> str:
    return (
        f'{{"holder":{text(asked.holder)},"beneficiary":{text(asked.beneficiary)},"model":"{asked.model}",'
        f'"paid":{money(shared.paid)},"held":{money(shared.held)}}}'
    )
