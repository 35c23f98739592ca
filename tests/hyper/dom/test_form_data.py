"""What forms send: the same as ``FormData`` in browsers."""

from __future__ import annotations

import pytest

from hyper.dom.elements import component_root
from hyper.dom.form_data import form_data


@pytest.mark.parametrize(
    ("html", "sent"),
    [
        ('<fieldset disabled><legend><input name="l" value="0"></legend><legend><input name="m"></legend><input name="a"></fieldset>', [("l", "0")]),
        ('<input name="a" value="1"><input name="a" value="2"><input value="3">', [("a", "1"), ("a", "2")]),
        ('<input type="checkbox" name="a"><input type="checkbox" name="b" checked>', [("b", "on")]),
        ('<select name="a"><option disabled selected>x</option><option>y</option></select>', []),
        ('<select name="a" multiple><option selected>x</option><option selected disabled>y</option></select>', [("a", "x")]),
        ('<button name="a" value="1">x</button><button name="b" value="2" id="go">x</button>', [("b", "2")]),
        ('<input type="image" name="at" id="go">', [("at.x", "0"), ("at.y", "0")]),
        ('<div dir="rtl"><input name="a" value="x" dirname="a.dir"></div>', [("a", "x"), ("a.dir", "rtl")]),
        ('<input type="hidden" name="_charset_"><input type="file" name="f">', [("_charset_", "UTF-8")]),
    ],
)  # fmt: skip
def test_what_a_form_sends(html: str, sent: list[tuple[str, str]]) -> None:
    top = component_root("c", f"<form>{html}</form>")
    elements = list(top.elements())
    submitter = next((element for element in elements if element.get("id") == "go"), None)
    assert form_data(elements[0], submitter) == sent
