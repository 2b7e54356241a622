"""The life of a policy over HTTP: what may be done in which state, by whom, and what it brings."""

from itertools import product

import pytest

from service.core.lifecycle import MOVES, Act, Scope, State
from tests.api.asking import Client, running
from tests.api.officers import AREA, LATER, Officer, code, do, faults, in_use, officer, published
from tests.conftest import database, execute, name_of
from tests.store.making import document, national, publish


@pytest.fixture
def client(administered: Client) -> Client:
    """The application on a database that holds the national document alone."""
    return administered


# Every state, every act


def in_state(state: State, li: Officer, wang: Officer, *, of_draft: bool) -> str:
    """The id of a draft or a policy in a state; Li wrote it."""
    match state, of_draft:
        case State.DRAFT, _:
            return str(li.draft()["id"])
        case State.PUBLISHED, True:
            draft = li.draft()
            wang.publish(draft)
            return str(draft["id"])
        case State.PUBLISHED, False:
            return published(li, wang)
        case State.SUPERSEDED, _:
            policy = published(li, wang)
            in_use(wang, li.correct(policy, document(AREA, monthly="120")))
            return policy
        case _:
            name = str(li.draft()["id"]) if of_draft else published(li, wang)
            assert wang.withdraw(name).status_code == 200
            wang.shown(name, "withdrawn")
            return name


KINDS = [(State.DRAFT, True), (State.PUBLISHED, False), (State.SUPERSEDED, False), (State.WITHDRAWN, False)]
PAIRS = list(product(KINDS, [act for act in Act if act is not Act.CREATE]))


@pytest.mark.parametrize(("kind", "act"), PAIRS)
def test_an_act_goes_with_a_state_exactly_as_the_table_says(
    li: Officer, wang: Officer, kind: tuple[State, bool], act: Act
) -> None:
    state, of_draft = kind
    name = in_state(state, li, wang, of_draft=of_draft)
    answer = do(act, wang, name)
    move = MOVES.get((state, act))
    if move is None:
        assert code(answer) == (409, "wrong_state")
        return
    assert answer.status_code in (200, 201), answer.text
    if act is not Act.PUBLISH:  # of a draft that becomes a policy, the policy has an id of its own
        wang.shown(name, move.to)


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.CREATE])
@pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHDRAWN])
def test_a_draft_that_is_over_is_left_as_it_is(li: Officer, wang: Officer, state: State, act: Act) -> None:
    name = in_state(state, li, wang, of_draft=True)
    shown = wang.get(f"/v1/policies/{name}")
    before = shown.json()
    assert before["state"] == state
    assert "etag" not in shown.headers
    assert code(do(act, wang, name)) == (409, "wrong_state")
    assert wang.get(f"/v1/policies/{name}").json() == before


# Versions of a draft


def test_every_writing_of_a_draft_is_a_version_and_makes_an_author(li: Officer, wang: Officer) -> None:
    made = li.post("/v1/policies", json={"document": LATER})
    draft = made.json()
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert made.headers["location"] == f"/v1/policies/{draft['id']}"
    assert wang.get(made.headers["location"]).json() == draft
    body = {"document": document(AREA, monthly="125")}
    again = wang.ask("PUT", f"/v1/policies/{draft['id']}", json=body, headers={"if-match": '"1"'})
    assert (again.status_code, again.headers["etag"]) == (200, '"2"')
    told = again.json()
    assert (told["version"], told["authors"], told["author"]) == (2, ["li", "wang"], "wang")
    assert told["document"] == body["document"]
    assert told["sha256"] != draft["sha256"]


# A request that names itself


@pytest.mark.parametrize("correcting", [False, True])
def test_a_request_sent_again_under_its_key_is_done_once(
    li: Officer, wang: Officer, correcting: bool
) -> None:
    address, body = "/v1/policies", b'{"document": {"area": "990001"}}'
    if correcting:
        address, body = f"/v1/policies/{published(li, wang)}/supersede", b"{}"
    headers = {"idempotency-key": "retirees 2027", "content-type": "application/json"}
    first, second = (li.post(address, content=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (first.headers["etag"], first.headers["location"]) == (
        second.headers["etag"],
        second.headers["location"],
    )
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    drafts = wang.get("/v1/policies", state="draft").json()["items"]
    assert [draft["id"] for draft in drafts] == [first.json()["id"]]
    other = li.post(address, content=body + b" ", headers=headers)
    assert code(other) == (422, "idempotency_key_reused")
    if correcting:
        elsewhere = li.post("/v1/policies", json={"document": LATER}, headers=headers)
        assert code(elsewhere) == (422, "idempotency_key_reused")


def test_a_key_of_one_person_says_nothing_of_anothers_request(li: Officer, wang: Officer) -> None:
    headers, body = {"idempotency-key": "1"}, {"document": LATER}
    first, second = (who.post("/v1/policies", json=body, headers=headers) for who in (li, wang))
    assert first.json()["id"] != second.json()["id"]


# The second person


def test_nobody_publishes_what_they_have_written_something_of(
    li: Officer, wang: Officer, client: Client, database_url: str
) -> None:
    draft = li.draft()
    assert code(li.publish(draft)) == (403, "second_person_required")
    assert code(officer(client, database_url, "LI").publish(draft)) == (403, "second_person_required")
    body, seen = {"document": LATER}, {"if-match": '"1"'}
    draft = wang.ask("PUT", f"/v1/policies/{draft['id']}", json=body, headers=seen).json()
    assert [code(who.publish(draft)) for who in (li, wang)] == [(403, "second_person_required")] * 2
    zhao = officer(client, database_url, "zhao")
    done = zhao.publish(draft)
    assert done.status_code == 200, done.text
    policy = zhao.shown(done.json()["id"], "published")
    assert (policy["author"], policy["approver"]) == ("wang", "zhao")
    for author in (li, wang):
        assert code(author.withdraw(policy["id"])) == (403, "second_person_required")
    assert zhao.withdraw(policy["id"]).status_code == 200


def test_an_act_needs_its_scope(client: Client, database_url: str, li: Officer, wang: Officer) -> None:
    policy, draft = published(li, wang), li.draft(LATER)
    reader = officer(client, database_url, "reader", Scope.AUDIT)
    drafter = officer(client, database_url, "drafter", Scope.DRAFT)
    publisher = officer(client, database_url, "publisher", Scope.PUBLISH)
    assert code(drafter.publish(draft)) == (403, "scope_missing")
    assert code(drafter.withdraw(policy)) == (403, "scope_missing")
    assert code(publisher.post("/v1/policies", json={"document": LATER})) == (403, "scope_missing")
    assert code(do(Act.REPLACE, publisher, draft["id"])) == (403, "scope_missing")
    assert code(do(Act.SUPERSEDE, publisher, policy)) == (403, "scope_missing")
    for act in Act:
        assert code(do(act, reader, draft["id"])) == (403, "scope_missing")
    assert drafter.withdraw(draft["id"]).status_code == 200


# Publications, one upon the other


def test_a_policy_follows_another_which_then_ends_the_day_before(li: Officer, wang: Officer) -> None:
    earlier = published(li, wang)
    blocked = wang.publish(li.draft(LATER))
    assert code(blocked) == (409, "policy_overlap")
    assert blocked.json()["policies"] == [earlier]
    assert "follows" in blocked.json()["detail"]
    done = wang.publish(li.draft(LATER, follows=earlier)).json()
    assert done["began"] == [f"{AREA}@2027-01-01", f"{earlier}.2"]
    assert done["ended"] == [earlier]
    wang.shown(earlier, "superseded")
    shortened = wang.shown(f"{earlier}.2", "published")
    assert shortened["document"]["effective"] == {"from": "2022-09-01", "to": "2026-12-31"}
    assert (shortened["author"], shortened["approver"]) == ("li", "wang")


def test_a_withdrawal_brings_back_what_the_policy_had_ended(li: Officer, wang: Officer) -> None:
    earlier = published(li, wang)
    later = published(li, wang, LATER, follows=earlier)
    gone = wang.withdraw(later).json()
    assert gone["began"] == [f"{earlier}.3"]
    assert set(gone["ended"]) == {later, f"{earlier}.2"}
    assert wang.shown(later, "withdrawn")["published_to"] is not None
    back, first = (
        wang.shown(name, state) for name, state in ((f"{earlier}.3", "published"), (earlier, "superseded"))
    )
    assert (back["document"], back["sha256"]) == (first["document"], first["sha256"])
    assert (back["author"], back["approver"]) == (first["author"], first["approver"])


def test_a_withdrawal_that_brings_nothing_back_leaves_a_gap(li: Officer, wang: Officer) -> None:
    policy = published(li, wang)
    correction = in_use(wang, li.correct(policy, document(AREA, monthly="120")))
    gone = wang.withdraw(correction, restore=False).json()
    assert (gone["began"], gone["ended"]) == ([], [correction])


@pytest.mark.parametrize("act", [Act.SUPERSEDE, Act.WITHDRAW])
def test_who_asks_for_what_was_superseded_is_told_what_is_published_instead(
    li: Officer, wang: Officer, act: Act
) -> None:
    policy = published(li, wang)
    correction = in_use(wang, li.correct(policy, document(AREA, monthly="120")))
    answer = do(act, wang, policy)
    assert code(answer) == (409, "wrong_state")
    assert answer.json()["policies"] == [correction]
    assert correction in answer.json()["detail"]
    assert wang.withdraw(correction, restore=False).status_code == 200
    wang.shown(correction, "withdrawn")
    alone = do(act, wang, policy)
    assert code(alone) == (409, "wrong_state")
    assert "policies" not in alone.json()


def test_a_correction_of_what_another_has_corrected_is_refused(li: Officer, wang: Officer) -> None:
    policy = published(li, wang)
    one, other = (li.correct(policy, document(AREA, monthly=monthly)) for monthly in ("120", "130"))
    in_use(wang, one)
    answer = wang.publish(other)
    assert code(answer) in ((409, "not_in_force"), (409, "policy_overlap"))


def test_what_is_unsound_is_not_published_and_every_fault_is_told(li: Officer, wang: Officer) -> None:
    given = document(AREA, monthly="-1") | {"effective": {"from": "2027"}, "unheard": 1}
    draft = li.draft(given)
    answer = wang.publish(draft)
    assert code(answer) == (422, "unsound_policy")
    report = wang.post(f"/v1/policies/{draft['id']}/check").json()
    assert report["sound"] is False
    assert faults(answer) == {fault["pointer"]: fault["code"] for fault in report["faults"]}
    assert {"/unheard", "/effective/from", "/credits/0/amount/amount"} <= faults(answer).keys()
    assert wang.get(f"/v1/policies/{draft['id']}").json()["state"] == "draft"


# Postgres away


def test_every_act_is_refused_while_postgres_is_away_and_questions_are_answered(
    server_url: str, migrated: str
) -> None:
    with database(server_url, migrated) as url:
        publish(url, national())
        with running(url, poll_seconds=600, administered=True) as client:
            li, wang = (officer(client, url, person) for person in ("li", "wang"))
            policy, draft = published(li, wang), li.draft(LATER)["id"]
            execute(server_url, f"DROP DATABASE {name_of(url)} WITH (FORCE)")
            refused = [do(act, wang, policy if act is Act.SUPERSEDE else draft) for act in Act]
            refused += [wang.get(address) for address in ("/v1/audit", "/v1/policies?state=draft")]
            refused += [wang.get(f"/v1/policies/{draft}"), wang.get(f"/v1/policies/{draft}/changes")]
            assert {code(answer) for answer in refused} == {(503, "store_away")}
            assert {"retry-after" in answer.headers for answer in refused} == {True}
            for address in ("/v1/policies", f"/v1/policies/{policy}", f"/v1/policies/{policy}/changes"):
                assert client.get(address).status_code == 200


def test_a_policy_whose_amounts_cannot_be_written_refuses_questions_and_breaks_nothing(
    li: Officer, wang: Officer
) -> None:
    """Twelve digits for every year of age: sound by its shape, and more than an amount may have."""
    rich = document(AREA, since="2025-01-01")
    rich["credits"][0]["amount"] = {"kind": "times_age", "amount": "999999999999.00"}
    published(li, wang, rich)
    member = {"birth_month": "1950-01", "spells": [{"from": "2020-01", "status": "retired"}]}
    asked = {"area": AREA, "from": "2025-01", "to": "2025-02", "member": member}
    compared = {"baseline": asked, "scenarios": [{"id": "longer", "to": "2025-03"}]}
    answers = {
        "/area": [
            wang.get("/v1/quotes/credit", area=AREA, on="2025-01", status="retired", age=70),
            *(wang.post(f"/v1/simulations/{kind}", json=asked) for kind in ("credits", "balances")),
        ],
        "/baseline/area": [wang.post("/v1/simulations/comparisons", json=compared)],
    }
    for pointer, several in answers.items():
        for answer in several:
            assert code(answer) == (422, "invalid_request")
            assert faults(answer)[pointer] == "amounts_past_writing"
