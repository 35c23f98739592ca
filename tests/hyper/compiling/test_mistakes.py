"""The mistakes of the first month: each is found, named with its place, and comes with its cure.

``docs/mistakes.md`` shows the same list to people; a test keeps the two together.
"""

from __future__ import annotations

import re
import textwrap
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hyper.components.checks import check_page
from hyper.components.component import live
from hyper.components.field_errors import error as field_error
from hyper.components.loader import LoadError
from hyper.components.running import render
from hyper.components.tasks import every, spawn
from hyper.errors import ComponentWarning, HyperError, Invalid
from hyper.markup import html
from hyper.testing import mount_async
from hyper.testing.sources import load_source
from hyper.web.app import page

DOCS = Path(__file__).parents[3] / "docs" / "mistakes.md"


@dataclass
class Mistake:
    """What somebody writes, and what they are told."""

    title: str
    source: str
    told: str
    line: int | None = None
    """Line of the file that is named; the first line of ``source`` is line 2."""
    is_warning: bool = False


def view(template: str, setup: str = "def f(): pass") -> str:
    return f"@live\ndef page():\n    {setup}\n    {template}"


MISTAKES = [
    Mistake("A handler's name misspelt", view('t\'<b @click="incremnt">x</b>\'', "def increment(): pass"), 'did you mean "increment"?', 5),
    Mistake("A handler that is not there", view('t\'<b @click="save">x</b>\''), "define it above the view: def save(): …", 5),
    Mistake("A handler within an `if`", view('t\'<b @click="f">x</b>\'', "if True:\n        def f(): pass\n    def g(): pass"), "put it directly into page, above the view", 7),
    Mistake("A handler called where it is bound", view("t'''<p>\n    {[t\"<b @click.once={f()}>x</b>\" for n in range(3)]}</p>'''"), 'write @click={f}, or @click="f(…)" with arguments'),
    Mistake("A handler's name given to a component", "def part(on_pick): return on_pick\n" + view("t'<{part} on_pick=\"f\" />'"), "give the function itself, on_pick={f}", 6),
    Mistake("A private function bound to an event", view('t\'<b @click="_f">x</b>\'', "def _f(): pass"), "names that start with _ are private", 5),
    Mistake("A hook bound to an event", view('t\'<b @click="on_mount">x</b>\'', "def on_mount(): pass"), "called when the component mounts", 5),
    Mistake("Code instead of a handler", view('t\'<b @click="count += 1">x</b>\''), "write its name, or a call such as add(text, 5)", 5),
    Mistake("No view", "@live\ndef page():\n    def f(): pass", "shows nothing: end it with a template", 3, is_warning=True),
    Mistake("An f-string for a view", view("f'<p>{1}</p>'"), 'write t"…" instead of f"…"', 5),
    Mistake("A plain string for a view", view("'<p>x</p>'"), 'write t"…" instead of "…"', 5),
    Mistake("yield in a view", view("yield t'<p>x</p>'"), "a view cannot yield", 5),
    Mistake("An unclosed tag", view("t'''<div>\n    <p>x'''"), "<p> is never closed: add </p>", 6),
    Mistake("A wrong closing tag", view("t'<div><p>x</div></p>'"), "</div> where </p> was expected", 5),
    Mistake("A closing tag too many", view("t'<p>x</p></p>'"), "</p> closes nothing: remove it", 5),
    Mistake("A self-closing element", view("t'<div/>'"), "write <div></div>", 5),
    Mistake("An end tag for a void element", view("t'<br></br>'"), "remove </br>", 5),
    Mistake("An attribute written twice", view("t'<p class=a class=b></p>'"), "browsers drop the second", 5),
    Mistake("A missing quote", view("t'<p class=\"a>x</p>'"), "a stray quote", 5),
    Mistake("A row without its table body", view("t'<table><tr><td>1</td></tr></table>'"), "a browser puts <tbody> where <tr> is written", 5),
    Mistake("A block inside a paragraph", view("t'<p><div>x</div></p>'"), "<div>", 5),
    Mistake("A slot in a script", view("t'<script>let x = {1}</script>'"), "put it into a data- attribute", 5),
    Mistake("A slot in a style element", view("t'<style>p {{ color: {1} }}</style>'"), "a slot inside <style>", 5),
    Mistake("A slot in a comment", view("t'<!-- {1} -->'"), "remove the slot", 5),
    Mistake("A slot in a tag's name", view("t'<h{1}>x</h1>'"), "only a whole name can be one", 5),
    Mistake("A slot in an inline handler", view("t'<b onclick=\"{1}\">x</b>'"), 'bind a handler with @click="…" instead', 5),
    Mistake("A variable bound that is not there", view("t'<input @bind=\"nme\">'", "name = ''\n    def f(): pass"), 'did you mean "name"?', 6),
    Mistake("A binding on something that is no control", view("t'<p @bind=\"x\"></p>'", "x = ''\n    def f(): pass"), "bind an <input>, <select> or <textarea>", 6),
    Mistake("A value on a select", view("t'<select value=\"{1}\"><option>1</option></select>'"), "write @bind=\"variable\", or selected=", 5),
    Mistake("A modifier misspelt", view("t'<form @submit.prevnt=\"f\"></form>'"), "did you mean .prevent?", 5),
    Mistake("A wait without its unit", view("t'<input @input.debounce.300=\"f\">'"), "write .300ms", 5),
    Mistake("A key on another event than a key's", view("t'''<p>\n    <b @click.enter=\"f\">x</b></p>'''"), "no modifier .enter: available: .capture", 6),
    Mistake("A handler in onclick", view("t'<b onclick=\"f\">x</b>'"), 'to call the handler write @click="f"', 5),
    Mistake("An attribute of ours misspelt", view("t'<p live-leav=\"fade\">x</p>'"), "did you mean live-leave?", 5),
    Mistake("A fading without its class", view("t'<p live-leave>x</p>'"), 'write live-leave="fade", and define .fade in CSS', 5),
    Mistake("An event on a component", view("t'<{f} @click=\"f\" />'"), "give the handler as a property, on_click={handler}", 5),
    Mistake("A component without its braces", view("t'<Card></Card>'"), "a component is written with braces, <{Card}>", 5),
    Mistake("A slot of a component left open", view("t'<{f}><:footer>x</{f}>'"), "<:footer> is never closed: add </:footer>", 5),
    Mistake("A file bound", view("t'<input type=\"file\" @bind=\"x\">'", "x = None\n    def f(): pass"), "files are not sent", 6),
    Mistake("A template above the last handler", "@live\ndef page():\n    t'<b @click=\"f\">x</b>'\n    def f(): pass", "Move f above it", 4),
    Mistake("A variable changed without nonlocal", view("t'<p>{n}</p>'", "n = 0\n    def f():\n        n += 1"), "write nonlocal n at the top of f", 6),
    Mistake("A coroutine that is not awaited", view("t'<p>x</p>'", "async def g(): pass\n    def f():\n        g()"), "write await g(…), and async def f", 6),
    Mistake("render() not awaited", "from hyper import render\n" + view("t'<p>x</p>'", "async def f():\n        render()"), "write await render(…)", 6),
    Mistake("A property bound by its name", "@live\ndef page(on_pick=None):\n    t'<b @click=\"on_pick\">x</b>'", "bind what it holds, @…={on_pick}", 4),
    Mistake("An event misspelt", view("t'<b @clik=\"f\">x</b>'"), "did you mean @click?", 5, is_warning=True),
    Mistake("An argument that is named as a variable", view("t'<b @click=\"f\">{n}</b>'", "n = 0\n    def f(n: int):\n        n = n"), "give the argument another name, and write nonlocal n", 6, is_warning=True),
    Mistake("A variable of the handler's own", view("t'<p>{n}</p>'", "n = 0\n    def f(x):\n        n = x"), "write nonlocal n at the top of f", 6, is_warning=True),
    Mistake("A hook that never ends", view("t'<p>x</p>'", "async def on_mount():\n        while True:\n            await g()"), "start that here with spawn(…)", 5, is_warning=True),
    Mistake("A timer that never ends", "from hyper import every\n" + view("t'<p>x</p>'", "@every(1)\n    async def tick():\n        while 1:\n            await g()"), "start that here with spawn(…)", 7, is_warning=True),
    Mistake("A component's tag left open", view("t'<{f}>x'"), "is never closed: add </{Component}>", 5),
    Mistake("await in a sync handler", view("t'<p>x</p>'", "def f(): await g()"), "make the function around it async def", 4),
    Mistake("nonlocal without a variable", view("t'<p>x</p>'", "def f():\n        nonlocal count\n        count = 1"), "set the variable in the component", 5),
    Mistake("Templates joined with join, in a slot", view("t'<ul>{\"\".join(t\"<li>{x}</li>\" for x in (1, 2))}</ul>'"), 'put the list itself into the template, {[t"…" for …]}'),
    Mistake("Templates joined with join", view("items = ', '.join([t'<i>{x}</i>' for x in (1, 2)])\n    t'<p>{items}</p>'"), 'put the list itself into the template, {[t"…" for …]}'),
    Mistake("Two t-strings side by side", view("(t'<p>x</p>' t'<p>y</p>')"), "write one string", 5),
    Mistake("@live on a class", "@live\nclass Page: pass", "@live takes a function"),
    Mistake("@live below another decorator's result", "import functools\n@live\n@functools.lru_cache\ndef page():\n    t'<p>x</p>'", "below no other decorator"),
    Mistake(
        "A value made from state above the handlers",
        view("t'<p @click=\"f\">{double}</p>'", "count = 0\n    double = count * 2\n    def f():\n        nonlocal count\n        count += 1"),
        "Move the line below the handlers", 5, is_warning=True,
    ),
    Mistake(
        "State in a module's global",
        "count = 0\n" + view("t'<p @click=\"f\">{count}</p>'", "def f():\n        global count\n        count += 1"),
        "Make it a variable of page (nonlocal), or shared(…)", 6, is_warning=True,
    ),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.title)
def test_mistakes_in_a_component(tmp_path: Path, mistake: Mistake) -> None:
    if "side by side" in mistake.title:
        pytest.importorskip("future_tstrings", reason="Python 3.14 joins them")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ComponentWarning)
        if mistake.is_warning:
            load_source(tmp_path, mistake.source)
            (warning,) = caught
            told, place = str(warning.message), f"{Path(warning.filename).name}:{warning.lineno}"
        else:
            with pytest.raises(HyperError) as error:
                load_source(tmp_path, mistake.source)
            told = place = str(error.value)
    assert mistake.told in told
    if mistake.line:
        assert f"page.py:{mistake.line}" in place


AT_WORK = [
    Mistake("A function in a slot, not called", view("t'<p>{f}</p>'"), "call it, {f()}"),
    Mistake("Templates joined with +", view("body = t'<b>{f.__name__}</b>' + t'<i>{1}</i>'\n    t'<p>{body}</p>'"), "or into a list, which is shown item by item"),
    Mistake("A template added to text", view("body = ''\n    body += t'<b>{1}</b>'\n    t'<p>{body}</p>'"), "or into a list, which is shown item by item"),
    Mistake("A template in an f-string", view("bold = t'<b>{1}</b>'\n    t'<p>{f\"{bold}!\"}</p>'"), 'write t"…" instead of f"…" around it'),
    Mistake("A plain string returned by a view", "@live\ndef page():\n    return '<p>x</p>'", 'return t"…", which escapes values, or Markup("…") for HTML that you vouch for'),
    Mistake("A coroutine in a slot", view("t'<p>{f()}</p>'", "async def f(): pass"), "await it before"),
    Mistake("A function in an attribute", view("t'<p title={f}></p>'"), "bind it to an event by name"),
    Mistake("An object as an event's argument", view("t'<b @click=\"f({object()})\">x</b>'"), "pass an id instead"),
    Mistake("A wrong property", "@live\ndef page(n: int):\n    t'<p>{n}</p>'", "n: Input should be a valid integer"),
    Mistake("A missing property", "@live\ndef page(m):\n    t'<p>{m}</p>'", "missing a required argument: 'm'"),
    Mistake("A property too many", "@live\ndef page():\n    t'<p>x</p>'", "got an unexpected keyword argument 'n'"),
    Mistake("An annotation that is no type", view("t'<p>x</p>'", "def f(x: 5): pass"), "the parameters of f cannot be validated"),
    Mistake("A handler's name in a slot", view("t'<b @click={\"f\"}>x</b>'"), "give f itself, the function, not its name"),
    Mistake("A function bound that is no handler", view("t'<b @click={print}>x</b>'"), "print, which is not a handler here"),
    Mistake("Something that is no component", view("t'<{5} />'"), "which is not a component"),
    Mistake("A timer in the view", "from hyper import every\n" + view("every(1)(f)\n    t'<p>x</p>'"), "move it above the last handler"),
    Mistake("A component's argument missing", "def card(title): pass\n" + view("t'<{card} />'"), "<{card}>: missing a required argument: 'title'"),
]  # fmt: skip


@pytest.mark.parametrize("mistake", AT_WORK, ids=lambda mistake: mistake.title)
async def test_mistakes_that_show_when_a_component_is_mounted(tmp_path: Path, mistake: Mistake) -> None:
    component = load_source(tmp_path, mistake.source)["page"]
    properties: dict[str, Any] = {}
    if "property" in mistake.title and "missing" not in mistake.title:
        properties["n"] = "many"
    with pytest.raises(HyperError) as error:
        await component.mount_for("m", properties)
    assert mistake.told in str(error.value)


async def test_nested_components_without_keys_in_a_list(tmp_path: Path) -> None:
    source = "@live\ndef item():\n    t'<p>x</p>'\n" + view(
        "t'<div>{[t\"<{item} />\" for n in range(3)]}</div>'"
    )
    component = load_source(tmp_path, source)["page"]
    with pytest.warns(ComponentWarning, match="Give each a key") as caught:
        await component.mount_for("m", {})
    assert len(caught) == 1
    assert caught[0].lineno == 8


async def test_elements_with_one_id(tmp_path: Path) -> None:
    component = load_source(tmp_path, view("t'<p id=a>x</p><div><p id=a>y</p></div>'"))["page"]
    mount = await component.mount_for("m", {})
    with pytest.warns(ComponentWarning, match='2 elements have the id "a"'):
        check_page(mount.root)
    with (
        pytest.warns(ComponentWarning, match="have the id"),
        pytest.raises(AssertionError, match='2 elements have the id "a"'),
    ):
        await mount_async(component)


def test_render_is_known_by_its_mark_and_not_by_its_name(tmp_path: Path) -> None:
    handler = "async def f():\n        {}()\n    "
    source = "from hyper import render as show_now\n" + view("t'<p>x</p>'", handler.format("show_now"))
    with pytest.raises(LoadError, match=r"write await show_now\(…\)"):
        load_source(tmp_path, source)
    own = "def render(): pass\n" + view("t'<p>x</p>'", handler.format("render"))
    assert list(load_source(tmp_path, own)) == ["page"]


async def test_siblings_with_one_key(tmp_path: Path) -> None:
    source = view("t'<ul>{[t\"<li key=a>{n}</li>\" for n in range(2)]}</ul>'")
    mount = await load_source(tmp_path, source)["page"].mount_for("m", {})
    with pytest.warns(ComponentWarning, match='2 <li> in <ul> have the key "a"'):
        check_page(mount.root)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: every(0), "more than 0"),
        (lambda: every(1)(print), "every() works inside a live component"),
        (lambda: field_error("x"), "error() works in the view"),
        (lambda: every(print), "write @every(1) above print"),  # type: ignore[arg-type]
        (lambda: spawn(render), "spawn(render(…))"),  # type: ignore[arg-type]
        (
            lambda: Invalid("too short"),
            "Invalid('too short') names no field: write Invalid(name='too short')",
        ),  # type: ignore[arg-type]
        (lambda: page(render()), "write page(await render(…))"),
        (lambda: html("<p>x</p>"), 'write t"…"'),
        (lambda: live("x"), "@live takes a function"),
    ],
)
def test_calls_at_the_wrong_place(call: Callable[[], object], told: str) -> None:
    with pytest.raises(HyperError) as error:
        call()
    assert told in str(error.value)


async def test_render_outside_of_a_component() -> None:
    with pytest.raises(HyperError, match="works inside a live component"):
        await render()


@pytest.mark.parametrize(
    "body",
    [
        "async def on_mount():\n        while True:\n            if await g(): break",
        "async def on_mount():\n        while True:\n            return await g()",
        "async def on_mount():\n        while f.is_on:\n            await g()",
        "async def listen():\n        while True:\n            await g()",
        "async def on_mount():\n        async def listen():\n            while True:\n                await g()",
    ],
)
def test_loops_that_end_or_are_for_a_task_are_no_mistake(tmp_path: Path, body: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", ComponentWarning)
        load_source(tmp_path, view("t'<p>x</p>'", body))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("async with turn(): pass", "a job of this page is running here already, so it has the turn"),
        ("await spawn(later())", "Call the function directly, or start it with spawn(…) and do not await it"),
    ],
)
async def test_jobs_that_would_wait_for_themselves(tmp_path: Path, body: str, told: str) -> None:
    source = "from hyper import spawn, turn\n" + view(
        "t'<b @click=\"f\">x</b>'",
        f"async def later():\n        async with turn(): pass\n    async def f():\n        {body}",
    )
    async with await mount_async(load_source(tmp_path, source)["page"]) as shown:
        with pytest.raises(HyperError, match=re.escape(told)):
            await shown.click("b")


def test_the_documentation_lists_every_mistake() -> None:
    text = textwrap.dedent(DOCS.read_text(encoding="utf-8"))
    missing = [mistake.title for mistake in [*MISTAKES, *AT_WORK] if f"| {mistake.title} |" not in text]
    assert missing == []
