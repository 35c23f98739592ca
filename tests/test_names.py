"""One word means one thing: no two classes or aliases of one name, no constant with two values."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.test_layers import ROOT, modules


def assignments() -> Iterator[tuple[str, str, ast.expr]]:
    """Where it stands, name and value of everything public that is assigned at the top of a module."""
    for file in modules().values():
        for node in ast.parse(file.read_text("utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            for target in targets:
                if isinstance(target, ast.Name) and isinstance(value, ast.expr) and target.id[0] != "_":
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", target.id, value


def classes() -> Iterator[tuple[str, str]]:
    """Where it stands, and the name of every public class."""
    for file in modules().values():
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name[0] != "_":
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node.name


def is_alias(name: str, value: ast.expr) -> bool:
    """Is it a name for a type? Those are written like classes; type variables are known to their module alone."""
    is_variable = isinstance(value, ast.Call) and getattr(value.func, "id", "") in ("TypeVar", "ParamSpec")
    return name[0].isupper() and not name.isupper() and not is_variable


def test_a_class_or_alias_name_is_defined_once() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for place, name in classes():
        places[name].append(place)
    for place, name, value in assignments():
        if is_alias(name, value):
            places[name].append(place)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_a_constant_name_has_one_value() -> None:
    values: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for place, name, value in assignments():
        if name.isupper() and len(name) > 1:
            values[name].setdefault(ast.dump(value), place)
    assert {name: sorted(found.values()) for name, found in values.items() if len(found) > 1} == {}
