from __future__ import annotations

import asyncio
import traceback
import warnings
from pathlib import Path
from typing import Any

import pytest

from hyper.components.loader import LoadError
from hyper.errors import ComponentWarning
from hyper.testing.sources import one


def shown(component: Any, *calls: tuple[Any, ...], **properties: Any) -> list[str]:
    """The HTML at first and after each call ``("handler", *arguments)``."""

    async def run() -> list[str]:
        mount = await component.mount_for("m", properties)
        pages = [mount.html()]
        for name, *arguments in calls:
            await mount.call("m", name, list(arguments), {})
            await mount.changes()
            pages.append(mount.html())
        return pages

    return asyncio.run(run())


def test_setup_above_view_below(tmp_path: Path) -> None:
    counter = one(
        tmp_path,
        """
        @live
        def counter(start: int = 0):
            count = start
            def increment(by: int = 1):
                nonlocal count
                count += by
            t'<button @click="increment" @keydown="increment(5)">{count}</button>'
        """,
    )
    button = '<button @click="increment" @keydown="increment(5)">{}</button>'
    assert shown(counter, ("increment",), ("increment", "5")) == [button.format(n) for n in (0, 1, 6)]
    assert shown(counter, start="3") == [button.format(3)]


def test_without_handlers_all_is_view(tmp_path: Path) -> None:
    assert shown(
        one(tmp_path, "@live\ndef hello(name='you'):\n    text = f'Hi {name}'\n    t'<p>{text}</p>'")
    ) == ["<p>Hi you</p>"]


def test_templates_are_emitted_in_any_statement(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        @live
        def many():
            items = []
            def add(item):
                items.append(item)
            if not items:
                t"<p @click='add(1)'>none</p>"
            for item in items:
                t"<b>{item}</b>"
            match len(items):
                case 1: t"<i>one</i>"
            with open(__file__): t"<u>end</u>"
            t"<s>x</s>" if items else t"<s>y</s>"
        """,
    )
    first, second = shown(component, ("add", "a"))
    assert first == '<p @click="add(1)">none</p><u>end</u><s>y</s>'
    assert second == "<b>a</b><i>one</i><u>end</u><s>x</s>"


def test_returned_templates_and_html_strings_are_shown(tmp_path: Path) -> None:
    assert shown(one(tmp_path, "@live\ndef a():\n    return t'<p>{1}</p>'")) == ["<p>1</p>"]
    assert shown(
        one(tmp_path, "from markupsafe import Markup\n@live\ndef a():\n    return Markup(f'<p>{2}</p>')")
    ) == ["<p>2</p>"]


def test_an_early_return_in_setup_is_all_there_is(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        @live
        def guarded(allowed: bool = False):
            if not allowed:
                return t"<p>Log in</p>"
            def act(): pass
            t'<button @click="act">x</button>'
        """,
    )
    assert shown(component) == ["<p>Log in</p>"]
    assert shown(component, allowed=True) == ['<button @click="act">x</button>']


def test_async_components_views_and_handlers(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        import asyncio
        @live
        async def slow():
            data = await asyncio.sleep(0, "a")
            async def more():
                nonlocal data
                data += await asyncio.sleep(0, "b")
            suffix = await asyncio.sleep(0, "!")
            t'<p @click="more">{data}{suffix}</p>'
        """,
    )
    assert shown(component, ("more",)) == ['<p @click="more">a!</p>', '<p @click="more">ab!</p>']


def test_a_name_the_view_assigns_is_the_one_of_setup(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        @live
        def renders():
            times = 0
            def again(): pass
            times += 1
            t'<p @click="again">{times}</p>'
        """,
    )
    assert shown(component, ("again",)) == ['<p @click="again">1</p>', '<p @click="again">2</p>']


def test_variables_of_comprehensions_are_no_state(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        @live
        def shops():
            sold = {shop: 0 for shop in "ab"}
            most = [(last := shop) for shop in sold]
            def sell(name): sold[name] += 1
            last = last.upper()
            for shop, number in sold.items():
                t"<p>{shop} {number} {last}</p>"
            t'<i @click="sell(1)">{[shop for shop in most]}</i>'
        """,
    )
    before, after = shown(component, ("sell", "b"))
    assert (before, after) == tuple(f'<p>a 0 B</p><p>b {n} B</p><i @click="sell(1)">ab</i>' for n in (0, 1))


def test_closures_over_enclosing_functions(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        def make(greeting):
            @live
            def inner(name="x"):
                def change(other):
                    nonlocal name
                    name = other
                t'<p @click="change(1)">{greeting} {name}</p>'
            return inner
        hello = make("hello")
        """,
    )
    assert shown(component, ("change", "y")) == [
        '<p @click="change(1)">hello x</p>',
        '<p @click="change(1)">hello y</p>',
    ]


def test_templates_in_expressions_of_every_place(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        '''
        @live
        def nested():
            """Docstring."""
            rows = [("a", 1), ("b", 2)]
            def cell(value):
                return t"<td>{value}</td>"
            t"""<table><tbody>{[t'<tr key="{k}">{[cell(x) for x in (k, v)]}</tr>' for k, v in rows]}</tbody></table>
            {t'<i>{"é"}</i>' if rows else t'<b>no</b>'}{[x for x in [t"<u>{n}</u>" for n in (1, 2)]]}{"%d" % 5!r:>5}"""
        ''',
    )
    assert shown(component) == [
        '<table><tbody><tr key="a"><td>a</td><td>1</td></tr><tr key="b"><td>b</td><td>2</td></tr></tbody></table>\n'
        "    <i>é</i><u>1</u><u>2</u>  '5'"
    ]


def test_tracebacks_show_the_authors_lines(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        '''
        @live
        def broken():
            def act():
                raise ValueError("here")
            t"""
            <p @click="act">
                {1 / 0}
            </p>"""
        ''',
    )
    with pytest.raises(ZeroDivisionError) as error:
        shown(component)
    last = traceback.extract_tb(error.value.__traceback__)[-1]
    assert (Path(last.filename).name, last.lineno) == ("page.py", 8)


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        (
            "@live\ndef a():\n    def increment(): pass\n    t'''<p>\n<b @click=\"incremnt\">x</b></p>'''",
            6,
            'did you mean "increment"?',
        ),
        ("@live\ndef a():\n    def f(): pass\n    t'<p @click=\"save\">x</p>'", 5, "def save(): …"),
        ("@live\ndef a():\n    def _f(): pass\n    t'<p @click=\"_f\">x</p>'", 5, "private"),
        (
            "@live\ndef a():\n    def on_mount(): pass\n    t'<p @click=\"on_mount\">x</p>'",
            5,
            "mounts or unmounts",
        ),
        ("@live\ndef a():\n    f'<p>{1}</p>'", 4, 'write t"…" instead of f"…"'),
        ("@live\ndef a():\n    'doc'\n    '<p>x</p>'", 5, 'write t"…" instead of "…"'),
        ("@live\ndef a():\n    t'''<div>\n  <p>x</div>'''", 5, "</div> where </p> was expected"),
        ("@live\ndef a():\n    yield t'<p>x</p>'", 4, "cannot yield"),
        ("@live\nclass A: pass", None, "takes a function"),
    ],
)
def test_mistakes_are_found_when_decorating(
    tmp_path: Path, source: str, line: int | None, message: str
) -> None:
    with pytest.raises(LoadError) as error:
        one(tmp_path, source)
    assert message in str(error.value)
    if line:
        assert f"page.py:{line}" in str(error.value)


def test_a_stale_name_is_warned_of(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        one(
            tmp_path,
            """
            @live
            def stale():
                count = 0
                double = count * 2
                def increment():
                    nonlocal count
                    count += 1
                t'<p @click="increment">{double}</p>'
            """,
        )
    (warning,) = [item for item in caught if item.category is ComponentWarning]
    assert '"double" is computed once, from "count"' in str(warning.message)
    assert warning.lineno == 5
