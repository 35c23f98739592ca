"""Test pages in a real browser, for ``pytest --live-browser``: the same tests, unchanged.

A separate thread runs a server and Chromium. After each step the page is copied out of the browser, so that the same
code answers a test's queries as without one. The copy is compared with the tree that a parser builds from the server's
HTML.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from hyper.dom.bindings import parse_binding
from hyper.dom.controls import default_value, is_choice, is_control
from hyper.simulated.browser import Browser
from hyper.simulated.message import Message
from hyper.testing.chromium_scripts import CHANGE, ELEMENT, ENTER, FIRE, LINE, READ, SUBMIT
from hyper.testing.open_pages import note_open, open_pages
from hyper.testing.page_class import open_pages_as
from hyper.testing.page_under_test import PageUnderTest
from hyper.testing.recording import RecordingUser, UserAction
from hyper.testing.reporting import ReportingMount, cause_of
from hyper.testing.results import Update
from hyper.testing.sending import refusal_of
from hyper.testing.studio import close_studio, open_studio, studio
from hyper.testing.user import KEY_VALUES, User
from hyper.transport.bad_frames import BadFrameError
from hyper.transport.component import ComponentPatches, Host, ReportedField, cancelled_elsewhere
from hyper.vdom.browser_rules import wait_ms

if TYPE_CHECKING:
    from playwright.async_api import ElementHandle, Page

WAIT_S: Final = 10
"""How long a page may take to settle before the test fails."""
UNREAD: Final = ("bad_frame", "too_large", "expression")
"""The codes of events that were refused before the mount was called, which records all others."""
PLAYWRIGHT_CHORDS: Final = {"ctrl": "Control", "cmd": "Meta", "meta": "Meta", "alt": "Alt", "shift": "Shift"}
"""Playwright's names for the modifier keys."""


@dataclass(slots=True)
class WatchedHost:
    """A mount's host that also records pushed events for the test."""

    host: Host
    page: PageUnderTest

    @property
    def job_s(self) -> float | None:
        return self.host.job_s

    def names_waiting(self) -> list[str]:
        return self.host.names_waiting()

    def wake(self) -> None:
        self.host.wake()

    async def flush(self) -> None:
        await self.host.flush()

    def report(self, error: Exception, what: str) -> None:
        self.host.report(error, what)

    def push(self, component_id: str, event: str, detail_json: str) -> None:
        self.page.push(component_id, event, detail_json)
        self.host.push(component_id, event, detail_json)


class WatchedMount(ReportingMount):
    """A mount that tells its page what it sends and which exceptions it raises."""

    page: ChromiumPage

    def attach(self, host: Host) -> None:
        super().attach(WatchedHost(host, self.page))

    async def start(self) -> None:
        try:
            await super().start()
        except Exception as error:
            self.page.failures.append(error)
            raise

    async def call(
        self,
        component_id: str,
        event: str,
        args: list[object] | None,
        params: dict[str, object],
        fields: Sequence[ReportedField] = (),
    ) -> bool:
        try:
            return await super().call(component_id, event, args, params, fields)
        except Exception as error:
            self.page.failures.append(cause_of(error))
            raise

    async def changes(self) -> list[ComponentPatches] | None:
        try:
            changes = await super().changes()
        except Exception as error:
            self.page.failures.append(cause_of(error))
            raise
        except asyncio.CancelledError as error:
            self.page.failures += filter(None, [cancelled_elsewhere(error, "the view")])
            raise
        html = self.html() if self.page.is_checked else ""
        self.page.updates += [Update(change.component_id, change.patches, html) for change in changes or ()]
        return changes

    async def connected(self) -> None:
        try:
            await super().connected()
        except Exception as error:
            self.page.failures.append(error)
        finally:
            self.page.is_joined = True


class ChromiumPage(PageUnderTest):
    """A page in Chromium."""

    mount: WatchedMount
    tab: Page
    """The browser's tab."""
    is_joined = False
    told = 0
    """How many errors of the client have been looked at."""
    name: str
    """The page's name in its address."""
    agrees = True
    copied = ""
    """The server's HTML at the time of the last copy."""

    def new_mount(self, id: str) -> WatchedMount:
        mount = WatchedMount(self.component, id, self.properties, self.request)
        mount.page = self
        mount.failures = self.failures
        mount.is_checked = self.is_checked
        mount.sleep = studio().clock.sleep
        return mount

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        await studio().run(self._open())
        note_open(self)
        await self.settle()

    async def _open(self) -> None:
        self.name = f"{self.component.name}-{secrets.token_hex(4)}"
        studio().mounts[self.name] = self.mount
        context = await studio().browser.new_context(
            viewport={"width": 1000, "height": 700}, reduced_motion="reduce"
        )
        await context.add_init_script(LINE)
        self.tab = await context.new_page()
        self.tab.on("dialog", lambda dialog: dialog.accept() if self.agrees else dialog.dismiss())
        response = await self.tab.goto(f"{studio().address}/{self.name}")
        if response is None or not response.ok or (self.failures and self.raises):
            await context.close()
            raise self.failures[0] if self.failures else AssertionError("the page could not be loaded")
        self.failures.clear()

    async def leave(self) -> None:
        await self.close()
        await self.settle()

    async def _unmount(self) -> None:
        await studio().run(self._close_tab())

    async def _close_tab(self) -> None:
        await self.mount.close()
        await self.tab.context.close()
        del studio().mounts[self.name]

    @property
    def browser(self) -> Browser:
        """A copy of the page, made after the last step."""
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
            if refusal := refusal_of(message):
                self.failures.append(refusal)
                continue
            with contextlib.suppress(Exception):  # WatchedMount has recorded it
                await self.mount.call(message.component_id, message.event, message.args, message.params)
            self.mount.wake()  # no runner knows of this event

    async def settle(self) -> None:
        await studio().run(settle_all())
        for page in open_pages():
            page.raise_failures()

    async def advance(self, seconds: float) -> None:
        await studio().run(studio().clock.advance(seconds, settle_all))
        await asyncio.sleep(min(seconds, max([left_s for left_s, _ in self.browser.timers], default=0)))
        self.browser.advance(seconds)
        await self.settle()

    # The connection

    def disconnect(self) -> None:
        self.is_online = False
        self._change_line("cut()")

    async def connect(self) -> None:
        self.be_online()
        self._change_line("restore()")
        await self.settle()

    def slow_down(self) -> None:
        self.is_slow = True
        self._change_line("isSlow = true")

    def catch_up(self) -> None:
        self.is_slow = False
        self._change_line("catchUp()")

    def _change_line(self, how: str) -> None:
        """Run a function of the script LINE and wait: tests may call this between two steps without awaiting."""
        studio().wait(self._evaluate(f"hyperLine.{how}"))

    async def _evaluate(self, script: str) -> None:
        await self.tab.evaluate(script)
        await settle_all()

    async def restart(self) -> None:
        self.is_online, self.waiting_pushes = True, []
        await studio().run(self._restart())
        await self.settle()
        await studio().run(self._wait_for_debounced())
        await self.settle()

    async def _restart(self) -> None:
        await self.tab.evaluate("hyperLine.cut()")
        self.is_joined = False
        await studio().forget(self.mount.id)
        self.mount = studio().mounts[self.name] = self.new_mount(self.mount.id)
        await self.tab.evaluate("hyperLine.restore()")

    async def _perform(self, action: UserAction) -> None:
        first, *more = [await self._handle(number) for number in action.elements]
        perform = getattr(self, f"_{action.verb}")
        await perform(first, *more) if action.value is None else await perform(first, *more, action.value)
        await self._wait_for_debounced()

    async def _wait_for_debounced(self) -> None:
        if ".debounce" not in self.copied + self.mount.html():
            return
        snapshot = await self.tab.evaluate(READ, self.mount.html())
        waits_ms = [wait_ms(parse_binding(name).words) for name in snapshot["debounced"]] if snapshot else []
        if waits_ms:
            await asyncio.sleep(max(waits_ms) / 1000 + 0.05)

    async def _handle(self, number: int | None) -> ElementHandle | None:
        if number is None:
            return None
        return (await self.tab.evaluate_handle(ELEMENT, number)).as_element()

    async def _click(self, element: ElementHandle) -> None:
        # a mouse can click an element that is only marked as disabled (aria-disabled)
        await element.click(force=not await element.is_enabled())

    async def _drag(self, element: ElementHandle, target: ElementHandle) -> None:
        await element.hover()
        await self.tab.mouse.down()
        await target.hover()
        await target.hover()
        await self.tab.mouse.up()

    async def _focus(self, element: ElementHandle | None) -> None:
        if element is None:
            await self.tab.evaluate("document.activeElement.blur()")
        else:
            await element.focus()

    async def _fill(self, element: ElementHandle, value: str) -> None:
        await element.fill(value)
        await element.evaluate(CHANGE)

    async def _keydown(self, element: ElementHandle, keys: str) -> None:
        await element.evaluate(ENTER)
        parts = [keys] if len(keys) == 1 else keys.split("+")
        await element.press(
            "+".join({**KEY_VALUES, **PLAYWRIGHT_CHORDS}.get(part.lower(), part) for part in parts)
        )

    async def _check(self, element: ElementHandle, is_on: bool) -> None:
        if await element.is_checked() != is_on:
            await element.click()

    async def _select(self, element: ElementHandle, wanted: list[str]) -> None:
        await element.focus()
        await element.select_option(wanted)

    async def _submit(self, element: ElementHandle) -> None:
        is_form = await element.evaluate(SUBMIT)
        if not is_form:
            await self._click(element)

    async def _fire(self, element: ElementHandle, event: list[Any]) -> None:
        kind, members = event
        if "detail" in members:
            await element.evaluate(FIRE, [kind, members])
        else:
            await element.dispatch_event(kind, members)

    # Reading

    @property
    def is_idle(self) -> bool:
        """Is the copy still equal to what the server has?"""
        is_away = self.is_slow or not self.is_online
        is_at_rest = self.is_joined and not self.mount.dirty and not self.is_saving
        return is_away or (is_at_rest and self.copied == self.mount.html())

    async def read(self) -> str | None:
        """Copy the page out of the browser. Returns what is still wrong with it; ``None`` if nothing is."""
        html = self.mount.html()
        found = await self.tab.evaluate(READ, html)
        if found is None:
            return "an event was not acknowledged, or the page is not connected"
        if found["wanted"] is not None and self.is_checked:
            return f"the browser shows\n{found['html']}\ninstead of\n{found['wanted']}"
        news, self.told = found["told"][self.told :], len(found["told"])
        self.failures += [BadFrameError(told["message"]) for told in news if told["code"] in UNREAD]
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
        for element, layer in zip(elements, found["layers"], strict=True):
            element.opened, element.modal = None if layer is None else True, layer or 0
        browser.focused = elements[found["focus"]] if found["focus"] >= 0 else None
        if self._browser is not None:
            browser.take_over(self._browser)
        return browser


async def settle_all() -> None:
    """Wait until every page shows what its server has, and copy them.

    Raises ``AssertionError`` if that takes longer than ``WAIT_S``.
    """
    deadline_s = studio().loop.time() + WAIT_S
    while True:
        live = [item for item in open_pages() if isinstance(item, ChromiumPage)]
        problems = [await item.read() for item in live]
        if not any(problems) and all(item.is_idle for item in live):
            return
        if studio().loop.time() > deadline_s:
            raise AssertionError(next(filter(None, problems), "a component renders on and on"))
        await asyncio.sleep(0.02)


def enable() -> None:
    """Open all new test pages in Chromium."""
    open_studio()
    open_pages_as(ChromiumPage)


def disable() -> None:
    """Open new test pages in the simulated browser again, and close Chromium."""
    open_pages_as(PageUnderTest)
    close_studio()
