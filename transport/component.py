"""What the transport and the components know of each other: two protocols, and the types that both use.

``Mount`` is the component's side: one page-level component with all that is nested in it. ``Host`` is the
transport's side, handed to the mount. Neither knows the other's classes, so the transport is tested with a
mount of ten lines, and components are tested without a socket.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, NamedTuple, Protocol, TypeAlias

from ..vdom import HyperError

KNOWN_HEADERS: Final = ("accept-language", "user-agent", "referer")
"""The request headers that components may read: what a page depends on, and no credentials."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What a component may know of the HTTP request that it was mounted for."""

    session_hash: str
    """Stands for the visitor's session cookie; the cookie itself is not passed on."""
    user: Any = None
    """What the application's ``auth`` hook returned."""
    path: str = "/"
    """The path of the page, also when the component is mounted again for its socket."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers of ``KNOWN_HEADERS`` that were sent; names in lower case."""

    def is_by_same_visitor(self, other: RequestContext) -> bool:
        """Do both requests come from the same session and the same user?"""
        return self.session_hash == other.session_hash and bool(self.user == other.user)


class ComponentPatches(NamedTuple):
    """The patches of one component: ``("c1", [{"path": "p/text", "value": "5"}])``."""

    component_id: str
    patches: list[Any]


class Host(Protocol):
    """What a mount may ask of the transport. All calls are cheap, and do nothing after the mount is closed."""

    def wake(self) -> None:
        """Something is dirty: call ``changes()`` soon, once for many calls. Waits for a slow client."""
        ...

    async def flush(self) -> None:
        """Call ``changes()`` now and queue the update. Never waits for a slow client."""
        ...

    def push(self, component_id: str, event: str, detail: object) -> None:
        """Dispatch ``live:event`` on the component's root, after the updates that are due."""
        ...

    def report(self, error: Exception, what: str) -> None:
        """A timer, a task or one component's view failed; the rest of the page goes on."""
        ...


class Mount(Protocol):
    """One mounted page-level component, with the nested ones inside it. It has been rendered once."""

    @property
    def id(self) -> str:
        """The id that the transport chose: random and url-safe. Nested ones are ``ID.n``."""
        ...

    def html(self) -> str:
        """HTML of the tree that ``changes()`` rendered last: what is inside the wrapper element."""
        ...

    async def call(
        self, component_id: str, event: str, args: list[object] | None, params: dict[str, object]
    ) -> None:
        """Validate the arguments and run one handler. Raises ``CallError``. Never called twice at a time."""
        ...

    def merge_fields(self, component_id: str, fields: list[tuple[str, str | None]]) -> None:
        """Merge the form states that the browser reports into the tree, before the next ``changes()``."""
        ...

    async def changes(self) -> list[ComponentPatches]:
        """Render: the patches since the last ``changes()``; ``[]`` when nothing changed. Never called twice at a time.

        If it raises, the next call starts from the same tree as this one.
        """
        ...

    def leave(self) -> None:
        """The browser closed the page. It may come back, for instance with its back button."""
        ...

    def come_back(self) -> None:
        """A browser shows the page again, whether it had closed it or lost its connection."""
        ...

    def freeze(self) -> None:
        """Take less memory until something happens again. Called when nothing has happened for a while."""
        ...

    def attach(self, host: Host) -> None:
        """Keep ``host``. Called once, right after the mount was started."""
        ...

    async def connected(self) -> None:
        """A browser shows the page: run the ``on_mount`` hooks. Called once, in a task of its own."""
        ...

    async def close(self) -> None:
        """Unmount: run the hooks and end the tasks. May be called again."""
        ...


Remounter: TypeAlias = Callable[[str, dict[str, Any], str, RequestContext], Awaitable[Mount]]
"""``remount(name, props, mount_id, context)`` mounts a component again; raises ``UnknownComponentError``."""


class CallError(HyperError):
    """An event failed. ``message`` is for the page's user."""

    code: ClassVar[str] = "handler_failed"

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})
        """What is wrong with each argument: ``{"age": "Input should be a valid integer"}``."""


class BadArgumentError(CallError):
    """The arguments do not match the handler's annotations; it was not called."""

    code = "bad_argument"


class UnknownEventError(CallError):
    """There is no handler of that name, or none that is on the page now."""

    code = "unknown_event"


class UnknownComponentError(CallError):
    """There is no component of that name, or no nested one with that id."""

    code = "unknown_component"


class HandlerFailedError(CallError):
    """The handler raised; the exception is its ``__cause__``."""

    code = "handler_failed"


class HandlerTimeoutError(CallError):
    """The handler or the view took longer than ``Limits.handler_s`` and was cancelled."""

    code = "handler_timeout"
