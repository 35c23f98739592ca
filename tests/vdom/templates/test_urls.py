"""Every attribute that can hold a URL, wherever a slot can stand in it: no value in it runs code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hyper.errors import TemplateError
from hyper.testing import mount
from hyper.testing.sources import one
from hyper.vdom.templates.compiler import compile_template
from hyper.vdom.templates.urls import (
    BLOCKED_URL,
    GUARDS,
    animated,
    guard_of,
    many_urls,
    one_url,
    reference,
    refresh,
)

CODE = "java\nscript:alert(1)"
PLACES = [
    *[("div", name) for name in GUARDS],
    *[
        (tag, name)
        for tag in ("animate", "animateColor", "animateMotion", "animateTransform", "set")
        for name in ("to", "from", "by", "values")
    ],
    ("param", "value"),
    ("applet", "code"),
]


def valued(name: str) -> str:
    return f"url({CODE})" if GUARDS.get(name) is reference else CODE


def around(tag: str, attribute: tuple[str, str]) -> list[str]:
    inside = tag.startswith(("animate", "set"))
    start, end = attribute
    close = "" if tag == "param" else f"</{tag}>"
    return [f"{'<svg>' if inside else ''}<{tag} {start}", f"{end}>{close}{'</svg>' if inside else ''}"]


@pytest.mark.parametrize(("tag", "name"), PLACES)
@pytest.mark.parametrize("form", ["whole", "beside text", "dict"])
def test_a_url_that_is_code_is_blocked(tag: str, name: str, form: str) -> None:
    value: object = valued(name)
    if form == "dict":
        if name == "formaction":
            return  # refused by name
        strings, value = around(tag, ("", "")), {name: value}
    else:
        strings = around(tag, (f'{name}="', ' "' if form == "beside text" else '"'))
    printed = compile_template(strings).instance([value])
    assert "script:" not in printed.to_html()
    assert BLOCKED_URL in printed.to_html()


@pytest.mark.parametrize("content", ["0;url=", "0; URL='", "5,"])
def test_where_a_page_sends_its_visitor_after_some_seconds(content: str) -> None:
    template = compile_template([f'<meta http-equiv=" Refresh" content="{content}', '">'])
    assert "script" not in template.instance([CODE]).to_html()
    assert "/next" in template.instance(["/next"]).to_html()
    whole = compile_template(['<meta http-equiv="refresh" content="', '">'])
    assert BLOCKED_URL in whole.instance([content + CODE]).to_html()
    spread = compile_template(['<meta http-equiv="refresh" ', ">"])
    assert BLOCKED_URL in spread.instance([{"content": content + CODE}]).to_html()
    open_kind = compile_template(['<meta http-equiv="', '" content="', '">'])
    assert BLOCKED_URL in open_kind.instance(["refresh", content + CODE]).to_html()


def test_other_contents_of_meta_are_text() -> None:
    template = compile_template(['<meta name="description" content="', '">'])
    assert "javascript: the parts" in template.instance(["javascript: the parts"]).to_html()


@pytest.mark.parametrize(
    ("guard", "text"),
    [
        (one_url, "/cart?next=javascript:x"),
        (one_url, "data:image/png;base64,AAAA"),
        (many_urls, "/a.png 1x, https://b.test/b.png 2x, data:image/png;base64,AA== 3x"),
        (animated, "0 0;100 100; #id;12:30"),
        (refresh, "5"),
        (refresh, "5; url=/next"),
        (reference, "url(#gradient) none"),
        (reference, "rgb(1 2 3)"),
    ],
)
def test_what_stays(guard: Callable[[str], str], text: str) -> None:
    assert guard(text) == text


@pytest.mark.parametrize(
    ("guard", "text"),
    [
        (many_urls, "a.png 1x, javascript:x 2x"),
        (animated, "#a; java\tscript:x"),
        (animated, "data:image/svg+xml,<svg onload=x>"),
        (refresh, "; url=javascript:x"),
        (refresh, "1 javascript:x"),
        (reference, "none url( 'javascript:x')"),
        (reference, "ur\\6c (javascript:x)"),
    ],
)
def test_what_does_not(guard: Callable[[str], str], text: str) -> None:
    assert guard(text) == BLOCKED_URL


def test_names_mean_urls_only_on_their_elements() -> None:
    assert guard_of("to", "div", {}) is None
    assert guard_of("values", "feColorMatrix", {}) is None
    assert guard_of("value", "input", {}) is None
    assert guard_of("content", "meta", {"http-equiv": "content-type"}) is None


@pytest.mark.parametrize("name", ["hx-on:click", "data-hx-on:click", "data-live-old", "Data-Live-Was"])
def test_names_that_would_be_code_are_not_taken_from_a_dict(name: str) -> None:
    with pytest.raises(TemplateError, match="may not come from a dict"):
        compile_template(["<p ", "></p>"]).instance([{name: "x"}])


def test_compiled_views_block_them_too(tmp_path: Path) -> None:
    source = """
        @live
        def drawing(to: str):
            def f(): pass
            t'<svg><a @click="f"><set attributeName="href" to="{to}"></set></a></svg>'
        """
    drawing = one(tmp_path, source)
    assert BLOCKED_URL in mount(drawing, to="javascript:x").html
    assert "0.5" in mount(drawing, to="0.5").html
