"""Names and values of ``@event`` attributes, as the browser client reads them."""

from __future__ import annotations

import pytest

from hyper.dom.bindings import parse_binding
from hyper.dom.calls import data_attribute
from hyper.dom.expressions import Named, parse_expression

EXPRESSIONS = [
    ("add", "add", None),
    (" add ( ) ", "add", []),
    ("add(text, 5)", "add", [Named("text"), 5]),
    ("add(-1.5e3, true, false, null)", "add", [-1500.0, True, False, None]),
    ("""add('it\\'s', "a \\"b\\"", 'say "x"')""", "add", ["it's", 'a "b"', 'say "x"']),
    (
        "add(dataset.item_id, nullable, größe)",
        "add",
        [Named("dataset.item_id"), Named("nullable"), Named("größe")],
    ),
    ("add(\"a, b)\", ')')", "add", ["a, b)", ")"]),
    ("add('\\u00e9\\n')", "add", ["é\n"]),
]


@pytest.mark.parametrize(("text", "name", "args"), EXPRESSIONS)
def test_expressions(text: str, name: str, args: list[object] | None) -> None:
    expression = parse_expression(text)
    assert (expression.name, expression.args) == (name, args)


@pytest.mark.parametrize(
    "text", ["", "add(", "add(a b)", "add(,)", "add(a,)", "a; b", "add('x)", "add(1)(2)"]
)
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(ValueError, match=r"neither a name|no such argument"):
        parse_expression(text)


KEYS = [
    ("@keydown", "x", "", True),
    ("@keydown.enter", "Enter", "", True),
    ("@keydown.enter", "x", "", False),
    ("@keydown.esc.prevent", "Escape", "", True),
    ("@keydown.escape", "Escape", "", True),
    ("@keydown.up", "ArrowUp", "", True),
    ("@keydown.space", " ", "", True),
    ("@keydown.slash", "/", "", True),
    ("@keydown.ctrl.s", "s", "ctrl", True),
    ("@keydown.ctrl.s", "s", "", False),
    ("@keydown.cmd.s", "S", "meta", True),
    ("@keydown.enter.space", " ", "", True),
]


@pytest.mark.parametrize(("attribute", "key", "chord", "matches"), KEYS)
def test_keys(attribute: str, key: str, chord: str, matches: bool) -> None:
    held = frozenset([chord]) if chord else frozenset[str]()
    assert parse_binding(attribute).matches_keys(key, held) is matches


def test_words_of_a_binding() -> None:
    binding = parse_binding("@input.debounce.1s.prevent")
    assert (binding.type, binding.words, binding.keys) == ("input", {"debounce", "1s", "prevent"}, ())
    assert parse_binding("@click.outside").is_global
    assert not parse_binding("@click").is_global


@pytest.mark.parametrize("name", ["item_id", "dataset.item_id"])
def test_data_attributes(name: str) -> None:
    assert data_attribute(name) == "data-item-id"
