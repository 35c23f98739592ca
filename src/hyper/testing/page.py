"""``mount``: a live component on a page of its own, for tests, without a socket or a browser."""

from __future__ import annotations

import asyncio
import json
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import Any, Self

from hyper.components.component import LiveComponent
from hyper.diff import Patch
from hyper.dom import controls
from hyper.dom.elements import DomElement
from hyper.simulated.message import Message
from hyper.simulated.query import QueryError, excerpt
from hyper.testing.fields import steps_for
from hyper.testing.found import Found
from hyper.testing.loop import blocking, run
from hyper.testing.sent import Pushed, Update
from hyper.testing.session import begin_step, new_session
from hyper.testing.user import User
from hyper.transport.component import RequestContext
from hyper.vdom.markup import to_html


class BasePage:
    """What can be asked about a page."""

    def __init__(
        self,
        component: LiveComponent,
        properties: dict[str, Any],
        check: bool = True,
        request: RequestContext | None = None,
        raises: bool = True,
    ) -> None:
        if not isinstance(component, LiveComponent):
            raise TypeError(f"mount() takes a live component, not {component!r}: put @live above it")
        self._session = new_session(component, properties, check, request, raises)

    @property
    def html(self) -> str:
        """The HTML of the component, as the server has it."""
        return self._session.mount.html()

    @property
    def updates(self) -> list[Update]:
        """What the server sent since a step was last taken on any page: an update for each
        ``await render()``, one for what changed at the end; one more for each nested component."""
        return list(self._session.updates)

    @property
    def patches(self) -> list[Patch]:
        """The patches of all ``updates``, in the order they were sent."""
        return [patch for update in self._session.updates for patch in update.patches]

    @property
    def bytes(self) -> int:
        """Size of all ``updates`` as they travel."""
        return sum(update.size_bytes for update in self._session.updates)

    @property
    def pushed(self) -> list[Pushed]:
        """Events for the page's scripts since the last step; what is pushed while the line is down comes later."""
        return list(self._session.pushed)

    @property
    def agrees(self) -> bool:
        """What the user answers to ``$confirm``, ``True`` at first; may be set."""
        return self._session.browser.agrees

    @agrees.setter
    def agrees(self, agrees: bool) -> None:
        self._session.browser.agrees = agrees

    @property
    def asked(self) -> list[str]:
        """The questions of ``$confirm`` so far."""
        return list(self._session.browser.asked)

    @property
    def copied(self) -> str | None:
        """What ``$copy`` has put into the clipboard last."""
        return self._session.browser.copied

    def find(self, css: str, text: str | None = None) -> Found:
        """The one element that matches; ``QueryError`` where there is none, or more than one.

        Of several, ``text`` picks those that contain it, or say exactly this. ``:checked``, ``:disabled``,
        ``:enabled`` and ``:focus`` mean what they do in a browser.
        """
        return Found(self._session.browser.one(css, text))

    def all(self, css: str, text: str | None = None) -> list[Found]:
        """The elements that match, in document order."""
        return [Found(element) for element in self._session.browser.all(css, text)]

    def has(self, css: str, text: str | None = None) -> bool:
        """Does any element match?"""
        return bool(self._session.browser.all(css, text))

    def text(self, css: str | None = None) -> str:
        """The text of the one element that matches, or of the page; white space collapsed."""
        return (self._session.browser.top if css is None else self._session.browser.one(css)).text()

    def texts(self, css: str) -> list[str]:
        """The text of each element that matches."""
        return [element.text() for element in self._session.browser.all(css)]

    def value(self, css: str) -> str | None:
        """What the one form control that matches shows."""
        return self.find(css).value

    @contextmanager
    def latency(self) -> Iterator[None]:
        """Within it what the server sends is under way: it arrives at the end, in order.

        Events reach the server at once. So the user goes on with an older page, as on a slow line: until the end
        elements show that they are loading (``live-loading``, ``aria-busy``), and submit buttons are disabled.
        """
        self._session.slow_down()
        try:
            yield
        finally:
            self._session.catch_up()

    def open_browser(self) -> Path:
        """Write what the page shows to a temporary file, and open it in the system's browser; the file's path."""
        shown = to_html(self._session.browser.top.to_node(is_shown=True))
        name = self._session.mount.root.component.name
        with NamedTemporaryFile(
            "w", encoding="utf-8", prefix=f"{name}-", suffix=".html", delete=False
        ) as file:
            file.write(f"<!doctype html>\n<meta charset='utf-8'>\n<title>{name}</title>\n{shown}\n")
        path = Path(file.name)
        webbrowser.open(path.as_uri())
        return path

    def __repr__(self) -> str:
        return f"<page of {self._session.mount.root.component.name}>\n{excerpt(self._session.browser.top)}"


class AsyncPage(BasePage):
    """A component on a page, for tests that are async themselves. Made by ``mount_async``."""

    async def click(self, css: str, text: str | None = None) -> None:
        """Click an element: ``click("button", "Save")``. Labels, ticks and submit buttons work as ever."""
        user = self._user()
        user.click(self._session.browser.one(css, text))
        await self._deliver(user)

    async def fill(self, css: str, value: object) -> None:
        """Type into a field, in place of what it holds. What waits (``.debounce``) is sent at once."""
        user = self._user()
        user.fill(self._session.browser.one(css), str(value))
        await self._deliver(user)

    async def check(self, css: str) -> None:
        """Check a checkbox or radio button; nothing happens if it is."""
        user = self._user()
        user.check(self._session.browser.one(css), True)
        await self._deliver(user)

    async def uncheck(self, css: str) -> None:
        """Take the tick from a checkbox; nothing happens if it has none."""
        user = self._user()
        user.check(self._session.browser.one(css), False)
        await self._deliver(user)

    async def select(self, css: str, *values: str) -> None:
        """Choose options of a ``<select>`` by their values or labels."""
        user = self._user()
        user.select(self._session.browser.one(css), values)
        await self._deliver(user)

    async def submit(self, css: str = "form", /, **fields: object) -> None:
        """Fill fields of a form by their names, then submit it: ``submit("form", text="milk", urgent=True)``.

        Each field is a step of its own, so live validation runs in between; ``updates`` are those of all.
        """
        user = self._user()
        for name, value in fields.items():
            for number in range(len(steps_for(user, self._form(css), name, value))):
                user = self._session.user()  # each step meets the page that the one before has left
                steps_for(user, self._form(css), name, value)[number]()
                await self._deliver(user)
        user = self._session.user()
        user.submit(self._session.browser.one(css))
        await self._deliver(user)

    def _form(self, css: str) -> DomElement:
        element = self._session.browser.one(css)
        form = controls.form_of(element)
        if form is None:
            raise QueryError(f"{excerpt(element, 300)} belongs to no form")
        return form

    async def keydown(self, css: str, key: str) -> None:
        """Press a key: ``"Enter"``, ``"a"``, ``"ctrl+s"``; Enter in a field submits its form."""
        user = self._user()
        user.keydown(self._session.browser.one(css), key)
        await self._deliver(user)

    async def focus(self, css: str) -> None:
        """Move the focus to an element."""
        user = self._user()
        user.focus(self._session.browser.one(css))
        await self._deliver(user)

    async def blur(self) -> None:
        """Take the focus from the element that has it."""
        user = self._user()
        user.focus(None)
        await self._deliver(user)

    async def drag(self, css: str, onto: str) -> None:
        """Drag one element onto another."""
        user = self._user()
        browser = self._session.browser
        user.drag(browser.one(css), browser.one(onto))
        await self._deliver(user)

    async def trigger(self, css: str, event: str, /, **members: object) -> None:
        """Let any other DOM event happen at an element: ``trigger("#map", "mouseenter")``.

        ``members`` are the event's own, named as in the browser: ``trigger("#map", "click", clientX=5)``,
        ``trigger("#map", "pick", detail={"id": 7})``.
        """
        user = self._user()
        element = self._session.browser.one(css)
        before = user.browser.heard
        user.fire(event, element, members=members)
        user.must_be_heard(before, element, event)
        await self._deliver(user)

    async def event(self, name: str, /, *args: object, **params: object) -> None:
        """Send an event to the page-level component past the page: what a forged message could say.

        ``event("add", "milk", 5)`` is the call form, ``event("add", text="milk")`` the bare one.
        """
        begin_step()
        given = json.loads(json.dumps([list(args) if args else None, params]))
        await self._session.deliver([Message(self._session.mount.id, name, given[0], given[1])])

    async def advance(self, seconds: float) -> None:
        """Let time go by, for the timers (``every``) of all pages: it stands still otherwise."""
        begin_step()
        await self._session.advance(seconds)

    async def settle(self) -> None:
        """Show what changed without this page: by ``broadcast()`` in a test, by a task."""
        begin_step()
        await self._session.settle()

    async def disconnect(self) -> None:
        """Lose the connection. The user may go on; events and updates wait for ``connect()``.

        It is what slow lines do, too: an older update meets a page on which somebody went on typing.
        """
        begin_step()
        self._session.disconnect()

    async def connect(self) -> None:
        """Have the connection back: events that waited are run, then the page is up to date."""
        begin_step()
        await self._session.connect()

    async def restart(self) -> None:
        """Let the server start anew, its state lost: the component is mounted again for the page as it is.

        What the user has filled in is told again, events that waited for the lost state are dropped.
        """
        begin_step()
        await self._session.restart()

    async def wait_for(self, css: str, text: str | None = None, *, timeout_s: float = 5) -> Found:
        """The first element that matches, as soon as there is one: for what tasks and threads bring."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + timeout_s
        await self._session.settle()
        while not (found := self.all(css, text)):
            if loop.time() > end_s:
                raise QueryError(f"{css!r} did not appear within {timeout_s} s.\n\nThe page:\n{self.html}")
            await asyncio.sleep(0.005)
            await self._session.settle()
        return found[0]

    async def close(self) -> None:
        """Unmount the component, as when its window is closed."""
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _user(self) -> User:
        if self._session.is_closed:
            raise QueryError("this page is closed")
        begin_step()
        return self._session.user()

    async def _deliver(self, user: User) -> None:
        await self._session.act(user)


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

    Each step checks that the patched trees are the rendered ones; ``check=False`` leaves that out. ``request``
    is what ``hyper.request()`` gives in the component: ``RequestContext("session", user=7)``. What a nested
    component raises when it is mounted is raised here; with ``raises=False`` it leaves a card, as for a user.
    ``page.close()``, ``with mount(counter) as page:`` or, after the test, the pytest plugin closes the page.
    """
    page = Page(component, props, check, request, raises)
    run(page._session.start())
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
    await page._session.start()
    return page
