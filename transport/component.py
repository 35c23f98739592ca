"""The interface between the transport and the components: two protocols, and the types that both use.

``Mount`` is the component's side: one page-level component with all that is nested in it. ``Host`` is the
transport's side, handed to the mount. Neither knows the other's classes, so the transport is tested with a
mount of ten lines, and components are tested without a socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, NamedTuple, Protocol, TypeAlias

from ..vdom import HyperError

ErrorTexts: TypeAlias = "Mapping[str, str] | Callable[[str, Mapping[str, Any]], str | None]"
"""Texts for visitors by pydantic's error types; or a function of type and context, ``None`` being the usual text."""
KNOWN_HEADERS: Final = ("accept-language", "user-agent", "referer")
"""The request headers that components may read: what a page depends on, and no credentials."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The part of an HTTP request that the component mounted for it may read."""

    session_hash: str
    """A hash of the visitor's session id; the session cookie itself is not passed on."""
    user: Any = None
    """What the application's ``auth`` hook returned."""
    path: str = "/"
    """The path of the page, also when the component is mounted again for its socket."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Those of ``KNOWN_HEADERS`` that were sent; names in lower case."""
    network: str = ""
    """Whose share of what all visitors use it takes: an address, 64 bits of an IPv6 address, or ``""`` if not known."""
    error_texts: ErrorTexts | None = field(default=None, compare=False, repr=False)
    """What ``setup`` was given for the texts of errors: not of the request, but of the application that it came to."""

    def is_by_same_visitor(self, other: RequestContext) -> bool:
        """Do both requests come from the same session and the same user?"""
        return self.session_hash == other.session_hash and is_same_user(self.user, other.user)


def is_same_user(one: object, other: object) -> bool:
    """Are these the same user? Objects of different types are not, even if they are equal, as ``1`` and ``True`` are."""
    return type(one) is type(other) and bool(one == other)


ReportedField: TypeAlias = tuple[str, str | None]
"""The path of a form control, and the value that it holds in the browser."""


class ComponentPatches(NamedTuple):
    """The patches of one component: ``("c1", [{"path": "p/text", "value": "5"}])``."""

    component_id: str
    patches: list[Any]


class Host(Protocol):
    """What a mount may ask of the transport. All calls are cheap, and do nothing once the mount is closed."""

    @property
    def job_s(self) -> float | None:
        """How long a job of the mount (a handler, a tick, a hook) may run, in seconds; ``None``: without end."""
        ...

    def names_waiting(self) -> list[str]:
        """The names of the events that wait for the running one."""
        ...

    def wake(self) -> None:
        """Note that something is dirty: ``changes()`` is called soon, once for many calls. Waits for a slow client."""
        ...

    async def flush(self) -> None:
        """Call ``changes()`` now and queue the update. Never waits for a slow client."""
        ...

    def push(self, component_id: str, event: str, detail_json: str) -> None:
        """Dispatch ``live:event`` on the component's root, after the updates that are due."""
        ...

    def report(self, error: Exception, what: str) -> None:
        """Report that a timer, a task or one component's view failed; the rest of the page continues."""
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
        self,
        component_id: str,
        event: str,
        args: list[object] | None,
        params: dict[str, object],
        fields: Sequence[ReportedField] = (),
    ) -> bool:
        """Wait for a turn, validate the arguments and run one handler. Raises ``CallError`` if that fails.

        Returns ``True`` if what was said is not valid, and the page shows why.
        ``fields`` are the states of form controls that the browser reports with the event: the next ``changes()``
        corrects them. A handler that takes longer than the host's ``job_s`` is stopped: ``HandlerTimeoutError``.
        """
        ...

    async def idle(self) -> None:
        """Wait until no job runs: when this returns, and until the caller next waits, ``changes()`` shows the page."""
        ...

    async def changes(self) -> list[ComponentPatches] | None:
        """Render. Returns the patches since the last call; ``[]`` when nothing changed. One call at a time.

        Returns ``None`` while a job runs, unless the job itself asks: the host is woken when it has ended.

        If it raises, the next call starts from the same tree as this one.
        """
        ...

    def disconnected(self, *, has_left: bool) -> None:
        """Note that no browser is connected. The page may come back, also if the browser closed it (``has_left``)."""
        ...

    def reconnected(self) -> None:
        """Note that a browser shows the page again, after it had closed it or lost its connection."""
        ...

    def size(self) -> int:
        """About how many bytes are kept for it."""
        ...

    def freeze(self) -> None:
        """Use less memory until something happens again. Called when nothing has happened for a while."""
        ...

    def attach(self, host: Host) -> None:
        """Use this ``host`` from now on. Called once, right after the mount was started."""
        ...

    async def connected(self) -> None:
        """Run the ``on_mount`` hooks, each in its turn: a browser shows the page. Called once, in a task of its own."""
        ...

    async def close(self) -> None:
        """Unmount: stop the job that runs, run the hooks and end the tasks. Calling it again does nothing."""
        ...


Remounter: TypeAlias = Callable[[str, dict[str, Any], str, RequestContext], Awaitable[Mount]]
"""``remount(name, props, mount_id, context)`` mounts a component again.

Raises ``UnknownComponentError`` if there is no component of that name.
"""


class CallError(HyperError):
    """An event failed. ``message`` is for the page's user."""

    code: ClassVar[str] = "handler_failed"

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = {name: str(text) for name, text in (fields or {}).items()}
        """The error of each argument: ``{"age": "Input should be a valid integer"}``."""


class BadArgumentError(CallError):
    """The arguments do not match the handler's annotations; it was not called."""

    code = "bad_argument"


class UnknownEventError(CallError):
    """There is no handler of that name, or the page does not show an element bound to it."""

    code = "unknown_event"


class UnknownComponentError(CallError):
    """There is no component of that name, or no nested one with that id."""

    code = "unknown_component"


class HandlerFailedError(CallError):
    """The handler raised; the exception is its ``__cause__``."""

    code = "handler_failed"


def cancelled_elsewhere(error: asyncio.CancelledError, what: str) -> HandlerFailedError | None:
    """The failure of ``what``, which met the ``CancelledError`` of something else: of a task that it waited for.

    ``None`` if the running task itself is being cancelled.
    """
    task = asyncio.current_task()
    if task is None or task.cancelling():
        return None
    failure = HandlerFailedError(f"{what} met a CancelledError")
    failure.__cause__ = error
    return failure


def forgive(task: asyncio.Task[Any] | None) -> None:
    """Take back the cancellation of a task, so that it can go on with something else."""
    while task is not None and task.cancelling():
        task.uncancel()


class HandlerTimeoutError(CallError):
    """The handler or the view took longer than ``Limits.handler_s`` and was stopped; what it did is undone."""

    code = "handler_timeout"
