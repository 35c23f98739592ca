"""Numbers that a browser would change, as text and back."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest

from hyper.vdom import TemplateError
from hyper.vdom.templates.compiler import compile_template
from hyper.vdom.templates.exact_numbers import MAX_DIGITS, exact_number, with_exact_numbers
from hyper.vdom.templates.handlers import action_argument, argument
from hyper.vdom.templates.printing import value_to_html


class Size(IntEnum):
    HUGE = 2**60


class Color(StrEnum):
    RED = "red"


class Price(float):
    def __repr__(self) -> str:
        return "a price"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Size.HUGE, '{"$int":"1152921504606846976"}'),
        (Color.RED, '"red"'),
        (Price(1.5), "1.5"),
        (Price(2), '{"$float":"2.0"}'),
        ("a\0b\ud800", '"a\ufffdb\ufffd"'),
        ("\ud83d\ude00", '"\U0001f600"'),
    ],
)
def test_subclasses_and_broken_texts(value: object, printed: str) -> None:
    assert argument(value) == printed


@pytest.mark.parametrize(
    "value",
    [10**MAX_DIGITS, *map(Decimal, (f"1e{MAX_DIGITS + 1}", "1e-9999", "0e9999", "NaN7"))],
    ids=lambda value: type(value).__name__,
)
def test_a_number_that_could_not_be_read_again_is_refused(value: object) -> None:
    with pytest.raises(TemplateError, match="digits"):
        argument(value)


@pytest.mark.parametrize(
    "value",
    [
        5, "5", None, [], {}, {"$int": 5}, {"$int": "5", "$float": "5"}, {"$int": "1e5"}, {"$int": "1_000"},
        {"$int": " 5"}, {"$int": "٥"}, {"$int": ""}, {"$int": "9" * (MAX_DIGITS + 1)}, {"$float": "0x1p3"},
        {"$float": "1,5"}, {"$decimal": "1e99999999"}, {"$decimal": "1e99999999999999999999999"},
        {"$decimal": "-0e-99999999"}, {"$str": "5"}, {"int": "5"}, {"$int": "5\n"}, {"__class__": "5"},
    ],
)  # fmt: skip
def test_nothing_else_is_a_number(value: object) -> None:
    assert exact_number(value) is None


@pytest.mark.parametrize(
    ("expression", "exact"),
    [
        ("f(9007199254740993)", 'f({"$int":"9007199254740993"})'),
        ("f(9007199254740992, 0.10, 1e-7, x1.0, a.5)", "f(9007199254740992, 0.10, 1e-7, x1.0, a.5)"),
        ("f(-0.0, 1E5)", 'f({"$float":"-0.0"}, {"$float":"100000.0"})'),
        ("f('1.0', \"2.0\", 'it\\'s 3.0', [4.0], {\"a\": 5.0})",) * 2,
        ("f2", "f2"),
    ],
)
def test_numbers_that_an_author_writes(expression: str, exact: str) -> None:
    assert with_exact_numbers(expression) == exact


@pytest.mark.parametrize(
    ("strings", "html"),
    [
        (['<p @click="f(1.0)">x</p>'], '<p @click="f({&quot;$float&quot;:&quot;1.0&quot;})">x</p>'),
        (["<p @click='f(&quot;1.0, True&quot;, True)'>x</p>"], '<p @click="f(&quot;1.0, True&quot;, true)">x</p>'),
        (
            ["<p @click=\"$transition('#a', 'b', 300.0); f('it', 2.0)\">x</p>"],
            "<p @click=\"$transition('#a', 'b', 300.0); f('it', {&quot;$float&quot;:&quot;2.0&quot;})\">x</p>",
        ),
    ],
)  # fmt: skip
def test_numbers_of_a_template(strings: list[str], html: str) -> None:
    assert value_to_html(compile_template(strings).constant()) == html


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (2**60, '"1152921504606846976"'),
        (300.0, "300.0"),
        (0.5, "0.5"),
        (float("inf"), '"inf"'),
        (Decimal("0.30"), '"0.30"'),
        (7, 7),
        (None, "null"),
        ("a", '"a"'),
    ],
)
def test_an_action_is_given_what_a_script_can_read(value: object, printed: object) -> None:
    assert action_argument(value) == printed
    template = compile_template(["<p @click=\"$set_attribute('#a', 'title', ", "); f(", ')">x</p>'])
    assert template.instance([value, value])[1:] == (printed, argument(value))
