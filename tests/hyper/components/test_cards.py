"""A component that failed to start, or shows nothing: what is there instead is allowed where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyper.testing import mount
from hyper.testing.sources import load_source

CARD = 'class="live-error" role="alert"'
TOLD = "part could not be shown."

PLACES = [
    ("<table><tbody>{}</tbody></table>", f'<td colspan="1000">{TOLD}</td>', "tr"),
    ("<table><tbody><tr>{}</tr></tbody></table>", TOLD, "td"),
    ("<table>{}</table>", f'<tr><td colspan="1000">{TOLD}</td></tr>', "tbody"),
    ("<select>{}</select>", TOLD, "option"),
    ("<select><optgroup>{}</optgroup></select>", TOLD, "option"),
    ("<ul>{}</ul>", TOLD, "li"),
    ("<menu>{}</menu>", TOLD, "li"),
    ("<dl>{}</dl>", TOLD, "dd"),
    ("<svg>{}</svg>", TOLD, "text"),
    ("<svg><g>{}</g></svg>", TOLD, "text"),
    ("<svg><foreignObject>{}</foreignObject></svg>", TOLD, "p"),
    ("<math>{}</math>", TOLD, "mtext"),
    ("<section>{}</section>", TOLD, "p"),
]
VIEWS = [
    'return Markup("<tr><td>x</td></tr>")',
    "items = [t'<tr><td>{n}</td></tr>']\n    t'<table><tbody>{items}</tbody></table>'",
    "t'<ul>{[t\"<li>{n}</li>\"]}</ul>'",
    "t'<p>{n}</p>'",
]
PAGE = """
from hyper import *
from markupsafe import Markup
@live
def part(n: int):
    1 // n
    {view}
@live
def page():
    many = 1
    def more():
        nonlocal many
        many += 1
    t'<button @click="more">{{many}}</button>{inside}'
"""


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("around", "inside", "tag"), PLACES)
def test_a_card_fits_its_place(tmp_path: Path, view: str, around: str, inside: str, tag: str) -> None:
    source = PAGE.format(
        view=view, inside=around.format("{[t'<{part} key={k} n={0} />' for k in range(many)]}")
    )
    page = mount(load_source(tmp_path, source)["page"], raises=False)
    for count in (1, 2):  # the second one comes by a patch
        assert [card.tag for card in page.all("[role=alert]")] == [tag] * count
        assert page.html.count(f"{CARD}>{inside}</{tag}>") == count
        with pytest.raises(ZeroDivisionError):
            page.click("button")


GIVEN = """
from hyper import *
@live
def part(n: int):
    1 // n
    t'<p>{n}</p>'
@live
def box(children=None, rows=()):
    is_shown = IS_SHOWN
    def turn():
        nonlocal is_shown
        is_shown = not is_shown
    t'<button id="turn" @click="turn">turn</button>'
    if is_shown:
        t'BOX'
@live
def outer(children=None):
    t'<{box}>{children}</{box}>'
@live
def page():
    many = 1
    def more():
        nonlocal many
        many += 1
    parts = t'''PARTS'''
    t'''<button id="more" @click="more">{many}</button>PAGE'''
"""
PARTS = "{[t'<{part} key={k} n={0} />' for k in range(many)]}"
GIVEN_WAYS = [
    ("{children}", f"<{{box}}>{PARTS}</{{box}}>"),
    ("{children}", f"<{{outer}}>{PARTS}</{{outer}}>"),
    ("{children}", "<{box} children={parts} />"),
    ("{rows}", "<{box} rows={[t'<{part} key={k} n={0} />' for k in range(many)]} />"),
]


def given(*, is_shown: bool, box: str, page: str) -> str:
    source = GIVEN.replace("IS_SHOWN", str(is_shown)).replace("BOX", box)
    return source.replace("PARTS", PARTS).replace("PAGE", page)


@pytest.mark.parametrize("is_shown", [True, False])
@pytest.mark.parametrize(("shown", "page"), GIVEN_WAYS)
@pytest.mark.parametrize(("around", "inside", "tag"), PLACES)
def test_a_card_in_given_content_fits_the_place_where_that_is_shown(
    tmp_path: Path, around: str, inside: str, tag: str, shown: str, page: str, is_shown: bool
) -> None:
    """The component that shows it is not rendered yet when it fails, or shows it only after a click."""
    source = given(is_shown=is_shown, box=around.format(shown), page=page)
    mounted = mount(load_source(tmp_path, source)["page"], raises=False)
    if not is_shown:
        mounted.click("#turn")
    for count in (1, 2):
        assert [card.tag for card in mounted.all("[role=alert]")] == [tag] * count
        assert mounted.html.count(f"{CARD}>{inside}</{tag}>") == count
        with pytest.raises(ZeroDivisionError):
            mounted.click("#more")
    for _ in range(2):
        mounted.click("#turn")
    assert [card.tag for card in mounted.all("[role=alert]")] == [tag] * 3


@pytest.mark.parametrize("box", ["<div>{children}</div>", "<section>{1}{children}</section>"])
@pytest.mark.parametrize(
    ("inside", "tag"), [("<table><tbody>{}</tbody></table>", "tr"), ("<ul>{}</ul>", "li")]
)
def test_a_card_fits_the_element_around_it_in_given_content(
    tmp_path: Path, box: str, inside: str, tag: str
) -> None:
    source = given(is_shown=True, box=box, page=f"<{{box}}>{inside.format(PARTS)}</{{box}}>")
    mounted = mount(load_source(tmp_path, source)["page"], raises=False)
    assert [card.tag for card in mounted.all("[role=alert]")] == [tag]


@pytest.mark.parametrize("view", VIEWS[1:])
@pytest.mark.parametrize("around", ["<main>{}</main>", "<main><div>{}</div><p>x</p></main>"])
def test_one_that_shows_nothing_is_hidden_as_what_it_shows_itself(
    tmp_path: Path, view: str, around: str
) -> None:
    """Not as a row of its table, which a browser drops there."""
    lines = "\n        ".join(view.split("\n    "))
    source = f"""
from hyper import *
@live
def part():
    n = 0
    def more():
        nonlocal n
        n += 1
    if n:
        {lines}
@live
def page():
    t'''{around.format("<{part} />")}<{{other}} />'''
@live
def other(): t'<i></i>'
"""
    page = mount(load_source(tmp_path, source)["page"])
    assert "<tr" not in page.html
    assert "<li" not in page.html


TURNS = """
from hyper import *
@live
def one(): t'{one}'
@live
def two():
    n = 0
    def add():
        nonlocal n
        n += 1
    t'{two}'
@live
def page():
    is_one = True
    def go():
        nonlocal is_one
        is_one = not is_one
    t'<button id="go" @click="go">go</button>'
    if is_one:
        t'{first}'
    else:
        t'{second}'
"""


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("<p>one</p>", '<h1 @click="add">{n}</h1><p>text</p>'),
        ("<p>0</p>", '<p @click="add">{n}</p>'),
        ("<input name=a>", '<input name=a><b @click="add">{n}</b>'),
    ],
)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("<main><{one} /></main>", "<main><{two} /></main>"),
        ("<main>{1}<{one} /></main>", '<main class="{is_one}">{1}<{two} /></main>'),
        ("<div><main>{1}<{one} /><i></i></main></div>", "<div><main>{2}<{two} /><i></i></main></div>"),
        ("<main><{two} /></main>", "<main><{two} /></main>"),
    ],
)
def test_components_that_take_turns_at_one_place_are_new_elements(
    tmp_path: Path, one: str, two: str, first: str, second: str
) -> None:
    source = TURNS.format(one=one, two=two, first=first, second=second)
    page = mount(load_source(tmp_path, source)["page"])
    wrappers = []
    for _ in range(4):
        wrappers.append(page.find("main > div").attributes["data-live-component"])
        if page.has("[\\@click=add]"):
            page.click("[\\@click=add]")
        page.click("#go")
    assert len(set(wrappers)) == 4


def test_a_component_in_given_content_stays_when_what_is_around_it_changes(tmp_path: Path) -> None:
    source = """
from hyper import *
@live
def counter():
    n = 0
    def add():
        nonlocal n
        n += 1
    t'<b @click="add">{n}</b>'
@live
def card(children=None):
    is_open = False
    def turn():
        nonlocal is_open
        is_open = not is_open
    t'<button @click="turn">turn</button>'
    if is_open:
        t'<main class="{1}">{children}</main>'
    else:
        t'<main id="{2}">{children}</main>'
@live
def page():
    t'<{card}><{counter} /></{card}>'
"""
    page = mount(load_source(tmp_path, source)["page"])
    for count in ("1", "2", "3"):
        page.click("b")
        page.click("button")
        assert page.text("b") == count
