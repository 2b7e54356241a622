"""What version 1 answers of a balance that somebody sees: causes that sum to the difference, in words."""

from typing import Literal

from pydantic import Field

from service.api.language import Language
from service.api.v1.answering import Answer, Balances, Grounded
from service.api.v1.citing import cite, of_simulation
from service.api.v1.diagnosis_words import cause_words, wanted_words
from service.api.v1.grounds import basis_of, grounds, money, text
from service.api.v1.leaves import Day, Month, SignedYuan, Yuan
from service.api.v1.lines import balances
from service.api.v1.observing import DiagnosesQuestion
from service.core.account import Bucket
from service.core.book import Book
from service.core.diagnose import Cause as CoreCause
from service.core.diagnose_own import Refusal
from service.core.diagnose_seen import Figure
from service.core.expense import Category
from service.core.month import month_text
from service.diagnosing import Diagnosed

_AMOUNT = "Of the difference; all causes together make up exactly the difference."


class SeenBalances(Answer):
    """A balance by part, or where only all of it was seen in all."""

    current_year: SignedYuan | None = Field(default=None, description="Only where parts were seen.")
    prior_years: SignedYuan | None = Field(default=None, description="Only where parts were seen.")
    health: SignedYuan | None = Field(default=None, description="Only where the account has it.")
    total: SignedYuan


class Cause(Answer):
    """Something that explains a part of the difference, or why there is none."""

    code: str = Field(description="Stable; new ones may come.")
    amount: SignedYuan = Field(description=_AMOUNT)
    by_bucket: SeenBalances | None = Field(default=None, description="The same, where parts were seen.")
    certainty: Literal["shown", "likely", "possible"] = Field(
        description="`shown` by the lines or by the rules; `likely`: nothing else explains it to the"
        " fen, or a line is lacking; `possible`: it may be so."
    )
    month: Month | None = Field(default=None, description="The first month it is about.")
    basis: str | None = Field(
        default=None, description="Policy id, `#`, and the JSON pointer of the rule, where there is one."
    )
    sources: list[str] | None = None
    text: str = Field(description="A sentence ready to show.")


class Wanted(Answer):
    """What the account would pay of something on that day, and why not all."""

    category: Category
    amount: Yuan
    from_account: Yuan
    rest: Yuan
    code: str | None = Field(default=None, description="Why not all; left out where it pays all.")
    basis: str | None = None
    sources: list[str] | None = None
    text: str


class DiagnosesAnswer(Grounded):
    """Why an account shows what it shows."""

    on: Day
    simulated: Balances = Field(description="What the account would hold on the day.")
    observed: SeenBalances
    difference: SeenBalances = Field(description="Observed less simulated.")
    causes: list[Cause] = Field(
        description="One on top of another; their amounts sum exactly to the difference. Without one:"
        " why the figure is what it is."
    )
    alternatives: list[Cause] = Field(description="Each explains the whole difference by itself.")
    wanted: Wanted | None = None


def diagnoses_answer(
    diagnosed: Diagnosed, _: DiagnosesQuestion, book: Book, body: bytes, language: Language
) -> bytes:
    """The answer to a question about a balance that somebody sees."""
    found, observed, simulation, notices = diagnosed
    causes = [*found.causes, *found.alternatives]
    cited = of_simulation(simulation)
    cite(cited, [cause.basis for cause in causes if cause.basis is not None])
    wanted = ""
    if found.wanted is not None:
        cite(cited, [] if found.wanted.basis is None else [found.wanted.basis])
        wanted = f'"wanted":{_wanted(found.wanted, language)},'
    health = Bucket.HEALTH in found.simulated
    written = (
        f'{{"on":"{observed.on.isoformat()}","simulated":{balances(found.simulated, health=health)},'
        f'"observed":{_figure(observed.figure, health=health)},'
        f'"difference":{_figure(found.difference, health=health)},'
        f'"causes":[{",".join(_cause(each, language, health=health) for each in found.causes)}],'
        f'"alternatives":[{",".join(_cause(each, language, health=health) for each in found.alternatives)}],'
        f"{wanted}{grounds(simulation.policies, cited, notices, book, body, language)}}}"
    )
    return written.encode()


def _figure(figure: Figure, *, health: bool) -> str:
    """A figure as far as it was seen."""
    if len(figure) == 1:
        return f'{{"total":{money(figure[0])}}}'
    return balances(dict(zip(Bucket, figure, strict=True)), health=health)


def _cause(cause: CoreCause, language: Language, *, health: bool) -> str:
    parts = f',"by_bucket":{_figure(cause.amount, health=health)}' if len(cause.amount) > 1 else ""
    month = "" if cause.month is None else f',"month":"{month_text(cause.month)}"'
    basis = "" if cause.basis is None else f",{basis_of(cause.basis)}"
    return (
        f'{{"code":"{cause.code}","amount":{money(sum(cause.amount))}{parts},'
        f'"certainty":"{cause.certainty}"{month}{basis},"text":{text(cause_words(cause, language))}}}'
    )


def _wanted(refusal: Refusal, language: Language) -> str:
    wanted = refusal.wanted
    code = f',"code":"{refusal.code}"' if refusal.code else ""
    basis = "" if refusal.basis is None else f",{basis_of(refusal.basis)}"
    return (
        f'{{"category":"{wanted.category}","amount":{money(wanted.amount)},'
        f'"from_account":{money(refusal.pays)},"rest":{money(wanted.amount - refusal.pays)}{code}{basis},'
        f'"text":{text(wanted_words(refusal, language))}}}'
    )
