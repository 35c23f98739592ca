"""``@live``: the decorator, and what it makes of a function."""

from __future__ import annotations

import inspect
import types
import warnings
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, overload
from weakref import WeakSet

import pydantic

from hyper.compiling.compiler import CompiledComponent, compile_component, component_signature
from hyper.components.running import running_component
from hyper.components.signatures import field_errors, signature_of
from hyper.errors import ComponentError, ComponentWarning
from hyper.vdom.templates.values import Opaque

if TYPE_CHECKING:
    from hyper.components.page import PageMount
    from hyper.transport.component import RequestContext


FALLBACKS: Final = ("htmx",)

_defined: dict[str, WeakSet[LiveComponent]] = {}
"""All there are, by name."""


def component_named(name: str) -> LiveComponent | None:
    """The only live component of that name in this process; None where there is none, or more than one."""
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
                f"fallback={fallback!r} of {self.name}: what works without the client is"
                f' @live(fallback="htmx"), which includes pages without any script'
            )
        self.fallback = fallback
        """What does the client's work where it is missing: ``"htmx"``, or nothing."""
        self.compiled: CompiledComponent = compile_component(function)
        self.signature = component_signature(function)
        self.adapters = {name: _adapter(item) for name, item in self.signature.parameters.items()}
        self.is_checked = False
        """Were the handlers' annotations looked at?"""
        self.warned: set[str] = set()
        """Places that were warned of."""
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self.__qualname__ = function.__qualname__
        self.__wrapped__ = function
        _defined.setdefault(self.name, WeakSet()).add(self)

    def __repr__(self) -> str:
        return f"<live component {self.name}>"

    def __call__(self, *values: Any, **properties: Any) -> ComponentCall:
        """This component with these properties, to stand in a template: ``{counter(start=5)}``."""
        if len(values) > len(self.signature.parameters):
            raise ComponentError(
                f"{self.name} takes {len(self.signature.parameters)} properties, not {len(values)}"
            )
        return ComponentCall(
            self, {**dict(zip(self.signature.parameters, values, strict=False)), **properties}
        )

    def __component__(self, properties: dict[str, Any], site: str) -> Opaque:
        """The mounted component that stands at ``site`` of the template being rendered."""
        parent = running_component()
        if parent is None:
            raise ComponentError(
                f"{self.name} is a live component: it can only stand in the view of another, or be mounted in a page"
            )
        return parent.nested(self, properties, site)

    def checked(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The properties by their annotations, defaults filled in; ``ComponentError`` where they do not fit."""
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
        return {name: self.check(name, value) for name, value in values.items()}

    def check_handlers(self, handlers: Mapping[str, Callable[..., Any]]) -> None:
        """Nothing, or ``ComponentError`` about annotations that cannot be validated by; looks once."""
        if self.is_checked:
            return
        for name, handler in handlers.items():
            try:
                signature_of(handler)
            except Exception as error:
                line = getattr(inspect.unwrap(handler), "__code__", self.function.__code__).co_firstlineno
                raise ComponentError(
                    f"{self.compiled.file}:{line}: the parameters of {name} cannot be validated: {error}"
                ) from error
        self.is_checked = True

    def warn_of_missing_key(self, site: str) -> None:
        """Several of this component at one place, without keys: their state would stay where it is in the list."""
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
        adapter = self.adapters.get(name)
        if adapter is None:
            return value
        try:
            return adapter.validate_python(value)
        except pydantic.ValidationError as error:
            problems = "; ".join(f"{field}: {text}" for field, text in field_errors(error, name).items())
            raise ComponentError(f"{self.name} cannot be mounted: {problems}") from None

    async def mount_for(
        self, mount_id: str, properties: Mapping[str, Any], request: RequestContext | None = None
    ) -> PageMount:
        """This component mounted as the page-level one of a page, set up and rendered for the first time."""
        from hyper.components.page import PageMount

        mount = PageMount(self, mount_id, properties, request)
        await mount.start()
        return mount


def _own_copy(value: Any) -> Any:
    """A default as one mount may change it: Python makes it once, for all visitors.

    What can be hashed is taken for what nobody changes, as pydantic does with its defaults.
    """
    try:
        hash(value)
    except TypeError:
        return deepcopy(value)
    return value


class ComponentCall:
    """A live component and its properties, waiting to be put into a template."""

    __slots__ = ("component", "properties")

    def __init__(self, component: LiveComponent, properties: dict[str, Any]) -> None:
        self.component = component
        self.properties = properties

    def __repr__(self) -> str:
        return f"{self.component.name}(…)"

    def __hyper_content__(self) -> Opaque:
        """The mounted component, for the content of a template."""
        return self.component.__component__(self.properties, "call")


def _adapter(item: inspect.Parameter) -> pydantic.TypeAdapter[Any] | None:
    if item.annotation in (item.empty, Any) or item.kind in (item.VAR_KEYWORD, item.VAR_POSITIONAL):
        return None
    try:
        return pydantic.TypeAdapter(item.annotation, config=pydantic.ConfigDict(arbitrary_types_allowed=True))
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

    What comes before the end of the last nested function runs once per mounted instance: its locals are the
    state, its functions are the handlers that events may call. What follows is the view, run at every render.
    Parameters are properties, validated by their annotations. ``async def`` works throughout.

    ``name`` is what the component is called in addresses, by default the function's own name.
    ``fallback="htmx"`` makes it work where the client is missing, too: by htmx if the page has it, by plain forms
    without any script. Raises ``ComponentError`` with file, line and cure where the function cannot be a
    component.
    """
    if function is None:
        return lambda decorated: LiveComponent(decorated, name, fallback)  # type: ignore[arg-type]
    return LiveComponent(function, name, fallback)  # type: ignore[arg-type]
