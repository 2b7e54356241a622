"""The addresses of version 1: parse, one use case, render.

Of a simulation the function is the contract alone; what comes of its question says `answered`.
"""

from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from service import usecases
from service.api.deps import book_of, operation_id
from service.api.language import language_of
from service.api.problems import declared
from service.api.security import AdmittedRoute
from service.api.v1 import answers, shown
from service.api.v1.answered import quoted
from service.api.v1.bills import BillsAnswer
from service.api.v1.cached import cached
from service.api.v1.closures import ClosuresAnswer
from service.api.v1.comparisons import ComparisonsQuestion
from service.api.v1.counter import BillsQuestion
from service.api.v1.diagnoses import DiagnosesAnswer
from service.api.v1.differences import ComparisonsAnswer
from service.api.v1.examples import BALANCES, BILL, CLOSURE, COMPARISON, CREDITS, DIAGNOSIS, FAMILY
from service.api.v1.families import FamiliesAnswer
from service.api.v1.household import FamiliesQuestion
from service.api.v1.inputs import member_schema
from service.api.v1.leaving import ClosuresQuestion
from service.api.v1.listing import area_document, encoded
from service.api.v1.observing import DiagnosesQuestion
from service.api.v1.queries import AreasQuery, AsOf, InputsQuery, QuoteQuery
from service.api.v1.retirement import RetirementAnswer, RetirementQuery, retirement_answer
from service.api.v1.route import QuestionRoute
from service.api.v1.schemas import BalancesQuestion, CreditsQuestion
from service.core.month import month_of, month_of_day

_LAST = month_of(2999, 12)

AreaPath = Annotated[str, Path(description="Six-digit division code.", examples=["110000"])]

lookups = APIRouter(
    prefix="/v1",
    tags=["policies"],
    responses=declared(422, 503),
    generate_unique_id_function=operation_id,
)
quotes = APIRouter(
    prefix="/v1",
    tags=["quotes"],
    route_class=AdmittedRoute,
    responses=declared(422, 503),
    generate_unique_id_function=operation_id,
)
simulations = APIRouter(
    prefix="/v1/simulations",
    tags=["simulations"],
    route_class=QuestionRoute,
    responses=declared(413, 415, 422, 503),
    generate_unique_id_function=operation_id,
)


@lookups.get("/areas", response_model=shown.AreasAnswer, summary="List areas")
async def list_areas(request: Request, query: Annotated[AreasQuery, Query()]) -> Response:
    """Areas with published policies, by code, with their names, versions, coverage and grade."""
    book = book_of(request, query.as_of)
    found = usecases.areas(book, query.cursor or "", query.limit + 1)
    items = [area_document(timeline, book.versions) for timeline in found[: query.limit]]
    more = items[-1]["area"] if len(found) > query.limit else None
    return cached(request, encoded({"items": items, "next": more}), language_of(request))


@lookups.get(
    "/areas/{area}", response_model=shown.Area, summary="Show an area", responses=declared(404, 422, 503)
)
async def show_area(request: Request, area: AreaPath, query: Annotated[AsOf, Query()]) -> Response:
    """One area with its names, versions, coverage and grade."""
    book = book_of(request, query.as_of)
    document = area_document(usecases.area(book, area), book.versions)
    return cached(request, encoded(document), language_of(request))


@lookups.get(
    "/areas/{area}/inputs",
    response_model=dict[str, Any],
    summary="Show what an area asks of a member",
    responses=declared(404, 422, 503),
)
async def show_inputs(request: Request, area: AreaPath, query: Annotated[InputsQuery, Query()]) -> Response:
    """JSON Schema (2020-12) of the `member` that the area's rules need: to draw a form, and to check it.

    `x-figures` names the figures that must be declared besides, under `parameters.figures`.
    """
    language = language_of(request)
    timeline = usecases.area(book_of(request, query.as_of), area)
    in_force = usecases.policy_on(timeline, query.on)
    month = _LAST if query.on is None else month_of_day(query.on)
    return cached(request, encoded(member_schema(in_force, month, language)), language)


@quotes.get("/quotes/credit", response_model=answers.QuoteAnswer, summary="Quote a month's credit")
async def quote_credit(request: Request, query: Annotated[QuoteQuery, Query()]) -> Response:
    """How much does one get a month? What the month earns, whenever it is posted."""
    language = language_of(request)
    asked = urlencode(sorted(request.query_params.multi_items())).encode()
    return cached(request, quoted(query, asked, partial(book_of, request), language), language)


@quotes.get("/retirement", response_model=RetirementAnswer, summary="Tell when somebody retires")
async def tell_retirement(request: Request, query: Annotated[RetirementQuery, Query()]) -> Response:
    """The statutory retirement month (法定退休年龄), which has risen since 2025, with the steps to it."""
    language = language_of(request)
    book = book_of(request, query.as_of)
    found = usecases.statutory_retirement(book, query.birth_month, query.kind)
    asked = urlencode(sorted(request.query_params.multi_items())).encode()
    return cached(request, retirement_answer(found, book, asked, language), language)


@simulations.post(
    "/credits",
    response_model=answers.CreditsAnswer,
    summary="Simulate credits",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": CREDITS}}}},
)
async def simulate_credits(question: CreditsQuestion) -> None:
    """The monthly credits of one member over a range, with formula, gross, deductions and net."""


@simulations.post(
    "/balances",
    response_model=answers.BalancesAnswer,
    summary="Simulate balances",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": BALANCES}}}},
)
async def simulate_balances(question: BalancesQuestion) -> None:
    """One member's account over a range: months, policy years, and every posting with its basis."""


@simulations.post(
    "/families",
    response_model=FamiliesAnswer,
    summary="Simulate a household",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": FAMILY}}}},
)
async def simulate_families(question: FamiliesQuestion) -> None:
    """The accounts of several members in step: own account first, then relatives in order, then cash."""


@simulations.post(
    "/bills",
    response_model=BillsAnswer,
    summary="Settle a bill",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": BILL}}}},
)
async def simulate_bills(question: BillsQuestion) -> None:
    """One bill at the counter: the fund step by step, then own account, relatives and cash; no credits."""


@simulations.post(
    "/closures",
    response_model=ClosuresAnswer,
    summary="Close an account, or ask for its money",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": CLOSURE}}}},
)
async def simulate_closures(question: ClosuresQuestion) -> None:
    """Stopping, moving, withdrawing, emigrating, dying: may the money be taken, how much, what follows."""


@simulations.post(
    "/comparisons",
    response_model=ComparisonsAnswer,
    summary="Compare scenarios with a baseline",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": COMPARISON}}}},
)
async def simulate_comparisons(question: ComparisonsQuestion) -> None:
    """Up to 20 scenarios, each the baseline with parts replaced, and by how much each differs from it."""


@simulations.post(
    "/diagnoses",
    response_model=DiagnosesAnswer,
    summary="Diagnose a balance",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": DIAGNOSIS}}}},
)
async def simulate_diagnoses(question: DiagnosesQuestion) -> None:
    """Why an account shows what it shows: causes in codes and words that sum to the difference."""
