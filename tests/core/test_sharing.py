"""What relatives pay: quotas held beside each other and carried on, and gates that look at a bill."""

from dataclasses import replace
from typing import Any

from service.core.answer import FamilySimulation, Settled
from service.core.money import yuan
from service.core.passage import Person
from service.core.simulate import Household, simulate_family
from tests.core.asking import book_of, household_of
from tests.core.making import (
    AREA,
    EMPLOYED,
    NO_INTEREST,
    RETIRED,
    SOURCE,
    Document,
    fixed,
    national,
    policy,
    rule,
)

CHILD, PARENT = {**RETIRED, "status": "resident"}, RETIRED
FROM_PRIOR = {
    "kind": "quota",
    "relations": ["child"],
    "category": ["pharmacy"],
    "order": ["prior_years"],
    "reach": "nation",
    "source": SOURCE,
}
FROM_BOTH = FROM_PRIOR | {"relations": ["parent"], "order": ["prior_years", "current_year"]}


def sharing(*family: Document, **changes: Any) -> Document:
    """A document with rules of sharing, in which nobody is credited and nobody's own account pays."""
    defaults: Document = {"credits": [], "interest": NO_INTEREST, "payments": [], "rollover": []}
    return policy(family=list(family), **(defaults | changes))


def member(name: str, spell: Document, current_year: str = "0", prior_years: str = "0") -> Document:
    """A member of the household."""
    opening = {"current_year": current_year, "prior_years": prior_years}
    return {"id": name, "birth_month": "1960-06", "sex": "female", "spells": [spell], "opening": opening}


def quota(beneficiary: str, relation: str, amount: str, since: str) -> Document:
    """A quota in the holder's account."""
    link = {"holder": "holder", "beneficiary": beneficiary, "relation": relation, "from": since}
    return link | {"model": "quota", "quota": amount}


def medicine(name: str, on: str, amount: str) -> Document:
    """Medicine from a pharmacy."""
    return {"member": name, "on": on, "category": "pharmacy", "amount": amount}


def asked(documents: list[Document], question: Document, first: str, last: str) -> Household:
    """A question about some months."""
    nobody = {"kind": "none", "because": "gap_no_credit"}
    everyone = ["employed", "flexible", "retired", "resident", "none"]
    silent = national(credits=[{"who": {"status": everyone}, "amount": nobody, "source": SOURCE}])
    defaults: Document = {"area": AREA, "links": [], "expenses": [], "transfers": []}
    months = {"from": first, "to": last}
    return household_of(book_of([*documents, silent]), defaults | question | months)


def drawn(settled: Settled) -> list[tuple[str, str, str]]:
    """Who paid from which bucket, in yuan."""
    return [(line.by, str(line.bucket), yuan(line.amount)) for line in settled.paid]


def held(answer: FamilySimulation) -> list[str]:
    """What the quota of each link holds in the end, in yuan."""
    return [yuan(link.held) for link in answer.links]


def test_a_quota_held_first_is_paid_out_of_the_bucket_in_which_it_lies() -> None:
    """Ten of the years before are held for the child, then ten of this year for the parent."""
    question = {
        "members": [member("holder", EMPLOYED, "10", "10"), member("kid", CHILD), member("mum", PARENT)],
        "links": [quota("kid", "child", "10", "2020-03-01"), quota("mum", "parent", "10", "2020-03-02")],
        "expenses": [medicine("kid", "2020-03-10", "10"), medicine("mum", "2020-03-11", "4")],
    }
    answer = simulate_family(asked([sharing(FROM_PRIOR, FROM_BOTH)], question, "2020-03", "2020-03"))
    assert [drawn(each) for each in answer.expenses] == [
        [("quota", "prior_years", "10.00")],
        [("quota", "current_year", "4.00")],
    ]
    assert held(answer) == ["0.00", "6.00"]


def test_a_quota_is_still_held_by_a_run_taken_up_after_the_rule_that_let_it_ended() -> None:
    """It is frozen until it is drawn or the link ends, and no rule is asked again whether it may be."""
    question = {
        "members": [member("holder", EMPLOYED, "0", "30"), member("kid", CHILD)],
        "links": [quota("kid", "child", "20", "2020-03-01")],
    }
    documents = [sharing(FROM_PRIOR | {"to": "2020-03-31"})]
    whole = simulate_family(asked(documents, question, "2020-03", "2020-04"))
    rest = simulate_family(_taken_up(asked(documents, question, "2020-04", "2020-04"), whole))
    assert held(whole) == held(rest) == ["20.00"]


def test_quotas_lie_as_they_did_in_a_run_that_is_taken_up() -> None:
    """The child's is the second link and was held first: it has what there is of the years before."""
    question = {
        "members": [member("holder", EMPLOYED, "10", "10"), member("kid", CHILD), member("mum", PARENT)],
        "links": [quota("mum", "parent", "10", "2020-03-02"), quota("kid", "child", "10", "2020-03-01")],
        "expenses": [medicine("kid", "2020-04-10", "10")],
    }
    documents = [sharing(FROM_PRIOR, FROM_BOTH)]
    whole = simulate_family(asked(documents, question, "2020-03", "2020-04"))
    rest = simulate_family(_taken_up(asked(documents, question, "2020-04", "2020-04"), whole))
    assert drawn(whole.expenses[0]) == drawn(rest.expenses[0]) == [("quota", "prior_years", "10.00")]


def _taken_up(household: Household, whole: FamilySimulation) -> Household:
    """The household, whose accounts go on from what another run says of this one's first month."""
    people = []
    for person, lived in zip(household.people, whole.people, strict=True):
        month = next(each for each in lived.months if each.month == household.first)
        leg = person.legs[0]
        people.append(Person((replace(leg, member=replace(leg.member, opening=month.resume)),), person.name))
    return replace(household, people=tuple(people))


def test_a_gate_before_the_fund_looks_at_what_of_the_items_is_in_scope() -> None:
    """A class B item of 100.00 leaves 85.00 in scope: the account pays 100.00 or nothing, so nothing."""
    choices = {"kind": "choices", "bucket": "current_year", "steps": [{"from": "0", "amounts": ["100"]}]}
    table = {
        "category": ["outpatient_copay"],
        "order": ["current_year"],
        "gates": [choices],
        "source": SOURCE,
    }
    fund = {
        "who": {"status": ["employed"]},
        "settings": ["outpatient"],
        "ratios": [{"ratio": "0.5"}],
        "deductible": [],
        "caps": [],
        "account_first": ["current_year"],
        "scope": [{"item_class": ["class_b"], "share": "0.85"}],
        "source": SOURCE,
    }
    item = {"class": "class_b", "amount": "100"}
    bill = {"setting": "outpatient", "tier": "three", "total": "100", "items": [item]}
    question = {
        "members": [member("me", EMPLOYED, "500")],
        "expenses": [{"member": "me", "on": "2020-03-10", "bill": bill}],
    }
    documents = [sharing(payments=[table], bills=[fund])]
    settled = simulate_family(asked(documents, question, "2020-03", "2020-03")).expenses[0]
    assert (yuan(settled.fund), settled.paid, yuan(settled.cash)) == ("42.50", (), "57.50")


def test_an_advance_that_was_taken_back_does_not_keep_other_money_from_a_relative() -> None:
    """Of 120.00 advanced in January April takes back 90.00: 37.00 are left, 30.00 of them advanced."""
    posting = {"kind": "advance", "joiners": "this_month", "leavers": "claw_back"}
    posting |= {"shortfall_into": "prior_years", "excess_from": "current_year"}
    credit = rule(fixed("10"), "employed", posting=posting)
    till: Document = FROM_PRIOR | {"kind": "till", "order": ["current_year"], "holders": "declared"}
    till["gates"] = [{"kind": "not_advanced", "bucket": "current_year"}]
    leaves = EMPLOYED | {"to": "2020-03"}
    question = {
        "members": [member("holder", leaves, "7"), member("kid", CHILD)],
        "links": [{"holder": "holder", "beneficiary": "kid", "relation": "child", "from": "2020-01-01"}],
        "expenses": [medicine("kid", "2020-04-10", "20")],
    }
    household = asked([sharing(till, credits=[credit])], question, "2019-12", "2020-04")
    settled = simulate_family(household).expenses[0]
    assert drawn(settled) == [("till", "current_year", "7.00")]
