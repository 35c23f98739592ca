from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from hyper.diff import patches_to_json
from hyper.diff.texts import common_end, common_start, diff_texts, from_utf16, utf16_length
from tests.strategies import any_texts, hostile_texts, joins_halves

LONG = "The quick brown fox jumps over the lazy dog. "


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1", "2", {"value": "2"}),
        ("Hello wor", "Hello world", {"at": 9, "insert": "ld"}),
        ("Hello w", "Hello you", {"value": "Hello you"}),
        (LONG, LONG + "Again.", {"at": 45, "insert": "Again."}),
        (LONG, "Again. " + LONG, {"at": 0, "insert": "Again. "}),
        (LONG, LONG.replace("brown", "red"), {"at": 10, "delete": 5, "insert": "red"}),
        (LONG + LONG, LONG, {"at": 45, "delete": 45, "insert": ""}),
        ("\U0001f600" * 30, "\U0001f600" * 30 + "!", {"at": 60, "insert": "!"}),
        (LONG + "\U0001f600", LONG + "\U0001f601", {"at": 45, "delete": 2, "insert": "\U0001f601"}),
        # as long either way: the whole text; one character more: the splice
        ("a" * 8, "a" * 8 + "b", {"value": "a" * 8 + "b"}),
        ("a" * 9, "a" * 9 + "b", {"at": 9, "insert": "b"}),
        ("a" * 9 + "c" + "b" * 10, "a" * 9 + "d" + "b" * 10, {"value": "a" * 9 + "d" + "b" * 10}),
        ("a" * 9 + "c" + "b" * 11, "a" * 9 + "d" + "b" * 11, {"at": 9, "delete": 1, "insert": "d"}),
        ("\n" * 5 + "a", "\n" * 5 + "b", {"value": "\n" * 5 + "b"}),
        ("\n" * 20 + "a", "\n" * 20 + "b", {"at": 20, "delete": 1, "insert": "b"}),
        # as long in JSON either way: the whole text; two characters more: the splice
        ('"' * 10 + "a", '"' * 10 + "b", {"value": '"' * 10 + "b"}),
        ('"' * 11 + "a", '"' * 11 + "b", {"at": 11, "delete": 1, "insert": "b"}),
        ("\\" * 10 + "a", "\\" * 10 + "b", {"value": "\\" * 10 + "b"}),
        ("\\" * 11 + "a", "\\" * 11 + "b", {"at": 11, "delete": 1, "insert": "b"}),
        # too little in common for a splice, however many bytes it is
        ("漢" * 8 + "a", "漢" * 8 + "b", {"value": "漢" * 8 + "b"}),
        ("漢" * 9 + "a", "漢" * 9 + "b", {"at": 9, "delete": 1, "insert": "b"}),
        (LONG, "", {"value": ""}),
        ("", LONG, {"value": LONG}),
    ],
)
def test_the_shorter_patch_is_said(old: str, new: str, said: dict[str, object]) -> None:
    assert diff_texts(old, new, "p/text") == {"path": "p/text", **said}


def size(patch: Any) -> int:
    return len(patches_to_json([patch]).encode())


@given(any_texts(), any_texts(), any_texts(), any_texts())
def test_a_patch_makes_the_new_text_and_no_form_of_it_is_shorter(
    start: str, gone: str, come: str, end: str
) -> None:
    old, new = joins_halves(start + gone + end), joins_halves(start + come + end)
    patch = diff_texts(old, new, "text")
    value = {"path": "text", "value": new}
    assert size(patch) <= size(value)
    if "at" in patch:
        at, delete = patch["at"], patch.get("delete", 0)
        assert old[: from_utf16(old, at)] + patch["insert"] + old[from_utf16(old, at + delete) :] == new
    else:
        assert patch == value


@given(hostile_texts(), hostile_texts(), hostile_texts())
def test_what_both_have_in_common(start: str, left: str, right: str) -> None:
    shared = common_start(start + left, start + right)
    assert shared >= len(start)
    assert (start + left)[:shared] == (start + right)[:shared]
    assert (start + left)[shared : shared + 1] != (start + right)[shared : shared + 1] or shared == min(
        len(start + left), len(start + right)
    )
    assert common_end((start + left)[::-1], (start + right)[::-1]) == shared


@pytest.mark.parametrize("length", [63, 64, 65, 100, 129])
def test_one_place_at_which_texts_differ(length: int) -> None:
    text = "a" * length
    for place in range(length):
        other = text[:place] + "b" + text[place + 1 :]
        assert (common_start(text, other), common_end(text, other)) == (place, length - place - 1)


@given(any_texts())
def test_every_place_between_characters_has_an_offset(text: str) -> None:
    joined = joins_halves(text)
    offsets = [utf16_length(joined[:index]) for index in range(len(joined) + 1)]
    assert [from_utf16(joined, offset) for offset in offsets] == list(range(len(joined) + 1))


@pytest.mark.parametrize(
    ("text", "offset", "why"),
    [
        ("ab", 3, "offset 3 is outside a text of 2"),
        ("aé\U0001f600", 5, "offset 5 is outside a text of 4"),
        ("a\U0001f600", 2, "offset 2 is inside a character"),
        ("\U0001f600", 1, "offset 1 is inside a character"),
    ],
)
def test_an_offset_outside_or_inside_a_character_is_refused(text: str, offset: int, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        from_utf16(text, offset)
