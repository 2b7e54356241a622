"""What was published by an instant, which of it is in force, and what the nation fills in."""

from datetime import UTC, datetime
from typing import Any

from service.core.book import Book, open_book
from service.core.interest import OfDeposit
from service.core.month import parse_day, parse_month
from service.core.policy import Policy, Version
from service.core.source import Grade
from service.store.documents import read, sha256
from tests.core.making import NO_INTEREST, Document, fixed, national, policy, rule

EARLY, LATE = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
BETWEEN = datetime(2024, 6, 1, tzinfo=UTC)


def version(
    document: Document, *, number: str = "", since: datetime = EARLY, until: datetime | None = None
) -> Version:
    name = f"{document['area']}@{document['effective']['from']}{number}"
    return Version(name, read(document), sha256(document), since, until, Grade.B, document)


def book(*documents: Document, **law: Any) -> Book:
    return open_book([version(each) for each in (*documents, national(**law))])


WRONG, RIGHT = policy(credits=[rule(fixed("1"))]), policy()
CORRECTED = [
    version(national()),
    version(WRONG, since=EARLY, until=LATE),
    version(RIGHT, number=".2", since=LATE),
]


def ids(as_of: datetime | None) -> list[str]:
    return [each.id for area in open_book(CORRECTED, as_of).areas.values() for each in area.policies]


def test_a_correction_holds_from_its_publication_and_the_past_can_be_asked_again() -> None:
    assert ids(None) == ["990001@2010-01-01.2"]
    assert ids(BETWEEN) == ["990001@2010-01-01"]
    assert ids(LATE) == ["990001@2010-01-01.2"]


def test_nothing_was_published_before_it_was() -> None:
    assert open_book(CORRECTED, datetime(2023, 1, 1, tzinfo=UTC)).areas == {}


def test_a_book_is_named_for_exactly_the_documents_it_holds() -> None:
    assert open_book(CORRECTED).id == open_book(reversed(CORRECTED)).id
    assert open_book(CORRECTED).id != open_book(CORRECTED, BETWEEN).id


def test_policies_come_into_force_one_after_the_other_on_their_days() -> None:
    old = policy(effective={"from": "unknown", "to": "2025-03-14"})
    new = policy(effective={"from": "2025-03-15", "to": "2025-12-31"})
    timeline = book(new, old).areas["990001"]
    in_march, in_april = timeline.at(parse_month("2025-03")), timeline.at(parse_month("2025-04"))
    assert in_march is not None
    assert in_april is not None
    assert (in_march.id, in_april.id) == ("990001@unknown", "990001@2025-03-15")
    assert timeline.on(parse_day("2025-03-15")) == in_april
    assert timeline.on(parse_day("2025-03-14")) == in_march
    assert timeline.at(parse_month("2026-01")) is None
    assert timeline.on(parse_day("2026-01-01")) is None


def test_what_a_document_leaves_unknown_is_filled_nationally_and_named() -> None:
    silent = policy()
    for table in ("interest", "rollover", "payments"):
        del silent[table]
    found = book(silent).areas["990001"].policies[0]
    assert found.assumed == (
        "assumed_interest_rate",
        "assumed_interest_method",
        "assumed_rollover",
        "assumed_payment_rules",
        "assumed_family_rules",
    )
    assert found.payments == found.national.payments
    assert found.basis("payments", 0).policy == "100000@1998-12-14"


def test_one_unknown_of_an_interest_rule_is_filled_and_the_rest_is_kept() -> None:
    deposit = {"kind": "deposit", "term": "demand"}
    law = {"interest": NO_INTEREST | {"prior_years": deposit, "method": "daily_product"}}
    document = policy(interest=NO_INTEREST | {"prior_years": {"kind": "unknown"}})
    found = book(document, **law).areas["990001"].policies[0]
    assert found.interest.prior_years == OfDeposit("demand")
    assert found.interest.method == "month_end_product"
    assert "assumed_interest_rate" in found.assumed
    assert "assumed_interest_method" not in found.assumed


def test_a_document_that_says_everything_assumes_nothing() -> None:
    back_payment = {
        "in_arrears": True,
        "not_enrolled": False,
        "earlier_years_into": "prior_years",
        "source": ["notice"],
    }
    found = book(policy(family=[], back_payment=back_payment)).areas["990001"].policies[0]
    assert found.assumed == ()
    assert isinstance(found.policy, Policy)
    assert found.basis("rollover", 0).policy == "990001@2010-01-01"


def test_without_a_national_document_no_area_can_be_asked() -> None:
    assert open_book([version(policy())]).areas == {}
