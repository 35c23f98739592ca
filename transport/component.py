"""What the transport and the components know of each other: two protocols and the words between them.

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
    """What an auth hook and a component may know of the HTTP request behind a mount."""

    session_hash: str
    """Stands for the visitor's session cookie; the cookie itself stays out of reach."""
    user: Any = None
    """What the application's ``auth`` hook returned."""
    path: str = "/"
    """Of the page, also when the component is mounted again for its socket."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Those of ``KNOWN_HEADERS`` that were sent, names in lower case."""

    def is_by_same_visitor(self, other: RequestContext) -> bool:
        """Do both come from one session, and from one user?"""
        return self.session_hash == other.session_hash and bool(self.user == other.user)


class ComponentPatches(NamedTuple):
    """The patches of one component: ``("c1", [{"path": "p/text", "value": "5"}])``."""

    component_id: str
    patches: list[Any]


class Host(Protocol):
    """What a mount may ask of the transport. All are cheap, and harmless after the mount is closed."""

    def wake(self) -> None:
        """Something is dirty: call ``changes()`` soon. Coalesced; waits for a slow client."""
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
    """One mounted page-level component, with the nested ones inside it. Already started."""

    @property
    def id(self) -> str:
        """The id that the transport chose: random and url-safe. Nested ones are ``ID.n``."""
        ...

    def html(self) -> str:
        """HTML of the tree that ``changes()`` gave last: what stands inside the wrapper."""
        ...

    async def call(
        self, component_id: str, event: str, args: list[object] | None, params: dict[str, object]
    ) -> None:
        """Validate and run one handler; raises ``CallError``. Never called twice at a time."""
        ...

    def merge_fields(self, component_id: str, fields: list[tuple[str, str | None]]) -> None:
        """Take over form states that the browser reports, before the next ``changes()``."""
        ...

    async def changes(self) -> list[ComponentPatches]:
        """Patches against what ``changes()`` gave last; ``[]`` when clean. Never called twice at a time.

        When it raises, it gave nothing: the next one starts from the same tree.
        """
        ...

    def leave(self) -> None:
        """The browser closed the page. It may come back, with its back button for instance."""
        ...

    def come_back(self) -> None:
        """A browser shows the page again, whether it had closed it or lost its connection."""
        ...

    def freeze(self) -> None:
        """Take less memory, until something happens. Called when nothing has happened for a while."""
        ...

    def attach(self, host: Host) -> None:
        """Keep ``host``. Called once, right after the mount was started."""
        ...

    async def connected(self) -> None:
        """A browser shows the page: run the ``on_mount`` hooks. Called once, in a task of its own."""
        ...

    async def close(self) -> None:
        """Unmount: hooks, tasks. May be called again."""
        ...


Remounter: TypeAlias = Callable[[str, dict[str, Any], str, RequestContext], Awaitable[Mount]]
"""``remount(name, props, mount_id, context)`` mounts a component again; raises ``UnknownComponentError``."""


class CallError(HyperError):
    """An event that did not do what it should. ``message`` is meant for the page's user."""

    code: ClassVar[str] = "handler_failed"

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})
        """What is wrong with which argument: ``{"age": "Input should be a valid integer"}``."""


class BadArgumentError(CallError):
    """The arguments do not fit the handler's annotations; it was not called."""

    code = "bad_argument"


class UnknownEventError(CallError):
    """No handler of that name, or none that is on the page now."""

    code = "unknown_event"


class UnknownComponentError(CallError):
    """No component of that name, or no nested one of that id."""

    code = "unknown_component"


class HandlerFailedError(CallError):
    """The handler raised; the exception is its ``__cause__``."""

    code = "handler_failed"


class HandlerTimeoutError(CallError):
    """The handler or the view took longer than ``Limits.handler_s`` and was cancelled."""

    code = "handler_timeout"
