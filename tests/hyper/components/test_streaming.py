"""A text that arrives word by word: each word travels once, however long the text has become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hyper.diff.texts import utf16_length
from hyper.testing import mount
from hyper.testing.sources import one

SOURCE = """
from hyper import render, spawn
BEGIN = {begin!r}
WORDS = {words!r}
@live
def page():
    text = BEGIN
    async def write():
        nonlocal text
        for word in WORDS:
            text += word
            await render()
    def begin():
        spawn(write())
    t'''<button id="here" @click="write">Write</button> <button id="there" @click="begin">Begin</button>
    <article><p>{{text}}</p></article>'''
"""
BEGIN = "Long enough for a splice to be shorter than the text as a whole: "
WORDS = [f"word{number}{mark} " for number in range(200) for mark in (",", " é", " 🎉", " <b>", " & so")]


@pytest.mark.parametrize("button", ["#here", "#there"])
def test_each_word_is_one_splice(tmp_path: Path, button: str) -> None:
    page = mount(one(tmp_path, SOURCE.format(begin=BEGIN, words=WORDS)))
    page.click(button)
    assert page.text("p") == " ".join((BEGIN + "".join(WORDS)).split())
    wanted: list[dict[str, Any]] = []
    at = utf16_length(BEGIN)
    for word in WORDS:
        wanted.append({"path": "article/p/text", "at": at, "insert": word})
        at += utf16_length(word)
    assert page.patches == wanted


@pytest.mark.parametrize("button", ["#here", "#there"])
def test_a_word_costs_its_own_bytes_and_an_envelope(tmp_path: Path, button: str) -> None:
    words = ["word "] * 1000
    page = mount(one(tmp_path, SOURCE.format(begin=BEGIN, words=words)))
    page.click(button)
    sizes = [update.size_bytes for update in page.updates]
    assert len(sizes) == len(words)
    digits = len(str(len(BEGIN) + 5 * 999)) - len(str(len(BEGIN)))  # only the position gets longer
    assert sizes == sorted(sizes)
    assert sizes[-1] - sizes[0] == digits
    assert sizes[-1] < 120
