"""How a page calls its handlers, as templates know it."""

from __future__ import annotations

import pytest

from hyper.vdom.templates.compiler import compile_template
from hyper.vdom.templates.expressions import call_form


@pytest.mark.parametrize(
    ("handler", "counts", "literals"),
    [
        ("save", {None, 0}, set()),
        ("save()", {None, 0}, set()),
        ("save( )", {None, 0}, set()),
        ("save(text)", {None, 1}, set()),
        ("save(text, 5, 'a, b)', \"(\", trueish, true, event.x)", {None, 7}, {1, 2, 3, 5}),
        ('save([1, {"a": [2, 3]}], {"b": 1}, -1)', {None, 3}, {0, 1, 2}),
        ("save('it\\'s, so', größe)", {None, 2}, {0}),
    ],
)
def test_forms_of_calls(handler: str, counts: set[int | None], literals: set[int]) -> None:
    form = call_form(handler)
    assert set(form) == counts
    assert set().union(*form.values()) == literals


@pytest.mark.parametrize(
    ("strings", "bindings"),
    [
        (["<p @click=\"$hide('#a, b'); save(", ', text)">x</p>'], {"save": {None: set(), 2: {0}}}),
        (['<p @click="save"><b @click="save(1)"></b></p>'], {"save": {None: set(), 0: set(), 1: {0}}}),
        (['<p @a="f(', ')" @b="f(x)" @c="f(', ', y)">x</p>'], {"f": {None: set(), 1: {0}, 2: {0}}}),
        (["<p @click=\"f('", "')\">x</p>"], {"f": {None: set(), 1: {0}}}),
    ],
)
def test_forms_of_templates(strings: list[str], bindings: object) -> None:
    assert compile_template(strings).bindings == bindings


@pytest.mark.parametrize(
    ("strings", "called"),
    [
        (["<p @click=", ">x</p>"], [(1, {None: set(), 0: set()})]),
        (['<p @click="', "(", ')">x</p>'], [(1, {None: set(), 1: {0}})]),
        (['<p class="', "\" @click=\"$hide('#a');  ", '(a, 2)">x</p>'], [(2, {None: set(), 2: {1}})]),
        (['<p @click="f(', ')">x</p>'], []),
    ],
)
def test_forms_of_handlers_that_are_slots(strings: list[str], called: object) -> None:
    assert list(compile_template(strings).called) == called
