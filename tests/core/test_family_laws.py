"""The laws of households, bills and leaving, held over generated families."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.core.account import PostingKind
from service.core.answer import FamilySimulation, Settled
from service.core.closing import Reason
from service.core.closure import ClosingQuestion, close
from service.core.expense import Expense
from service.core.family import Link
from service.core.month import day_in, days_in, month_text
from service.core.passage import Person
from service.core.simulate import Household, simulate_family
from service.store.documents import checked
from tests.core.asking import book_of, household_of
from tests.core.test_laws import shown
from tests.generated.families import Family, Mode, families

Test = Callable[[Family], None]
ALONE, LINKED, MOVING = Mode(models=()), Mode(), Mode(moving=True)
ADVANCED = Mode(advancing=True, moving=True, models=())
TRANSFERS = (PostingKind.TRANSFER_IN, PostingKind.TRANSFER_OUT)


def law(*modes: Mode, cases: int = 40) -> Callable[[Test], Test]:
    """A test that must hold for every generated family of these modes."""
    limits = settings(
        max_examples=cases, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    return lambda test: limits(given(family=st.one_of(*map(families, modes)))(test))


def asked(family: Family) -> Household:
    """The question to the core."""
    return household_of(book_of(family.all_documents), family.question)


def lived(family: Family) -> FamilySimulation:
    """What the core answers."""
    return simulate_family(asked(family))


def changed(family: Family, **question: Any) -> Family:
    """The family with something else in its question."""
    return family._replace(question=family.question | question)


def with_rules(family: Family, table: str, change: Callable[[dict[str, Any]], None]) -> Family:
    """The family under documents in which every rule of a table is changed."""
    found = deepcopy(family)
    for document in found.all_documents:
        rules = document.get(table, "unknown")
        for rule in () if rules == "unknown" else rules:
            change(rule)
    return found


def paid(each: Settled) -> list[tuple[object, ...]]:
    """Who paid what of an expense, without the basis."""
    lines = [(line.by, line.holder, line.bucket, line.category, line.amount) for line in each.paid]
    return [each.fund, each.shares, each.cash, *lines]  # type: ignore[list-item]  # told apart by place


def _purses(each: Settled) -> object:
    """The same of somebody without relatives, whatever the person's place in the question."""
    lines = [(line.by, line.bucket, line.category, line.amount) for line in each.paid]
    return each.fund, each.shares, each.cash, lines


# Documents


@law(Mode(items=True, advancing=True, moving=True))
def test_the_generated_documents_of_families_could_be_published(family: Family) -> None:
    for document in family.all_documents:
        assert checked(document).document == document


# Money


@law(LINKED, MOVING, cases=60)
def test_every_fen_of_a_bill_is_paid_once_by_somebody(family: Family) -> None:
    for each in lived(family).expenses:
        assert each.fund + sum(line.amount for line in each.paid) + each.cash == each.expense.amount
        assert each.fund + sum(fen for _, fen in each.shares) == each.expense.amount
        assert min([each.fund, each.cash, *(line.amount for line in each.paid)]) >= 0
        own = Counter(dict(each.shares))
        for line in each.paid:
            own[line.category] -= line.amount
        assert min(own.values(), default=0) >= 0
        assert sum(own.values()) == each.cash


@law(LINKED, MOVING, cases=60)
def test_what_accounts_and_wallets_lose_is_what_they_paid(family: Family) -> None:
    household, answer = asked(family), lived(family)
    spent: Counter[tuple[object, int]] = Counter()
    for each in answer.expenses:
        for line in each.paid:
            spent[line.by, line.holder] += line.amount
    moved: Counter[int] = Counter()
    for done in answer.transfers:
        if not done.code and done.transfer.accepted:
            moved[done.transfer.beneficiary] += done.transfer.amount
    for place, person in enumerate(answer.people):
        of = Counter[PostingKind]()
        for month in person.months:
            for posting in month.postings:
                of[posting.kind] -= posting.amount
        assert of[PostingKind.PAYMENT] == spent["own", place]
        assert of[PostingKind.FAMILY_PAYMENT] == spent["till", place] + spent["quota", place]
        wallet = household.people[place].wallet + moved[place] - spent["wallet", place]
        assert person.wallet == wallet >= 0


@law(LINKED, MOVING, cases=60)
def test_money_that_leaves_an_account_is_in_a_wallet_in_the_next_account_or_on_its_way(
    family: Family,
) -> None:
    household = asked(family)
    assume(
        not any(person.legs[-1].moves for person in household.people)
    )  # on its way to an area nobody asks for
    answer = simulate_family(household)
    left = 0
    for person in answer.people:
        left -= sum(p.amount for month in person.months for p in month.postings if p.kind in TRANSFERS)
    gone = (each.transfer.amount for each in answer.transfers if not each.code and not each.returned)
    assert left == sum(gone)


@law(LINKED, MOVING, Mode(advancing=True), cases=60)
def test_no_payment_for_oneself_or_a_relative_overdraws(family: Family) -> None:
    for person in lived(family).people:
        for month in person.months:
            held = dict(month.opening)
            for posting in month.postings:
                held[posting.bucket] = held.get(posting.bucket, 0) + posting.amount
                if posting.kind in (PostingKind.PAYMENT, PostingKind.FAMILY_PAYMENT):
                    assert posting.amount < 0 <= held[posting.bucket]


@law(LINKED, cases=60)
def test_what_a_quota_holds_is_beyond_the_reach_of_the_holder(family: Family) -> None:
    held = _with_quotas_of_the_whole_account(family)
    answer, links = lived(held), asked(held).links
    for place, link in enumerate(links):
        if link.model != "quota":
            continue
        others = [e for e in held.question["expenses"] if e["member"] != f"m{link.holder}"]
        alone = lived(changed(held, expenses=others))
        assert alone.links[place].paid == answer.links[place].paid
        assert alone.links[place].held == answer.links[place].held


def _with_quotas_of_the_whole_account(family: Family) -> Family:
    """Quotas that lie in both buckets, are held from the first day, and are drawn upon by nothing else."""

    def widen(rule: dict[str, Any]) -> None:
        rule["order"] = ["current_year", "prior_years"]

    found = with_rules(
        with_rules(family, "family", widen), "deductions", lambda rule: rule.update(to="2000-01")
    )
    links = [link | {"from": "2015-01-01"} for link in family.question["links"] if link["model"] != "wallet"]
    # Who holds a quota for one relative gives another nothing at the till.
    holders = {link["holder"] for link in links if link["model"] == "quota"}
    kept = [link for link in links if link["model"] == "quota" or link["holder"] not in holders]
    return changed(found, links=kept, transfers=[])


# Entitlement


@law(LINKED, Mode(items=True), cases=60)
def test_what_the_fund_pays_of_a_bill_is_nobody_elses_concern(family: Family) -> None:
    """No holder's account, status or bill changes what the fund pays for somebody else."""
    own = with_rules(family, "bills", lambda rule: rule.pop("account_first", None))
    answer = lived(own)
    strangers = lived(changed(own, links=[], transfers=[]))
    assert [(e.fund, e.shares) for e in strangers.expenses] == [(e.fund, e.shares) for e in answer.expenses]
    for place, member in enumerate(own.question["members"]):
        expenses = [e for e in own.question["expenses"] if e["member"] == member["id"]]
        others = [
            each if each is member else each | {"spells": [{"from": "2015-01", "status": "none"}]}
            for each in own.question["members"]
        ]
        alone = lived(changed(own, expenses=expenses, members=others)).people[place].expenses
        together = answer.people[place].expenses
        assert [(e.fund, e.shares) for e in alone] == [(e.fund, e.shares) for e in together]


@law(ALONE, Mode(items=True, models=()), ADVANCED, cases=50)
def test_a_family_of_strangers_gives_what_its_members_give_alone(family: Family) -> None:
    answer = lived(family)
    for place, member in enumerate(family.question["members"]):
        own = [each for each in family.question["expenses"] if each["member"] == member["id"]]
        alone = lived(changed(family, members=[member], expenses=own)).people[0]
        assert [shown([month]) for month in alone.months] == [
            shown([month]) for month in answer.people[place].months
        ]
        own_expenses = answer.people[place].expenses
        assert [_purses(each) for each in alone.expenses] == [_purses(each) for each in own_expenses]
        assert alone.totals == answer.people[place].totals


@law(ALONE, cases=50)
def test_the_order_of_bills_of_different_people_on_different_days_does_not_change_what_is_paid(
    family: Family,
) -> None:
    expenses = asked(family).expenses
    months = sorted({each.on_month for each in expenses})
    by_time: list[Expense] = []
    by_person: list[Expense] = []
    for month in months:
        own = [each for each in expenses if each.on_month == month]
        by_time += _one_a_day(own)
        by_person += _one_a_day(sorted(own, key=lambda each: each.member))
    household = replace(asked(family), expenses=tuple(by_time))
    one = simulate_family(household).expenses
    other = simulate_family(replace(household, expenses=tuple(by_person))).expenses
    assert {e.expense.pointer: paid(e) for e in one} == {e.expense.pointer: paid(e) for e in other}


def _one_a_day(expenses: list[Expense]) -> list[Expense]:
    """The expenses of a month one after another, in its second half, in which no rule begins or ends."""
    return [each._replace(on_day=17 + place) for place, each in enumerate(expenses)]


# Time


@law(LINKED, MOVING, ADVANCED, cases=60)
def test_a_family_simulated_to_a_month_is_the_longer_run_cut_there(family: Family) -> None:
    household = asked(family)
    middle = (household.first + household.last) // 2
    cut = lived(_cut(family, month_text(middle)))
    full = simulate_family(household)
    length = middle - household.first + 1
    for one, other in zip(cut.people, full.people, strict=True):
        assert shown(one.months) == shown(other.months[:length])
    earlier = [each for each in full.expenses if each.expense.on_month <= middle]
    assert [paid(each) for each in cut.expenses] == [paid(each) for each in earlier]


def _cut(family: Family, last: str) -> Family:
    kept = {
        name: [each for each in family.question[name] if each["on"][:7] <= last]
        for name in ("expenses", "transfers")
    }
    return changed(family, to=last, **kept)


@law(ALONE, Mode(items=True, models=()), ADVANCED, cases=60)
def test_a_month_asked_alone_with_its_resume_is_the_month_of_the_full_run(family: Family) -> None:
    """Also with bills, arrears, back payments and moves; nobody has a relative."""
    answer = lived(family)
    for place, member in enumerate(family.question["members"]):
        for month in answer.people[place].months:
            name = month_text(month.month)
            expenses = [
                e for e in family.question["expenses"] if e["member"] == member["id"] and e["on"][:7] == name
            ]
            question = {"from": name, "to": name, "members": [member], "expenses": expenses}
            wallet = member.get("wallet", "0")
            assume(wallet == "0")  # a wallet is not part of a member's account
            household = asked(changed(family, **question))
            alone = simulate_family(_resumed(household, [month.resume])).people[0]
            started = len(month.postings) - len(alone.months[0].postings)
            assert alone.months[0].postings == month.postings[started:]
            assert alone.months[0].closing == month.closing
            assert alone.months[0].spent == month.spent
            assert alone.months[0].credit.net == month.credit.net
            own = [e for e in answer.people[place].expenses if e.expense.on_month == month.month]
            assert [_purses(e) for e in alone.expenses] == [_purses(e) for e in own]


@law(LINKED, cases=50)
def test_a_family_taken_up_at_any_month_goes_on_in_the_same_way(family: Family) -> None:
    """With what every member's `resume` says: counters, limits, and quotas held; wallets are declared."""
    links = [each for each in family.question["links"] if each["model"] != "wallet"]
    members = [{k: v for k, v in each.items() if k != "wallet"} for each in family.question["members"]]
    tills = changed(family, links=links, transfers=[], members=members)
    household, full = asked(tills), lived(tills)
    at = random.Random(len(links)).randrange(household.first, household.last + 1)
    begins = month_text(at)
    later = [each for each in tills.question["expenses"] if each["on"][:7] >= begins]
    question = tills.question | {"from": begins, "expenses": later}
    rest = household_of(book_of(tills.all_documents), question)
    resumes = [person.months[at - household.first].resume for person in full.people]
    answer = simulate_family(_resumed(rest, resumes))
    for one, other in zip(answer.people, full.people, strict=True):
        assert [m.closing for m in one.months] == [m.closing for m in other.months[at - household.first :]]
    known = [each for each in full.expenses if each.expense.on_month >= at]
    assert [paid(each) for each in answer.expenses] == [paid(each) for each in known]
    assert [each.held for each in answer.links] == [each.held for each in full.links]


def _resumed(household: Household, resumes: list[Any]) -> Household:
    """The household, each of whose accounts goes on from what another run says of it."""
    people = []
    for person, resume in zip(household.people, resumes, strict=True):
        leg = person.legs[0]
        legs = (replace(leg, member=replace(leg.member, opening=resume)), *person.legs[1:])
        people.append(Person(legs, person.name, person.wallet))
    return replace(household, people=tuple(people))


# Bills


@law(ALONE, cases=80)
def test_a_bill_split_in_two_on_one_day_gets_the_same_from_the_fund_within_a_fen(family: Family) -> None:
    """Where only what counts within a policy year matters."""

    def yearly(rule: dict[str, Any]) -> None:
        rule |= {"deductible_per": "year", "bands_per": "year"}
        rule["caps"] = [cap | {"per": "year"} for cap in rule["caps"]]
        rule.pop("account_first", None)
        for row in rule["ratios"]:
            row.pop("item_most", None)

    whole = with_rules(family, "bills", yearly)
    expenses = whole.question["expenses"]
    places = [i for i, e in enumerate(expenses) if "bill" in e and "fund" not in e["bill"]]
    assume(places)
    place = places[len(places) // 2]
    expense = expenses[place]
    total = _fen(expense["bill"]["total"])
    outside = _fen(expense["bill"]["class_b_copay"]) + _fen(expense["bill"]["self_pay"])
    first = (total - outside) // 3
    parts = [
        expense | {"bill": expense["bill"] | {"class_b_copay": "0", "self_pay": "0", "total": _yuan(first)}},
        expense | {"bill": expense["bill"] | {"total": _yuan(total - first)}},
    ]
    assume(first > 0)
    in_one = lived(whole).expenses
    in_two = lived(changed(whole, expenses=[*expenses[:place], *parts, *expenses[place + 1 :]])).expenses
    assert abs(in_two[place].fund + in_two[place + 1].fund - in_one[place].fund) <= 1


def _fen(text: str) -> int:
    yuan, _, fen = text.partition(".")
    return int(yuan) * 100 + int(fen.ljust(2, "0"))


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


# Relatives


@law(LINKED, cases=80)
def test_no_limit_of_a_link_is_exceeded(family: Family) -> None:
    answer, links = lived(family), asked(family).links
    for link in links:
        years = [(year.first, year.last) for year in answer.people[link.holder].years]
        spent: Counter[tuple[object, ...]] = Counter()
        for number, each in enumerate(answer.expenses):
            month = each.expense.on_month
            year = next(span for span in years if span[0] <= month <= span[1])
            for line in each.paid:
                if (line.by, line.holder, each.expense.member) == (link.model, link.holder, link.beneficiary):
                    spent["per_expense", number] += line.amount
                    spent["per_month", month] += line.amount
                    spent["per_year", *year] += line.amount
        for (name, *_), fen in spent.items():
            most = getattr(link.limits, str(name))
            assert most is None or fen <= most


@law(LINKED, cases=80)
def test_holders_pay_in_the_declared_order_and_whoever_pays_after_another_found_that_one_unable(
    family: Family,
) -> None:
    def as_declared(rule: dict[str, Any]) -> None:
        if rule["kind"] == "till":
            rule["holders"] = "declared"

    declared = with_rules(family, "family", as_declared)
    answer, links = lived(declared), asked(declared).links
    for each in answer.expenses:
        for category, _ in each.shares:
            order = [link.holder for link in _at_the_till(links, each)]
            paying = [line.holder for line in each.paid if (line.by, line.category) == ("till", category)]
            assert all(order.index(one) <= order.index(later) for one, later in pairwise(paying))
            unable = {one.holder for one in each.passed_over if one.category == category}
            if paying:
                assert set(order[: order.index(paying[-1])]) <= unable
            elif each.cash:
                left = dict(each.shares)[category]
                left -= sum(line.amount for line in each.paid if line.category == category)
                assert left == 0 or set(order) <= unable


def _at_the_till(links: tuple[Link, ...], each: Settled) -> Iterator[Link]:
    for link in links:
        if link.model == "till" and link.beneficiary == each.expense.member and link.holds(each.on):
            yield link


@law(LINKED, cases=50)
def test_the_holder_with_the_largest_balance_pays_first(family: Family) -> None:
    def largest(rule: dict[str, Any]) -> None:
        if rule["kind"] == "till":
            rule |= {"holders": "largest_balance", "gates": [], "order": ["current_year", "prior_years"]}

    links = [
        {k: v for k, v in link.items() if k != "limits"}
        for link in family.question["links"]
        if link["model"] == "till"
    ]
    richest = changed(with_rules(family, "family", largest), links=links, transfers=[])
    answer = lived(richest)
    for number, each in enumerate(answer.expenses):
        payers = [line for line in each.paid if line.by == "till"]
        if payers:
            first = payers[0]
            unable = (one for one in each.passed_over if one.category == first.category)
            able = {link.holder for link in _at_the_till(asked(richest).links, each)}
            able -= {one.holder for one in unable if one.code != "holder_used_up"}
            held = {holder: _held_before(answer, holder, number) for holder in able}
            assert held[first.holder] == max(held.values())


def _held_before(answer: FamilySimulation, holder: int, number: int) -> int:
    """What a holder's account held when an expense was to be paid."""
    at = answer.expenses[number]
    month = next(m for m in answer.people[holder].months if m.month == at.expense.on_month)
    spent = 0
    for each in answer.expenses[number:]:
        if each.expense.on_month == at.expense.on_month:
            spent += sum(p.amount for p in each.paid if p.holder == holder and p.by in ("own", "till"))
    interest = sum(p.amount for p in month.postings if p.kind is PostingKind.INTEREST and p.on.day > 1)
    return sum(month.closing.values()) - interest + spent


# Leaving


@law(ADVANCED, cases=60)
def test_a_closing_pays_no_more_than_what_the_account_is_settled_to(family: Family) -> None:
    household = asked(changed(family, expenses=[]))
    for person in household.people:
        leg = person.legs[0]
        for reason in (Reason.TRANSFER_OUT, Reason.DEATH, Reason.WITHDRAWAL):
            on = day_in(leg.last, 1 + leg.last % 28)
            closure = close(ClosingQuestion(replace(leg, moves=""), on, reason))
            before = sum(closure.before.values())
            moved = sum(posting.amount for posting in closure.postings)
            assert sum(closure.after.values()) == before + moved
            assert closure.amount <= max(0, before + moved + closure.amount) or reason is Reason.TRANSFER_OUT
            if closure.allowed == "no":
                assert closure.amount == 0


@law(ADVANCED, cases=60)
def test_closing_for_a_transfer_on_a_months_last_day_is_what_a_move_hands_on(family: Family) -> None:
    quiet = changed(family, expenses=[])
    answer = lived(quiet)
    for person, lived_through in zip(asked(quiet).people, answer.people, strict=True):
        leg = person.legs[0]
        if not leg.moves:
            continue
        on = day_in(leg.last, days_in(leg.last))
        closure = close(ClosingQuestion(replace(leg, moves=""), on, Reason.TRANSFER_OUT))
        months = [month for month in lived_through.months if leg.first <= month.month <= leg.last]
        handed_on = -sum(p.amount for p in months[-1].postings if p.kind is PostingKind.TRANSFER_OUT)
        assert closure.amount == handed_on
        assert shown(closure.months) == shown(months)
