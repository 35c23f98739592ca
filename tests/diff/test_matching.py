from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.diff.matching import (
    NOBODY,
    Matching,
    align,
    equal_end,
    equal_start,
    is_alike,
    match_children,
    shared_keys,
)
from hyper.diff.sequences import longest_increasing
from hyper.vdom import Comment, Element, Node, ProcessingInstruction, Text


def nodes(text: str) -> list[Node]:
    """One node for each word: ``a`` an element that holds "a", ``a=1`` changed inside, ``#k`` with the key k.

    ``-`` is white space, ``"x`` a text, ``!x`` a comment, ``?x`` a processing instruction, ``b:a`` a <b>.
    """
    return [node(word) for word in text.split()]


def node(word: str) -> Node:
    if word == "-":
        return Text("\n")
    if word[0] in '"!?':
        return {'"': Text, "!": Comment, "?": ProcessingInstruction}[word[0]](word[1:])
    tag, _, word = word.rpartition(":")
    name, _, inside = word.partition("=")
    content = (Text(inside or name),)
    if name[0] == "#":
        return Element(tag or "li", {"key": name[1:]}, content)
    return Element(tag or "li", {}, content)


def pairs(matching: Matching, old: list[Node], new: list[Node]) -> dict[int, int]:
    """Which new index is which old one, equal ends included."""
    found = {index: index for index in range(matching.start)}
    for index, partner in enumerate(matching.partners, matching.start):
        if partner != NOBODY:
            found[index] = partner
    found |= {index: index + len(old) - len(new) for index in range(matching.new_stop, len(new))}
    return found


def stays_of(matching: Matching) -> list[int]:
    """Old indexes of what can stay, in new order."""
    kept = [partner for partner in matching.partners if partner != NOBODY]
    return [kept[at] for at in longest_increasing(kept)]


def movers(matching: Matching) -> list[int]:
    """Old indexes of what does not stay."""
    return sorted({partner for partner in matching.partners if partner != NOBODY} - set(stays_of(matching)))


@pytest.mark.parametrize(
    ("old", "new", "expected", "moved"),
    [
        # equal ends
        ("", "", {}, []),
        ("a b c", "a b c", {0: 0, 1: 1, 2: 2}, []),
        ("a b c", "a c", {0: 0, 1: 2}, []),
        ("a c", "a b c", {0: 0, 2: 1}, []),
        ("a a a", "a a", {0: 0, 1: 1}, []),
        ("", "a", {}, []),
        ("a", "", {}, []),
        # one on each side
        ("a b=1 c", "a b=2 c", {0: 0, 1: 1, 2: 2}, []),
        ("a b:x c", "a i:x c", {0: 0, 2: 2}, []),
        ("#a", "#b", {}, []),
        ("#a", "#a=1", {0: 0}, []),
        ("a", "#a=1", {}, []),
        ('"a', '"b', {0: 0}, []),
        ('"a', "!a", {}, []),
        # explicit keys
        ("#a #b #c", "#c #b=1 #a", {0: 2, 1: 1, 2: 0}, [1, 2]),
        ("#a #b #c #d", "#d #a=1 #b #c=1", {0: 3, 1: 0, 2: 1, 3: 2}, [3]),
        ("#a=1 b:#a=1", "b:#a=2 #a=2", {0: 1, 1: 0}, [1]),
        ("#a=1 #b=1", "#c=1 #d=1", {}, []),
        # a key seen twice is none
        ("#a=1 #a=2", "#a=3 #a=4", {0: 0, 1: 1}, []),
        ("#a=1 #b=1 #a=2", "#b=2 #a=3", {0: 1, 1: 2}, []),
        ("#a=1 #b=1", "#a=2 #b=2 #a=3", {1: 1, 0: 0}, []),
        # implicit keys
        ("a b c d", "d b c a", {0: 3, 1: 1, 2: 2, 3: 0}, [0, 3]),
        ("a b c d e", "e a b c d", {0: 4, 1: 0, 2: 1, 3: 2, 4: 3}, [4]),
        ("a b c", "b=1 c a", {1: 2, 2: 0}, [2]),
        # edited in place, one equal at the same index although it is twice there
        ("a=1 x a=2 x a=3", "a=4 x a=5 x a=6", {0: 0, 1: 1, 2: 2, 3: 3, 4: 4}, []),
        ("u a a v", "v a a u", {0: 3, 1: 1, 2: 2, 3: 0}, [0, 3]),
        ("- u - a - a - v -", "- v - a - a - u -",
         {0: 0, 1: 7, 2: 8, 3: 3, 4: 4, 5: 5, 6: 6, 7: 1, 8: 2}, [1, 2, 7, 8]),
        # two of five in place are too few to say so
        ("x a b a c", "b a c a x", {0: 2, 1: 3, 2: 4, 4: 0}, [0]),
        ("a p a q r y", "z p a q r a", {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5}, []),
        # what moves away is not patched into something else, what has no key does not jump over keys
        ("a b c x=1", "b c a", {0: 1, 1: 2, 2: 0}, [0]),
        ("x=1 #a #b", "#a #b x=2", {0: 1, 1: 2}, []),
        ("p a z z", "z a q", {0: 0, 1: 1, 2: 2}, []),
        # the text after goes with its element
        ("- a - b - c -", "- c - a - b -", {0: 0, 1: 5, 2: 6, 3: 1, 4: 2, 5: 3, 6: 4}, [5, 6]),
        ('a "1 b "2', 'b "2 a "3', {0: 2, 1: 3, 2: 0, 3: 1}, [2, 3]),
        ('x a "1 b "2 y', 'z b "2 a "1 w', {0: 0, 1: 3, 2: 4, 3: 1, 4: 2, 5: 5}, [3, 4]),
        # gaps, in order
        ("p:1 b:1 p:2", "p:3 b:2 p:4", {0: 0, 1: 1, 2: 2}, []),
        ("p:1 b:1", "b:2 p:2", {1: 0}, []),
        ("a a b a", "a b a a", {0: 0, 1: 2, 2: 1, 3: 3}, [2]),
        ("a=1 !x", "!y a=2", {1: 0}, []),
        # white space never moves alone
        ("- - a", "a - -", {0: 2}, []),
        # nothing but equal ones
        ("?x a", "a ?y", {0: 1}, []),
        ("?x a ?y", "?y b ?x", {2: 0}, []),
    ],
)  # fmt: skip
def test_who_is_who(old: str, new: str, expected: dict[int, int], moved: list[int]) -> None:
    before, after = nodes(old), nodes(new)
    matching = match_children(before, after)
    assert pairs(matching, before, after) == expected
    assert movers(matching) == moved


def test_the_worked_example() -> None:
    old, new = nodes("a - b - c - d - e"), nodes("a - d - b - c=1 - f - e")
    matching = match_children(old, new)
    assert matching.start == 2
    assert pairs(matching, old, new) == {0: 0, 1: 1, 2: 6, 3: 7, 4: 2, 5: 3, 6: 4, 9: 5, 10: 8}
    assert movers(matching) == [6, 7]


def test_shared_keys_are_told() -> None:
    assert shared_keys(nodes("#a=1 #b=1 #a=2"), nodes("#b=2 #c #c=1")) == ["a", "c"]
    assert shared_keys(nodes("#a #b"), nodes("#b #a")) == []


class Live:
    """A nested live component: equal to itself only."""

    name = "div"
    key = None

    def __init__(self, kind: str) -> None:
        self.kind = kind


class Keyed(Live):
    key = "k"  # type: ignore[assignment]


def test_nested_components_with_keys_move_or_are_nothing() -> None:
    one, other, third = Keyed("live:1"), Keyed("live:2"), Keyed("live:1")
    nodes_between = [node("a"), node("b")]
    assert match_children([one, *nodes_between, other], [other, *nodes_between, one]).partners == [3, 1, 2, 0]
    matching = match_children([one, *nodes_between, other], [other, *nodes_between, third])
    assert matching.partners == [3, 1, 2, NOBODY]


def test_nested_components_are_equal_or_nothing() -> None:
    one, other, third = Live("live:1"), Live("live:2"), Live("live:1")
    assert not is_alike(one, third)
    matching = match_children([one, node("a"), other], [other, node("a=1"), third])
    assert matching.partners == [2, NOBODY, NOBODY] or matching.partners == [2, 1, NOBODY]
    assert match_children([one], [third]).partners == [NOBODY]
    assert match_children([one, other, one], [third, third]).partners == [NOBODY, NOBODY]


def test_an_element_that_is_called_like_a_nested_component_is_an_element() -> None:
    """Whether or not it shares its attributes (law 11)."""
    attributes = {"title": "x"}
    old, new = (Element("live:x", attributes, (Text(text),)) for text in "ab")
    assert is_alike(old, new)
    assert is_alike(old, Element("live:x", dict(attributes)))


WORDS = ["a", "b", "a=1", "p:1", "p:2", "-", '"x', "!x", "#k", "#l", "#k=1", "?x"]
words = st.lists(st.sampled_from(WORDS), max_size=12)


@given(words, words)
def test_every_matching_is_sound(old_words: list[str], new_words: list[str]) -> None:
    old, new = nodes(" ".join(old_words)), nodes(" ".join(new_words))
    matching = match_children(old, new)
    found = pairs(matching, old, new)
    assert len(set(found.values())) == len(found)
    assert all(old[left].kind == new[right].kind for right, left in found.items())
    stays = sorted(stays_of(matching))
    at = {left: right for right, left in found.items()}
    assert [at[left] for left in stays] == sorted(at[left] for left in stays)
    assert set(stays) <= set(matching.partners)


@given(words)
def test_equal_lists_match_at_once(all_words: list[str]) -> None:
    matching = match_children(nodes(" ".join(all_words)), nodes(" ".join(all_words)))
    assert not matching.changes_list()
    assert matching.partners == []


@given(words, st.data())
def test_insertions_and_removals_move_nothing(all_words: list[str], data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.integers(0, max(0, len(all_words) - 1))))
    new = [word for index, word in enumerate(all_words) if index in kept]
    for index in data.draw(st.lists(st.integers(0, len(new)), max_size=4)):
        new.insert(index, f"u:new{index}")
    assert movers(match_children(nodes(" ".join(all_words)), nodes(" ".join(new)))) == []


@pytest.mark.parametrize(
    ("old", "new", "start", "end"),
    [
        ("", "", 0, 0),
        ("ab", "ab", 2, 0),
        ("abc", "axc", 1, 1),
        ("aa", "aaa", 2, 0),
        ("ab", "cb", 0, 1),
        ("x", "y", 0, 0),
    ],
)
def test_equal_ends(old: str, new: str, start: int, end: int) -> None:
    assert equal_start(old, new) == start
    assert equal_end(old, new, min(len(old), len(new)) - start) == end


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("xyx", "yx", [(4, 2), (7, 3)]),
        ("", "a", []),
        ("abc", "abc", [(1, 2), (4, 3), (7, 4)]),
        ("abcabc", "bca", [(4, 2), (7, 3), (10, 4)]),
        ("ab", "ba", [(1, 3)]),
        # from the end, however many are of one class
        ("x" + "p" * 20, "y" + "p" * 40, [(4 + 3 * i, 23 + i) for i in range(20)]),
        # sought up to 16 places before the same ordinal, and up to 15 after it
        ("qpr", "p" * 16 + "qps", [(1, 18), (4, 19)]),
        ("qpr", "p" * 17 + "qps", [(1, 19)]),
    ],
)
def test_align(old: str, new: str, expected: list[tuple[int, int]]) -> None:
    found = align([1 + 3 * i for i in range(len(old))], [2 + i for i in range(len(new))], old, new)
    assert sorted(found) == expected


@given(st.text("abc", max_size=14), st.text("abc", max_size=14))
def test_align_finds_as_many_as_there_can_be(old: str, new: str) -> None:
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, left in enumerate(old):
        for j, right in enumerate(new):
            lengths[i + 1][j + 1] = (
                lengths[i][j] + 1 if left == right else max(lengths[i][j + 1], lengths[i + 1][j])
            )
    found = sorted(align(list(range(len(old))), list(range(len(new))), old, new))
    assert len(found) == lengths[-1][-1]
    assert all(old[i] == new[j] for i, j in found)
    assert [j for _, j in found] == sorted({j for _, j in found})
