"""Text is never HTML: a view that returns a ``str`` says who vouches for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyper.errors import ComponentError
from hyper.testing.sources import load_source, one

from ..mounts import mounted

IMAGE = "'<img src=x onerror=alert(1)>'"
PLAIN = {
    "text of an f-string": f"return f'<p>{{{IMAGE}}}</p>'",
    "text that a function made": f"def made(): return '<p>' + {IMAGE} + '</p>'\n    return made()",
    "text without a tag": "return 'text'",
    "text after a template": "t'<p>x</p>'\n    return '<b>y</b>'",
    "text of an early return": f"if True: return {IMAGE}\n    def f(): pass\n    t'<p @click=\"f\">x</p>'",
}
SANITISED = "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=x></style></mglyph></form></mtext></math>"


@pytest.mark.parametrize("body", PLAIN.values(), ids=PLAIN)
async def test_a_plain_string_is_refused(tmp_path: Path, body: str) -> None:
    component = one(tmp_path, f"@live\ndef page():\n    {body}\n")
    with pytest.raises(ComponentError, match=r"page\.py:3: page returned a plain string.*Markup\(") as error:
        await mounted(component)
    assert 'return t"…"' in str(error.value)


async def test_a_nested_one_leaves_a_card(tmp_path: Path) -> None:
    source = f"""
        @live
        def inner(): return {IMAGE}
        @live
        def outer(): t"<div><{{inner}}/></div>"
        """
    mount, _ = await mounted(load_source(tmp_path, source)["outer"])
    assert "<img" not in mount.html()
    assert "inner could not be shown" in mount.html()


async def test_a_later_render_that_returns_one_fails_and_shows_what_was(tmp_path: Path) -> None:
    source = """
        from markupsafe import Markup
        @live
        def page():
            count = 0
            def add():
                nonlocal count
                count += 1
            return Markup('<p @click="add">0</p>') if not count else f'<p @click="add">{count}</p>'
        """
    mount, _ = await mounted(one(tmp_path, source))
    await mount.call(mount.id, "add", [], {})
    with pytest.raises(ComponentError, match="plain string"):
        await mount.changes()


@pytest.mark.parametrize("before", ["", "t'<p>x</p>'\n    "])
async def test_markup_is_sent_as_it_is_written(tmp_path: Path, before: str) -> None:
    source = f"from markupsafe import Markup\n@live\ndef page():\n    {before}return Markup({SANITISED!r})\n"
    mount, _ = await mounted(one(tmp_path, source))
    assert mount.html() == ("<p>x</p>" if before else "") + SANITISED
