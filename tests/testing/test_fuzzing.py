from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hyper.errors import AuthorError
from hyper.testing.fuzzing import fuzz
from hyper.testing.sources import load_source, one
from hyper.transport.component import RequestContext

TODO = """
@live
def item(text: str, on_done=None):
    marks = 0
    def mark():
        nonlocal marks
        marks += 1
    def done(): on_done(text)
    t'<b @click="mark">{text} {marks}</b><i @click="done">x</i>'

@live
def todo():
    items = ["a", "b"]
    wide = False
    note = ""
    def add(text: str, at: int = 0):
        if text not in items and len(items) < 6:
            items.insert(at, text)
    def drop(text: str):
        if text in items:
            items.remove(text)
    def turn(): items.reverse()
    def widen():
        nonlocal wide
        wide = not wide
    t'''<div class="{'wide' if wide else None}">{note}<input @bind="note">
    <ul>{[t'<li key="{n}"><{item} key={n} text={n} on_done={drop} /></li>' for n in items]}</ul>
    {t"<p @click='turn'>turn</p>tail" if wide else None} of {len(items)}
    <button @click="widen">w</button><form @submit="add"><input name="text"></form></div>'''
"""


def test_a_sound_component_passes(tmp_path: Path) -> None:
    fuzz(load_source(tmp_path, TODO)["todo"], max_examples=40)


def test_whose_page_it_is(tmp_path: Path) -> None:
    page = one(
        tmp_path,
        """
        from hyper import current_user
        @live
        def page():
            def write(): current_user.name
            t'<p @click="write">write</p>'
        """,
    )
    with pytest.raises(AuthorError, match="nobody is logged in"):
        fuzz(page, max_examples=2, steps=5)
    fuzz(page, max_examples=2, steps=5, request=RequestContext("session", user=SimpleNamespace(name="Ada")))


def test_a_handler_that_raises_is_found_and_shrunk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    component = one(
        tmp_path,
        """
        @live
        def page():
            count = 3
            def down():
                nonlocal count
                count -= 1
                1 / count
            t'<p @click="down">{count}</p>'
        """,
    )
    with pytest.raises(ZeroDivisionError) as error:
        fuzz(component)
    told = "\n".join(getattr(error.value, "__notes__", []))
    assert told.count("event_on_the_page") == 3
    fuzz(component, allow_errors=True)


def test_an_answer_is_no_failure(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        from aiohttp import web
        @live
        def page():
            count = 0
            def go():
                nonlocal count
                count += 1
                raise web.HTTPSeeOther("/") if count % 2 else web.HTTPNotFound()
            t'<p @click="go">{count}</p>'
        """,
    )
    fuzz(component, max_examples=2, steps=5)


def test_a_wrong_patch_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hyper.components.page as page_mount

    real = page_mount.diff_values

    def careless(old: Any, new: Any) -> Any:
        return [patch for patch in real(old, new) if "class" not in patch["path"]]

    monkeypatch.setattr(page_mount, "diff_values", careless)
    with pytest.raises(AssertionError, match="the patched tree is not the rendered one"):
        fuzz(load_source(tmp_path, TODO)["todo"])


def test_a_tree_that_browsers_rearrange_is_found(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        @live
        def page():
            is_open = False
            def toggle():
                nonlocal is_open
                is_open = not is_open
            t'<p @click="toggle">{t"<div>x</div>" if is_open else None}</p>'
        """,
    )
    with pytest.raises(AssertionError, match="a browser builds another tree"):
        fuzz(component)
