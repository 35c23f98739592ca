from __future__ import annotations

import re
from pathlib import Path

import pytest

from hyper.vdom import TemplateError
from hyper.vdom.templates.compiler import compile_template
from hyper.vdom.templates.expressions import ACTIONS, as_browsers_read, handler_name, parse_expression
from hyper.vdom.templates.printing import value_to_html

EXTRAS = Path(__file__).parents[3] / "runtime_js" / "extras.js"


@pytest.mark.parametrize(
    ("text", "actions", "handler"),
    [
        ("save", [], "save"),
        (" add ( text , 'a;b)' ) ", [], "add"),
        ("$toggle('#menu')", ["toggle"], ""),
        ("$hide(this);", ["hide"], ""),
        ("$confirm('a; $b(c) \\' \"?'); remove(5)", ["confirm"], "remove"),
        ("$hide('#a'); $show('#b'); go", ["hide", "show"], "go"),
    ],
)
def test_actions_come_first_and_then_a_handler(text: str, actions: list[str], handler: str) -> None:
    assert parse_expression(text) == (actions, handler)


@pytest.mark.parametrize(
    "text", ["", "count += 1", "a(); b()", "save; $hide('#a')", "$hide('#a') save()", "a.b()", "1"]
)
def test_nothing_else_is_an_expression(text: str) -> None:
    with pytest.raises(ValueError, match="is not a handler"):
        parse_expression(text)
    assert handler_name("@click", text) == ""


def test_the_browser_has_the_same_actions() -> None:
    table = EXTRAS.read_text(encoding="utf-8").partition("const ACTIONS = {")[2].partition("\n};")[0]
    assert set(re.findall(r"^  (\w+)(?::|\()", table, re.MULTILINE)) == ACTIONS


def test_templates_know_the_handler_behind_actions() -> None:
    template = compile_template(["<p @click=\"$hide('#", "'); save(", ')">x</p>'])
    assert set(template.bindings) == {"save"}
    assert compile_template(["<p @click=\"$hide('#a')\">x</p>"]).bindings == {}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (5, "<p @click=\"f('#5', &quot;5&quot;)\"></p>"),
        ("a", "<p @click=\"f('#a', &quot;a&quot;)\"></p>"),
        (None, "<p @click=\"f('#', &quot;&quot;)\"></p>"),
        (True, "<p @click=\"f('#true', &quot;true&quot;)\"></p>"),
        ("it's", """<p @click="f('#it\\'s', &quot;it's&quot;)"></p>"""),
        ('"', """<p @click="f('#\\&quot;', &quot;\\&quot;&quot;)"></p>"""),
        ("\\", """<p @click="f('#\\\\', &quot;\\\\&quot;)"></p>"""),
    ],
)
def test_a_slot_in_quotes_is_a_piece_of_their_text(value: object, written: str) -> None:
    template = compile_template(["<p @click='f(&#39;#", '&#39;, "', "\")'></p>"])
    assert value_to_html(template.instance((value, value))) == written


def test_an_unknown_action_is_named() -> None:
    with pytest.raises(TemplateError, match=r"no action \$hid: did you mean \$hide\?"):
        compile_template(["<p @click=\"$hid('#a')\">x</p>"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("f(True, False, None)", "f(true, false, null)"),
        ("f('True', \"None\", 'it\\'s True')", "f('True', \"None\", 'it\\'s True')"),
        ("f(Truest, x.True, is_None)", "f(Truest, x.True, is_None)"),
        ("f(event.client_x, event.key, dataset.item_id)", "f(event.clientX, event.key, dataset.itemId)"),
        (
            "f(my_event.client_x, 'event.client_x', item_id)",
            "f(my_event.client_x, 'event.client_x', item_id)",
        ),
    ],
)
def test_pythons_words_are_browsers_words(written: str, read: str) -> None:
    assert as_browsers_read(written) == read
