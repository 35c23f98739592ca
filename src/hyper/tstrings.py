"""Python source with t-strings, as a syntax tree; on every supported Python the same.

Python 3.14 parses t-strings itself. Before, the tokenizer and grammar of ``future_tstrings`` read them, and
each becomes here what its module runs: a call of ``__create_template__``, the strings decoded. (Its own
compiler leaves escapes undecoded and loses a second string on one line.) Only lines are exact in the result,
columns are not.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from typing import Any

TEMPLATE_CALL = "__create_template__"
_PLACEHOLDER = "__hyper_string_{}__"


@dataclass(slots=True)
class Interpolated:
    """One ``{…}`` of a t-string."""

    value: ast.expr
    conversion: int
    """``ord`` of ``!r``, ``!s`` or ``!a``; -1 for none."""
    format_spec: ast.JoinedStr | None


@dataclass(slots=True)
class TemplateString:
    """A t-string in a syntax tree: n + 1 strings around n interpolations."""

    strings: list[str]
    interpolations: list[Interpolated]


def parse_source(source: str, file: str) -> ast.Module:
    """The syntax tree of a module's source, t-strings included; ``SyntaxError`` as ``compile`` raises it."""
    if sys.version_info >= (3, 14):
        return ast.parse(source, file)
    return ast.fix_missing_locations(_parse(source, file, "exec"))  # type: ignore[no-any-return]


def is_tstring(node: ast.AST) -> bool:
    """Is this expression a t-string?"""
    if sys.version_info >= (3, 14):
        return isinstance(node, ast.TemplateStr)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == TEMPLATE_CALL


def tstring_parts(node: Any) -> TemplateString:
    """The strings and interpolations of a t-string's node."""
    strings, interpolations = [""], []
    for item in node.values if sys.version_info >= (3, 14) else node.args:
        if isinstance(item, ast.Constant):
            strings[-1] += str(item.value)
        else:
            interpolations.append(_interpolation(item))
            strings.append("")
    return TemplateString(strings, interpolations)


def _interpolation(node: Any) -> Interpolated:
    if sys.version_info >= (3, 14):
        return Interpolated(node.value, node.conversion, node.format_spec)
    value, _, conversion, spec = node.elts
    code = ord(conversion.value) if conversion.value else -1
    return Interpolated(value, code, None if isinstance(spec, ast.Constant) else spec)


# Before Python 3.14 -------------------------------------------------------------------------------------------


def _parse(source: str, file: str, mode: str) -> Any:
    from future_tstrings.parser import parse_to_cst

    rewriter = _Rewriter(source, file)
    code = rewriter.visit(parse_to_cst(source)).get_code()
    tree = ast.parse(code, file, mode, type_comments=True)
    return _Replacer(rewriter.strings, source, file).visit(tree)


class _Rewriter:
    """Takes the t-strings out of a concrete syntax tree and leaves a name in the place of each."""

    def __init__(self, source: str, file: str) -> None:
        self.source = source
        self.file = file
        self.strings: dict[str, ast.expr] = {}

    def visit(self, node: Any) -> Any:
        if node.type in {"error_node", "error_leaf"}:
            self.fail(node)
        if node.type == "fstring" and self.is_ours(node):
            return self.replace(node)
        if hasattr(node, "children"):
            node.children = [self.visit(child) for child in node.children]
        return node

    @staticmethod
    def is_ours(node: Any) -> bool:
        """t-strings always; f-strings before 3.12, whose own parser does not know the newer grammar."""
        return sys.version_info < (3, 12) or "t" in _prefix(node)

    def replace(self, node: Any) -> Any:
        from parso.python.tree import Name

        name = _PLACEHOLDER.format(len(self.strings))
        line = node.start_pos[0]
        self.strings[name] = self.template(node, line) if "t" in _prefix(node) else self.joined(node, line)
        lines = "\n" * node.get_code(include_prefix=False).count("\n")
        return Name(f"({name}{lines})", node.start_pos, prefix=node.get_first_leaf().prefix)

    def template(self, node: Any, line: int) -> ast.expr:
        parts = [
            part if isinstance(part, ast.Constant) else self.tuple_of(*part) for part in self.parts(node, node)
        ]
        call: ast.expr = ast.Call(ast.Name(TEMPLATE_CALL, ast.Load()), parts, [])
        return _at_line(call, line)

    @staticmethod
    def tuple_of(value: ast.expr, text: str, conversion: int, spec: ast.JoinedStr | None) -> ast.expr:
        code = chr(conversion) if conversion >= 0 else None
        return ast.Tuple([value, ast.Constant(text), ast.Constant(code), spec or ast.Constant("")], ast.Load())

    def joined(self, node: Any, line: int, string: Any = None) -> ast.JoinedStr:
        values = [
            part if isinstance(part, ast.Constant) else ast.FormattedValue(part[0], part[2], part[3])
            for part in self.parts(node, string or node)
        ]
        return _at_line(ast.JoinedStr(values), line)

    def parts(self, node: Any, string: Any) -> list[Any]:
        """The constants and interpolations of a string, or of a format specification inside ``string``."""
        raw = "r" in _prefix(string)
        parts: list[Any] = []
        for child in node.children:
            if child.type == "fstring_string":
                parts.append(ast.Constant(_decode(child.value, raw)))
            elif child.type == "fstring_expr":
                parts += self.interpolation(child, string)
        return parts

    def interpolation(self, node: Any, string: Any) -> list[Any]:
        expression = node.children[1]
        conversion, spec, debug = -1, None, []
        for child in node.children[2:]:
            if child.type == "fstring_conversion":
                conversion = ord(child.children[1].value)
            elif child.type == "fstring_format_spec":
                spec = self.joined(child, child.start_pos[0], string)
            elif child.get_code(include_prefix=False) == "=":
                debug = [ast.Constant(expression.get_code() + child.get_code())]
        if debug and conversion < 0 and spec is None:
            conversion = ord("r")
        text = expression.get_code()
        return [*debug, (self.expression(expression), text.strip(), conversion, spec)]

    def expression(self, node: Any) -> ast.expr:
        code = f"({node.get_code(include_prefix=False)}\n)"
        try:
            tree = _parse(code, self.file, "eval").body
        except SyntaxError as error:
            error.lineno = (error.lineno or 1) + node.start_pos[0] - 1
            error.end_lineno = None
            raise
        _shift(tree, node.start_pos[0] - 1)
        return tree  # type: ignore[no-any-return]

    def fail(self, node: Any) -> None:
        line, column = node.start_pos
        lines = self.source.splitlines()
        text = lines[line - 1] if line <= len(lines) else ""
        plain = compile_error(self.source, self.file)
        if plain:
            raise plain
        raise SyntaxError("invalid syntax", (self.file, line, column + 1, text))


def compile_error(source: str, file: str) -> SyntaxError | None:
    """Python's own error for this source, where it is not about t-strings, which it does not know."""
    try:
        ast.parse(re.sub(r"\b([rR]?)[tT]([rR]?)(?=[\"'])", r"\1f\2", source), file)
    except SyntaxError as error:
        return error
    return None


class _Replacer(ast.NodeTransformer):
    """Puts the strings back for their names."""

    def __init__(self, strings: dict[str, ast.expr], source: str, file: str) -> None:
        self.strings = strings
        self.lines = source.splitlines()
        self.file = file

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.strings.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Strings side by side read as a call of the first."""
        called = node.func
        if (isinstance(called, ast.Name) and called.id in self.strings) or isinstance(called, ast.Constant):
            line = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ""
            raise SyntaxError(
                "a t-string beside another string is not joined to it before Python 3.14: write one string",
                (self.file, node.lineno, node.col_offset + 1, line),
            )
        return self.generic_visit(node)


def _prefix(node: Any) -> str:
    return str(node.children[0].value).rstrip("\"'").lower()


def _at_line(node: Any, line: int) -> Any:
    """``node`` standing in ``line``, with what is below it that has no place yet."""
    node.lineno = node.end_lineno = line
    node.col_offset = node.end_col_offset = 0
    return ast.fix_missing_locations(node)


def _shift(tree: ast.AST, lines: int) -> None:
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            node.lineno += lines
            node.end_lineno = (node.end_lineno or 0) + lines  # type: ignore[attr-defined]


def _decode(text: str, raw: bool) -> str:
    text = text.replace("{{", "{").replace("}}", "}")
    return text if raw else _ESCAPE.sub(_unescape, text)


_ESCAPE = re.compile(r"\\(?:\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")


def _unescape(match: re.Match[str]) -> str:
    return '"' if match.group() == '\\"' else str(ast.literal_eval(f'"""{match.group()}"""'))
