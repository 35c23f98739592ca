"""Values in content and their normal forms."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from hyper.vdom import Element, Root, TemplateError, Text
from hyper.vdom.templates.compiler import TString, compile_template, content, fragment, is_content
from hyper.vdom.templates.values import Fragment, RawHtml, Value

ROW = compile_template(["<li>", "</li>"])
ITEM = ROW.instance(["milk"])


class Card:
    """A value of a class that says how it is shown."""

    def __hyper_content__(self) -> Value:
        return ITEM


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("a", "a"),
        (7, 7),
        (None, None),
        (True, None),
        (1.5, "1.5"),
        (ITEM, ITEM),
        (Card(), ITEM),
        (Text("a"), Text("a")),
        (Root((Text("a"), Element("b"))), Fragment([Text("a"), Element("b")])),
        ([1, [Card(), None]], Fragment([1, Fragment([ITEM, None])])),
        ((item for item in "ab"), Fragment("ab")),
        (Markup("<b>"), RawHtml("<b>")),
        (TString(), Fragment()),
    ],
)
def test_the_normal_form_of_content(value: object, normal: Value) -> None:
    found = content(value)
    assert found == normal
    assert type(found) is type(normal)


def test_what_is_in_normal_form_stays_the_same_object() -> None:
    for value in (ITEM, fragment([1, ITEM]), RawHtml("<b>"), Text("a")):
        assert content(value) is value


async def _coroutine() -> None:
    """What somebody forgot to await."""


@pytest.mark.parametrize(
    ("value", "message"), [(print, r"the function print: call it"), (_coroutine(), "a coroutine: await it")]
)
def test_what_is_shown_by_mistake_is_refused(value: object, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        content(value)


@pytest.mark.parametrize("value", [ITEM, Card(), Text("a"), Root(), [ITEM, Card()], Fragment()])
def test_content_is_told(value: object) -> None:
    assert is_content(value)


@pytest.mark.parametrize("value", ["a", 7, None, [], ["a"], (ITEM,), {"a": 1}, object(), print])
def test_data_is_not_taken_for_content(value: object) -> None:
    assert not is_content(value)
