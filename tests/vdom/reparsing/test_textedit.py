"""One text of an element changed without parsing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.vdom import Element, iter_nodes, parse_html
from hyper.vdom.reparsing.layout import measure
from hyper.vdom.reparsing.textedit import with_new_text


def changed(old: str, new: str, context: str = "body") -> Element | None:
    """What the first element of ``old`` becomes."""
    element = parse_html(old, context=context).children[0]
    layout = measure((element,), old, 0, len(old))
    assert layout is not None
    assert layout.is_regular
    assert isinstance(element, Element)
    return with_new_text(element, old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>a</p>", "<p>b</p>"),
        ("<p>a</p>", "<p>ab</p>"),
        ("<p>ab</p>", "<p>b</p>"),
        ("<p>aa</p>", "<p>aaa</p>"),
        ("<p>aaa</p>", "<p>aa</p>"),
        ("<p><b>a</b><i>a</i></p>", "<p><b>a</b><i>b</i></p>"),
        ("<p><b></b>a<br>b<!--c-->d</p>", "<p><b></b>a<br>b<!--c-->e</p>"),
        ("<p><b>a</b> c<i>d</i></p>", "<p><b>a</b> b > c<i>d</i></p>"),
        ("<p>\n a</p>", "<p>\n  a</p>"),
        ("<p title='>'>a</p>", "<p title='>'>b</p>"),
        ("<p>é</p>", "<p>\U0001f600</p>"),
        ("<script>a</script>", "<script>b > c</script>"),
        ("<textarea>a</textarea>", "<textarea>b</textarea>"),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>c</li></ul>"),
    ],
)
def test_a_new_text(old: str, new: str) -> None:
    element = changed(old, new)
    assert (element,) == parse_html(new).children


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p class='a'>b</p>", "<p class='c'>b</p>"),
        ("<p>a</p>", "<b>a</b>"),
        ("<p>a</p>", "<p><b>a</b></p>"),
        ("<p>a</p>", "<p></p>"),
        ("<p></p>", "<p>a</p>"),
        ("<p>a</p>", "<p>&lt;</p>"),
        ("<p>&lt;</p>", "<p>a</p>"),
        ("<p>a&lt;</p>", "<p>b&lt;</p>"),
        ("<p>a</p>", "<p>a\r</p>"),
        ("<p>\ra</p>", "<p>\rb</p>"),
        ("<p>a</p>", "<p>a\0</p>"),
        ("<p>\0a</p>", "<p>\0b</p>"),
        ("<p>a</p>", "<p>\ud800</p>"),
        ("<p>a</p>", "<p>b</p>c"),
        ("<p>a<!--b--></p>", "<p>a<!--c--></p>"),
        ("<p><b>a</b><b>b</b></p>", "<p><b>c</b><b>d</b></p>"),
        ("<pre>a</pre>", "<pre>\na</pre>"),
        ("<textarea>a</textarea>", "<textarea>\na</textarea>"),
        ("<select>a<option>b</option></select>", "<select>c<option>b</option></select>"),
        ("<table> <caption>a</caption></table>", "<table>b<caption>a</caption></table>"),
        ("<template>a</template>", "<template>b</template>"),
        ("<p>a</p>", "<p>a</b>"),
        ("<p>a</p>", "<p>b"),
        ("<p>a</p>", ""),
    ],
)
def test_any_other_change_is_left_to_the_parser(old: str, new: str) -> None:
    assert changed(old, new) is None


def test_what_is_beside_the_text_stays() -> None:
    old = "<div><p><b>1</b><i>2</i></p><ul><li>3</li></ul></div>"
    element = parse_html(old).children[0]
    assert isinstance(element, Element)
    new = with_new_text(element, old, old.replace("2", "4"))
    assert new is not None
    assert new.children[1] is element.children[1]
    kept = {id(node) for node in iter_nodes(element)} & {id(node) for node in iter_nodes(new)}
    assert len(kept) == 5  # <b>1</b>, <ul><li>3</li></ul>


@given(st.text("ab <>&\r\0\n", max_size=6), st.text("ab <>&\r\0\n", max_size=6))
def test_it_is_what_the_parser_makes_of_it(old_text: str, new_text: str) -> None:
    old, new = f"<div><i>x</i><b>{old_text}</b>y</div>", f"<div><i>x</i><b>{new_text}</b>y</div>"
    element = parse_html(old).children[0]
    layout = measure((element,), old, 0, len(old))
    if layout is not None and layout.is_regular:
        assert isinstance(element, Element)
        assert with_new_text(element, old, new) in (None, *parse_html(new).children)
