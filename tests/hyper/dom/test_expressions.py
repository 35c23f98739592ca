"""Values of ``@event`` attributes, on the examples that the browser client is tested with too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hyper.dom.expressions import Named, parse_expression

EXAMPLES = json.loads(
    (Path(__file__).parents[2] / "vectors" / "events" / "expressions.json").read_text(encoding="utf-8")
)


def shown(value: object) -> object:
    return {"": value.name} if isinstance(value, Named) else value


@pytest.mark.parametrize(("text", "name", "args"), EXAMPLES["read"])
def test_expressions(text: str, name: str, args: list[object] | None) -> None:
    expression = parse_expression(text)
    found = None if expression.args is None else [shown(value) for value in expression.args]
    assert (expression.name, found) == (name, args)


@pytest.mark.parametrize("text", EXAMPLES["refused"])
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(ValueError, match=r"neither a name|no such argument"):
        parse_expression(text)
