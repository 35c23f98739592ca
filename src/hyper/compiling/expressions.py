"""Compiles the templates in a component's code, and replaces them by the tuples of their values.

    t'<li key="{item.id}">{item.text}</li>'
    →  Instance((template_0, v if (v := item.id).__class__ in plain_0 else normal_0(v), …))

The test lets text and numbers, which are in normal form already, pass without a call; every other value goes
through the function for its place in the template.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from hyper.compiling.binding import look
from hyper.compiling.tstrings import Interpolated, is_tstring, tstring_parts
from hyper.errors import ComponentError, TemplateError
from hyper.vdom.templates.compiler import compile_template
from hyper.vdom.templates.template import (
    ComponentSource,
    Instance,
    PropertyValue,
    Source,
    StateSource,
    Template,
    ValueSource,
)

_EVENT = re.compile(r"[\s\"']@([a-z]+)[\w./]*\s*=")
"""The name of an event attribute; good enough for a warning."""
_VALUE = "__hyper_value"
_INSTANCE = "__hyper_instance"


class TemplateExpressions(ast.NodeTransformer):
    """Replaces every t-string by an expression whose value is its ``Instance``."""

    def __init__(self, file: str, convert: Callable[[str, object], object]) -> None:
        self.file = file
        self.convert = convert
        """The value that the variable of this name takes for what a control says."""
        self.templates: list[Template] = []
        self.roots: list[Template] = []
        """Those that are shown by themselves, not in another one."""
        self.shown: set[ast.AST] = set()
        """The t-strings of which ``roots`` are made."""
        self.names: dict[str, object] = {_INSTANCE: Instance}
        """The objects that the new code refers to, by the names it uses for them."""
        self.in_iterable = 0
        """How many iterables of comprehensions enclose the node that is being visited?"""
        self.bound: dict[str, int] = {}
        """Variables bound to form controls, each with the line of the first template that binds it."""
        self.converts: dict[str, Callable[[object], object]] = {}
        """What converts for each of these variables that is bound to choices."""
        self.events: dict[str, int] = {}
        """Events that templates bind, each with the line of the first template that binds it."""
        self.line = 0
        """The line of the template that is being compiled."""

    def visit(self, node: ast.AST) -> Any:
        return self.template(node) if is_tstring(node) else super().visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """Visit a comprehension; Python allows no assignment expressions in the iterable."""
        self.in_iterable += 1
        node.iter = self.visit(node.iter)
        self.in_iterable -= 1
        node.ifs = [self.visit(condition) for condition in node.ifs]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self.in_new_scope(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self.in_new_scope(node)

    def in_new_scope(self, node: ast.AST) -> ast.AST:
        depth, self.in_iterable = self.in_iterable, 0
        self.generic_visit(node)
        self.in_iterable = depth
        return node

    def template(self, node: ast.AST) -> ast.expr:
        """The expression for one t-string. Raises ``ComponentError`` if it is not well formed."""
        parts = tstring_parts(node)
        line = self.line = getattr(node, "lineno", 1)
        try:
            template = compile_template(parts.strings, self.file, line)
        except TemplateError as error:
            raise ComponentError(str(error)) from error
        for name in _EVENT.findall("".join(parts.strings)):
            self.events.setdefault(name, line)
        if node in self.shown:
            self.roots.append(template)
        given = [self.given(part) for part in parts.interpolations]
        expression = self.instance(template, given)
        return ast.fix_missing_locations(ast.copy_location(expression, node))

    def given(self, part: Interpolated) -> ast.expr:
        """The expression of an interpolation, as an f-string if it is formatted."""
        value: ast.expr = self.visit(part.value)
        if part.conversion < 0 and part.format_spec is None:
            return value
        return ast.JoinedStr([ast.FormattedValue(value, part.conversion, part.format_spec)])

    def name(self, prefix: str, value: object) -> ast.Name:
        """A name by which the new code refers to ``value``."""
        for name, known in self.names.items():
            if known is value:
                return ast.Name(name, ast.Load())
        name = f"__hyper_{prefix}_{len(self.names)}"
        self.names[name] = value
        return ast.Name(name, ast.Load())

    def instance(self, template: Template, given: Sequence[ast.expr]) -> ast.expr:
        self.templates.append(template)
        if not template.sources:
            return self.name("constant", template.constant())
        values = [self.source(source, given) for source in template.sources]
        pair = ast.Tuple([self.name("template", template), *values], ast.Load())
        return ast.Call(ast.Name(_INSTANCE, ast.Load()), [pair], [])

    def source(self, source: Source, given: Sequence[ast.expr]) -> ast.expr:
        if isinstance(source, ComponentSource):
            return self.component(source, given)
        if isinstance(source, StateSource):
            return self.state(source, given)
        return self.value(source, given[source.index])

    def state(self, source: StateSource, given: Sequence[ast.expr]) -> ast.expr:
        """The expression for what a form control shows of the variable it is bound to."""
        self.bound.setdefault(source.name, self.line)
        variable, *path = source.name.split(".")
        state: ast.expr = ast.Name(variable, ast.Load())
        if path:
            names: list[ast.expr] = [ast.Constant(step) for step in path]
            state = ast.Call(self.name("look", look), [state, *names], [])
        if source.beside is None:
            return self.value(source, state)
        beside = source.beside
        shown = self.instance(beside, given) if isinstance(beside, Template) else self.property(beside, given)
        convert = self.name(
            "convert", self.converts.setdefault(source.name, partial(self.convert, source.name))
        )
        return ast.Call(self.name("normal", source.normal), [state, copy.deepcopy(shown), convert], [])

    def value(self, source: ValueSource | StateSource, expression: ast.expr) -> ast.expr:
        """``expression`` in normal form: ``v if (v := expression).__class__ in plain else normal(v)``."""
        if isinstance(expression, ast.IfExp):  # each branch by itself: usually they are constants
            body, orelse = self.value(source, expression.body), self.value(source, expression.orelse)
            return ast.copy_location(ast.IfExp(expression.test, body, orelse), expression)
        if isinstance(expression, ast.Constant) and type(expression.value) in source.plain:
            return ast.Constant(source.normal(expression.value))
        normal = self.name("normal", source.normal)
        if not source.plain or (self.in_iterable and not isinstance(expression, ast.Name)):
            return ast.Call(normal, [expression], [])
        name = expression.id if isinstance(expression, ast.Name) else _VALUE
        first = expression if name != _VALUE else ast.NamedExpr(ast.Name(name, ast.Store()), expression)
        kind = ast.Attribute(first, "__class__", ast.Load())
        value = ast.Name(name, ast.Load())
        is_plain: ast.expr = ast.Compare(kind, [ast.In()], [self.name("plain", source.plain)])
        if isinstance(source, ValueSource) and source.most is not None:
            is_plain = self.is_small(kind, value, source.most)
        return ast.IfExp(is_plain, value, ast.Call(normal, [value], []))

    def is_small(self, kind: ast.expr, value: ast.expr, most: int) -> ast.expr:
        """``v.__class__ is int and v <= most and v >= -most``: this way the test costs no more than the one above."""
        is_int = ast.Compare(kind, [ast.Is()], [self.name("int", int)])
        ends = [
            ast.Compare(value, [end], [ast.Constant(limit)])
            for end, limit in ((ast.LtE(), most), (ast.GtE(), -most))
        ]
        return ast.BoolOp(ast.And(), [is_int, *ends])

    def component(self, source: ComponentSource, given: Sequence[ast.expr]) -> ast.expr:
        """The call that renders a component: ``call(card, {"title": title}, "page.py:5#0")``."""
        names: list[ast.expr | None] = [ast.Constant(name) for name, _ in source.properties]
        values = [self.property(value, given) for _, value in source.properties]
        if source.spread is not None:
            names.append(None)
            values.append(given[source.spread])
        for name, template in source.templates:
            names.append(ast.Constant(name))
            values.append(self.instance(template, given))
        arguments = [given[source.function], ast.Dict(names, values), ast.Constant(source.site)]
        return ast.Call(self.name("component", source.call), arguments, [])

    @staticmethod
    def property(value: PropertyValue, given: Sequence[ast.expr]) -> ast.expr:
        """The expression for a property: an interpolation, a text with interpolations, or a constant."""
        if type(value) is int:
            return given[value]
        if type(value) is tuple:
            parts: list[ast.expr] = [
                ast.Constant(part) if isinstance(part, str) else ast.FormattedValue(given[part], -1, None)
                for part in value
            ]
            return ast.JoinedStr(parts)
        return ast.Constant(value)  # type: ignore[arg-type]


def local_names(statements: list[ast.stmt]) -> set[str]:
    """The names that these statements bind as locals of the enclosing function.

    Python's own rules decide: the statements are compiled as a function, with nested functions emptied.
    """
    probe: Any = ast.parse("async def f(): pass").body[0]
    probe.body = [_EmptyFunctions().visit(copy.deepcopy(statement)) for statement in statements] or probe.body
    code = compile(ast.fix_missing_locations(ast.Module([probe], [])), "<names>", "exec", dont_inherit=True)
    inner = next(constant for constant in code.co_consts if hasattr(constant, "co_varnames"))
    return {
        name for name in (*inner.co_varnames, *inner.co_cellvars) if not name.startswith(("__hyper", "."))
    }


class _EmptyFunctions(ast.NodeTransformer):
    """Empties nested functions, and comprehensions except for what they bind outside themselves (by ``:=``).

    From Python 3.12 on, the compiler counts the variables of a comprehension among those of the function.
    """

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = [ast.copy_location(ast.Pass(), node)]
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.body = [ast.copy_location(ast.Pass(), node)]
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self.bound_outside(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self.bound_outside(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self.bound_outside(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self.bound_outside(node)

    @staticmethod
    def bound_outside(node: ast.expr) -> ast.AST:
        bound = [item.target for item in ast.walk(node) if isinstance(item, ast.NamedExpr)]
        values: list[ast.expr] = [ast.NamedExpr(target, ast.Constant(None)) for target in bound]
        return ast.copy_location(ast.Tuple(values, ast.Load()), node)
