"""Who counts as one person, and what every state lets one do."""

import pytest

from service.core.lifecycle import MOVES, Act, NotAllowed, SecondPersonRequired, State, move, same_person


@pytest.mark.parametrize("other", ["alice", "ALICE", " Alice ", "Ａｌｉｃｅ"])
def test_case_space_and_width_do_not_make_another_person(other: str) -> None:
    assert same_person("Alice", other)


def test_two_names_are_two_people() -> None:
    assert not same_person("王芳", "王方")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", [act for act in Act if act is not Act.CREATE])
def test_a_move_that_the_table_does_not_have_is_refused(state: State, act: Act) -> None:
    if (state, act) in MOVES:
        assert move("it", state, act, "bob", ("alice",)) is MOVES[state, act]
        return
    with pytest.raises(NotAllowed):
        move("it", state, act, "bob", ("alice",))


@pytest.mark.parametrize(("state", "act"), [(State.DRAFT, Act.PUBLISH), (State.PUBLISHED, Act.WITHDRAW)])
def test_who_wrote_anything_of_a_policy_neither_publishes_nor_withdraws_it(state: State, act: Act) -> None:
    with pytest.raises(SecondPersonRequired):
        move("it", state, act, "alice", ("Alice", "carol"))
