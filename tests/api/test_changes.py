"""What changed between two policies: the patch makes one of the other, and the words say what."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonpatch
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api.v1.changes import ChangesAnswer, changes_document, changes_items
from service.api.v1.rule_words import value
from service.catalogue import load
from service.review.changes import Change, changes_between

Document = dict[str, Any]
BEIJING = "110000"


@cache
def shipped() -> tuple[Document, ...]:
    """The shipped documents as Postgres gives them: no part of one stands in it twice."""
    return tuple(json.loads(json.dumps(each.document)) for each in load.read())


def beijing() -> Document:
    """The last document of Beijing, to be changed."""
    return copy.deepcopy([each for each in shipped() if each["area"] == BEIJING][-1])


def texts(old: Document, new: Document, language: Any = "zh") -> list[str]:
    """What changed, in words."""
    return [each["text"] for each in changes_items(changes_between(old, new), language)]


def at(document: Any, pointer: str) -> Any:
    """What a JSON pointer leads to."""
    return jsonpatch.JsonPointer(pointer).resolve(document)


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_the_patch_of_any_two_documents_makes_one_of_the_other(data: st.DataObject) -> None:
    old, new = (data.draw(st.sampled_from(shipped())) for _ in range(2))
    found = changes_between(old, new)
    assert jsonpatch.apply_patch(old, found.patch) == new
    assert (found.items == ()) == (old == new)
    for change in found.items:
        proves(change, old, new)


def proves(change: Change, old: Document, new: Document) -> None:
    """What a change says was there before, or is there now, is."""
    if change.change == "removed":
        assert at(old, change.pointer) == change.before
    else:
        assert at(new, change.pointer) == change.after
    assert change.before != change.after


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_change_of_a_leaf_is_told_at_its_place_alone(data: st.DataObject) -> None:
    old = data.draw(st.sampled_from(shipped()))
    place = data.draw(st.sampled_from(leaves(old)))
    new = jsonpatch.apply_patch(old, [{"op": "replace", "path": place, "value": "changed"}])
    found = changes_between(old, new)
    assert jsonpatch.apply_patch(old, found.patch) == new
    assert found.items
    sections = {change.pointer.split("/")[1] for change in found.items}
    assert sections == {place.split("/")[1]}
    assert texts(old, new, "en") != texts(old, new, "zh")


def leaves(value: Any, pointer: str = "") -> list[str]:
    """The pointers of all texts of a document, but for whole words that lists are made of."""
    if isinstance(value, dict):
        inner = [(f"{pointer}/{key}", each) for key, each in value.items()]
    elif isinstance(value, list):
        inner = [(f"{pointer}/{place}", each) for place, each in enumerate(value)]
    else:
        return [pointer] if isinstance(value, str) else []
    return [found for at_, each in inner for found in leaves(each, at_)]


def test_a_new_amount_of_an_age_band_is_told_with_the_band() -> None:
    old, new = beijing(), beijing()
    new["credits"][1]["amount"]["bands"][1]["amount"]["amount"] = "120"
    assert texts(old, new) == ["划入 credits：退休、70 岁以上 110.00 → 120.00"]
    assert texts(old, new, "en") == ["credits: retired, aged 70 or more 110.00 → 120.00"]


def test_a_rule_put_before_another_is_added_and_the_other_has_not_changed() -> None:
    old, new = beijing(), beijing()
    veterans = {"who": {"status": ["retired"], "class": ["pre_1949_worker"]}, "source": ["flexible"]}
    new["credits"].insert(1, veterans | {"amount": {"kind": "fixed", "amount": "60"}})
    found = changes_between(old, new)
    assert [(each.pointer, each.change) for each in found.items] == [("/credits/1", "added")]
    assert texts(old, new)[0].startswith("划入 credits：新增 退休、建国前老工人 60.00")


def test_a_row_taken_out_of_the_middle_is_the_one_that_was_removed() -> None:
    old, new = beijing(), beijing()
    taken = new["base"]["bounds"].pop(1)
    found = changes_between(old, new)
    assert [(each.pointer, each.change, each.before) for each in found.items] == [
        ("/base/bounds/1", "removed", taken)
    ]


def test_rules_that_change_places_are_told_though_each_says_the_same() -> None:
    old, new = beijing(), beijing()
    new["credits"].reverse()
    assert changes_between(old, new).items


@pytest.mark.parametrize(
    ("section", "value", "said"),
    [
        ("payments", "unknown", "支付范围 payments：门诊自付"),
        ("rollover", [], "结转 rollover："),
        ("note", {"zh": "新", "en": "new"}, "说明 note：zh"),
        ("credits", 7, "划入 credits："),
        ("credits", [7, None], "划入 credits："),
        ("interest", [["x"]], "计息 interest："),
    ],
)
def test_whatever_a_draft_holds_its_changes_can_be_told(section: str, value: Any, said: str) -> None:
    old, new = beijing(), beijing()
    new[section] = value
    told = texts(old, new)
    assert told
    assert all(each.startswith(said.partition("：")[0]) for each in told)
    assert told[0].startswith(said)
    assert texts(new, old)


def test_true_and_one_are_not_the_same() -> None:
    assert changes_between({"a": [1]}, {"a": [True]}).items
    assert changes_between({"a": 1}, {"a": 1}).items == ()


def test_the_answer_is_of_its_contract_and_the_first_policy_has_none_before_it() -> None:
    old, new = beijing(), beijing()
    new["title"] = None
    answer = changes_document("110000@2022-09-01", "110000@2027-01-01", changes_between(old, new), "zh")
    ChangesAnswer.model_validate(answer)
    assert answer["patch"] == [{"op": "replace", "path": "/title", "value": None}]
    assert changes_document(None, "110000@unknown", None, "zh")["changes"] == []


def area(code: str) -> Document:
    """The last shipped document of an area, to be changed."""
    return copy.deepcopy([each for each in shipped() if each["area"] == code][-1])


def test_a_bare_figure_is_told_with_the_list_that_it_is_of() -> None:
    old, new = area("310000"), area("310000")
    new["bills"][0]["deductible"][0]["amount"] = "300"
    new["published"]["fund_cap"][-1]["value"] = "660000"
    assert sorted(texts(old, new)) == [
        "公布数值 published：2025-07 至 2026-06、fund_cap 650000.00 → 660000.00",
        "统筹支付 bills：在职、门诊、起付线 deductible 500.00 → 300.00",
    ]


def test_a_record_that_comes_is_told_with_the_list_that_it_is_of() -> None:
    old, new = area("440100"), area("440100")
    row = {"from": "2027-01", "to": "2027-12", "value": "9000"}
    new["published"]["cap_in_service"].append(row)
    assert texts(old, new) == ["公布数值 published：cap_in_service 新增 2027-01 至 2027-12 9000.00"]


def test_relatives_and_ways_to_post_have_words() -> None:
    old, new = area("500000"), area("500000")
    new["family"][-1]["relations"] = ["spouse", "grandchild"]
    new["credits"][0]["posting"] = {"kind": "advance", "joiners": "next_month", "leavers": "claw_back"}
    posting, relations = texts(old, new)
    assert posting == "划入 credits：在职、入账方式 posting 新增 年初预划 中途参保 次月 中途停保 停保即扣回"
    assert relations.endswith("兄弟姐妹、祖父母、外祖父母、孙子女、外孙子女 → 配偶、孙子女、外孙子女")


def test_every_closed_word_of_the_shipped_documents_is_known() -> None:
    assert {
        word for document in shipped() for word in words_of(document) if value(word, "zh") == word
    } == set()


def words_of(given_: Any, name: str = "") -> Iterator[str]:
    """The words of closed lists below a place: what officers and sources call things is none of them."""
    if isinstance(given_, dict):
        for key, each in given_.items():
            if key not in {"sources", "source", "cases", "zh", "en", "series", "parameter", "name"}:
                yield from words_of(each, key)
    elif isinstance(given_, list):
        for each in given_:
            yield from words_of(each, name)
    elif isinstance(given_, str) and given_.replace("_", "").isalpha() and given_.isascii():
        yield given_
