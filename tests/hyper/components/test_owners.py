"""A function belongs to the component that defined it, whoever calls it, and however it came there."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from hyper.errors import ComponentError
from hyper.testing import Page, mount
from hyper.testing.sources import load_source

HEAD = """
import asyncio
from dataclasses import dataclass
from functools import partial
from hyper.components.field_errors import error
from hyper.components.jobs import turn
from hyper.components.running import current_user, push, render, request
from hyper.components.tasks import every, spawn
from hyper.errors import Invalid

BOX = []
RENDERS = []

@dataclass
class Actions:
    go: object

class Caller:
    def __init__(self, function): self.function = function
    def go(self, i): return self.function(i)

def around(function):
    def call(*args): return function(*args)
    return call

def kept(function):
    BOX.append(function)
    return function
"""


def page_of(folder: Path, source: str, **properties: Any) -> Page:
    return mount(load_source(folder, HEAD + textwrap.dedent(source))["page"], **properties)


def fails(page: Page, error: str, css: str) -> None:
    with pytest.raises(Exception, match=error):
        page.click(css)


def place_of(component_id: str) -> str:
    """The id of a component, without the number of its page."""
    return re.sub(r"^page\d+", "page", component_id)


def pushed(page: Page) -> list[tuple[str, object]]:
    """The events pushed in the last step, each with the component it is dispatched on."""
    return [(place_of(one.component_id), one.detail) for one in page.pushed]


OUTER = """
@live
def page():
    n, picked = 0, []
    def pick(i=0):
        nonlocal n
        n += 1
        picked.append(i)
        push("picked", i)
    @kept
    def kept_pick(i=0): pick(i)
    def _maker():
        def made(i): pick(i)
        return made
    BOX.append(pick)
    t"<p>{{n}} {{picked!r}}</p><{{kid}} given={{{given}}} />"
"""

WAYS = {
    "itself": ("pick", "given(7)"),
    "a list": ("[pick]", "given[0](7)"),
    "a tuple": ("(1, pick)", "given[1](7)"),
    "a dict": ("dict(go=pick)", "given['go'](7)"),
    "a list in a dict": ("dict(go=[pick])", "given['go'][0](7)"),
    "a dataclass": ("Actions(pick)", "given.go(7)"),
    "partial": ("partial(pick, 7)", "given()"),
    "a lambda": ("(lambda: pick(7))", "given()"),
    "a bound method": ("Caller(pick).go", "given(7)"),
    "a closure around it": ("around(pick)", "given(7)"),
    "a function within a function": ("_maker()", "given(7)"),
    "a list of all these": ("[partial(around((lambda i: pick(i))), 7)]", "given[0]()"),
    "the module": ("None", "BOX[-1](7)"),
    "a decorator that keeps it": ("None", "BOX[0](7)"),
}
PLACES = {
    "a handler": "    def act(): {call}\n",
    "an async handler": "    async def act():\n        await asyncio.sleep(0)\n        {call}\n",
    "setup": "    {call}\n    def act(): pass\n",
    "a hook": "    def act(): pass\n    def on_mount(): {call}\n",
    "a tick": "    def act(): pass\n    @every(5)\n    def tick(): {call}\n",
    "a task": "    async def _work(): {call}\n    def act(): spawn(_work())\n",
    "a turn": "    async def _work():\n        async with turn(): {call}\n    def act(): spawn(_work())\n",
    "a lambda": "    _go = lambda: {call}\n    def act(): _go()\n",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", WAYS)
def test_a_function_is_its_owners_however_it_came_there(tmp_path: Path, way: str, place: str) -> None:
    given, call = WAYS[way]
    kid = f"@live\ndef kid(given):\n{PLACES[place].format(call=call)}    t'<b @click=\"act\">x</b>'\n"
    page = page_of(tmp_path, kid + OUTER.format(given=given))
    found = pushed(page)
    page.click("b")
    found += pushed(page)
    page.advance(5)
    found += pushed(page)
    times = 2 if place == "a tick" and len(found) == 2 else 1
    assert page.text("p") == f"{times} {[7] * times}"
    assert found == [("page", 7)] * times if place not in ("setup", "a hook") else [("page", 7)]


HANDED_ON = """
@live
def kid3(f, name):
    def act(): f(3)
    t"<b @click='act'>{name}</b>"
@live
def kid2(f):
    mine = 0
    def count(i):
        nonlocal mine
        mine += 1
        push("counted", i)
        f(i)
    t"<q>{mine}</q><{kid3} f={f} name=first /><{kid3} f={count} name=second />"
@live
def kid(given):
    t"<{kid2} f={given} />"
"""


def test_a_function_that_is_handed_on_stays_its_owners(tmp_path: Path) -> None:
    page = page_of(tmp_path, HANDED_ON + OUTER.format(given="pick"))
    page.click("b", "first")
    assert (page.text("p"), page.text("q"), pushed(page)) == ("1 [3]", "0", [("page", 3)])
    page.click("b", "second")
    assert (page.text("p"), page.text("q")) == ("2 [3, 3]", "1")
    assert pushed(page) == [("page.2", 3), ("page", 3)]


# What is the owner's


def test_what_a_function_of_the_owner_uses_is_the_owners(tmp_path: Path) -> None:
    source = """
    @live
    def kid(on_start, on_every, on_show):
        def start(): on_start()
        def timer(): on_every()
        async def show():
            await on_show()
        t"<b @click='start'>s</b><i @click='timer'>t</i><u @click='show'>r</u>"
    @live
    def page():
        n, is_there, seen = 0, True, []
        async def _count():
            nonlocal n
            await asyncio.sleep(0)
            n += 1
            push("counted", n)
            await render()
            await asyncio.Event().wait()
        def on_start():
            nonlocal is_there
            is_there = False
            spawn(_count())
        def on_every():
            @every(1)
            def tick():
                nonlocal n
                n += 10
                push("ticked", n)
        async def on_show():
            nonlocal n
            n = 5
            await render()
            seen.append(request().path)
        actions = dict(on_start=on_start, on_every=on_every, on_show=on_show)
        def f(): pass
        t"<p>{n}</p>{is_there and t'<{kid} {actions} />'}"
    """.replace("{actions}", "on_start={on_start} on_every={on_every} on_show={on_show}")
    page = page_of(tmp_path, source)
    page.click("u")
    assert page.text("p") == "5"
    page.click("i")
    page.advance(1)
    assert (page.text("p"), pushed(page)) == ("15", [("page", 15)])
    page.click("b")  # it takes the inner component away, and goes on
    page.settle()
    assert not page.has("b")
    assert page.text("p") == "16"
    page.advance(1)
    assert page.text("p") == "26"


def test_the_caller_is_itself_again_afterwards(tmp_path: Path) -> None:
    source = """
    @live
    def kid(good, bad, slow):
        def act():
            good()
            push("mine")
            try:
                bad()
            except ValueError:
                push("mine")
        async def later():
            await slow()
            push("mine")
        t"<b @click='act'>x</b><i @click='later'>x</i>"
    @live
    def page():
        def good(): push("yours")
        def bad(): raise ValueError
        async def slow():
            push("yours")
            await asyncio.sleep(0)
            push("yours")
        t"<{kid} good={good} bad={bad} slow={slow} />"
    """
    page = page_of(tmp_path, source)
    page.click("b")
    assert [place_of(one.component_id) for one in page.pushed] == ["page", "page.1", "page.1"]
    page.click("i")
    assert [place_of(one.component_id) for one in page.pushed] == ["page", "page", "page.1"]


# Failures

ACCOUNTS = """
@live
def kid(on_pick):
    m, got = 0, []
    def _mine():
        nonlocal m
        m += 1
        got.append(m)
    def whole():
        _mine()
        on_pick(1)
        raise ValueError("no")
    def caught():
        _mine()
        on_pick(1)
        try:
            on_pick(0)
        except ZeroDivisionError:
            _mine()
    async def whole_later():
        _mine()
        await on_pick(1)
        raise ValueError("no")
    async def caught_later():
        _mine()
        await on_pick(1)
        try:
            await on_pick(0)
        except ZeroDivisionError:
            _mine()
    t'''<q>{m} {got!r}</q><b @click="whole">w</b><i @click="caught">c</i>
    <s @click="whole_later">w</s><u @click="caught_later">c</u>'''
@live
def page():
    n, picked = 0, []
    def pick(i):
        nonlocal n
        n += 1
        picked.append(i)
        push("picked", i)
        10 // i
    async def pick_later(i):
        nonlocal n
        await asyncio.sleep(0)
        n += 1
        picked.append(i)
        push("picked", i)
        await asyncio.sleep(0)
        10 // i
    t"<p>{n} {picked!r}</p><{kid} on_pick={GIVEN} />"
"""


@pytest.mark.parametrize(("given", "whole", "caught"), [("pick", "b", "i"), ("pick_later", "s", "u")])
@pytest.mark.parametrize("form", ["{}", "partial({})", "around({})"])
def test_a_job_that_fails_is_undone_on_both_sides_and_a_callee_alone(
    tmp_path: Path, given: str, whole: str, caught: str, form: str
) -> None:
    page = page_of(tmp_path, ACCOUNTS.replace("GIVEN", form.format(given)))
    fails(page, "no", whole)
    assert (page.text("p"), page.text("q"), page.pushed) == ("0 []", "0 []", [])
    page.click(caught)
    assert (page.text("p"), page.text("q")) == ("1 [1]", "2 [1, 2]")
    assert pushed(page) == [("page", 1)]


def test_in_a_task_a_call_is_no_part_of_any_job(tmp_path: Path) -> None:
    source = """
    @live
    def kid(on_pick):
        async def _work():
            on_pick(1)
            raise ValueError("no")
        async def _wait():
            spawn(_work())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            raise ValueError("no")
        async def act(): await _wait()
        t"<b @click='act'>x</b>"
    """
    page = page_of(
        tmp_path, textwrap.dedent(source) + OUTER.format(given="pick").replace("given=", "on_pick=")
    )
    fails(page, "no", "b")
    assert page.text("p") == "1 [1]"


# Render props

TABLE = """
@live
def row(name, on_name=None):
    n = 0
    def inc():
        nonlocal n
        n += 1
        if on_name: on_name(name)
    t"<b @click='inc'>{name}{n}</b>"
@live
def table(render_item):
    k = 0
    def more():
        nonlocal k
        k += 1
    t"<ul>{[t'<li>{render_item(i)}</li>' for i in (1, 2)]}</ul><i @click='more'>{k}</i>"
"""
PICKING = """
    picked = []
    def pick(i: int):
        picked.append(i)
        push("picked", i)
"""


@pytest.mark.parametrize("table", ["table", "through", "content"])
def test_what_a_function_shows_in_another_view_is_its_owners(tmp_path: Path, table: str) -> None:
    source = f"""{TABLE}
@live
def through(render_item):
    def own(i): return t"<u @click='local'>{{i}}</u>{{render_item(i)}}"
    def local(): push("local")
    t"<{{table}} render_item={{own}} />"
@live
def panel(children=None): t"<section>{{children}}</section>"
@live
def content(render_item):
    t"<{{panel}}><{{table}} render_item={{render_item}} /><s>{{render_item(9)}}</s></{{panel}}>"
@live
def page():
    {PICKING}
    def show(i):
        return t"<button @click='pick({{i}})'>pick {{i}}</button><{{row}} name={{str(i)}} key={{i}} on_name={{pick}} />"
    t"<p>{{picked!r}}</p><{{{table}}} render_item={{show}} />"
"""
    page = page_of(tmp_path, source)
    assert page.texts("li b") == ["10", "20"]
    page.click("li button", "pick 2")
    assert (page.text("p"), pushed(page)) == ("[2]", [("page", 2)])
    page.click("li b", "10")
    assert (page.texts("li b"), page.text("p"), pushed(page)) == (["11", "20"], "[2, '1']", [("page", "1")])
    page.click("i")
    assert page.texts("li b") == ["11", "20"]
    page.click("li button", "pick 1")
    assert (page.text("p"), page.texts("li b")) == ("[2, '1', 1]", ["11", "20"])
    if table == "through":
        page.click("u", "1")
        assert [place_of(one.component_id) for one in page.pushed] == ["page.1"]
    if table == "content":
        page.click("s button")
        page.click("s b")
        assert (page.text("p"), page.text("s b")) == ("[2, '1', 1, 9, '9']", "91")


def test_components_made_in_another_view_end_with_it(tmp_path: Path) -> None:
    source = """
@live
def row(i):
    def on_mount(): BOX.append(i)
    def on_unmount(): BOX.append(-i)
    t"<b>{i}</b>"
@live
def table(show):
    many = 2
    def fewer():
        nonlocal many
        many -= 1
    t"<i @click='fewer'>-</i>{[show(i + 1) for i in range(many)]}"
@live
def page():
    is_there = True
    def close():
        nonlocal is_there
        is_there = False
    def show(i): return t"<{row} i={i} key={i} />"
    t"<u @click='close'>x</u>{is_there and t'<{table} show={show} />'}<p>{BOX!r}</p>"
"""
    components = load_source(tmp_path, HEAD + source)
    box = components["page"].function.__globals__["BOX"]
    page = mount(components["page"])
    assert box == [1, 2]
    page.click("i")
    assert (box, page.texts("b")) == ([1, 2, -2], ["1"])
    page.click("u")
    assert box == [1, 2, -2, -1]


def test_what_a_function_reads_is_shown_anew_where_it_is_shown(tmp_path: Path) -> None:
    source = """
    from hyper.state.sharing import shared
    votes = shared(0, name="votes of owners")
    @live
    def table(show):
        RENDERS.append("table")
        def f(): pass
        t"<q>{show()}</q>"
    @live
    def aside(show):
        def f(): pass
        t"<s>{[show() for _ in range(3)]}</s>"
    @live
    def page():
        n = 0
        def inc():
            nonlocal n
            n += 1
        def vote(): votes.value += 1
        def show(): return t"<em>{n}/{votes.value}</em>"
        t"<b @click='inc'>+</b><i @click='vote'>+</i><{table} show={show} /><{aside} show={show} />"
    """.replace("votes = shared(0, name=", "votes = shared(0, name=")
    page = page_of(tmp_path, source)
    page.click("b")
    assert page.texts("em") == ["1/0"] * 4
    page.click("i")
    assert page.texts("em") == ["1/1"] * 4
    page.click("b")
    assert page.texts("em") == ["2/1"] * 4


def test_an_async_view_may_await_an_async_function(tmp_path: Path) -> None:
    source = f"""{TABLE.replace("t'<li>{render_item(i)}</li>'", "t'<li>{await render_item(i)}</li>'").replace("def table", "async def table")}
@live
def page():
    {PICKING}
    async def show(i):
        await asyncio.sleep(0)
        return t"<button @click='pick({{i}})'>pick {{i}}</button><{{row}} name={{str(i)}} key={{i}} />"
    t"<p>{{picked!r}}</p><{{table}} render_item={{show}} />"
"""
    page = page_of(tmp_path, source)
    page.click("button", "pick 2")
    page.click("b", "10")
    assert (page.text("p"), page.texts("b")) == ("[2]", ["11", "20"])


@pytest.mark.parametrize(
    "body",
    [
        "return [t\"<u @click='pick(1)'>x</u>\", 'text', None]",
        "return (t\"<u @click='pick(1)'>x</u>\", 5)",
        "yield t\"<u @click='pick(1)'>x</u>\"",
        "return Button(pick)",
        'return t"<{Button} on_click={pick} />"',
        'return t"<u @click={pick_one}>x</u>"',
        'return t"<{kid}><u @click={pick_one}>x</u></{kid}>"',
        'return t"<{kid}><{Button} on_click={pick} /></{kid}>"',
    ],
)
def test_all_that_a_function_may_return_is_its_owners(tmp_path: Path, body: str) -> None:
    source = f"""
def Button(on_click): return t'<u @click="{{on_click}}(1)">x</u>'
@live
def kid(children=None): t"<q>{{children}}</q>"
@live
def table(show):
    def f(): pass
    t"<div>{{show()}}</div>"
@live
def page():
    {PICKING}
    def pick_one(): pick(1)
    def show():
        {body}
    t"<p>{{picked!r}}</p><{{table}} show={{show}} />"
"""
    page = page_of(tmp_path, source)
    page.click("u")
    assert (page.text("p"), pushed(page)) == ("[1]", [("page", 1)])


def test_a_form_shown_by_a_function_has_its_owners_errors_and_variables(tmp_path: Path) -> None:
    source = """
    @live
    def frame(show):
        def f(): pass
        t"<section>{show()}</section>"
    @live
    def page():
        name = "Ann"
        def save(age: int): push("saved", age)
        def show():
            return t'''<input @bind="name"><form @submit="save"><input name="age"></form><em>{error("age")}</em>'''
        t"<p>{name}</p><{frame} show={show} />"
    """
    page = page_of(tmp_path, source)
    page.fill("[value]", "Bob")
    assert page.text("p") == "Bob"
    page.submit("form", age="x")
    assert "whole number" in page.text("em")
    page.submit("form", age="5")
    assert (page.text("em"), pushed(page)) == ("", [("page", 5)])


def test_a_view_does_not_show_what_a_function_of_an_inner_component_binds(tmp_path: Path) -> None:
    source = """
    @live
    def kid(register):
        def act(): pass
        def show(): return t"<u @click='act'>x</u>"
        def on_mount(): register(show)
        t"<b>kid</b>"
    @live
    def page():
        parts = []
        def register(show): parts.append(show)
        t"{[show() for show in parts]}<{kid} register={register} />"
    """
    with pytest.raises(ComponentError, match="events of kid cannot be shown here: kid is not around"):
        page_of(tmp_path, source)


HOLDERS = {
    "children": "<{panel}>GIVEN</{panel}>",
    "a slot": "<{panel}>x<:footer>GIVEN</:footer></{panel}>",
    "a property": "<{panel} children={t'GIVEN'} />",
    "content in content": "<{panel}><{panel}>x<:footer>GIVEN</:footer></{panel}></{panel}>",
    "a part": "<{Part}>GIVEN</{Part}>",
    "a part in a panel": "<{panel}><{Part}>GIVEN</{Part}></{panel}>",
}
GIVEN = {
    "an event": "<b @click=pick_one>x</b>",
    "a function": "<b @click={pick_one}>x</b>",
    "a component": "<{kid} given={pick} />",
    "a component with a lambda": "<{kid} given={(lambda i: pick(i))} />",
    "what a function shows": "{show()}",
}


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("holder", HOLDERS)
def test_functions_in_content_are_those_of_who_writes_it(tmp_path: Path, holder: str, given: str) -> None:
    source = f"""
def Part(children=None): return t"<em>{{children}}</em>"
@live
def kid(given):
    def act(): given(1)
    t"<b @click='act'>x</b>"
@live
def panel(children=None, footer=None):
    def pick_one(): push("wrong")
    def pick(i): push("wrong")
    t"<section>{{children}}{{footer}}</section>"
@live
def page():
    {PICKING}
    def pick_one(): pick(1)
    def show(): return t"<b @click=pick_one>x</b>"
    t'''<p>{{picked!r}}</p>{HOLDERS[holder].replace("GIVEN", GIVEN[given])}'''
"""
    page = page_of(tmp_path, source)
    for times in (1, 2):
        page.click("b")
        assert (page.text("p"), pushed(page)) == (str([1] * times), [("page", 1)])


def test_what_a_handler_was_given_may_be_shown_later(tmp_path: Path) -> None:
    source = f"""
@live
def kid(show):
    part = None
    def act():
        nonlocal part
        part = show()
    t"<i @click='act'>x</i><q>{{part}}</q>"
@live
def page():
    {PICKING}
    def show(): return t"<b @click='pick(1)'>x</b>"
    t"<p>{{picked!r}}</p><{{kid}} show={{show}} />"
"""
    page = page_of(tmp_path, source)
    page.click("i")
    page.click("b")
    assert page.text("p") == "[1]"


def test_a_timer_may_call_a_function_of_another(tmp_path: Path) -> None:
    kid = """
@live
def kid(given):
    every(5)(given)
    def f(): pass
    t"<b>x</b>"
"""
    page = page_of(tmp_path, kid + OUTER.format(given="pick"))
    page.advance(5)
    assert (page.text("p"), pushed(page)) == ("1 [0]", [("page", 0)])


def test_generators_are_the_owners_at_each_step(tmp_path: Path) -> None:
    source = """
    @live
    def kid(count, stream):
        async def act():
            for i in count():
                push("got", i)
            async for i in stream():
                push("got", i)
                if i == 1: break
        async def answer():
            steps = count()
            next(steps)
            push("got", steps.send(5))
        t"<b @click='act'>x</b><i @click='answer'>x</i>"
    @live
    def page():
        n = 0
        def count():
            nonlocal n
            for i in range(2):
                n += 1
                push("made", i)
                answer = yield i
                n += answer or 0
        async def stream():
            nonlocal n
            try:
                for i in range(9):
                    await asyncio.sleep(0)
                    n += 1
                    push("made", i)
                    yield i
            finally:
                push("closed")
        t"<p>{n}</p><{kid} count={count} stream={stream} />"
    """
    page = page_of(tmp_path, source)
    page.click("b")
    assert page.text("p") == "4"
    assert pushed(page) == [("page", 0), ("page.1", 0), ("page", 1), ("page.1", 1)] * 2 + [("page", None)]
    page.click("i")
    assert page.text("p") == "11"
    assert pushed(page) == [("page", 0), ("page", 1), ("page.1", 1)]


# Renders


@pytest.mark.parametrize(
    "given", ["pick", "[pick]", "(pick, f)", "dict(go=pick)", "Actions(pick)", "bound.go", "part", "print"]
)
def test_equal_functions_do_not_render_an_inner_component_again(tmp_path: Path, given: str) -> None:
    source = f"""
@live
def kid(given):
    def f(): pass
    BOX.append(1)
    t"<b>kid</b>"
@live
def page():
    n = 0
    def pick(): pass
    bound, part = Caller(pick), partial(pick)
    def f():
        nonlocal n
        n += 1
    t"<i @click='f'>{{n}}</i><{{kid}} given={{{given}}} /><u>{{len(BOX)}}</u>"
""".replace('    BOX.append(1)\n    t"<b>', '    t"<b>{BOX.append(1)}')
    page = page_of(tmp_path, source)
    for _ in range(3):
        page.click("i")
    assert (page.text("i"), page.text("u")) == ("3", "1")


def test_containers_are_given_as_they_are(tmp_path: Path) -> None:
    source = """
    @live
    def kid(items, actions):
        def act():
            BOX.append(items is BOX[0] and actions is BOX[1])
            items.append(1)
            actions[0]()
        t"<b @click='act'>x</b>"
    @live
    def page():
        items = []
        def f(): pass
        actions = [f]
        BOX[:] = [items, actions]
        def g(): pass
        t"<p>{items!r} {BOX[2:]!r}</p><{kid} items={items} actions={actions} />"
    """
    page = page_of(tmp_path, source)
    page.click("b")
    assert page.text("p") == "[1] [True]"


# The end of the owner, other pages, recursion


def test_a_function_of_a_component_that_is_gone_runs_and_does_nothing_more(tmp_path: Path) -> None:
    source = """
    @live
    def kid():
        seen = 0
        async def _work():
            BOX.append("work")
        def act():
            nonlocal seen
            seen += 1
            push("seen", seen)
            @every(1)
            def tick(): BOX.append("tick")
            spawn(_work())
            return seen
        async def later():
            await render()
            return 5
        BOX[:] = [act, later]
        def f(): pass
        t"<b>kid</b>"
    @live
    def page():
        is_there, got = True, []
        def close():
            nonlocal is_there
            is_there = False
        def call(): got.append(BOX[0]())
        async def wait(): got.append(await BOX[1]())
        t"<i @click='close'>x</i><b @click='call'>c</b><u @click='wait'>w</u><p>{got!r}</p>{is_there and t'<{kid} />'}"
    """
    components = load_source(tmp_path, HEAD + textwrap.dedent(source))
    box = components["page"].function.__globals__["BOX"]
    page = mount(components["page"])
    page.click("i")
    page.click("b")
    page.advance(3)
    page.click("u")
    assert (page.text("p"), page.pushed, box[2:]) == ("[1, 5]", [], [])


def test_a_function_of_another_page_runs_on_its_own_page(tmp_path: Path) -> None:
    source = """
    from contextvars import ContextVar
    language = ContextVar("language", default="none")
    @live
    def page(name: str):
        n = 0
        language.set(name)
        async def _count():
            nonlocal n
            n += 10
        def count():
            nonlocal n
            n += 1
            push("counted", language.get())
            spawn(_count())
        BOX.append(count)
        def call():
            BOX[0]()
            raise ValueError("no")
        t"<p>{n}</p><b @click='call'>x</b>"
    """
    component = load_source(tmp_path, HEAD + textwrap.dedent(source))["page"]
    one, two = mount(component, name="de"), mount(component, name="en")
    fails(two, "no", "b")
    assert [push.detail for push in one.pushed] == ["de"]
    one.settle()
    assert (one.text("p"), two.text("p")) == ("11", "0")
    assert two.pushed == []


def test_each_component_that_shows_itself_owns_its_functions(tmp_path: Path) -> None:
    source = """
    @live
    def tree(depth, on_up=None, show=None):
        n = 0
        def up(i):
            nonlocal n
            n += 1
            push("up", depth)
            if on_up: on_up(i)
        def draw(): return t"<u @click='up(0)'>{depth}</u>"
        t'''<b @click="up({depth})">{depth}:{n}</b>{show and show()}
        {depth < 3 and t"<{tree} depth={depth + 1} on_up={up} show={draw} />"}'''
    @live
    def page(): t"<{tree} depth={1} />"
    """
    page = page_of(tmp_path, source)
    page.click("b", "3:0")
    assert page.texts("b") == ["1:1", "2:1", "3:1"]
    assert [one.detail for one in page.pushed] == [3, 2, 1]
    page.click("u", "2")
    assert page.texts("b") == ["1:2", "2:2", "3:1"]


# As functions go


def test_they_look_like_the_functions_they_are(tmp_path: Path) -> None:
    source = '''
    import copy, inspect
    from pydantic import validate_call
    @live
    def page():
        def pick(i: int, /, *, k: str = "a") -> str:
            """Takes one."""
            return k * i
        async def later(): pass
        pick.label = "x"
        @validate_call
        def checked(i: int): return i
        found = [
            pick.__name__, pick.__doc__, str(inspect.signature(pick)), pick.label, pick(2, k="b"),
            inspect.iscoroutinefunction(later), copy.deepcopy([pick]) == [pick], pick in {pick: 1}, checked("5"),
        ]
        def f(): return later, checked
        t"{[t'<p>{item!s}</p>' for item in found]}"
    '''
    page = page_of(tmp_path, source)
    assert page.texts("p") == [
        "pick", "Takes one.", "(i: 'int', /, *, k: 'str' = 'a') -> 'str'".replace("'int'", "int").replace("'str'", "str"),
        "x", "bb", "True", "True", "True", "5",
    ]  # fmt: skip


def test_an_inner_component_may_spawn_what_an_outer_ones_function_does(tmp_path: Path) -> None:
    source = """
    @live
    def kid(on_load, on_close):
        def good():
            spawn(on_load())
            on_close()
        t"<b @click='good'>x</b>"
    @live
    def page():
        n, is_there = 0, True
        async def load_slowly():
            nonlocal n
            n += 1
            await render()
            await gate.wait()
            n += 1
        gate = asyncio.Event()
        def close():
            nonlocal is_there
            is_there = False
        def open(): gate.set()
        t"<p>{n}</p><i @click='open'>o</i>{is_there and t'<{kid} on_load={load_slowly} on_close={close} />'}"
    """
    page = page_of(tmp_path, source)
    page.click("b")
    page.settle()
    assert (page.text("p"), page.has("b")) == ("1", False)
    page.click("i")
    page.settle()
    assert page.text("p") == "2"


def test_a_view_may_not_start_anything_by_a_function_of_another(tmp_path: Path) -> None:
    source = """
    @live
    def kid(start):
        def f(): pass
        t"<b>{start()}</b>"
    @live
    def page():
        def start():
            @every(1)
            def tick(): pass
        t"<{kid} start={start} />"
    """
    with pytest.raises(ComponentError, match=r"every\(\) is in the view of kid"):
        page_of(tmp_path, source)


def test_a_decorated_handlers_property_is_renewed(tmp_path: Path) -> None:
    """The variables of a decorated function are those of the author, whatever the decorator calls its own."""
    source = """
    def twice(callback):
        def call(): callback(); callback()
        return __import__("functools").wraps(callback)(call)
    @live
    def kid(callback, by):
        n = 0
        @twice
        def act():
            nonlocal n
            n += by
        t"<b @click='act'>{n}</b>"
    @live
    def page():
        by = 1
        def more():
            nonlocal by
            by += 1
        t"<{kid} callback={by} by={by} /><i @click='more'>+</i>"
    """
    page = page_of(tmp_path, source)
    page.click("b")
    page.click("i")
    page.click("b")
    assert page.text("b") == "6"


@pytest.mark.parametrize("waits", ["", "await asyncio.sleep(0)"])
def test_a_coroutine_that_fails_undoes_nothing_that_was_done_before_it_began(
    tmp_path: Path, waits: str
) -> None:
    """It begins later than it was called: what its caller has done in between stays."""
    source = f"""
    @live
    def kid(on_later, on_now):
        async def act():
            result = on_later()
            on_now()
            try:
                await result
            except ValueError:
                pass
        t"<b @click='act'></b>"
    @live
    def page():
        n, log = 0, []
        async def later():
            nonlocal n
            {waits}
            n += 10
            log.append("later")
            raise ValueError("no")
        def now():
            nonlocal n
            n += 1
            log.append("now")
        t"<{{kid}} on_later={{later}} on_now={{now}} /><p>{{n}} {{log!r}}</p>"
    """
    page = page_of(tmp_path, source)
    page.click("b")
    assert page.text("p") == "1 ['now']"
