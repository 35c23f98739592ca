"""Test pages in a real browser, for ``pytest --live-browser``: the same tests, and nothing in them changes.

A thread of its own runs a server and Chromium. After each step the page is copied out of the browser, so that
everything a test asks is answered as without one; and it is compared with what a parser makes of the server's HTML.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from aiohttp import web

import hyper.app
from hyper.page_mount import PageMount
from hyper.simulated.browser import Browser
from hyper.simulated.controls import default_value, is_choice, is_control
from hyper.simulated.message import Message
from hyper.testing import session as sessions
from hyper.testing.chromium_scripts import CHANGE, ELEMENT, FIRE, READ
from hyper.testing.clock import Clock
from hyper.testing.recording import Action, RecordingUser
from hyper.testing.session import ReportingMount, Session, Update
from hyper.testing.user import User
from hyper.transport.component import CallError, Change, RequestContext

if TYPE_CHECKING:
    from playwright.async_api import ElementHandle, Page

T = TypeVar("T")
CHROMIUM: Final = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WAIT_S: Final = 10
"""How long a page may take to come to rest."""
KEYS: Final = {
    "ctrl": "Control",
    "cmd": "Meta",
    "meta": "Meta",
    "alt": "Alt",
    "shift": "Shift",
    "esc": "Escape",
}


class Studio:
    """The thread with the server and the browser; there is one."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.mounts: dict[str, WatchedMount] = {}
        """Those that wait for their page, by a name made for it."""
        self.address = ""
        self.browser: Any = None
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True, name="live-browser")
        self._cleanups: list[Callable[[], Awaitable[Any]]] = []

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self.loop).result()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def run(self, job: Coroutine[Any, Any, T]) -> T:
        """The result of ``job``, which runs in the studio's thread."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(job, self.loop))

    async def _open(self) -> None:
        from playwright.async_api import async_playwright

        app = web.Application()
        hyper.app.setup(app, secret=secrets.token_urlsafe())
        app.router.add_get("/{name}", self._show)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        playwright = await async_playwright().start()
        self.browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        self._cleanups = [playwright.stop, self.browser.close, runner.cleanup]

    async def _close(self) -> None:
        while self._cleanups:
            await self._cleanups.pop()()

    async def _show(self, request: web.Request) -> web.Response:
        mount = self.mounts.pop(request.match_info["name"])
        body = await hyper.app.mount(request, _Ready(mount))
        return hyper.app.page(body, title=mount.root.component.name, head='<link rel="icon" href="data:,">')


class _Ready:
    """A component that was mounted before its page is asked for."""

    def __init__(self, mount: WatchedMount) -> None:
        self.mount = mount
        self.name = f"{mount.root.component.name}-{secrets.token_hex(4)}"

    async def mount_for(
        self, mount_id: str, properties: Mapping[str, Any], request: RequestContext
    ) -> PageMount:
        mount = self.mount
        mount.mounted[mount_id] = mount.mounted.pop(mount.id)
        mount.id = mount.root.id = mount_id
        await mount.start()
        return mount


class WatchedMount(ReportingMount):
    """A mount that tells its session what it sends and what fails."""

    session: LiveSession

    async def start(self) -> None:
        try:
            await super().start()
        except Exception as error:
            self.session.failures.append(error)
            raise

    async def call(
        self, component_id: str, event: str, args: list[object] | None, params: dict[str, object]
    ) -> None:
        try:
            await super().call(component_id, event, args, params)
        except CallError as error:
            self.session.failures.append(error.__cause__ or error)
            raise

    async def changes(self) -> list[Change]:
        try:
            changes = await super().changes()
        except Exception as error:
            self.session.failures.append(error)
            raise
        html = self.html() if self.session.is_checked else ""
        self.session.updates += [Update(change.component_id, change.patches, html) for change in changes]
        return changes

    async def connected(self) -> None:
        try:
            await super().connected()
        except Exception as error:
            self.session.failures.append(error)
        finally:
            self.session.is_joined = True


class LiveSession(Session):
    """A page in Chromium."""

    mount: WatchedMount
    page: Page
    is_joined = False
    agrees = True
    copied = ""
    """The server's HTML when the page was last copied."""

    def new_mount(self, id: str) -> PageMount:
        mount = WatchedMount(self.component, id, self.properties, self.request)
        mount.session = self
        mount.failures = self.failures
        mount.is_checked = self.is_checked
        mount.sleep = studio().clock.sleep
        return mount

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        await studio().run(self._open())
        sessions.add(self)
        await self.settle()

    async def _open(self) -> None:
        name = self.mount.id
        studio().mounts[name] = self.mount
        context = await studio().browser.new_context(
            viewport={"width": 1000, "height": 700}, reduced_motion="reduce"
        )
        self.page = await context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept() if self.agrees else dialog.dismiss())
        response = await self.page.goto(f"{studio().address}/{name}")
        if response is None or not response.ok or (self.failures and self.raises):
            await context.close()
            raise self.failures[0] if self.failures else AssertionError("the page could not be loaded")
        self.failures.clear()

    async def _unmount(self) -> None:
        await studio().run(self._leave())

    async def _leave(self) -> None:
        await self.mount.close()
        await self.page.context.close()

    @property
    def browser(self) -> Browser:
        """The page as it was after the last step."""
        assert self._browser is not None
        return self._browser

    # Steps

    def user(self) -> User:
        return RecordingUser(self.browser)

    async def act(self, user: User) -> None:
        self.agrees = user.browser.agrees
        for action in cast(RecordingUser, user).actions:
            await studio().run(self._perform(action))
            await self.settle()

    async def deliver(self, messages: Sequence[Message]) -> None:
        await studio().run(self._call_all(messages))
        await self.settle()

    async def _call_all(self, messages: Sequence[Message]) -> None:
        for message in messages:
            with contextlib.suppress(CallError):  # noted on the way
                await self.mount.call(message.component_id, message.event, message.args, message.params)

    async def settle(self) -> None:
        await studio().run(settle_all())
        for session in sessions.open_sessions():
            session.raise_failures()

    async def advance(self, seconds: float) -> None:
        await studio().run(studio().clock.advance(seconds, settle_all))
        await asyncio.sleep(min(seconds, max([left_s for left_s, _ in self.browser.timers], default=0)))
        self.browser.advance(seconds)
        await self.settle()

    def disconnect(self) -> None:
        _skip("loses no connection")

    async def connect(self) -> None:
        _skip("loses no connection")

    def slow_down(self) -> None:
        _skip("holds nothing back")

    async def restart(self) -> None:
        _skip("restarts no server")

    async def _perform(self, action: Action) -> None:
        first, *more = [await self._handle(number) for number in action.elements]
        perform = getattr(self, f"_{action.verb}")
        await perform(first, *more) if action.value is None else await perform(first, *more, action.value)
        snapshot = await self.page.evaluate(READ, self.mount.html())
        if snapshot and snapshot["waitMs"]:
            await asyncio.sleep(snapshot["waitMs"] / 1000 + 0.05)

    async def _handle(self, number: int | None) -> ElementHandle | None:
        if number is None:
            return None
        handle = await self.page.evaluate_handle(ELEMENT, number)
        return handle.as_element()

    async def _click(self, element: ElementHandle) -> None:
        await element.click()

    async def _drag(self, element: ElementHandle, target: ElementHandle) -> None:
        await element.hover()
        await self.page.mouse.down()
        await target.hover()
        await target.hover()
        await self.page.mouse.up()

    async def _focus(self, element: ElementHandle | None) -> None:
        if element is None:
            await self.page.evaluate("document.activeElement.blur()")
        else:
            await element.focus()

    async def _fill(self, element: ElementHandle, value: str) -> None:
        await element.fill(value)
        await element.evaluate(CHANGE)

    async def _keydown(self, element: ElementHandle, keys: str) -> None:
        parts = [keys] if len(keys) == 1 else keys.split("+")
        await element.press("+".join(KEYS.get(part.lower(), part) for part in parts))

    async def _check(self, element: ElementHandle, is_on: bool) -> None:
        if await element.is_checked() != is_on:
            await element.click()

    async def _select(self, element: ElementHandle, wanted: list[str]) -> None:
        await element.select_option(wanted)

    async def _submit(self, element: ElementHandle) -> None:
        await element.evaluate(
            """element => {
                const form = element.form || element.closest("form");
                const buttons = element === form ? form.querySelectorAll("button, input") : [element];
                const button = [...buttons].find(({ type }) => type === "submit" || type === "image");
                button ? button.click() : form.requestSubmit();
            }"""
        )

    async def _fire(self, element: ElementHandle, event: list[Any]) -> None:
        kind, members = event
        if "detail" in members:
            await element.evaluate(FIRE, [kind, members])
        else:
            await element.dispatch_event(kind, members)

    # Reading

    @property
    def is_idle(self) -> bool:
        """Is the copy still what the server has?"""
        return self.is_joined and not self.mount.dirty and self.copied == self.mount.html()

    async def read(self) -> str | None:
        """Copy the page out of the browser; what is still wrong with it, if anything."""
        html = self.mount.html()
        found = await self.page.evaluate(READ, html)
        if found is None:
            return "an event was not acknowledged, or the page is not connected"
        if found["wanted"] is not None and self.is_checked:
            return f"the browser shows\n{found['html']}\ninstead of\n{found['wanted']}"
        self._browser, self.copied = self._copy(found), html
        return None

    def _copy(self, found: Mapping[str, Any]) -> Browser:
        browser = Browser(self.mount.id, found["html"])
        elements = list(browser.top.elements())
        for element, (value, checked, selected) in zip(elements, found["states"], strict=True):
            if is_choice(element):
                element.checked = checked
            elif element.tag == "option":
                element.selected = selected
            elif (
                is_control(element)
                and element.tag not in ("select", "button")
                and value != default_value(element)
            ):
                element.typed = value
        browser.focused = elements[found["focus"]] if found["focus"] >= 0 else None
        if self._browser is not None:
            browser.take_over(self._browser)
        return browser


async def settle_all() -> None:
    """Wait until every page shows what its server has, and copy them."""
    deadline_s = studio().loop.time() + WAIT_S
    while True:
        live = [item for item in sessions.open_sessions() if isinstance(item, LiveSession)]
        problems = [await item.read() for item in live]
        if not any(problems) and all(item.is_idle for item in live):
            return
        if studio().loop.time() > deadline_s:
            raise AssertionError(next(filter(None, problems), "a component renders on and on"))
        await asyncio.sleep(0.02)


def _skip(what: str) -> None:
    import pytest

    pytest.skip(f"--live-browser {what}")


_studio: Studio | None = None


def studio() -> Studio:
    assert _studio is not None
    return _studio


def enable() -> None:
    """From now on pages are opened in Chromium."""
    global _studio
    _studio = Studio()
    _studio.start()
    sessions.kind = LiveSession


def disable() -> None:
    global _studio
    if _studio is not None:
        sessions.kind = Session
        _studio.stop()
        _studio = None
