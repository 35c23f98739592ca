"""One mounted component: its state (a closure), its last tree, its nested components."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping
from types import CellType, FunctionType, MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from hyper import after_handlers
from hyper.context import current, rendering
from hyper.errors import ComponentError
from hyper.field_errors import FieldErrors, Invalid
from hyper.handlers import signature_of
from hyper.transport.component import BadArgumentError, CallError, HandlerFailedError, UnknownEventError
from hyper.vdom import Element, Root, Text, parse_html
from hyper.vdom.events import handler_name
from hyper.vdom.freezing import FrozenHtml, FrozenTree, freeze
from hyper.vdom.printing import value_to_html
from hyper.vdom.template import Instance, expand
from hyper.vdom.values import Fragment, Opaque, Value, content
from hyper.work import run_timer, start_task

if TYPE_CHECKING:
    from hyper.component import LiveComponent
    from hyper.page_mount import PageMount

SELF_ROOTED: Final = frozenset(
    ["tr", "td", "th", "tbody", "thead", "tfoot", "caption", "colgroup", "col", "option", "optgroup"]
)
"""Elements that may not stand in a ``<div>``: a nested component with such a root has no wrapper around it."""

Identity: TypeAlias = tuple[str, "LiveComponent", str | None, object]
"""What a nested component is recognised by: its place in the source, what it is, and its key or number."""
NO_CHILDREN: Final[Mapping[Identity, MountedComponent]] = MappingProxyType({})
NO_PROPERTIES: Final[Mapping[str, Any]] = MappingProxyType({})
_NOTHING: Final = Fragment()
TARGET: Final = "_target"
"""The parameter in which a browser names the field that is being edited."""
ERROR_CARD: Final = {"class": "live-error", "role": "alert"}


class MountedComponent:
    """One instance of a live component, page-level or nested.

    A server holds thousands of them idle: what most of them never need is made when it is needed.
    """

    __slots__ = (
        "__weakref__",
        "_tree",
        "children",
        "cleanups",
        "component",
        "depth",
        "fields",
        "handlers",
        "id",
        "is_closed",
        "is_connected",
        "is_dirty",
        "met",
        "node",
        "page",
        "properties",
        "reported",
        "tasks",
        "timers",
        "view",
    )

    def __init__(
        self,
        component: LiveComponent,
        id: str,
        properties: Mapping[str, Any],
        page: PageMount,
        depth: int = 0,
    ) -> None:
        self.component = component
        self.id = id
        self.page = page
        self.depth = depth
        self.properties = component.checked(properties) or NO_PROPERTIES
        self.handlers: dict[str, Callable[..., Any]] = {}
        self.view: Callable[..., Any] | None = None
        self._tree: Value | FrozenTree | FrozenHtml = _NOTHING
        self.node: NestedNode | None = None
        """How the tree around it holds it; the page-level component has none."""
        self.is_dirty = False
        self.is_closed = False
        self.children: Mapping[Identity, MountedComponent] = NO_CHILDREN
        self.met: Met | None = None
        """The nested components met by the render that is going on."""
        self.cleanups: tuple[Callable[[], Any], ...] = ()
        """Called when it is unmounted, the last first."""
        self.timers: tuple[tuple[float, Callable[[], Any]], ...] = ()
        self.tasks: tuple[asyncio.Task[None], ...] = ()
        """Cancelled when it is unmounted."""
        self.is_connected = False
        self.fields = FieldErrors()
        self.reported: tuple[tuple[str, str | None], ...] = ()
        """Form states that the browser reported since the last render."""

    def __repr__(self) -> str:
        return f"<mounted {self.component.name} {self.id}>"

    @property
    def tree(self) -> Value:
        """What the browser shows of this component."""
        if isinstance(self._tree, (FrozenTree, FrozenHtml)):
            self._tree = self._tree.thaw()
        return self._tree

    @tree.setter
    def tree(self, tree: Value) -> None:
        self._tree = tree

    def freeze(self) -> None:
        """Keep the tree in less space, until somebody looks at it."""
        self._tree = freeze(self._tree)

    # Rendering

    async def start(self) -> None:
        """Run setup and the view for the first time."""
        tokens = current.set(self), rendering.set(self)
        try:
            result = self.component.compiled.setup(**self.properties)
            if self.component.compiled.is_async:
                result = await result
        finally:
            current.reset(tokens[0])
            rendering.reset(tokens[1])
        view, rest = result
        if view is None:
            self.view = lambda emit: rest
        else:
            self.view, self.handlers = view, rest
            self.component.check_handlers(self.handlers)
        self.tree = await self.render()

    async def start_guarded(self) -> None:
        """Start as a nested component: if that fails, a card in its place says so and the page goes on."""
        try:
            await self.start()
        except Exception as error:
            self.page.report(error, f"mounting {self.component.name}")
            self.view, self.handlers = None, {}
            self.tree = content(
                Element("p", ERROR_CARD, (Text(f"{self.component.name} could not be shown."),))
            )
            return
        if self.page.is_connected:
            await self.connected()

    async def render(self) -> Value:
        """The tree as it is now; nested components that are new are started, those no longer met are closed."""
        assert self.view is not None
        self.is_dirty = False
        self.met = None
        emitted: list[Any] = []
        tokens = current.set(self), rendering.set(self)
        try:
            returned = self.view(emitted.append)
            if self.component.compiled.view_is_async and inspect.isawaitable(returned):
                returned = await returned
        finally:
            current.reset(tokens[0])
            rendering.reset(tokens[1])
        tree = self.tree_of(emitted, returned)
        if self.met or self.children:
            await self.settle_children()
        return tree

    def tree_of(self, emitted: list[Any], returned: Any) -> Value:
        """What a view showed as one tree: templates it emitted, or what it returned."""
        if isinstance(returned, str):
            returned = parse_html(str(returned), self.tree if type(self.tree) is Root else None)
            if not emitted:
                return returned
        elif returned is not None:
            returned = content(returned)
        items = emitted if returned is None else [*emitted, returned]
        if len(items) == 1 and (type(items[0]) is Instance or type(items[0]) is Fragment):
            return items[0]
        return Fragment([content(item) for item in items])

    def nested(self, component: LiveComponent, properties: dict[str, Any], site: str) -> NestedNode:
        """The component at a place of this one's view: the same instance as at the last render, or a new one.

        Recognised by the place and its ``key`` property; without a key, by its number among those of the place.
        """
        key = properties.get("key")
        if "key" in properties and "key" not in component.signature.parameters:
            properties = {name: value for name, value in properties.items() if name != "key"}
        met = self.met = self.met or Met()
        identity: Identity = (site, component, "key", key)
        if key is None:
            number = met.unkeyed.get((site, component), 0)
            met.unkeyed[site, component] = number + 1
            if number == 1:
                component.warn_of_missing_key(site)
            identity = (site, component, None, number)
        elif identity in met.components:
            raise ComponentError(
                f"{site.partition('#')[0]}: two {component.name} components have the key {key!r}"
            )
        child = self.children.get(identity)
        properties = {name: self.owned(value) for name, value in properties.items()}
        if child is None:
            child = self.page.new_nested(component, properties, self)
        else:
            child.take_properties(properties)
        met.components[identity] = child
        child.node = child.node or NestedNode(child)
        return child.node

    def owned(self, value: Any) -> Any:
        """A function given to a nested component as one that, when called, has this component rendered."""
        return Callback(self, value) if type(value) is FunctionType else value

    async def settle_children(self) -> None:
        """Start the nested components that are new, close those that are gone."""
        old, met = self.children, self.met
        self.children, self.met = (met.components if met else NO_CHILDREN), None
        for identity, child in self.children.items():
            if identity not in old:
                await child.start_guarded()
        for identity, child in old.items():
            if self.children.get(identity) is not child:
                await child.close()

    def take_properties(self, properties: Mapping[str, Any]) -> None:
        """Let new properties be seen by the closures of setup; render again if one changed."""
        checked = self.component.checked(properties)
        if checked == self.properties or self.view is None:
            return
        self.properties = checked
        for name, cell in self.cells().items():
            if name in checked:
                cell.cell_contents = checked[name]
        self.invalidate()

    def cells(self) -> dict[str, CellType]:
        """The variables of setup that its functions share."""
        found: dict[str, CellType] = {}
        for function in (self.view, *self.handlers.values()):
            code, closure = getattr(function, "__code__", None), getattr(function, "__closure__", None)
            if code is not None and closure:
                found.update(zip(code.co_freevars, closure, strict=True))
        return found

    def invalidate(self) -> None:
        """Render again soon."""
        if not self.is_dirty and not self.is_closed:
            self.is_dirty = True
            self.page.note_dirty(self)

    # Events

    def reachable(self, name: str) -> bool:
        """Is a handler of this name bound to something on the page now?"""
        return name in self.component.compiled.handlers and binds(self.tree, name)

    async def call(self, event: str, args: list[object] | None, params: Mapping[str, object]) -> None:
        """Run the handler of an event; ``CallError`` if it cannot be run or failed."""
        handler = self.handlers.get(event)
        if handler is None or not self.reachable(event):
            raise UnknownEventError(f"{self.component.name} has no handler {event!r} on the page")
        arguments = self.bind_arguments(handler, args, params)
        if arguments is None:
            return
        positional, named = arguments
        saved = _contents(handler.__closure__ or ())
        token = current.set(self)
        try:
            result = handler(*positional, **named)
            if result is not None and inspect.isawaitable(result):
                await result
            await after_handlers.commit(self.page)
        except Invalid as invalid:
            await after_handlers.rollback(self.page)
            self.refuse(BadArgumentError(str(invalid), invalid.fields), frozenset(invalid.fields))
        except CallError:
            raise
        except Exception as error:
            _put_back(saved)
            await after_handlers.rollback(self.page)
            raise HandlerFailedError(f"{event} failed") from error
        finally:
            current.reset(token)
            self.invalidate()

    def bind_arguments(
        self, handler: Callable[..., Any], args: list[object] | None, params: Mapping[str, object]
    ) -> tuple[list[object], dict[str, object]] | None:
        """The validated arguments of a call, or ``None`` if the view shows what is wrong with them."""
        target = params.get(TARGET)
        if target is not None:
            params = {name: value for name, value in params.items() if name != TARGET}
        signature = signature_of(handler)
        taken = signature.fields_taken(params)
        try:
            arguments = signature.bind(args, params)
        except BadArgumentError as error:
            self.refuse(error, taken, target)
            return None
        self.fields.accept(taken, target)
        return arguments

    def refuse(self, error: BadArgumentError, taken: frozenset[str], target: object = None) -> None:
        """Keep what is wrong for the view to show, and what was typed in its controls, to be mended.

        Raises ``error`` where the view shows nothing of the kind.
        """
        self.reported = ()
        self.fields.reject(error.fields, taken, target)
        self.invalidate()
        if not self.fields.is_shown:
            raise error from None

    async def run_hook(self, name: str) -> None:
        """Run ``on_mount`` or ``on_unmount``, if the component has it."""
        hook = self.handlers.get(name)
        if hook is None:
            return
        token = current.set(self)
        try:
            result = hook()
            if inspect.isawaitable(result):
                await result
            await after_handlers.commit(self.page)
        finally:
            current.reset(token)

    async def connected(self) -> None:
        """Run ``on_mount`` and start the timers, here and in all nested components."""
        if self.is_connected or self.is_closed:
            return
        self.is_connected = True
        for seconds, function in self.timers:
            self.start_timer(seconds, function)
        if "on_mount" in self.handlers:
            await self.run_hook("on_mount")
            self.invalidate()
        for child in list(self.children.values()):
            await child.connected()

    def add_timer(self, seconds: float, function: Callable[[], Any]) -> None:
        """Have ``function`` called every ``seconds`` while a browser shows the page."""
        self.timers += ((seconds, function),)
        if self.is_connected:
            self.start_timer(seconds, function)

    def start_timer(self, seconds: float, function: Callable[[], Any]) -> None:
        start_task(self, run_timer(self, seconds, function, self.page.sleep), function.__name__)

    def hold(self, task: asyncio.Task[None]) -> None:
        """Have ``task`` cancelled with this component, if it has not ended by then."""
        self.tasks += (task,)
        task.add_done_callback(self.let_go)

    def let_go(self, task: asyncio.Task[None]) -> None:
        self.tasks = tuple([other for other in self.tasks if other is not task])

    async def close(self) -> None:
        """Unmount: nested ones first, then ``on_unmount`` and what was registered to be cleaned up."""
        if self.is_closed:
            return
        self.is_closed = True
        for task in self.tasks:
            task.cancel()
        for child in self.children.values():
            await child.close()
        self.page.forget(self)
        try:
            await self.run_hook("on_unmount")
        finally:
            for clean_up in reversed(self.cleanups):
                result = clean_up()
                if inspect.isawaitable(result):
                    await result

    # What others see of it

    def html(self) -> str:
        """The HTML inside this component's root."""
        return value_to_html(self.tree)

    def to_root(self) -> Root:
        """The tree inside this component's root, as plain nodes."""
        return self.tree if type(self.tree) is Root else Root(expand(self.tree))


class Met:
    """The nested components that one render meets."""

    __slots__ = ("components", "unkeyed")

    def __init__(self) -> None:
        self.components: dict[Identity, MountedComponent] = {}
        self.unkeyed: dict[tuple[str, LiveComponent], int] = {}
        """How many without a key, at each place."""


class Callback:
    """A parent's function as its nested component holds it: calling it renders the parent, too.

    When it raises, the variables of the parent are what they were before.
    """

    __slots__ = ("function", "owner")

    def __init__(self, owner: MountedComponent, function: FunctionType) -> None:
        self.owner = owner
        self.function = function

    def __call__(self, *args: Any, **named: Any) -> Any:
        saved = _contents(self.function.__closure__ or ())
        try:
            return self.function(*args, **named)
        except Invalid:
            raise
        except Exception:
            _put_back(saved)
            raise
        finally:
            self.owner.invalidate()

    def __eq__(self, other: object) -> bool:
        return type(other) is Callback and other.owner is self.owner and other.function is self.function

    def __hash__(self) -> int:
        return hash(self.function)


class NestedNode(Opaque):
    """A nested component as a node of the tree around it: never looked into, moved and removed as a whole."""

    __slots__ = ("key", "mounted")

    def __init__(self, mounted: MountedComponent) -> None:
        self.mounted = mounted
        self.key = None

    @property
    def kind(self) -> str:  # type: ignore[override]
        return f"live:{self.mounted.id}"

    @property
    def name(self) -> str:  # type: ignore[override]
        root = self.self_root()
        return root.name if root else "div"

    def self_root(self) -> Element | None:
        """The root that stands without a wrapper, as ``<tr>`` must in a table; ``None`` for all others."""
        tree = self.mounted.tree
        if type(tree) is Instance and tree[0].single and tree[0].element.tag in SELF_ROOTED:
            return self.mounted.to_root().children[0]  # type: ignore[return-value]
        return None

    def to_html(self) -> str:
        html = self.mounted.html()
        root = self.self_root()
        if root is None:
            return f'<div data-live-component="{self.mounted.id}">{html}</div>'
        start = f"<{root.tag}"
        return f'{start} data-live-component="{self.mounted.id}" data-live-self=""{html[len(start) :]}'

    def to_node(self) -> Element:
        mark = {"data-live-component": self.mounted.id}
        root = self.self_root()
        if root is None:
            return Element("div", mark, self.mounted.to_root().children)
        return Element(
            root.tag, {**mark, "data-live-self": "", **root.attributes}, root.children, root.namespace
        )


def binds(tree: Value, name: str) -> bool:
    """Does something in this tree bind an event to the handler ``name``? Stops at the first that does."""
    stack: list[Any] = [tree]
    while stack:
        value = stack.pop()
        kind = type(value)
        if kind is Instance:
            if name in value[0].bindings:
                return True
            stack.extend(value[1:])
        elif kind is Fragment:
            stack.extend(value)
        elif kind is Root:
            stack.extend(value.children)
        elif kind is Element:
            if any(_binds(attribute, text, name) for attribute, text in value.attributes.items()):
                return True
            stack.extend(value.children)
        elif hasattr(value, "nodes"):
            stack.extend(value.nodes("body"))
    return False


def _binds(attribute: str, text: str, name: str) -> bool:
    return attribute.startswith("@") and handler_name(attribute, text) == name


def _contents(cells: Iterable[CellType]) -> list[tuple[CellType, Any]]:
    """The variables that have a value, with it."""
    found: list[tuple[CellType, Any]] = []
    for cell in cells:
        try:
            found.append((cell, cell.cell_contents))
        except ValueError:  # assigned to later, or deleted
            continue
    return found


def _put_back(saved: Iterable[tuple[CellType, Any]]) -> None:
    for cell, value in saved:
        cell.cell_contents = value
