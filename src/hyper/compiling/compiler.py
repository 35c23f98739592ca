"""Rewrites a component function: setup above, view below.

    def counter(start: int = 0):          def counter(start: int = 0):
        count = start                         count = start
        def increment():                      def increment():
            nonlocal count                        nonlocal count
            count += 1                            count += 1
        t"<p>{count}</p>"           →         def view(emit):
                                                  emit(Instance((template, count)))
                                              return view, {"increment": increment}

Everything through the last nested ``def`` is setup and runs once per mounted instance; the rest is the view. It
becomes a function of its own inside the same scope, so that state is closure state and ``nonlocal`` works as
always. A bare template is emitted; each template is compiled once, here, and only the tuple of its values stays
in the code. Line numbers are kept: tracebacks and breakpoints show the author's source.
"""

from __future__ import annotations

import ast
import copy
import difflib
import functools
import inspect
import types
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from hyper.compiling.endless import HOOKS, endless_jobs
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
from hyper.compiling.ownership import OWN, OWN_DECORATED, with_owner
from hyper.compiling.statements import (
    AWAITING,
    EMIT,
    EarlyReturns,
    Emitter,
    annotation_of,
    bound_names,
    last_setting_of,
    nonlocal_names,
    placed,
    shown_templates,
)
from hyper.errors import ComponentError, ComponentWarning
from hyper.vdom.templates.template import Template

_VIEW: Final = "__hyper_view"
_FACTORY: Final = "__hyper_factory"
_SETUP: Final = "__hyper_setup"
_SETTER: Final = "__hyper_set_"
_ASSIGN: Final = "__hyper_assign"


@dataclass(frozen=True, slots=True)
class CompiledComponent:
    """The setup of a component, which returns its view."""

    setup: Callable[..., Any]
    """Called with the properties; returns ``(view, handlers)``, or ``(None, result)`` if setup returned early."""
    is_async: bool
    """Is setup a coroutine function?"""
    view_is_async: bool
    handlers: frozenset[str]
    """Names of the nested functions that events may call; ``=name`` for those that ``@bind`` calls."""
    roots: tuple[Template, ...]
    """The templates that it shows by themselves, not in another one."""
    file: str
    line: int


Own: TypeAlias = Callable[[Any], Any]
"""Wraps a function, so that it belongs to the component which is running."""


class Running(NamedTuple):
    """What the code of a component calls while it runs."""

    own: Own
    """Wraps those of its functions that may be called by others."""
    own_decorated: Own
    """Wraps those below a decorator."""
    convert: Callable[[str, object], object]
    """The value that its variable of this name takes for what a bound control says."""
    assign: Callable[[Any, str, object], None]
    """Sets the attribute or item at a path of a variable, ``user.name``."""


def compile_component(function: types.FunctionType, running: Running) -> CompiledComponent:
    """The setup and view of a component. Raises ``ComponentError`` with file, line and fix if it cannot be one."""
    return _Compiler(function, running).compile()


class _Compiler:
    def __init__(self, function: types.FunctionType, running: Running) -> None:
        self.function = function
        self.running = running
        self.name = function.__name__
        self.file = function.__code__.co_filename
        self.node = copy.deepcopy(function_node(function))
        self.line = self.node.lineno
        self.node.decorator_list = []

    def error(self, message: str, node: ast.AST | None = None) -> ComponentError:
        """An error at the line of ``node``, or of the component."""
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
        expressions = TemplateExpressions(self.file, self.running.convert)
        expressions.names |= {OWN: self.running.own, OWN_DECORATED: self.running.own_decorated}
        known = local_names(setup) | self.parameters()
        setup, view = with_owner(setup, view)
        expressions.shown = set(shown_templates([*setup, *view]))
        view_node = self.view_function(known, view, expressions)
        functions = [node for node in setup if isinstance(node, FUNCTIONS)]
        rewritten = [expressions.visit(EarlyReturns().visit(statement)) for statement in setup]
        setters = {name: self.setter(name, line, known, setup) for name, line in expressions.bound.items()}
        if any("." in name for name in setters):
            expressions.names[_ASSIGN] = self.running.assign
        result = self.result(functions, setters, view_node)
        self.node.body = [*rewritten, *setters.values(), view_node, result]
        self.check_bindings(expressions.templates, handlers)
        self.warn_of_events(expressions.events)
        return CompiledComponent(
            self.build(expressions.names),
            isinstance(self.node, ast.AsyncFunctionDef),
            isinstance(view_node, ast.AsyncFunctionDef),
            frozenset([*handlers, *[f"={name}" for name in expressions.bound]]),
            tuple(expressions.roots),
            self.file,
            self.line,
        )

    def warn(self, message: str, node: ast.AST) -> None:
        warnings.warn_explicit(message, ComponentWarning, self.file, getattr(node, "lineno", self.line))

    def split(self) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """The statements of setup and of the view.

        Setup ends with the last function; in a component without functions, with the last statement that sets a
        variable to which a template is bound.
        """
        body = self.node.body
        last = max((index for index, node in enumerate(body) if isinstance(node, FUNCTIONS)), default=-1)
        if last < 0:
            last = last_setting_of(bound_names(body), body)
        return body[: last + 1], body[last + 1 :]

    def check_setup(self, setup: list[ast.stmt]) -> None:
        """Raises ``ComponentError`` if there is a mistake in setup; warns of likely mistakes."""
        variables = local_names(setup) | self.parameters()
        coroutines = {name for name, value in self.function.__globals__.items() if is_to_be_awaited(value)}
        names = {name: value for name, value in self.function.__globals__.items() if name not in variables}
        for found in (*mistakes_in(setup, variables, coroutines), *endless_jobs(setup, names)):
            if not found.is_warning:
                raise self.error(found.message, found.node)
            self.warn(found.message, found.node)

    def check_view(self, view: list[ast.stmt]) -> None:
        """Raises ``ComponentError`` if a statement looks like output but would not be shown."""
        for node in own_nodes(view):
            if isinstance(node, ast.Expr):
                self.check_statement(node)
            elif isinstance(node, (ast.Yield, ast.YieldFrom)):
                raise self.error("a view cannot yield: write the template as a statement of its own", node)

    def check_statement(self, node: ast.Expr) -> None:
        value = node.value
        if isinstance(value, ast.JoinedStr):
            raise self.error(
                'an f-string as a statement of its own is not shown: write t"…" instead of f"…"', node
            )
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and "<" in value.value:
            raise self.error(
                'a plain string as a statement of its own is not shown: write t"…" instead of "…"', node
            )

    def view_function(
        self, known: set[str], view: list[ast.stmt], expressions: TemplateExpressions
    ) -> FunctionNode:
        """The function ``view(emit)``; ``known`` are the variables of setup, which the view may rebind."""
        is_async = any(isinstance(node, AWAITING) or getattr(node, "is_async", 0) for node in own_nodes(view))
        body = [expressions.visit(Emitter().visit(statement)) for statement in view]
        rebound = sorted(local_names(view) & known)
        if rebound:
            body.insert(0, ast.Nonlocal(rebound))
        template = "async def f(e): pass" if is_async else "def f(e): pass"
        node: Any = ast.parse(template).body[0]
        node.name, node.body, node.args.args[0].arg = _VIEW, body, EMIT
        return placed(node, view[0])  # type: ignore[no-any-return]

    def parameters(self) -> set[str]:
        """The names of the component's properties."""
        arguments = self.node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
        return {argument.arg for argument in (*every, *extra)}

    def setter(self, name: str, line: int, known: set[str], setup: list[ast.stmt]) -> FunctionNode:
        """The handler ``=name``, which ``@bind="name"`` calls.

        Raises ``ComponentError`` if the component has no such variable.
        """
        variable = name.partition(".")[0]
        if variable not in known:
            close = difflib.get_close_matches(variable, sorted(known), n=1)
            hint = f'did you mean "{close[0]}"?' if close else f'set it above the handlers: {variable} = ""'
            raise ComponentError(
                f'{self.file}:{line}: @bind="{name}": {self.name} has no variable {variable}: {hint}'
            )
        source = f"def {_SETTER}(value):\n    nonlocal {name}\n    {name} = value"
        if name != variable:
            source = f"def {_SETTER}(value):\n    {_ASSIGN}({variable}, {name!r}, value)"
        node: Any = ast.parse(source).body[0]
        node.name = _SETTER + name.replace(".", "__")
        if name == variable:
            node.args.args[0].annotation = annotation_of(name, setup)
        return placed(node, setup[0] if setup else self.node)  # type: ignore[no-any-return]

    def result(
        self, functions: list[FunctionNode], setters: dict[str, FunctionNode], view: FunctionNode
    ) -> ast.Return:
        """``return view, {"name": handler, …}``, the end of the rewritten setup."""
        handlers = {node.name: node.name for node in functions if not node.name.startswith("_")}
        handlers |= {f"={name}": node.name for name, node in setters.items()}
        names: list[ast.expr | None] = [ast.Constant(name) for name in handlers]
        table = ast.Dict(names, [ast.Name(name, ast.Load()) for name in handlers.values()])
        pair = ast.Tuple([ast.Name(view.name, ast.Load()), table], ast.Load())
        return placed(ast.Return(pair), view)  # type: ignore[no-any-return]

    def warn_of_stale_names(
        self, setup: list[ast.stmt], view: list[ast.stmt], handlers: Iterable[FunctionNode]
    ) -> None:
        """Warn of names that setup computes from state which handlers rebind: the view shows the first value."""
        rebound = {name for handler in handlers for name in nonlocal_names(handler)}
        read = {node.id for node in own_nodes(view) if isinstance(node, ast.Name)}
        for statement in setup:
            if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
                continue
            used = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
            for name in (local_names([statement]) & read) - rebound:
                if sources := used & rebound:
                    source = sorted(sources)[0]
                    self.warn(
                        f'"{name}" is computed once, from "{source}", which handlers change: the view would show '
                        "the first value forever. Move the line below the handlers",
                        statement,
                    )

    def warn_of_globals(self, handlers: Iterable[FunctionNode]) -> None:
        """Warn of handlers that assign a global: it changes for all visitors, but their pages are not updated."""
        for handler in handlers:
            for node in ast.walk(handler):
                if isinstance(node, ast.Global):
                    names = ", ".join(node.names)
                    self.warn(
                        f"{handler.name} changes the global {names} for all visitors, but their pages are not "
                        f"updated. Make it a variable of {self.name} (nonlocal), or shared(…)",
                        node,
                    )

    def warn_of_events(self, events: dict[str, int]) -> None:
        """Warn of events that look misspelt: no browser fires them."""
        for name, line in events.items():
            if meant := unlikely_event(name):
                message = f"no browser fires @{name}: did you mean @{meant}?"
                warnings.warn_explicit(message, ComponentWarning, self.file, line)

    def check_bindings(self, templates: list[Template], handlers: dict[str, FunctionNode]) -> None:
        """Raises ``ComponentError`` if a template binds an event to a handler that does not exist."""
        known = [name for name in handlers if not name.startswith("_")]
        for template in templates:
            bound = {name for name in template.bindings if not name.startswith("=")}
            for name in sorted(bound.difference(known)):
                line = line_of(self.file, template.line, name)
                hint = self.hint_for(name, known)
                raise ComponentError(f'{self.file}:{line}: no handler "{name}" in {self.name}: {hint}')

    def hint_for(self, name: str, known: list[str]) -> str:
        """A hint for a name that is not one of the ``known`` handlers."""
        if name.startswith("_"):
            return "names that start with _ are private: events cannot call them"
        if name in self.parameters():
            return f"it is a property: bind what it holds, @…={{{name}}}"
        if name in HOOKS:
            return "it is called when the component mounts or unmounts or its line is lost, not by an event"
        if any(isinstance(node, FUNCTIONS) and node.name == name for node in ast.walk(self.node)):
            return f"its def is inside another block: put it directly into {self.name}, above the view"
        close = difflib.get_close_matches(name, known, n=1)
        return f'did you mean "{close[0]}"?' if close else f"define it above the view: def {name}(): …"

    def build(self, names: dict[str, object]) -> Callable[..., Any]:
        """The rewritten function, with the globals and the closure of the original one."""
        free = self.function.__code__.co_freevars
        factory: Any = ast.parse(f"def {_FACTORY}(): pass").body[0]
        factory.args.args = [ast.arg(name) for name in (*free, *names)]
        self.node.name = _SETUP  # to the code inside, the original name means the component
        factory.body = [self.node, ast.Return(ast.Name(_SETUP, ast.Load()))]
        module = ast.Module([placed(factory, self.node)], [])
        scope: dict[str, Any] = {}
        exec(compile(module, self.file, "exec", dont_inherit=True), self.function.__globals__, scope)
        built = scope[_FACTORY](*[None] * len(free), **names)
        return _with_closure(built, self.function)


def _with_closure(built: types.FunctionType, original: types.FunctionType) -> types.FunctionType:
    """``built`` with the variables, the defaults and the name of the function it was made from."""
    cells = dict(zip(built.__code__.co_freevars, built.__closure__ or (), strict=True))
    cells.update(zip(original.__code__.co_freevars, original.__closure__ or (), strict=True))
    closure = tuple([cells[name] for name in built.__code__.co_freevars])
    code = built.__code__.replace(co_name=original.__name__)
    function = types.FunctionType(code, original.__globals__, original.__name__, closure=closure)
    functools.update_wrapper(function, original)
    function.__defaults__ = original.__defaults__
    function.__kwdefaults__ = original.__kwdefaults__
    return function


def component_signature(function: Callable[..., Any]) -> inspect.Signature:
    """The properties of a component, with evaluated annotations if all names in them are defined already."""
    try:
        return inspect.signature(function, eval_str=True)
    except NameError:
        return inspect.signature(function)
