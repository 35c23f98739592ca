"""What the statements of a component function bind and set, and what becomes of them."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from hyper.compiling.statements import (
    EMIT,
    EarlyReturns,
    Emitter,
    annotation_of,
    bound_names,
    last_setting_of,
    nonlocal_names,
)
from hyper.compiling.tstrings import parse_source


def statements(source: str) -> list[ast.stmt]:
    return parse_source(source, "page.py").body


def test_the_variables_that_a_handler_rebinds_itself_or_in_a_function_of_its_own() -> None:
    function: Any = statements("def f():\n    nonlocal a\n    def g():\n        nonlocal b, c")[0]
    assert nonlocal_names(function) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("source", "annotation"),
    [
        ("n: int | None = None", "int | None"),
        ("n = 5", "int"),
        ("m = n = 'x'", "str"),
        ("n = None", None),
        ("n = f()", None),
        ("def f():\n    n = 5", None),
    ],
)
def test_the_type_of_a_variable(source: str, annotation: str | None) -> None:
    found = annotation_of("n", statements(source))
    assert (found and ast.unparse(found)) == annotation


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("t'<input @bind=\"name\">'", {"name"}),
        ("t'<input @bind.lazy=user.name>'", {"user"}),
        ("t'<p>@bind</p>'", set()),
        ('if a:\n    t\'<input @bind="a">{t"<input @bind=b>"}\'', {"a", "b"}),
    ],
)
def test_the_variables_that_templates_bind(template: str, names: set[str]) -> None:
    assert bound_names(statements(template)) == names


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("a = 1\nb = 2\nc = 3", 1),
        ("c = 3", -1),
        ("'''A docstring.'''\nc = 3", 0),
        ("", -1),
    ],
)
def test_the_last_statement_that_sets_one_of_some_variables(source: str, last: int) -> None:
    assert last_setting_of({"a", "b"}, statements(source)) == last


def test_bare_templates_are_emitted_and_others_are_not() -> None:
    source = "t'<p>a</p>'\nx = t'<p>b</p>'\nt'<p>c</p>' if x else None\nf(t'<p>d</p>')\nlambda: t'<p>e</p>'"
    emitted = [
        ast.unparse(Emitter().visit(statement)).startswith(f"{EMIT}(") for statement in statements(source)
    ]
    assert emitted == [True, False, True, False, False]


def test_a_return_in_setup_says_that_there_is_no_view() -> None:
    source = "if a:\n    return b\nelse:\n    return\ndef f():\n    return c"
    rewritten = [ast.unparse(EarlyReturns().visit(statement)) for statement in statements(source)]
    assert rewritten == [
        "if a:\n    return (None, b)\nelse:\n    return (None, None)",
        "def f():\n    return c",
    ]
