"""``@live``: the decorator, and the live component that it makes of a function."""

from __future__ import annotations

import inspect
import types
import warnings
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, cast, overload
from weakref import WeakSet

import pydantic

from hyper.compiling.compiler import CompiledComponent, Running, compile_component, component_signature
from hyper.compiling.validating import Validator, validator_of
from hyper.components.bound_values import assign, convert
from hyper.components.callbacks import own, own_decorated
from hyper.components.page import PageMount
from hyper.components.running import running_component
from hyper.components.signatures import HandlerSignature, name_of_place, signature_of
from hyper.context import rendering
from hyper.errors import ComponentError, ComponentWarning
from hyper.vdom.templates.exact_numbers import is_finite
from hyper.vdom.templates.values import Opaque

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent
    from hyper.transport.component import RequestContext


FALLBACKS: Final = ("htmx",)
_RUNNING: Final = Running(own, own_decorated, convert, assign)

_defined: dict[str, WeakSet[LiveComponent]] = {}
"""All live components of this process, by name."""


def component_named(name: str) -> LiveComponent | None:
    """The live component of that name in this process; ``None`` if there is none, or more than one."""
    found = list(_defined.get(name, ()))
    return found[0] if len(found) == 1 else None


class LiveComponent:
    """A live component: mount it in a page, or put it into a template, ``<{counter} start="5" />``."""

    def __init__(
        self, function: types.FunctionType, name: str | None = None, fallback: str | None = None
    ) -> None:
        if not isinstance(function, types.FunctionType):
            raise ComponentError(
                f"@live takes a function, not {function!r}: write it directly above def, below no other decorator"
            )
        self.function = function
        self.name = name or function.__name__
        if fallback not in (None, *FALLBACKS):
            raise ComponentError(
                f"fallback={fallback!r} of {self.name}: the only fallback, for pages with htmx and for pages"
                ' without any script, is @live(fallback="htmx")'
            )
        self.fallback = fallback
        """What works in place of the client without scripts: ``"htmx"`` (or plain forms), or ``None``."""
        self.compiled: CompiledComponent = compile_component(function, _RUNNING)
        self.signature = component_signature(function)
        self.validators = {name: _validator(item) for name, item in self.signature.parameters.items()}
        """The validator of each property; ``None`` for those without an annotation."""
        self._codes: list[types.CodeType | None] = []
        """The code of each handler at the first mount."""
        self._signatures: Mapping[str, HandlerSignature] | None = None
        """How each of these handlers is called."""
        self.warned: set[str] = set()
        """Places in templates for which ``warn_of_missing_key`` has warned."""
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self.__qualname__ = function.__qualname__
        self.__wrapped__ = function
        _defined.setdefault(self.name, WeakSet()).add(self)

    def __repr__(self) -> str:
        return f"<live component {self.name}>"

    def __call__(self, *values: Any, **properties: Any) -> ComponentCall:
        """This component with these properties, for a place in a template: ``{counter(start=5)}``."""
        if len(values) > len(self.signature.parameters):
            raise ComponentError(
                f"{self.name} takes {len(self.signature.parameters)} properties, not {len(values)}"
            )
        return ComponentCall(
            self, {**dict(zip(self.signature.parameters, values, strict=False)), **properties}
        )

    def __component__(self, properties: dict[str, Any], site: str) -> Opaque:
        """The nested component at ``site`` of the template that is being rendered.

        It is nested in the component whose view is running, though a function of another may write the template.
        Raises ``ComponentError`` if no live component is being rendered.
        """
        writer = running_component()
        if writer is None:
            raise ComponentError(
                f"{self.name} is a live component: it can only be used in the view of another, or be mounted in a page"
            )
        parent = cast("MountedComponent | None", rendering.get()) or writer
        return parent.nested(self, properties, site, writer)

    def checked(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The properties in their annotated types, with defaults. Raises ``ComponentError`` if one is not valid."""
        try:
            bound = self.signature.bind(**properties)
        except TypeError as error:
            raise ComponentError(f"{self.name}: {error}") from None
        given = set(bound.arguments)
        bound.apply_defaults()
        values = {
            name: value if name in given else _own_copy(value) for name, value in bound.arguments.items()
        }
        for item in self.signature.parameters.values():
            if item.kind is item.VAR_KEYWORD:
                values.update(values.pop(item.name))
        return {
            name: self.check(name, value) if name in given or is_finite(value) else value
            for name, value in values.items()
        }

    def signatures_of(
        self, handlers: Mapping[str, Callable[..., Any] | None]
    ) -> Mapping[str, HandlerSignature]:
        """How each of a mounted component's handlers is called.

        Worked out at the first mount. Each mount has functions of its own, but from the same code; a mount whose
        handlers have other code gets a table of its own. A handler that setup has set to ``None`` is not in it.
        Raises ``ComponentError`` if pydantic cannot validate by an annotation.
        """
        codes = [_code_of(handler) for handler in handlers.values()]
        if self._signatures is not None and codes == self._codes and None not in codes:
            return self._signatures
        signatures = {
            name: self.signature_of(name, handler)
            for name, handler in handlers.items()
            if handler is not None
        }
        if self._signatures is None:
            self._codes, self._signatures = codes, signatures
        return signatures

    def signature_of(self, name: str, handler: Callable[..., Any]) -> HandlerSignature:
        """How one handler is called. Raises ``ComponentError`` if pydantic cannot validate by an annotation."""
        try:
            return signature_of(handler)
        except Exception as error:
            line = (_code_of(handler) or self.function.__code__).co_firstlineno
            raise ComponentError(
                f"{self.compiled.file}:{line}: the parameters of {name} cannot be validated: {error}"
            ) from error

    def warn_of_missing_key(self, site: str) -> None:
        """Warn about several instances at one place without keys: a changed list would mix up their state."""
        if site in self.warned:
            return
        self.warned.add(site)
        file, _, line = site.partition("#")[0].rpartition(":")
        message = (
            f"several {self.name} components at one place without a key: when the list changes, the state of one "
            f"would turn up in another. Give each a key, <{{{self.name}}} key={{item.id}} …>"
        )
        warnings.warn_explicit(message, ComponentWarning, file or "call", int(line) if line.isdigit() else 0)

    def check(self, name: str, value: Any) -> Any:
        """One property in its annotated type. Raises ``ComponentError`` if it is not valid."""
        validator = self.validators.get(name)
        if validator is None:
            return value
        try:
            return validator.validate_python(value)
        except pydantic.ValidationError as error:
            told = {name_of_place(item["loc"], name): item["msg"] for item in error.errors(include_url=False)}
            problems = "; ".join(f"{field}: {text}" for field, text in told.items())
            raise ComponentError(f"{self.name} cannot be mounted: {problems}") from None

    async def mount_for(
        self, mount_id: str, properties: Mapping[str, Any], request: RequestContext | None = None
    ) -> PageMount:
        """A new page with this component as its page-level one, set up and rendered for the first time."""
        mount = PageMount(self, mount_id, properties, request)
        await mount.start()
        return mount


def _own_copy(value: Any) -> Any:
    """A copy of a default value, which Python makes once for all visitors, so that a mount may change it.

    A value that can be hashed is taken to be immutable, as in pydantic.
    """
    try:
        hash(value)
    except TypeError:
        return deepcopy(value)
    return value


def _code_of(handler: Callable[..., Any] | None) -> types.CodeType | None:
    """The code that an author wrote, below all decorators: decorated handlers share their decorator's code."""
    return None if handler is None else getattr(inspect.unwrap(handler), "__code__", None)


class ComponentCall:
    """A live component with its properties, to be put into a template."""

    __slots__ = ("component", "properties")

    def __init__(self, component: LiveComponent, properties: dict[str, Any]) -> None:
        self.component = component
        self.properties = properties

    def __repr__(self) -> str:
        return f"{self.component.name}(…)"

    def __hyper_content__(self) -> Opaque:
        """The mounted component, for the content of a template."""
        return self.component.__component__(self.properties, "call")


def _validator(item: inspect.Parameter) -> Validator | None:
    """The validator of a property; ``None`` if it has no annotation, or one that cannot be resolved."""
    if item.annotation in (item.empty, Any) or item.kind in (item.VAR_KEYWORD, item.VAR_POSITIONAL):
        return None
    try:
        return validator_of(item.annotation, pydantic.ConfigDict(arbitrary_types_allowed=True))
    except (pydantic.PydanticUserError, NameError):
        return None


@overload
def live(function: Callable[..., Any], /) -> LiveComponent: ...
@overload
def live(
    *, name: str | None = None, fallback: str | None = None
) -> Callable[[Callable[..., Any]], LiveComponent]: ...
def live(
    function: Callable[..., Any] | None = None, /, *, name: str | None = None, fallback: str | None = None
) -> LiveComponent | Callable[[Callable[..., Any]], LiveComponent]:
    """A live component made from a function: setup above, view below.

        @live
        def counter(start: int = 0):
            count = start

            def increment():
                nonlocal count
                count += 1

            t'<button @click="increment">{count}</button>'

    Everything through the last nested function is setup and runs once per mounted instance: its locals are the
    state, its functions are the handlers that events may call. The rest is the view, which runs at every render.
    Parameters are properties, validated by their annotations. ``async def`` works throughout.

    ``name`` is the component's name in addresses, by default the function's own name.
    ``fallback="htmx"`` makes it work without the client, too: with htmx if the page loads it, else with plain
    forms and no script at all. Raises ``ComponentError`` with file, line and fix if the function cannot be a
    component.
    """
    if function is None:
        return lambda decorated: LiveComponent(decorated, name, fallback)  # type: ignore[arg-type]
    return LiveComponent(function, name, fallback)  # type: ignore[arg-type]
