from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.diff import apply_patches
from hyper.diff.instances import diff_values
from hyper.diff.rows import is_pair, match_rows, templates_of
from hyper.diff.sequences import longest_increasing
from hyper.vdom import Root
from hyper.vdom.templates.compiler import compile_template
from hyper.vdom.templates.template import Instance, expand
from hyper.vdom.templates.values import Fragment

ROW = compile_template(['<li key="', '" class="', '">', "</li>"])
OTHER_ROW = compile_template(['<li id="row-', '"><b>', "</b></li>"])
HEAD = compile_template(["<h1>", "</h1>"])
FOOT = compile_template(["<p>", "</p>"])
DOUBLE = compile_template(['<li key="', "-", '">', "</li>"])
LISTS = {
    "alone": compile_template(["<ul>", "</ul>"]),
    "with white space": compile_template(["<ul>\n  ", "\n</ul>"]),
    "among others of the name": compile_template(["<ul><li>first</li>", "<li>last</li></ul>"]),
    "among others": compile_template(["<ul><b>first</b>", " and <!-- so on --></ul>"]),
}


def row(key: object, label: object = "", state: object = None) -> Instance:
    return ROW.instance([key, state, label])  # type: ignore[return-value]


def rows(keys: str, changed: str = "") -> Fragment:
    """``rows("abc", "b")``: three rows, the second with another label."""
    return Fragment([row(key, "new" if key in changed else "old") for key in keys])


def patched(old: Any, new: Any) -> list[Any]:
    """The patches between two renders, which are proved right on the way."""
    patches = diff_values(old, new)
    before, after = Root(expand(old)), Root(expand(new))
    assert apply_patches(before, patches) == after
    return patches


@pytest.mark.parametrize("around", LISTS)
@pytest.mark.parametrize(
    ("old", "new", "changed", "said"),
    [
        ("abc", "abc", "b", [{"value": "new"}]),
        ("abc", "ac", "", [{"remove": 1}]),
        ("abcde", "ae", "", [{"remove": 1, "count": 3}]),
        ("abc", "abxc", "", [{"insert": 2, "html": '<li key="x">old</li>'}]),
        ("abcd", "dabc", "", [{"move": 3, "to": 0}]),
        ("abcd", "bcda", "a", [{"value": "new"}, {"move": 0, "to": 3}]),
        ("abcdefgh", "agcdebh", "", [{"remove": 5}, {"order": [0, 5, [2, 4], 1, 6]}]),
    ],
)
def test_what_is_said_of_a_list(around: str, old: str, new: str, changed: str, said: Sequence[Any]) -> None:
    template = LISTS[around]
    patches = patched(template.instance([rows(old)]), template.instance([rows(new, changed)]))
    if around == "alone":
        assert [{**patch, "path": "ul"} for patch in patches] == [{"path": "ul", **patch} for patch in said]
    assert [set(patch) for patch in patches] == [{"path", *patch} for patch in said]


@pytest.mark.parametrize(
    ("old", "new", "changed", "stretches", "pairs"),
    [
        ("abc", "abc", "", [(0, 0, 3)], []),
        ("abc", "abc", "b", [(0, 0, 3)], [(1, 1)]),
        ("", "a", "", [], []),
        ("a", "", "", [], []),
        ("ab", "cd", "", [], []),
        ("abc", "xbz", "", [(1, 1, 1)], []),
        ("abcd", "xbcz", "", [(1, 1, 2)], []),
        ("abc", "xabc", "c", [(0, 1, 3)], [(2, 3)]),
        ("abc", "abcx", "a", [(0, 0, 3)], [(0, 0)]),
        ("abcd", "abxcd", "ad", [(0, 0, 2), (2, 3, 2)], [(0, 0), (3, 4)]),
        ("abcd", "acxb", "", [(0, 0, 1), (2, 1, 1), (1, 3, 1)], []),
        ("abcd", "dcba", "bc", [(3, 0, 1), (2, 1, 1), (1, 2, 1), (0, 3, 1)], [(1, 2), (2, 1)]),
        ("abcde", "dcbae", "", [(3, 0, 1), (2, 1, 1), (1, 2, 1), (0, 3, 1), (4, 4, 1)], []),
        (
            "12345678",
            "17345289",
            "4",
            [(0, 0, 1), (6, 1, 1), (2, 2, 1), (3, 3, 1), (4, 4, 1), (1, 5, 1), (7, 6, 1)],
            [(3, 3)],
        ),
    ],
)
def test_which_row_is_which(
    old: str, new: str, changed: str, stretches: list[tuple[int, int, int]], pairs: list[tuple[int, int]]
) -> None:
    kept = match_rows(rows(old), rows(new, changed))
    assert kept is not None
    assert kept.stretches == stretches
    assert kept.changed == pairs
    assert kept.templates == ({ROW} if old else set())


def test_a_row_that_is_the_only_one_of_its_template_needs_no_key() -> None:
    def page(title: str, keys: str, last: str) -> Fragment:
        return Fragment([HEAD.instance([title]), *rows(keys), FOOT.instance([last])])

    kept = match_rows(page("a", "bcd", "x"), page("b", "cd", "y"))
    assert kept is not None
    assert (kept.stretches, kept.changed) == ([(0, 0, 1), (2, 1, 3)], [(0, 0), (4, 3)])
    two = [Fragment([HEAD.instance([text]), HEAD.instance(["z"]), *rows("abc")]) for text in "ab"]
    assert match_rows(two[0], Fragment(two[1][:-1])) is None
    assert match_rows(two[0], Fragment([HEAD.instance(["b"]), *rows("abc")])) is None


def test_rows_of_two_templates_stand_still_or_are_left_to_others() -> None:
    def page(keys: str) -> Fragment:
        return Fragment([row(key) if key.islower() else OTHER_ROW.instance([key, ""]) for key in keys])

    kept = match_rows(page("AbcD"), page("AcbD"))
    assert kept is not None
    assert kept.stretches == [(0, 0, 1), (2, 1, 1), (1, 2, 1), (3, 3, 1)]
    assert kept.templates == {ROW, OTHER_ROW}
    assert match_rows(page("AbCd"), page("bACd")) is None
    assert match_rows(page("ab"), page("AB")) is None
    moved = match_rows(page("ABC"), page("CAB"))
    assert moved is not None
    assert moved.stretches == [(2, 0, 1), (0, 1, 2)]


def test_keys_of_several_slots_tell_who_stays_but_not_who_moves() -> None:
    one, two, other = (DOUBLE.instance([*key, ""]) for key in ((1, 2), (1, 3), (2, 3)))
    assert match_rows(Fragment([one, two, other]), Fragment([two, one, other])) is None
    kept = match_rows(Fragment([one, two]), Fragment([DOUBLE.instance([1, 2, "x"]), two, other]))
    assert kept is not None
    assert (kept.stretches, kept.changed) == ([(0, 0, 2)], [(0, 0)])


def test_two_renders_of_one_element() -> None:
    several = compile_template(["<b>", "</b><i>", "</i>"])
    assert is_pair(row(1, "a"), row(1, "b"))
    assert not is_pair(row(1), row(2))
    assert not is_pair(row(1), row("1"))
    assert is_pair(HEAD.instance(["a"]), HEAD.instance(["b"]))
    assert is_pair(DOUBLE.instance([1, 2, "a"]), DOUBLE.instance([1, 2, "b"]))
    assert not is_pair(DOUBLE.instance([1, 2, "a"]), DOUBLE.instance([2, 1, "a"]))
    assert not is_pair(row("1"), OTHER_ROW.instance(["1", ""]))
    assert not is_pair(several.instance(["a", "b"]), several.instance(["a", "c"]))
    for value in ("x", 5, None, Fragment(), Root(), ()):
        assert not is_pair(row(1), value)
        assert not is_pair(value, row(1))


keys = st.lists(st.integers(0, 40), unique=True, max_size=24)
labels = st.sampled_from(["", "a", "<b>", None])


@st.composite
def row_lists(draw: st.DrawFn) -> Fragment:
    """A list of rows with keys, of one template or two, sometimes with a head that has none."""
    template = draw(st.sampled_from([ROW, ROW, OTHER_ROW]))
    items = []
    for key in draw(keys):
        if template is ROW and draw(st.integers(0, 9)):
            items.append(row(key, draw(labels), draw(labels)))
        else:
            items.append(OTHER_ROW.instance([key, draw(labels)]))
    head = [HEAD.instance([draw(labels)])] if draw(st.booleans()) else []
    return Fragment([*head, *items])


@given(row_lists(), row_lists(), st.sampled_from(list(LISTS.values())))
def test_any_two_lists(old: Fragment, new: Fragment, template: Any) -> None:
    patched(old, new)
    patched(template.instance([old]), template.instance([new]))


@given(keys, st.data())
def test_edited_lists(old: list[int], data: st.DataObject) -> None:
    new = data.draw(st.permutations(old)) if data.draw(st.booleans()) else list(old)
    for number in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(new)))
        if data.draw(st.booleans()):
            new.insert(place, 100 + number)
        elif new:
            del new[place - 1]
    state = data.draw(labels)
    before, after = (
        Fragment(map(row, old)),
        Fragment([row(key, "", state if key % 3 else None) for key in new]),
    )
    patched(before, after)
    assert_as_few_moves_as_can_be(before, after, new)


def assert_as_few_moves_as_can_be(old: Fragment, new: Fragment, new_keys: Sequence[int]) -> None:
    kept = match_rows(old, new)
    assert kept is not None
    places = [stretch.old + n for stretch in kept.stretches for n in range(stretch.length)]
    old_keys = [item[1] for item in old]
    assert places == [old_keys.index(key) for key in new_keys if key in old_keys]
    moves = [patch for patch in diff_values(old, new) if "move" in patch]
    assert len(moves) in {0, len(places) - len(longest_increasing(places))}


@pytest.mark.parametrize("twins", ["bbyy", "byb_y"])
def test_keys_that_occur_twice_are_left_to_others(twins: str) -> None:
    old, new = rows("xyz"), rows(twins)
    assert match_rows(old, new) is None
    patched(old, new)


def test_numbers_and_texts_are_no_keys_of_one_kind() -> None:
    old, new = Fragment([row(1), row(2)]), Fragment([row("2"), row(3), row(1)])
    assert match_rows(old, new) is None
    patched(old, new)


def test_only_instances_of_one_element_are_rows() -> None:
    assert templates_of(rows("ab")) == {ROW}
    assert templates_of(()) == set()
    several = compile_template(["<b>", "</b><i>", "</i>"])
    for value in ("x", "", 5, None, Fragment(), several.instance([1, 2]), Root()):
        assert templates_of((row(1), value)) is None
