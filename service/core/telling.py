"""What a reader of an answer must know: why nothing came, what is assumed, how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.core.amount import Nothing
from service.core.credit import Advance, Monthly, YearlyLump
from service.core.source import Grade, best

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.core.earning import Earned
    from service.core.facts import Log
    from service.core.policy import InForce


def assumed(log: Log, month: int, in_force: InForce, code: str) -> None:
    """Say that a national default stands in for what the policy leaves unknown."""
    if code in in_force.assumed:
        log.note(code, month=month, policy=in_force.id)


def rates(log: Log, month: int, in_force: InForce, terms: Iterable[str]) -> None:
    """Say which deposit rates nobody published for the month, and how to declare them."""
    for term in sorted(terms):
        unknown(log, month, in_force, f"deposit_rates/{term}")


def unknown(log: Log, month: int, in_force: InForce, parameter: str) -> None:
    """Say what nobody published for the month, and where a question can declare it."""
    log.note(
        "unknown_parameter",
        "warning",
        month=month,
        policy=in_force.id,
        parameter=f"/parameters/{parameter}",
    )


def extrapolated(log: Log, month: int, in_force: InForce, what: str) -> None:
    """Say that a figure was published for an earlier month only."""
    log.note("policy_extrapolated", "warning", month=month, policy=in_force.id, what=what)


def credit(log: Log, month: int, in_force: InForce, earned: Earned | None, withheld: str = "") -> None:
    """Say why nothing is credited, and what is assumed where something is."""
    if not in_force.attested(month):
        log.note("policy_extrapolated", "warning", month=month, policy=in_force.id)
    if withheld:
        log.note(withheld, "warning", month=month)
    elif earned is None:
        log.note("gap_no_credit", month=month)
    elif isinstance(earned.rule.amount, Nothing):
        log.note(earned.rule.amount.because, month=month, policy=in_force.id)
    else:
        if earned.basis.policy == in_force.id:
            trust(log, month, in_force, earned.rule.source)
        _posting(log, month, in_force, earned)


def trust(log: Log, month: int, in_force: InForce, names: Iterable[str]) -> None:
    """Say that a rule rests on an aggregator's word alone."""
    grade = best(tuple(in_force.policy.sources[name] for name in names))
    if grade > Grade.B:
        log.note("low_grade_source", month=month, policy=in_force.id, grade=grade.value)


def _posting(log: Log, month: int, in_force: InForce, earned: Earned) -> None:
    """Say what is assumed of the posting, and what is earned but not posted by the last month."""
    match earned.rule.posting:
        case Monthly(lag_months="unknown"):
            log.note("assumed_posting_lag", month=month, policy=in_force.id)
        case Monthly(lag_months=int(lag)) if lag:
            log.note("not_yet_credited", month=max(month, log.last - lag + 1))
        case YearlyLump() | Advance():
            assumed(log, month, in_force, "assumed_policy_year")
        case _:
            return
