"""One mounted component: its state (a closure), its last tree, its nested components."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from types import CellType, FunctionType, MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from hyper.components.callbacks import Callback
from hyper.components.field_errors import FieldErrors
from hyper.components.lifetime import close_guarded, join
from hyper.components.nested import NestedNode, error_card, note_shown
from hyper.context import current, rendering
from hyper.errors import ComponentError
from hyper.vdom import Root, parse_html
from hyper.vdom.templates.compiler import content, is_content
from hyper.vdom.templates.expressions import OUTER
from hyper.vdom.templates.freezing import FrozenHtml, FrozenTree, freeze
from hyper.vdom.templates.handed_content import as_outer
from hyper.vdom.templates.printing import value_to_html
from hyper.vdom.templates.template import Instance, expand
from hyper.vdom.templates.values import Fragment, Value

if TYPE_CHECKING:
    from hyper.components.component import LiveComponent
    from hyper.components.page import PageMount

Identity: TypeAlias = tuple[str, "LiveComponent", str | None, object]
"""What a nested component is recognised by: its place in the source, what it is, and its key or number."""
NO_CHILDREN: Final[Mapping[Identity, MountedComponent]] = MappingProxyType({})
NO_PROPERTIES: Final[Mapping[str, Any]] = MappingProxyType({})
_NOTHING: Final = Fragment()


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
        "parent",
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
        parent: MountedComponent | None = None,
    ) -> None:
        self.component = component
        self.id = id
        self.page = page
        self.parent = parent
        """The component it is nested in."""
        self.depth: int = parent.depth + 1 if parent else 0
        self.properties = properties
        """As they were given, until it has started."""
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
        self.properties = self.component.checked(self.properties) or NO_PROPERTIES
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
            self.tree = error_card(self.component)
            return
        finally:
            if self.node is not None:
                self.node.take_name()
            note_shown(self)
        if self.page.is_connected:
            await join(self)

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
        if child is None or not child.take_properties(properties):
            child = self.page.new_nested(component, properties, self)
        met.components[identity] = child
        child.node = child.node or NestedNode(child)
        return child.node

    def owned(self, value: Any) -> Any:
        """What is given to a nested component: functions of this one and events in content stay this one's."""
        if type(value) is FunctionType:
            return Callback(self, value)
        return as_outer(content(value)) if is_content(value) else value

    def name_of(self, handler: object) -> str | None:
        """What the browser calls a handler by that stands in this component's view; ``None`` if it is none."""
        owner, levels = self, 0
        if type(handler) is Callback:
            owner, levels, handler = handler.owner, self.depth - handler.owner.depth, handler.function
        name = getattr(handler, "__name__", "")
        return OUTER * levels + name if name and owner.handlers.get(name) is handler else None

    async def settle_children(self) -> None:
        """Start the nested components that are new, close those that are gone."""
        old, met = self.children, self.met
        self.children, self.met = (met.components if met else NO_CHILDREN), None
        for identity, child in self.children.items():
            if old.get(identity) is not child:
                await child.start_guarded()
        for identity, child in old.items():
            if self.children.get(identity) is not child:
                await close_guarded(child)

    def take_properties(self, properties: Mapping[str, Any]) -> bool:
        """Let new properties be seen by the closures of setup; render again if one changed.

        ``False`` for a component that could not be shown: with other properties it is worth another try.
        """
        if self.view is None:
            return properties == self.properties
        try:
            checked = self.component.checked(properties)
        except ComponentError as error:
            self.page.report(error, f"rendering {self.component.name}")
            return True
        if checked == self.properties:
            return True
        self.properties = checked
        for name, cell in self.cells().items():
            if name in checked:
                cell.cell_contents = checked[name]
        self.invalidate()
        return True

    def cells(self) -> dict[str, CellType]:
        """The variables of setup that its functions share."""
        found: dict[str, CellType] = {}
        for function in (self.view, *self.handlers.values()):
            code, closure = getattr(function, "__code__", None), getattr(function, "__closure__", None)
            if code is not None and closure:
                found.update(zip(code.co_freevars, closure, strict=True))
        return found

    @property
    def is_shown(self) -> bool:
        """Is it on the page? What stands in content may be hidden by the component it was given to."""
        return (self.node is None or self.node.is_shown) and (self.parent is None or self.parent.is_shown)

    def replace_node(self) -> bool:
        """Is the root another element than before? Then the tree around shows it as a new node."""
        if self.node is None or self.parent is None or self.node.is_current:
            return False
        self.node = None
        self.parent.invalidate()
        return True

    def invalidate(self) -> None:
        """Render again soon."""
        if not self.is_dirty and not self.is_closed:
            self.is_dirty = True
            self.page.note_dirty(self)

    def hold(self, task: asyncio.Task[None]) -> None:
        """Have ``task`` cancelled with this component, if it has not ended by then."""
        self.tasks += (task,)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self.tasks = tuple([other for other in self.tasks if other is not task])

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
