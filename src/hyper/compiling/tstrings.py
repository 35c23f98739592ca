"""Parses Python source with t-strings into a syntax tree, the same one on every supported Python.

Python 3.14 parses t-strings itself. For older versions each t-string becomes a call of ``__create_template__``, as the
package ``future_tstrings`` compiles it. (The package's own compiler leaves escapes undecoded, loses a second string on
one line, and its grammar has no ``match``.) A scan finds the strings and replaces them by names; Python's own parser
reads the rest. In the result the lines are exact, the columns are not.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

TEMPLATE_CALL = "__create_template__"
_PLACEHOLDER = "__hyper_string_{}__"


@dataclass(slots=True)
class Interpolated:
    """One ``{…}`` of a t-string."""

    value: ast.expr
    conversion: int
    """``ord("r")`` for ``!r``, likewise ``!s`` and ``!a``; -1 for none."""
    format_spec: ast.JoinedStr | None


@dataclass(slots=True)
class TemplateString:
    """A t-string in a syntax tree: n + 1 strings around n interpolations."""

    strings: list[str]
    interpolations: list[Interpolated]


def parse_source(source: str, file: str) -> ast.Module:
    """The syntax tree of a module's source. Raises ``SyntaxError`` if it is not valid, like ``compile``."""
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
    scanner = _Scanner(source, file)
    tree = ast.parse(scanner.rewritten(), file, mode, type_comments=True)
    return _Replacer(scanner.strings, source, file).visit(tree)


_PREFIXED = re.compile(r"""(?<![\w])([a-zA-Z]{0,2})(\"{3}|'{3}|"|')""")
_PREFIXES = frozenset({"", "r", "b", "u", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"})
_CONVERSION = re.compile(r"!\s*([rsa])\s*(?=[:}])")
_DEBUG = re.compile(r"(?<![=!<>])=(?!=)\s*(?=[!:}])")
_CLOSING = {")": "(", "]": "[", "}": "{"}


class _Scanner:
    """Finds the strings in Python source, and replaces each t-string by a name.

    Before Python 3.12 it replaces f-strings, too: the parsers of these versions do not know their newer grammar.
    """

    def __init__(self, source: str, file: str, first_line: int = 1) -> None:
        self.source = source
        self.file = file
        self.first_line = first_line
        self.position = 0
        self.strings: dict[str, ast.expr] = {}

    def fail(self, message: str, position: int) -> NoReturn:
        """Raises ``SyntaxError`` at a position of the source."""
        line = self.source.count("\n", 0, position)
        text = self.source.split("\n")[line]
        column = position - (self.source.rfind("\n", 0, position) + 1)
        raise SyntaxError(message, (self.file, self.first_line + line, column + 1, text))

    def rewritten(self) -> str:
        """The source with names in place of strings; the lines stay where they are."""
        out: list[str] = []
        start = 0
        while (match := self.next_string(len(self.source))) is not None:
            kind, begin = match[1].lower(), match.start()
            if not self.is_taken(kind):
                self.skip_string(match)
                continue
            node = self.string(match)
            name = _PLACEHOLDER.format(len(self.strings))
            self.strings[name] = node
            lines = self.source.count("\n", begin, self.position)
            out += [self.source[start:begin], "(", name, "\n" * lines, ")"]
            start = self.position
        return "".join([*out, self.source[start:]])

    @staticmethod
    def is_taken(kind: str) -> bool:
        """Is a string with these letters before its quote replaced?"""
        return "t" in kind or ("f" in kind and sys.version_info < (3, 12))

    def next_string(self, end: int) -> re.Match[str] | None:
        """The start of the next string before ``end``, outside comments; ``position`` is not moved past it."""
        while self.position < end:
            match = _PREFIXED.search(self.source, self.position, end)
            comment = self.source.find("#", self.position, match.start() if match else end)
            if comment >= 0:
                line_end = self.source.find("\n", comment)
                self.position = end if line_end < 0 else line_end
            elif match is None or match[1].lower() in _PREFIXES:
                return match
            else:
                self.position = match.start(2)  # a keyword right before a quote: in"x"
        return None

    def skip_string(self, match: re.Match[str]) -> None:
        """Move ``position`` past the string that starts here."""
        if "f" in match[1].lower():
            self.string(match)
            return
        quote, position = match[2], match.end()
        while not self.source.startswith(quote, position):
            if position >= len(self.source) or (len(quote) == 1 and self.source[position] == "\n"):
                break  # Python's parser reports it
            position += 2 if self.source[position] == "\\" else 1
        self.position = position + len(quote)

    def string(self, match: re.Match[str]) -> ast.expr:
        """The node of the f- or t-string that starts here; moves ``position`` past it."""
        self.position = match.end()
        is_raw = "r" in match[1].lower()
        parts = self.parts(match[2], is_raw, match.start())
        if not self.source.startswith(match[2], self.position):
            self.fail("unterminated string", match.start())
        self.position += len(match[2])
        line = self.first_line + self.source.count("\n", 0, match.start())
        return _template(parts, line) if "t" in match[1].lower() else _joined(parts, line)

    def parts(self, end: str, is_raw: bool, start: int) -> list[Any]:
        """The constants and interpolations up to ``end``: a closing quote, or the brace after a format specification."""
        parts: list[Any] = []
        text_start = self.position
        source = self.source
        while not source.startswith(end, self.position):
            here = source[self.position : self.position + 1]
            if not here or (len(end) == 1 and end != "}" and here == "\n"):
                self.fail("unterminated string", start)
            if here == "\\" or (
                here in "{}" and source[self.position + 1 : self.position + 2] == here and end != "}"
            ):
                self.position += 2
            elif here == "{":
                self.constant(parts, text_start, is_raw)
                parts += self.interpolation(is_raw)
                text_start = self.position
            elif here == "}":
                self.fail("a single '}' in a string: write '}}'", self.position)
            else:
                self.position += 1
        self.constant(parts, text_start, is_raw)
        return parts

    def constant(self, parts: list[Any], start: int, is_raw: bool) -> None:
        """Add the text from ``start`` up to here, if there is any."""
        if start < self.position:
            parts.append(ast.Constant(_decode(self.source[start : self.position], is_raw)))

    def interpolation(self, is_raw: bool) -> list[Any]:
        """One ``{…}``: the text of a debugging ``=``, if any, and ``(value, source, conversion, spec)``."""
        start = self.position + 1
        self.position = start
        self.skip_expression(start)
        text = self.source[start : self.position]
        before: list[Any] = []
        if debug := _DEBUG.match(self.source, self.position):
            before = [ast.Constant(self.source[start : debug.end()])]
            self.position = debug.end()
        conversion, spec = -1, None
        if match := _CONVERSION.match(self.source, self.position):
            conversion, self.position = ord(match[1]), match.end()
        if self.source.startswith(":", self.position):
            self.position += 1
            line = self.first_line + self.source.count("\n", 0, self.position)
            spec = _joined(self.parts("}", is_raw, start), line)
        if not self.source.startswith("}", self.position):
            self.fail("expected '}' after an expression in a string", start)
        self.position += 1
        if before and conversion < 0 and spec is None:
            conversion = ord("r")
        return [*before, (self.expression(text, start), text.strip(), conversion, spec)]

    def skip_expression(self, start: int) -> None:
        """Move ``position`` to the end of the expression between braces."""
        depth: list[str] = []
        while self.position < len(self.source):
            here = self.source[self.position]
            match = _PREFIXED.match(self.source, self.position)
            if match and match[1].lower() in _PREFIXES:
                self.skip_string(match)
            elif here == "#":
                line_end = self.source.find("\n", self.position)
                self.position = len(self.source) if line_end < 0 else line_end
            elif not depth and self.ends_expression(here):
                return
            else:
                if here in "([{":
                    depth.append(here)
                elif here in ")]}" and (not depth or depth.pop() != _CLOSING[here]):
                    self.fail(f"{here!r} closes nothing", self.position)
                self.position += 1
        self.fail("'{' was never closed", start - 1)

    def ends_expression(self, here: str) -> bool:
        """Does the expression end before this character: ``!r``, ``:spec``, ``}``, or a debugging ``=``?"""
        if here == "!":
            return not self.source.startswith("!=", self.position)
        return here in ":}" or (here == "=" and _DEBUG.match(self.source, self.position) is not None)

    def expression(self, text: str, start: int) -> ast.expr:
        """The node of an expression between braces. Raises ``SyntaxError``, with its line, if it is not valid."""
        line = self.first_line + self.source.count("\n", 0, start)
        if not text.strip():
            self.fail("an empty '{}' in a string", start)
        try:
            tree = _parse(f"({text}\n)", self.file, "eval").body
        except SyntaxError as error:
            error.lineno = min(error.lineno or 1, text.count("\n") + 1) + line - 1
            error.end_lineno = None
            raise
        _shift(tree, line - 1)
        return tree  # type: ignore[no-any-return]


def _template(parts: list[Any], line: int) -> ast.expr:
    arguments = [part if isinstance(part, ast.Constant) else _tuple(*part) for part in parts]
    return _at_line(ast.Call(ast.Name(TEMPLATE_CALL, ast.Load()), arguments, []), line)  # type: ignore[no-any-return]


def _tuple(value: ast.expr, text: str, conversion: int, spec: ast.JoinedStr | None) -> ast.expr:
    code = chr(conversion) if conversion >= 0 else None
    return ast.Tuple([value, ast.Constant(text), ast.Constant(code), spec or ast.Constant("")], ast.Load())


def _joined(parts: list[Any], line: int) -> ast.JoinedStr:
    values: list[ast.expr] = [
        part if isinstance(part, ast.Constant) else ast.FormattedValue(part[0], part[2], part[3])
        for part in parts
    ]
    return _at_line(ast.JoinedStr(values), line)  # type: ignore[no-any-return]


class _Replacer(ast.NodeTransformer):
    """Replaces the names by the nodes of their strings."""

    def __init__(self, strings: dict[str, ast.expr], source: str, file: str) -> None:
        self.strings = strings
        self.lines = source.splitlines()
        self.file = file

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.strings.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Raises ``SyntaxError`` if two strings are side by side: the parser reads ``(name)(name)``, a call."""
        called = node.func
        if (isinstance(called, ast.Name) and called.id in self.strings) or isinstance(called, ast.Constant):
            line = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ""
            raise SyntaxError(
                "a t-string beside another string is not joined to it before Python 3.14: write one string",
                (self.file, node.lineno, node.col_offset + 1, line),
            )
        return self.generic_visit(node)


def _at_line(node: Any, line: int) -> Any:
    """``node``, and the nodes inside it that have no place yet, at ``line``."""
    node.lineno = node.end_lineno = line
    node.col_offset = node.end_col_offset = 0
    return ast.fix_missing_locations(node)


def _shift(tree: ast.AST, lines: int) -> None:
    """Move a tree down by ``lines``."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.expr, ast.keyword, ast.arg)):
            node.lineno += lines
            node.end_lineno = (node.end_lineno or 0) + lines


def _decode(text: str, raw: bool) -> str:
    text = text.replace("{{", "{").replace("}}", "}")
    return text if raw else _ESCAPE.sub(_unescape, text)


_ESCAPE = re.compile(r"\\(?:\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")


def _unescape(match: re.Match[str]) -> str:
    return '"' if match.group() == '\\"' else str(ast.literal_eval(f'"""{match.group()}"""'))
