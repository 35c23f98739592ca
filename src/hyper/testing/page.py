"""``mount``: a live component on a page of its own, for tests, without a socket and without a browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from hyper.components.component import LiveComponent
from hyper.dom import controls
from hyper.dom.elements import DomElement
from hyper.simulated.message import Message
from hyper.simulated.query import QueryError, excerpt
from hyper.testing.base_page import BasePage
from hyper.testing.fields import steps_for
from hyper.testing.loop import blocking, run
from hyper.testing.open_pages import begin_step
from hyper.testing.results import Found
from hyper.testing.user import User
from hyper.transport.component import RequestContext


class AsyncPage(BasePage):
    """A component on a page, for async tests. Made by ``mount_async``."""

    async def click(self, css: str, text: str | None = None) -> None:
        """Click an element: ``click("button", "Save")``. Labels, checkboxes and submit buttons work as in a browser."""
        user = self._user()
        user.click(self._under_test.browser.one(css, text))
        await self._deliver(user)

    async def fill(self, css: str, value: object) -> None:
        """Replace the content of a field by typing. Events that wait (``.debounce``) are sent at once."""
        user = self._user()
        user.fill(self._under_test.browser.one(css), str(value))
        await self._deliver(user)

    async def check(self, css: str) -> None:
        """Check a checkbox or radio button. Does nothing if it is checked."""
        user = self._user()
        user.check(self._under_test.browser.one(css), True)
        await self._deliver(user)

    async def uncheck(self, css: str) -> None:
        """Uncheck a checkbox. Does nothing if it is not checked."""
        user = self._user()
        user.check(self._under_test.browser.one(css), False)
        await self._deliver(user)

    async def select(self, css: str, *values: str) -> None:
        """Choose options of a ``<select>`` by their values or labels."""
        user = self._user()
        user.select(self._under_test.browser.one(css), values)
        await self._deliver(user)

    async def submit(self, css: str = "form", /, **fields: object) -> None:
        """Fill fields of a form by their names, then submit it: ``submit("form", text="milk", urgent=True)``.

        Live validation runs after each field; ``updates`` has what the server sent for all of them.
        """
        user = self._user()
        for name, value in fields.items():
            for number in range(len(steps_for(user, self._form(css), name, value))):
                user = self._under_test.user()  # on the page as the previous step has left it
                steps_for(user, self._form(css), name, value)[number]()
                await self._deliver(user)
        user = self._under_test.user()
        user.submit(self._under_test.browser.one(css))
        await self._deliver(user)

    def _form(self, css: str) -> DomElement:
        element = self._under_test.browser.one(css)
        form = controls.form_of(element)
        if form is None:
            raise QueryError(f"{excerpt(element, 300)} is not in a form")
        return form

    async def keydown(self, css: str, key: str) -> None:
        """Press a key: ``"Enter"``, ``"a"``, ``"ctrl+s"``. Enter in a field submits its form."""
        user = self._user()
        user.keydown(self._under_test.browser.one(css), key)
        await self._deliver(user)

    async def focus(self, css: str) -> None:
        """Move the focus to an element."""
        user = self._user()
        user.focus(self._under_test.browser.one(css))
        await self._deliver(user)

    async def blur(self) -> None:
        """Remove the focus from the element that has it."""
        user = self._user()
        user.focus(None)
        await self._deliver(user)

    async def drag(self, css: str, onto: str) -> None:
        """Drag one element onto another."""
        user = self._user()
        browser = self._under_test.browser
        user.drag(browser.one(css), browser.one(onto))
        await self._deliver(user)

    async def trigger(self, css: str, event: str, /, **members: object) -> None:
        """Fire any other DOM event at an element: ``trigger("#map", "mouseenter")``.

        ``members`` are those of the event, named as in the browser: ``trigger("#map", "click", clientX=5)``,
        ``trigger("#map", "pick", detail={"id": 7})``.
        """
        user = self._user()
        element = self._under_test.browser.one(css)
        before = user.browser.heard
        user.fire(event, element, members=members)
        user.must_be_heard(before, element, event)
        await self._deliver(user)

    async def event(self, name: str, /, *args: object, **params: object) -> None:
        """Send an event to the page-level component without going through the page, as a forged message could.

        ``event("add", "milk", 5)`` sends arguments as ``@click="add(…)"`` does, and is refused if the page does not
        call it with two; ``event("add", text="milk")`` sends named data as ``@click="add"`` does.
        """
        begin_step()
        given = json.loads(json.dumps([list(args) if args else None, params]))
        await self._under_test.deliver([Message(self._under_test.mount.id, name, given[0], given[1])])

    async def advance(self, seconds: float) -> None:
        """Let time pass for the timers (``every``) of all pages. Time passes only by this call."""
        begin_step()
        await self._under_test.advance(seconds)

    async def settle(self) -> None:
        """Show changes that were not made on this page: by ``broadcast()`` in a test, or by a task."""
        begin_step()
        await self._under_test.settle()

    async def disconnect(self) -> None:
        """Lose the connection. The user can continue; events and updates wait for ``connect()``.

        Slow connections have the same effect: an older update arrives at a page on which the user has typed on.
        """
        begin_step()
        self._under_test.disconnect()

    async def connect(self) -> None:
        """Restore the connection: events that waited are run, then the page is updated."""
        begin_step()
        await self._under_test.connect()

    async def restart(self) -> None:
        """Restart the server without its state: the component is mounted again for the page as it is.

        The browser reports again what the user has filled in. Events that waited for the lost state are dropped.
        """
        begin_step()
        await self._under_test.restart()

    async def wait_for(self, css: str, text: str | None = None, *, timeout_s: float = 5) -> Found:
        """The first element that matches, as soon as there is one: for the results of tasks and threads.

        Raises ``QueryError`` if none appears within ``timeout_s``.
        """
        loop = asyncio.get_running_loop()
        end_s = loop.time() + timeout_s
        await self._under_test.settle()
        while not (found := self.all(css, text)):
            if loop.time() > end_s:
                raise QueryError(f"{css!r} did not appear within {timeout_s} s.\n\nThe page:\n{self.html}")
            await asyncio.sleep(0.005)
            await self._under_test.settle()
        return found[0]

    async def close(self) -> None:
        """Unmount the component, as if its window was closed. Other pages see that it has gone."""
        begin_step()
        await self._under_test.leave()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _user(self) -> User:
        if self._under_test.is_closed:
            raise QueryError("this page is closed")
        begin_step()
        return self._under_test.user()

    async def _deliver(self, user: User) -> None:
        await self._under_test.act(user)


class Page(BasePage):
    """A component on a page. Made by ``mount``; its verbs are those of ``AsyncPage``, without ``await``."""

    click = blocking(AsyncPage.click)
    fill = blocking(AsyncPage.fill)
    check = blocking(AsyncPage.check)
    uncheck = blocking(AsyncPage.uncheck)
    select = blocking(AsyncPage.select)
    submit = blocking(AsyncPage.submit)
    keydown = blocking(AsyncPage.keydown)
    focus = blocking(AsyncPage.focus)
    blur = blocking(AsyncPage.blur)
    drag = blocking(AsyncPage.drag)
    trigger = blocking(AsyncPage.trigger)
    event = blocking(AsyncPage.event)
    advance = blocking(AsyncPage.advance)
    settle = blocking(AsyncPage.settle)
    disconnect = blocking(AsyncPage.disconnect)
    connect = blocking(AsyncPage.connect)
    restart = blocking(AsyncPage.restart)
    wait_for = blocking(AsyncPage.wait_for)
    close = blocking(AsyncPage.close)

    @contextmanager
    def latency(self) -> Iterator[None]:
        with super().latency():
            yield
        run(self._under_test.settle())

    _user = AsyncPage._user
    _deliver = AsyncPage._deliver
    _form = AsyncPage._form

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def mount(
    component: LiveComponent,
    /,
    *,
    check: bool = True,
    request: RequestContext | None = None,
    raises: bool = True,
    **props: Any,
) -> Page:
    """A page that shows ``component``, for plain tests: ``page = mount(counter, start=5)``.

        page.click("button", "+")
        assert page.text("p") == "Count: 6"
        assert page.patches == [{"path": "div/p/text", "value": "Count: 6"}]

    Each step checks that the patched trees equal the rendered ones; ``check=False`` turns that off. ``request``
    is what ``hyper.request()`` returns in the component: ``RequestContext("session", user=7)``. Raises what a nested
    component raises when it is mounted; with ``raises=False`` that is shown in its place, as for a user.
    ``page.close()``, ``with mount(counter) as page:`` or, after the test, the pytest plugin closes the page.
    """
    page = Page(component, props, check, request, raises)
    run(page._under_test.start())
    return page


async def mount_async(
    component: LiveComponent,
    /,
    *,
    check: bool = True,
    request: RequestContext | None = None,
    raises: bool = True,
    **props: Any,
) -> AsyncPage:
    """The same for async tests: ``page = await mount_async(counter)``, ``await page.click("button")``."""
    page = AsyncPage(component, props, check, request, raises)
    await page._under_test.start()
    return page
