"""The source of a function: finds its node in the syntax tree of its file."""

from __future__ import annotations

import ast
import functools
import linecache
import types

from hyper.compiling.mistakes import FUNCTIONS, FunctionNode
from hyper.compiling.tstrings import parse_source
from hyper.errors import ComponentError


def function_node(function: types.FunctionType) -> FunctionNode:
    """The node of a function in its file's syntax tree. Raises ``ComponentError`` if it is not found."""
    file, line = function.__code__.co_filename, function.__code__.co_firstlineno
    linecache.checkcache(file)
    source = "".join(linecache.getlines(file, function.__globals__))
    if not source:
        raise ComponentError(
            f"{file}:{line}: the source of {function.__name__} cannot be read: @live needs the file that defines it"
        )
    for node in ast.walk(_parsed(source, file)):
        if isinstance(node, FUNCTIONS) and node.name == function.__name__:
            first = min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]])
            if first == line:
                return node
    raise ComponentError(
        f"{file}:{line}: {function.__name__} is not where its code says: the file changed since it was loaded; "
        "@live takes a plain function, so put it above other decorators that wrap it"
    )


@functools.lru_cache(maxsize=32)
def _parsed(source: str, file: str) -> ast.Module:
    return parse_source(source, file)


def line_of(file: str, first_line: int, name: str) -> int:
    """The first line from ``first_line`` on that binds the handler ``name``; ``first_line`` if none is found."""
    lines = linecache.getlines(file)
    for number in range(first_line, len(lines) + 1):
        if "@" in lines[number - 1] and name in lines[number - 1]:
            return number
    return first_line
