"""One mounted component: its state (a closure), the tree it shows, its nested components."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from types import CellType, FunctionType, MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from weakref import WeakSet

from hyper.components.callbacks import Callback, bare
from hyper.components.cards import context_of, error_card
from hyper.components.handed import handed
from hyper.components.lifetime import close_later, connect_later, give_back
from hyper.components.nested import NestedNode
from hyper.components.outcomes import report_view
from hyper.components.setting_up import set_up
from hyper.components.shown import note_shown
from hyper.components.state_size import state_size
from hyper.context import current, rendering
from hyper.errors import ComponentError
from hyper.vdom import Root, parse_html
from hyper.vdom.templates.compiler import content, is_content
from hyper.vdom.templates.expressions import OUTER
from hyper.vdom.templates.freezing import FrozenHtml, FrozenTree, freeze, size_of
from hyper.vdom.templates.printing import value_to_html
from hyper.vdom.templates.template import Instance, expand
from hyper.vdom.templates.values import Fragment, Value

if TYPE_CHECKING:
    from hyper.components.component import LiveComponent
    from hyper.components.field_errors import FieldErrors
    from hyper.components.page import PageMount
    from hyper.components.signatures import HandlerSignature

ChildIdentity: TypeAlias = tuple[str, "LiveComponent", str | None, object]
"""Identifies a nested component across renders: its place in the source, its component, and its key or number."""
NO_CHILDREN: Final[Mapping[ChildIdentity, MountedComponent]] = MappingProxyType({})
NO_PROPERTIES: Final[Mapping[str, Any]] = MappingProxyType({})
NO_SIGNATURES: Final[Mapping[str, HandlerSignature]] = MappingProxyType({})
_NOTHING: Final = Fragment()


class MountedComponent:
    """One instance of a live component, page-level or nested.

    A server holds thousands of idle ones, so state that only few of them need is made when it is first needed.
    """

    __slots__ = (
        "__weakref__",
        "children",
        "cleanups",
        "component",
        "depth",
        "fields",
        "followers",
        "handlers",
        "id",
        "is_closed",
        "is_connected",
        "is_dirty",
        "kept_tree",
        "node",
        "page",
        "parent",
        "properties",
        "rendered",
        "reported",
        "signatures",
        "starting",
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
        """Validated by ``start()``; before that, as they were given."""
        self.handlers: dict[str, Callable[..., Any]] = {}
        self.signatures = NO_SIGNATURES
        """How each handler is called."""
        self.view: Callable[..., Any] | None = None
        self.kept_tree: Value | FrozenTree | FrozenHtml = _NOTHING
        self.node: NestedNode | None = None
        """The node of this component in its parent's tree; ``None`` for the page-level one."""
        self.is_dirty = False
        """Is it waiting to be rendered again?"""
        self.is_closed = False
        self.children: Mapping[ChildIdentity, MountedComponent] = NO_CHILDREN
        """The nested components in its view."""
        self.rendered: RenderedChildren | None = None
        """The nested components that the current render has come across so far."""
        self.cleanups: tuple[Callable[[], Any], ...] = ()
        """Functions to call when it is unmounted, the last one first."""
        self.timers: tuple[tuple[float, Callable[[], Any]], ...] = ()
        """Seconds and function of each ``every()``."""
        self.starting: asyncio.Task[Any] | None = None
        self.tasks: tuple[asyncio.Task[None], ...] = ()
        """Tasks to cancel when it is unmounted."""
        self.is_connected = False
        """Has a browser shown it? Then its timers are running, and ``on_mount`` has run or waits for its turn."""
        self.followers: WeakSet[MountedComponent] | None = None
        """The components whose views have called its functions since it was rendered."""
        self.fields: FieldErrors | None = None
        """The errors in its forms; ``None`` until there was anything to note."""
        self.reported: tuple[tuple[str, str | None], ...] = ()
        """The states of form controls that the browser has reported since the last render."""

    def __repr__(self) -> str:
        return f"<mounted {self.component.name} {self.id}>"

    @property
    def tree(self) -> Value:
        """The tree of the last render, which the browser shows."""
        if isinstance(self.kept_tree, (FrozenTree, FrozenHtml)):
            self.kept_tree = self.kept_tree.thaw()
        return self.kept_tree

    def freeze(self) -> None:
        """Keep the tree in less memory until it is needed again."""
        self.kept_tree = freeze(self.kept_tree)

    def size(self) -> int:
        """About how many bytes tree and state have, without those of nested components."""
        timers = [function for _, function in self.timers]
        return size_of(self.kept_tree) + state_size([*map(inspect.unwrap, self.functions()), *timers])

    # Rendering

    async def start(self) -> None:
        """Run setup and the view for the first time."""
        self.properties = self.component.checked(self.properties) or NO_PROPERTIES
        current.set(self)  # every render runs in a context of its own, so nothing has to be set back
        rendering.set(self)
        view, rest = await set_up(self)
        if view is None:
            self.view = lambda emit: rest
        else:
            self.view, self.handlers = view, rest
            self.signatures = self.component.signatures_of(self.handlers)
        self.kept_tree = await self.render()

    async def start_guarded(self, around: Value) -> None:
        """Start as a nested component: if that fails, an error card is shown in its place and the page continues.

        ``around`` is the tree of the component that shows it.

        While the page is loaded, an HTTP answer is raised: it answers the whole page.
        """
        try:
            await self.start()
        except Exception as error:
            self.view, self.handlers = None, {}
            context = context_of(self.node, around) if self.node else None
            self.kept_tree = error_card(self.component, context)
            try:
                report_view(self.page, error, f"mounting {self.component.name}")
            finally:
                await give_back(self)
            return
        finally:
            if self.node is not None:
                self.node.update_name()
            note_shown(self)
        if self.page.is_connected:
            connect_later(self)

    async def render(self) -> Value:
        """Run the view. Returns the new tree. Starts nested components that are new, closes those that are gone."""
        assert self.view is not None
        self.is_dirty = False
        self.rendered = None
        if self.followers is not None:
            self.render_followers()
        emitted: list[Any] = []
        current.set(self)  # every render runs in a context of its own, so nothing has to be set back
        rendering.set(self)
        returned = self.view(emitted.append)
        if self.component.compiled.view_is_async and inspect.isawaitable(returned):
            returned = await returned
        tree = self.tree_of(emitted, returned)
        if self.rendered or self.children:
            await self.replace_children(tree)
        return tree

    def tree_of(self, emitted: list[Any], returned: Any) -> Value:
        """One tree of all that a view showed: the templates it emitted, and what it returned."""
        if isinstance(returned, str):
            self.check_vouched(returned)
            if not emitted:
                return parse_html(returned, self.tree if type(self.tree) is Root else None)
        if returned is not None:
            returned = content(returned)
        items = emitted if returned is None else [*emitted, returned]
        if len(items) == 1 and (type(items[0]) is Instance or type(items[0]) is Fragment):
            return items[0]
        return Fragment([content(item) for item in items])

    def check_vouched(self, returned: str) -> None:
        """Raises ``ComponentError`` if the view returned text: nobody vouches for what would be elements in it."""
        if not hasattr(returned, "__html__"):
            compiled = self.component.compiled
            raise ComponentError(
                f"{compiled.file}:{compiled.line}: {self.component.name} returned a plain string, whose text would "
                'become elements: return t"…", which escapes values, or Markup("…") for HTML that you vouch for'
            )

    def nested(
        self, component: LiveComponent, properties: dict[str, Any], site: str, writer: MountedComponent
    ) -> NestedNode:
        """The nested component at a place in this component's view: the last render's instance, or a new one.

        ``writer`` is the component whose function writes it there: this one, or one around it. Its place and its
        ``key`` property identify it; without a key, its number at that place does.
        """
        key = properties.get("key")
        if "key" in properties and "key" not in component.signature.parameters:
            properties = {name: value for name, value in properties.items() if name != "key"}
        rendered = self.rendered = self.rendered or RenderedChildren()
        identity: ChildIdentity = (site, component, "key", key)
        if key is None:
            number = rendered.unkeyed.get((site, component), 0)
            rendered.unkeyed[site, component] = number + 1
            if number == 1:
                component.warn_of_missing_key(site)
            identity = (site, component, None, number)
        elif identity in rendered.components:
            raise ComponentError(
                f"{site.partition('#')[0]}: two {component.name} components have the key {key!r}"
            )
        child = self.children.get(identity)
        levels = self.levels_to(writer)
        properties = {name: writer.owned(value, levels) for name, value in properties.items()}
        if child is None or not child.take_properties(properties):
            child = self.page.new_nested(component, properties, self)
        rendered.components[identity] = child
        child.node = child.node or NestedNode(child)
        return child.node

    def owned(self, value: Any, levels: int | None) -> Any:
        """A property for a nested component: functions, and the events in content, stay this component's own.

        ``levels`` is how far inside this one the component is whose view shows the nested one.
        """
        kind = type(value)
        if kind is Callback:
            return value
        if kind is FunctionType:
            return Callback(self, value)
        return handed(value, None if levels is None else levels + 1, self) if is_content(value) else value

    def levels_to(self, owner: MountedComponent) -> int | None:
        """How many components further out ``owner`` is; ``None`` if it is not around this one."""
        around: MountedComponent | None = self
        while around is not None and around.depth > owner.depth:
            around = around.parent
        return self.depth - owner.depth if around is owner else None

    def name_of(self, handler: object) -> str | None:
        """The name by which an event in this component's view calls ``handler``; ``None`` if it is not a handler.

        ``"save"`` for its own, ``"^save"`` for its parent's.
        """
        name = getattr(handler, "__name__", "")
        if name and self.handlers.get(name) is handler:
            return name
        owner = handler.owner if type(handler) is Callback else self
        levels = self.levels_to(owner)
        if not name or levels is None or bare(owner.handlers.get(name)) is not bare(handler):
            return None
        return OUTER * levels + name

    def follow(self, reader: MountedComponent) -> None:
        """Have ``reader`` rendered after this component: it shows what a function of this one returns."""
        if self.followers is None:
            self.followers = WeakSet()
        self.followers.add(reader)

    def render_followers(self) -> None:
        """Have those rendered again that show what functions of this component return."""
        followers, self.followers = self.followers, None
        for follower in followers or ():
            follower.invalidate()

    async def replace_children(self, tree: Value) -> None:
        """Start the nested components that are new in ``tree``, close those that are gone."""
        old, rendered = self.children, self.rendered
        self.children, self.rendered = (rendered.components if rendered else NO_CHILDREN), None
        gone = old
        try:
            for identity, child in self.children.items():
                if old.get(identity) is not child:
                    await child.start_guarded(tree)
        except BaseException:  # the render was stopped: what it shows is not to be
            self.children, gone = old, self.children
            raise
        finally:
            for identity, child in gone.items():
                if self.children.get(identity) is not child:
                    close_later(child)

    def take_properties(self, properties: Mapping[str, Any]) -> bool:
        """Set the variables of setup to new properties; render again if one changed.

        Returns ``False`` if it failed to start with other properties: a new instance may start with these.
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

    def functions(self) -> list[Callable[..., Any]]:
        """Its view, its handlers and its hooks."""
        return [function for function in (self.view, *self.handlers.values()) if function is not None]

    def cells(self) -> dict[str, CellType]:
        """The variables of setup that its functions use."""
        found: dict[str, CellType] = {}
        for function in map(inspect.unwrap, self.functions()):
            code, closure = getattr(function, "__code__", None), getattr(function, "__closure__", None)
            if code is not None and closure:
                found.update(zip(code.co_freevars, closure, strict=True))
        return found

    @property
    def is_shown(self) -> bool:
        """Is it on the page? A component that was given content need not show all of it."""
        return (self.node is None or self.node.is_shown) and (self.parent is None or self.parent.is_shown)

    def renew_node(self) -> bool:
        """Have the parent rendered with a new node if the root became another element. Returns whether it did."""
        if self.node is None or self.parent is None or self.node.is_current:
            return False
        self.node = None
        self.parent.invalidate()
        return True

    def invalidate(self) -> None:
        """Have this component rendered again soon."""
        if not self.is_dirty and not self.is_closed:
            self.is_dirty = True
            self.page.note_dirty(self)

    def hold(self, task: asyncio.Task[None]) -> None:
        """Cancel ``task`` when this component is unmounted, if it has not ended by then."""
        self.tasks += (task,)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self.tasks = tuple([other for other in self.tasks if other is not task])

    # Printing

    def html(self) -> str:
        """The HTML of the tree."""
        return value_to_html(self.tree)

    def to_root(self) -> Root:
        """The tree as plain nodes."""
        return self.tree if type(self.tree) is Root else Root(expand(self.tree))


class RenderedChildren:
    """The nested components that one render came across."""

    __slots__ = ("components", "unkeyed")

    def __init__(self) -> None:
        self.components: dict[ChildIdentity, MountedComponent] = {}
        self.unkeyed: dict[tuple[str, LiveComponent], int] = {}
        """The number of components without a key at each place."""
