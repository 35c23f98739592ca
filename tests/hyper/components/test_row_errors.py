"""Errors of rows stay with their rows when others come, go or move."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyper.components.row_errors import moves, renamed, rows_in
from hyper.testing import Page, mount
from hyper.testing.sources import load_source, one
from hyper.vdom import parse_html

# Which row is which ---------------------------------------------------------------------------------------------


def rows(*keys: str, names: str = "lines[{}].text") -> str:
    return "".join(
        f'<p{f" key={key}" if key != "-" else ""}><input name="{names.format(at)}"></p>'
        for at, key in enumerate(keys)
    )


@pytest.mark.parametrize(
    ("before", "after", "name", "new"),
    [
        (rows("1", "2"), rows("2"), "lines[1].text", "lines[0].text"),
        (rows("1", "2"), rows("2"), "lines[0].text", None),
        (rows("1", "2"), rows("2"), "lines[1].other", "lines[0].other"),
        (rows("1", "2"), rows("2"), "lines[1]", "lines[0]"),
        (rows("1", "2"), rows("2"), "lines[0]", None),
        (rows("1", "2"), rows("2"), "lines[7].text", "lines[7].text"),
        (rows("1", "2"), rows("2"), "lines", "lines"),
        (rows("1", "2"), rows("2", "1"), "lines[0].text", "lines[1].text"),
        (rows("1", "2"), rows("3", "1", "2"), "lines[1].text", "lines[2].text"),
        (rows("-", "-"), rows("-", "-"), "lines[1].text", "lines[1].text"),
        (rows("-", "-"), rows("-"), "lines[0].text", None),
        (rows("-", "-"), rows("-", "-", "-"), "lines[0].text", None),
        (rows("1", "2", names="tags[{}]"), rows("2", names="tags[{}]"), "tags[1]", "tags[0]"),
        (rows("1", "2", names="rows.{}.n"), rows("2", names="rows.{}.n"), "rows.1.n", "rows.0.n"),
        (
            '<p key="1"><i name="a[0].x"></i><i name="a[0].y"></i></p>',
            '<p key="1"><i name="a[0].x"></i></p>',
            "a[0].y",
            "a[0].y",
        ),
        (
            '<p key="1"><i name="a[0].b[0].c"></i></p><p key="2"><i name="a[1].b[0].c"></i></p>',
            '<p key="2"><i name="a[0].b[0].c"></i></p>',
            "a[1].b[0].d",
            "a[0].b[0].d",
        ),
        (
            '<p key="1"><i key="3" name="a[0].b[0].c"></i><i key="4" name="a[0].b[1].c"></i></p>',
            '<p key="1"><i key="4" name="a[0].b[0].c"></i></p>',
            "a[0].b[0].d",
            None,
        ),
        (
            '<div data-live-component="m.1"><i name="a[0].b"></i></div>'
            '<div data-live-component="m.2"><i name="a[1].b"></i></div>',
            '<div data-live-component="m.2"><i name="a[0].b"></i></div>',
            "a[1].b",
            "a[0].b",
        ),
    ],
)
def test_the_new_name_of_a_field(before: str, after: str, name: str, new: str | None) -> None:
    assert renamed(name, moves(rows_in(parse_html(before)), rows_in(parse_html(after)))) == new


# In a form ------------------------------------------------------------------------------------------------------

FORM = '''
from typing import Annotated
from pydantic import BaseModel, Field
from hyper import error
class Line(BaseModel):
    text: Annotated[str, Field(pattern="^[A-Z]*$")]
@live
def page():
    keys = [1, 2, 3]
    def check(lines: list[Line]): pass
    def drop(key: int): keys.remove(key)
    def first(): keys.insert(0, 9)
    def last(): keys.append(9)
    def turn(): keys.reverse()
    def fresh():
        keys.clear()
        keys.extend([7, 8])
    t"""<form @input="check" @submit="check">{[t\'\'\'<p KEY><input name="lines[{at}].text"><b>{error(f"lines[{at}].text")}</b>
        <button type="button" id="drop-{key}" @click="drop({key})">x</button></p>\'\'\' for at, key in enumerate(keys)]}
    <button type="button" id="first" @click="first">f</button><button type="button" id="last" @click="last">l</button>
    <button type="button" id="turn" @click="turn">t</button>
    <button type="button" id="fresh" @click="fresh">n</button></form>"""
'''
WRONG = "This does not have the right form."


def form(folder: Path, key: str = 'key="{key}"') -> Page:
    return mount(one(folder, FORM.replace("KEY", key)))


def wrong(page: Page) -> list[int]:
    """The rows that show an error."""
    return [at for at, text in enumerate(page.texts("b")) if text == WRONG]


@pytest.mark.parametrize(
    ("click", "shown"),
    [
        ("drop-1", [0]),
        ("drop-2", []),
        ("drop-3", [1]),
        ("first", [2]),
        ("last", [1]),
        ("turn", [1]),
        ("fresh", []),
    ],
)
@pytest.mark.parametrize("is_sent", [False, True])
def test_an_error_stays_with_its_row(tmp_path: Path, click: str, shown: list[int], is_sent: bool) -> None:
    with form(tmp_path) as page:
        page.fill("[name='lines[1].text']", "bad")
        if is_sent:
            page.submit("form")
        assert wrong(page) == [1]
        page.click(f"#{click}")
        assert wrong(page) == shown
        for at in shown:
            assert page.value(f"[name='lines[{at}].text']") == "bad"
            page.fill(f"[name='lines[{at}].text']", "GOOD")
        assert wrong(page) == []


def test_several_errors_move_one_by_one(tmp_path: Path) -> None:
    with form(tmp_path) as page:
        page.fill("[name='lines[0].text']", "bad")
        page.fill("[name='lines[2].text']", "bad")
        page.click("#turn")
        page.click("#drop-3")
        assert wrong(page) == [1]
        page.click("#first")
        assert wrong(page) == [2]


def test_a_field_that_was_edited_says_so_in_its_new_place_only(tmp_path: Path) -> None:
    with form(tmp_path) as page:
        page.fill("[name='lines[1].text']", "GOOD")
        page.click("#drop-1")
        page.fill("[name='lines[0].text']", "bad")
        assert wrong(page) == [0]
        page.click("#drop-2")
        assert wrong(page) == []


@pytest.mark.parametrize(("click", "shown"), [("drop-1", []), ("drop-3", []), ("last", []), ("turn", [1])])
def test_without_keys_an_error_is_found_anew(tmp_path: Path, click: str, shown: list[int]) -> None:
    with form(tmp_path, key="") as page:
        page.fill("[name='lines[1].text']", "bad")
        page.click(f"#{click}")
        assert wrong(page) == shown
        page.fill("[name='lines[1].text']", "still bad")
        assert wrong(page) == [1]


TWO = '''
from typing import Annotated
from pydantic import BaseModel, Field
from hyper import error
class Line(BaseModel):
    text: Annotated[str, Field(pattern="^[A-Z]*$")]
@live
def page():
    keys = [1, 2]
    def check(lines: list[Line]): pass
    def other(items: list[Line]): pass
    def drop(): keys.pop(0)
    def form(name, handler, keys):
        return t"""<form @input="{handler}">{[t\'\'\'<p key="{key}"><input name="{name}[{at}].text">
            <b>{error(f"{name}[{at}].text")}</b></p>\'\'\' for at, key in enumerate(keys)]}</form>"""
    t"""{form("lines", check, keys)}{form("items", other, [1, 2])}<button @click="drop">x</button>"""
'''


def test_the_rows_of_another_form_keep_their_errors(tmp_path: Path) -> None:
    with mount(one(tmp_path, TWO)) as page:
        page.fill("[name='lines[0].text']", "bad")
        page.fill("[name='items[1].text']", "bad")
        assert wrong(page) == [0, 3]
        page.click("button")
        assert wrong(page) == [2]


NESTED = '''
from typing import Annotated
from pydantic import BaseModel, Field
from hyper import error
class Part(BaseModel):
    text: Annotated[str, Field(pattern="^[A-Z]*$")]
class Line(BaseModel):
    parts: list[Part]
@live
def page():
    lines = {1: [1, 2], 2: [3, 4]}
    def check(lines: list[Line]): pass
    def drop(line: int): del lines[line]
    def part(line: int): lines[line].pop(0)
    def field(name):
        return t\'\'\'<input name="{name}"><b>{error(name)}</b>\'\'\'
    t"""<form @input="check">{[t\'\'\'<p key="{key}">{[t\'<i key="{part}">{field(f"lines[{at}].parts[{n}].text")}</i>\'
        for n, part in enumerate(parts)]}<button type="button" id="drop{key}" @click="drop({key})">x</button>
        <button type="button" id="part{key}" @click="part({key})">x</button></p>\'\'\'
        for at, (key, parts) in enumerate(lines.items())]}</form>"""
'''


@pytest.mark.parametrize(("click", "shown"), [("drop1", [1]), ("part2", [2]), ("part1", [2]), ("drop2", [])])
def test_rows_in_rows(tmp_path: Path, click: str, shown: list[int]) -> None:
    with mount(one(tmp_path, NESTED)) as page:
        page.fill("[name='lines[1].parts[1].text']", "bad")
        assert wrong(page) == [3]
        page.click(f"#{click}")
        assert wrong(page) == shown


COMPONENTS = '''
from typing import Annotated
from pydantic import BaseModel, Field
from hyper import error
class Line(BaseModel):
    text: Annotated[str, Field(pattern="^[A-Z]*$")]
@live
def row(at: int, wrong: str):
    t"""<p><input name="lines[{at}].text"><b>{wrong}</b></p>"""
@live
def page():
    keys = [1, 2, 3]
    def check(lines: list[Line]): pass
    def drop(): keys.pop(0)
    t"""<form @input="check">{[row(at=at, wrong=error(f"lines[{at}].text"), key=key) for at, key in enumerate(keys)]}
    </form><button @click="drop">x</button>"""
'''


def test_rows_that_are_components(tmp_path: Path) -> None:
    with mount(load_source(tmp_path, COMPONENTS)["page"]) as page:
        page.fill("[name='lines[1].text']", "bad")
        assert wrong(page) == [1]
        page.click("button")
        assert wrong(page) == [0]
        page.click("button")
        assert wrong(page) == []


RESTLESS = FORM.replace("enumerate(keys)]", "enumerate(ordered())]").replace(
    "    def turn()",
    "    def ordered(): return keys[::-1] if error('lines[0].text') else keys\n    def turn()",
)


def test_a_view_whose_order_depends_on_errors_is_rendered_once_more_and_no_further(tmp_path: Path) -> None:
    with mount(one(tmp_path, RESTLESS.replace("KEY", 'key="{key}"'))) as page:
        page.fill("[name='lines[0].text']", "bad")
        page.click("#first")
        page.click("#turn")
        assert len(page.texts("b")) == 4
