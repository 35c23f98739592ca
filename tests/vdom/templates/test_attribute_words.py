"""Booleans in attributes: there or not, or the words that the standards have for them."""

from __future__ import annotations

import pytest

from hyper.vdom.templates.attribute_words import BOOLEAN_WORDS
from hyper.vdom.templates.compiler import compile_template


def html(before: str, value: object, after: str) -> str:
    return str(compile_template([before, after]).instance([value]).to_html())


@pytest.mark.parametrize(
    ("tag", "name", "off", "on"),
    [
        ("p", "translate", "no", "yes"),
        ("p", "spellcheck", "false", "true"),
        ("p", "writingsuggestions", "false", "true"),
        ("p", "draggable", "false", "true"),
        ("p", "contenteditable", "false", "true"),
        ("form", "autocomplete", "off", "on"),
        ("p", "autocorrect", "off", "on"),
        ("p", "autocapitalize", "off", "on"),
        ("video", "preload", "none", "auto"),
        ("dialog", "closedby", "none", "any"),
        ("p", "aria-hidden", "false", "true"),
        ("p", "data-open", "false", "true"),
        ("p", "hidden", None, ""),
        ("p", "popover", None, ""),
        ("p", "inert", None, ""),
        ("details", "open", None, ""),
        ("x-field", "stretchy", None, ""),
    ],
)
def test_false_says_what_it_means(tag: str, name: str, off: str | None, on: str) -> None:
    for value, word in ((False, off), (True, on), (None, None)):
        shown = "" if word is None else f' {name}="{word}"'
        assert html(f"<{tag} {name}=", value, f"></{tag}>") == f"<{tag}{shown}></{tag}>"
        assert html(f"<{tag} ", {name: value}, f"></{tag}>") == f"<{tag}{shown}></{tag}>"


def test_other_words_are_written_as_they_are() -> None:
    for name in BOOLEAN_WORDS:
        assert html(f"<p {name}=", "plain", "></p>") == f'<p {name}="plain"></p>'


def test_names_may_be_in_capitals() -> None:
    assert html("<p ", {"contentEditable": False}, "></p>") == '<p contentEditable="false"></p>'


def test_operators_of_mathml() -> None:
    assert html("<math><mo stretchy=", False, ">(</mo></math>") == '<math><mo stretchy="false">(</mo></math>'
