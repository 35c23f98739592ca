"""Functions for the code of a running component: its request and user, rendering at once, events for scripts.

``hyper.context`` says which component is running.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from hyper.compiling.mistakes import must_be_awaited
from hyper.context import current, rendering
from hyper.errors import AuthorError, ComponentError
from hyper.transport.component import RequestContext
from hyper.transport.wire import to_json

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


def running_component() -> MountedComponent | None:
    """The component whose setup, view, handler, hook or task is running; ``None`` if there is none."""
    return cast("MountedComponent | None", current.get())


def running_component_for(what: str) -> MountedComponent:
    """The running component. Raises ``ComponentError``, which names the function ``what``, if there is none."""
    mounted = running_component()
    if mounted is None:
        raise ComponentError(f"{what}() works inside a live component: in its setup, a handler or a hook")
    return mounted


def viewed_component() -> MountedComponent | None:
    """The component whose view is running, maybe by a function of another component; ``None`` if none is."""
    mounted = cast("MountedComponent | None", rendering.get())
    return mounted if mounted is not None and mounted.view is not None else None


@must_be_awaited
async def render() -> None:
    """Show the component's present state now, from within a handler or task: ``await render()``.

    A handler that loads something sets its loading state, awaits this, and continues. Without it the page is
    updated once, when the handler is done. In a task, while a handler or another job of the page runs, it returns at
    once: the page is updated when that has ended, as it shows nothing half done.
    """
    mounted = running_component_for("render")
    if rendering.get() is not None and mounted.view is not None:
        raise AuthorError(
            "await render() within the view: call it in a handler, the view is rendering already"
        )
    mounted.invalidate()
    page = mounted.page
    if page.host is not None and page.may_render():
        await page.host.flush()


def push(event: str, detail: object = None) -> None:
    """Dispatch ``live:event`` with ``detail`` on the component's root in the browser, for the page's scripts.

    What a handler pushes is sent when it has ended well, after its updates; if it fails, it is not sent. ``detail`` is
    anything that JSON can hold; the page listens with ``root.addEventListener("live:saved", …)`` or in a hook. Without a
    browser nothing happens. For a page that is offline or slow the newest ``Limits.queued_pushes`` wait; ``live:missed``
    reports how many were dropped. Raises ``TypeError`` or ``ValueError`` if ``detail`` is not JSON.
    """
    mounted = running_component_for("push")
    to_json(event)  # so that it is refused here, and not when it is sent
    message = (mounted.id, event, to_json(detail))
    unit = mounted.page.mailbox.own_unit()
    if mounted.is_closed:
        return
    if unit is not None and unit.is_open:
        unit.push(*message)
    elif mounted.page.host is not None:
        mounted.page.host.push(*message)


def request() -> RequestContext:
    """The HTTP request of the running component's page: its user, path and some headers."""
    return running_component_for("request").page.request or RequestContext("")


class CurrentUser:
    """A proxy for ``request().user`` of the running component: has the user's attributes, and is equal to the user.

    It is false if nobody is logged in, or no component is running.
    """

    def __getattr__(self, name: str) -> Any:
        user = _user()
        if user is None:
            raise AuthorError(
                f"current_user.{name}: nobody is logged in. Have auth in setup(app, auth=…) return a user, or"
                " refuse with web.HTTPUnauthorized; or check first: if current_user"
            )
        return getattr(user, name)

    def __eq__(self, other: object) -> bool:
        return bool(_user() == (_user() if other is self else other))

    def __hash__(self) -> int:
        return hash(_user())

    def __bool__(self) -> bool:
        return bool(_user())

    def __str__(self) -> str:
        return str(_user())

    def __repr__(self) -> str:
        return f"<current_user {_user()!r}>"


def _user() -> Any:
    mounted = running_component()
    request = mounted.page.request if mounted is not None else None
    return request.user if request is not None else None


current_user: Any = CurrentUser()
"""The user of the running component."""
