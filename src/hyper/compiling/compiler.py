"""A component function, taken apart once when it is decorated: setup above, view below.

    def counter(start: int = 0):          def counter(start: int = 0):
        count = start                         count = start
        def increment():                      def increment():
            nonlocal count                        nonlocal count
            count += 1                            count += 1
        t"<p>{count}</p>"           →         def view(emit):
                                                  emit(Instance((template, count)))
                                              return view, {"increment": increment}

Everything up to the last nested ``def`` is setup and runs once per mounted instance; what follows is the view,
moved into a function of its own inside the same scope, so state is closure state and ``nonlocal`` means what it
means in Python. Templates standing as statements are emitted; each is compiled here, once, and what is left in
the code is the tuple of its values. Line numbers are kept: tracebacks and breakpoints show the author's source.
"""

from __future__ import annotations

import ast
import copy
import difflib
import functools
import inspect
import re
import types
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from hyper.compiling.binding import assign
from hyper.compiling.expressions import TemplateExpressions, local_names
from hyper.compiling.function_source import function_node, line_of
from hyper.compiling.mistakes import (
    FUNCTIONS,
    FunctionNode,
    is_to_be_awaited,
    mistakes_in,
    mistakes_in_view,
    own_nodes,
    unlikely_event,
)
from hyper.compiling.tstrings import is_tstring, tstring_parts
from hyper.errors import ComponentError, ComponentWarning
from hyper.vdom.templates.template import Template

VIEW: Final = "__hyper_view"
EMIT: Final = "__hyper_emit"
FACTORY: Final = "__hyper_factory"
SETUP: Final = "__hyper_setup"
SETTER: Final = "__hyper_set_"
ASSIGN: Final = "__hyper_assign"
HOOKS: Final = frozenset({"on_mount", "on_unmount"})


@dataclass(frozen=True, slots=True)
class CompiledComponent:
    """A component function as two: setup, which gives the view."""

    setup: Callable[..., Any]
    """Called with the properties; gives ``(view, handlers)``, or ``(None, result)`` where setup returned early."""
    is_async: bool
    view_is_async: bool
    handlers: frozenset[str]
    """Names of the nested functions that events may call."""
    templates: tuple[Template, ...]
    file: str
    line: int


def compile_component(function: types.FunctionType) -> CompiledComponent:
    """The two halves of a component; ``ComponentError`` with file, line and cure where there are none."""
    return _Compiler(function).compile()


class _Compiler:
    def __init__(self, function: types.FunctionType) -> None:
        self.function = function
        self.name = function.__name__
        self.file = function.__code__.co_filename
        self.node = copy.deepcopy(function_node(function))
        self.line = self.node.lineno
        self.node.decorator_list = []

    def error(self, message: str, node: ast.AST | None = None) -> ComponentError:
        return ComponentError(f"{self.file}:{getattr(node, 'lineno', self.line)}: {message}")

    def compile(self) -> CompiledComponent:
        setup, view = self.split()
        self.check_setup(setup)
        if not view:
            self.warn(f'{self.name} shows nothing: end it with a template, t"""<p>…</p>"""', self.node)
            view.append(ast.copy_location(ast.Pass(), self.node))
        self.check_view(view)
        handlers = {
            node.name: node for node in setup if isinstance(node, FUNCTIONS) and node.name not in HOOKS
        }
        for found in mistakes_in_view(view, handlers):
            raise self.error(found.message, found.node)
        self.warn_of_stale_names(setup, view, handlers.values())
        self.warn_of_globals(handlers.values())
        expressions = TemplateExpressions(self.file)
        known = local_names(setup) | self.parameters()
        view_node = self.view_function(known, view, expressions)
        functions = [node for node in setup if isinstance(node, FUNCTIONS)]
        rewritten = [expressions.visit(_EarlyReturns().visit(statement)) for statement in setup]
        setters = {name: self.setter(name, line, known, setup) for name, line in expressions.bound.items()}
        if any("." in name for name in setters):
            expressions.names[ASSIGN] = assign
        result = self.result(functions, setters, view_node)
        self.node.body = [*rewritten, *setters.values(), view_node, result]
        self.check_bindings(expressions.templates, handlers)
        self.warn_of_events(expressions.events)
        return CompiledComponent(
            self.build(expressions.names),
            isinstance(self.node, ast.AsyncFunctionDef),
            isinstance(view_node, ast.AsyncFunctionDef),
            frozenset([*handlers, *[f"={name}" for name in expressions.bound]]),
            tuple(expressions.templates),
            self.file,
            self.line,
        )

    def warn(self, message: str, node: ast.AST) -> None:
        warnings.warn_explicit(message, ComponentWarning, self.file, getattr(node, "lineno", self.line))

    def split(self) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """Setup and view: what comes before the end of the last function, or sets a variable that is bound."""
        body = self.node.body
        last = max((index for index, node in enumerate(body) if isinstance(node, FUNCTIONS)), default=-1)
        if last < 0:
            last = _last_setting_of(_bound_names(body), body)
        return body[: last + 1], body[last + 1 :]

    def check_setup(self, setup: list[ast.stmt]) -> None:
        """Refuse, or warn of, what cannot be meant so."""
        variables = local_names(setup) | self.parameters()
        coroutines = {name for name, value in self.function.__globals__.items() if is_to_be_awaited(value)}
        for found in mistakes_in(setup, variables, coroutines):
            if not found.is_warning:
                raise self.error(found.message, found.node)
            self.warn(found.message, found.node)

    def check_view(self, view: list[ast.stmt]) -> None:
        """Refuse a view that cannot show what its author meant it to."""
        for node in own_nodes(view):
            if isinstance(node, ast.Expr):
                self.check_statement(node)
            elif isinstance(node, (ast.Yield, ast.YieldFrom)):
                raise self.error("a view cannot yield: a template standing as a statement is shown", node)

    def check_statement(self, node: ast.Expr) -> None:
        value = node.value
        if isinstance(value, ast.JoinedStr):
            raise self.error('an f-string standing as a statement is not shown: write t"…" for f"…"', node)
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and "<" in value.value:
            raise self.error('a plain string standing as a statement is not shown: write t"…" for "…"', node)

    def view_function(
        self, known: set[str], view: list[ast.stmt], expressions: TemplateExpressions
    ) -> FunctionNode:
        is_async = any(
            isinstance(node, _AWAITING) or getattr(node, "is_async", 0) for node in own_nodes(view)
        )
        body = [expressions.visit(_Emitter().visit(statement)) for statement in view]
        rebound = sorted(local_names(view) & known)
        if rebound:
            body.insert(0, ast.Nonlocal(rebound))
        template = "async def f(e): pass" if is_async else "def f(e): pass"
        node: Any = ast.parse(template).body[0]
        node.name, node.body, node.args.args[0].arg = VIEW, body, EMIT
        return _placed(node, view[0])  # type: ignore[no-any-return]

    def parameters(self) -> set[str]:
        arguments = self.node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
        return {argument.arg for argument in (*every, *extra)}

    def setter(self, name: str, line: int, known: set[str], setup: list[ast.stmt]) -> FunctionNode:
        """The handler ``=name`` behind ``@bind="name"``."""
        variable = name.partition(".")[0]
        if variable not in known:
            close = difflib.get_close_matches(variable, sorted(known), n=1)
            hint = f'did you mean "{close[0]}"?' if close else f'set it above the handlers: {variable} = ""'
            raise ComponentError(
                f'{self.file}:{line}: @bind="{name}": {self.name} has no variable {variable}: {hint}'
            )
        source = f"def {SETTER}(value):\n    nonlocal {name}\n    {name} = value"
        if name != variable:
            source = f"def {SETTER}(value):\n    {ASSIGN}({variable}, {name!r}, value)"
        node: Any = ast.parse(source).body[0]
        node.name = SETTER + name.replace(".", "__")
        if name == variable:
            node.args.args[0].annotation = _annotation_of(name, setup)
        return _placed(node, setup[0] if setup else self.node)  # type: ignore[no-any-return]

    def result(
        self, functions: list[FunctionNode], setters: dict[str, FunctionNode], view: FunctionNode
    ) -> ast.Return:
        handlers = {node.name: node.name for node in functions if not node.name.startswith("_")}
        handlers |= {f"={name}": node.name for name, node in setters.items()}
        names: list[ast.expr | None] = [ast.Constant(name) for name in handlers]
        table = ast.Dict(names, [ast.Name(name, ast.Load()) for name in handlers.values()])
        pair = ast.Tuple([ast.Name(view.name, ast.Load()), table], ast.Load())
        return _placed(ast.Return(pair), view)  # type: ignore[no-any-return]

    def warn_of_stale_names(
        self, setup: list[ast.stmt], view: list[ast.stmt], handlers: Iterable[FunctionNode]
    ) -> None:
        """A name made in setup from state that handlers rebind, and only read in the view, never changes."""
        rebound = {name for handler in handlers for name in _nonlocal_names(handler)}
        read = {node.id for node in own_nodes(view) if isinstance(node, ast.Name)}
        for statement in setup:
            if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
                continue
            used = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
            for name in (local_names([statement]) & read) - rebound:
                if sources := used & rebound:
                    source = sorted(sources)[0]
                    self.warn(
                        f'"{name}" is made once, from "{source}", which handlers change: the view would show '
                        "the first value forever. Move the line below the handlers",
                        statement,
                    )

    def warn_of_globals(self, handlers: Iterable[FunctionNode]) -> None:
        """A handler that assigns a global changes it for every visitor, and nobody else's page is told."""
        for handler in handlers:
            for node in ast.walk(handler):
                if isinstance(node, ast.Global):
                    names = ", ".join(node.names)
                    self.warn(
                        f"{handler.name} changes the global {names}: one for all visitors, whose pages do not "
                        f"follow. Make it a variable of {self.name} (nonlocal), or shared(…)",
                        node,
                    )

    def warn_of_events(self, events: dict[str, int]) -> None:
        """Of those that look misspelt: a browser never fires them."""
        for name, line in events.items():
            if meant := unlikely_event(name):
                message = f"no browser fires @{name}: did you mean @{meant}?"
                warnings.warn_explicit(message, ComponentWarning, self.file, line)

    def check_bindings(self, templates: list[Template], handlers: dict[str, FunctionNode]) -> None:
        known = [name for name in handlers if not name.startswith("_")]
        for template in templates:
            handlers_bound = {name for name in template.bindings if not name.startswith("=")}
            for name in sorted(handlers_bound.difference(known)):
                close = difflib.get_close_matches(name, known, n=1)
                hint = (
                    f'did you mean "{close[0]}"?' if close else f"define it above the view: def {name}(): …"
                )
                if any(isinstance(node, FUNCTIONS) and node.name == name for node in ast.walk(self.node)):
                    hint = (
                        f"its def stands within something else: put it right into {self.name}, above the view"
                    )
                if name in HOOKS:
                    hint = "it is called when the component mounts or unmounts, not by an event"
                if name in self.parameters():
                    hint = f"it is a property: bind what it holds, @…={{{name}}}"
                if name.startswith("_"):
                    hint = "names that start with _ are private: events cannot call them"
                line = line_of(self.file, template.line, name)
                raise ComponentError(f'{self.file}:{line}: no handler "{name}" in {self.name}: {hint}')

    def build(self, names: dict[str, object]) -> Callable[..., Any]:
        """The rewritten function, with the globals and the closure of the one it is made from."""
        free = self.function.__code__.co_freevars
        factory: Any = ast.parse(f"def {FACTORY}(): pass").body[0]
        factory.args.args = [ast.arg(name) for name in (*free, *names)]
        self.node.name = SETUP  # its own name means the component to the code in it
        factory.body = [self.node, ast.Return(ast.Name(SETUP, ast.Load()))]
        module = ast.Module([_placed(factory, self.node)], [])
        scope: dict[str, Any] = {}
        exec(compile(module, self.file, "exec", dont_inherit=True), self.function.__globals__, scope)
        built = scope[FACTORY](*[None] * len(free), **names)
        return _with_closure(built, self.function)


def _with_closure(built: types.FunctionType, original: types.FunctionType) -> types.FunctionType:
    cells = dict(zip(built.__code__.co_freevars, built.__closure__ or (), strict=True))
    cells.update(zip(original.__code__.co_freevars, original.__closure__ or (), strict=True))
    closure = tuple([cells[name] for name in built.__code__.co_freevars])
    code = built.__code__.replace(co_name=original.__name__)
    function = types.FunctionType(code, original.__globals__, original.__name__, closure=closure)
    functools.update_wrapper(function, original)
    function.__defaults__ = original.__defaults__
    function.__kwdefaults__ = original.__kwdefaults__
    return function


# Looking at statements ----------------------------------------------------------------------------------------

_AWAITING: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith)


def _nonlocal_names(function: FunctionNode) -> set[str]:
    """Names that a handler rebinds, itself or in a function of its own."""
    return {name for node in ast.walk(function) if isinstance(node, ast.Nonlocal) for name in node.names}


def _annotation_of(name: str, setup: list[ast.stmt]) -> ast.expr | None:
    """The type of a variable of setup: as annotated, or that of the literal it starts with."""
    for node in own_nodes(setup):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            return copy.deepcopy(node.annotation)
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and node.value.value is not None
            and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        ):
            return ast.Name(type(node.value.value).__name__, ast.Load())
    return None


_BIND: Final = re.compile(r"""@bind[\w.]*\s*=\s*["']?\s*([A-Za-z_]\w*)""")


def _bound_names(statements: list[ast.stmt]) -> set[str]:
    """The variables that templates in these statements bind to controls."""
    templates = [node for statement in statements for node in ast.walk(statement) if is_tstring(node)]
    return {
        name for node in templates for text in tstring_parts(node).strings for name in _BIND.findall(text)
    }


def _last_setting_of(names: set[str], body: list[ast.stmt]) -> int:
    """The last statement that sets one of these variables, else a docstring, else -1."""
    setting = [index for index, node in enumerate(body) if names and local_names([node]) & names]
    return max(setting, default=0 if body and _is_docstring(body[0]) else -1)


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _placed(node: Any, like: ast.AST) -> Any:
    return ast.fix_missing_locations(ast.copy_location(node, like))


class _OwnScope(ast.NodeTransformer):
    """Leaves nested functions and classes alone."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node


class _Emitter(_OwnScope):
    """Shows the templates that stand as statements."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if not _is_shown(node.value):
            return node
        call = ast.Call(ast.Name(EMIT, ast.Load()), [node.value], [])
        return _placed(ast.Expr(call), node)  # type: ignore[no-any-return]


def _is_shown(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_shown(node.body) or _is_shown(node.orelse)
    return is_tstring(node)


class _EarlyReturns(_OwnScope):
    """A ``return`` among the statements of setup ends it: what it returns is all there is to show."""

    def visit_Return(self, node: ast.Return) -> ast.AST:
        pair = ast.Tuple([ast.Constant(None), node.value or ast.Constant(None)], ast.Load())
        return _placed(ast.Return(pair), node)  # type: ignore[no-any-return]


def component_signature(function: Callable[..., Any]) -> inspect.Signature:
    """The properties of a component, annotations resolved where they can be."""
    try:
        return inspect.signature(function, eval_str=True)
    except NameError:
        return inspect.signature(function)
