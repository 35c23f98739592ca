"""The state of a page that posts forms: kept between them, shared with a socket, told of when it is gone."""

from __future__ import annotations

import asyncio
import re

import aiohttp
import pytest
import ujson
from markupsafe import Markup
from yarl import URL

from hyper import live
from hyper.transport.limits import Limits
from hyper.web.app import LIVE
from hyper.web.fallback import LOST

from ..plain_browser import Browser, browsing, counter


async def test_two_pages_and_two_components_of_a_page() -> None:
    async with browsing(counter, times=2) as browser:
        page, other = await browser.open(), await browser.open()
        await page.click("increment", 0)
        await page.click("increment", 1)
        await page.click("increment", 1)
        await other.click("increment", 0)
        assert re.findall(r"Count: \d", page.html) == ["Count: 1", "Count: 2"]
        assert re.findall(r"Count: \d", other.html) == ["Count: 1", "Count: 0"]


async def test_one_of_two_that_waited_too_long_begins_anew_beside_the_other() -> None:
    async with browsing(counter, times=2) as browser:
        page = await (await browser.open()).click("increment", 0)
        second = next(runner for runner in browser.mounts if runner.session.id.endswith("-2"))
        browser.mounts.remove(second)
        await page.click("increment", 1)
        await page.click("increment", 0)
        assert re.findall(r"Count: \d", page.html) == ["Count: 2", "Count: 1"]


async def test_two_requests_at_once_for_a_page_that_is_gone_get_one_mount_each() -> None:
    begun, go_on = [0], asyncio.Event()

    @live(fallback="htmx")
    async def slow():
        begun[0] += 1
        if begun[0] > 2:
            go_on.set()
        elif begun[0] > 1:
            await go_on.wait()
        count = 0

        def add():
            nonlocal count
            count += 1

        return Markup(f'<p>{count}</p><button @click="add">+</button>')

    async with browsing(slow) as browser:
        page = await (await browser.open()).click("add")
        await browser.forget()
        one, two = await asyncio.gather(browser.open(page.path), browser.open(page.path))
        ids = [re.findall(r'data-live-fallback="(.*?)"', window.html)[0] for window in (one, two)]
        assert len(set(ids)) == 2
        assert sorted(runner.session.id for runner in browser.mounts) == sorted(ids)
        await one.click("add")
        await two.click("add")
        assert [window.text() for window in (one, two)] == ["1", "1"]


async def test_a_first_post_after_a_long_time_is_run() -> None:
    """Nothing had happened on the page: nothing is lost."""
    async with browsing(counter) as browser:
        page = await browser.open()
        await browser.forget()
        await page.click("increment")
        assert (page.text(), page.notice) == ("Count: 1", "")


async def test_a_form_from_before_a_restart_is_not_run_twice() -> None:
    async with browsing(counter) as browser:
        page = await browser.open()
        url, token = page.url_of("increment"), page.token()
        await page.click("increment")
        runs = browser.app[LIVE].process.events
        page.html = f'name="_live" value="{token}"'  # the same form once more
        async with browsing(counter) as later:  # another process with the same secret
            page.browser = later
            later.session.cookie_jar.update_cookies(
                {cookie.key: cookie.value for cookie in browser.session.cookie_jar}, URL(later.origin)
            )
            await page.post(url)
            assert page.notice == LOST
            assert "Count: 0" in page.html
            assert later.app[LIVE].process.events == 0
            await page.click("increment")
            assert (page.text(), page.notice) == ("Count: 1", "")
        assert runs == 1


async def test_a_state_that_is_gone_is_told_and_nothing_is_run() -> None:
    async with browsing(counter) as browser:
        page = await (await browser.open()).click("increment")
        await browser.forget()
        await page.click("increment")
        assert page.notice == LOST
        assert "Count: 0" in page.html
        await page.click("increment")
        assert (page.text(), page.notice) == ("Count: 1", "")


async def test_another_visitor_gets_a_page_of_their_own() -> None:
    async with browsing(counter) as browser:
        page = await (await browser.open()).click("increment")
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            other = await Browser(browser.app, browser.origin, session).open(page.path)
            assert other.text() == "Count: 0"
            assert not set(re.findall(r'data-live-fallback="(.*?)"', page.html)) & set(
                re.findall(r'data-live-fallback="(.*?)"', other.html)
            )


@pytest.mark.parametrize("page_id", ["", "x", "x" * 24, "../..", "a" * 5000, "%00"])
async def test_a_page_nobody_has(page_id: str) -> None:
    async with browsing(counter) as browser:
        page = await browser.open(f"/?_live={page_id}")
        assert page.text() == "Count: 0"
        assert page_id not in re.findall(r'data-live-fallback="(.*?)-1"', page.html)


async def test_mounts_are_kept_bounded_and_not_for_ever() -> None:
    async with browsing(counter, limits=Limits(kept=3, kept_s=100)) as browser:
        process = browser.app[LIVE].process
        now_s = [process.now_s()]
        process.now_s = lambda: now_s[0]
        pages = [await (await browser.open()).click("increment") for _ in range(5)]
        assert len(browser.mounts) == 3
        now_s[0] += 60
        assert (await pages[4].click("increment")).text() == "Count: 2"
        now_s[0] += 60
        process.tick()
        assert len(browser.mounts) == 1, "the one that was posted again"
        now_s[0] += 60
        process.tick()
        assert len(browser.mounts) == 0


async def test_a_socket_takes_the_mount_over_and_forms_go_on() -> None:
    async with browsing(counter) as browser:
        page = await (await browser.open()).click("increment")
        (mount_id,) = re.findall(r'data-live-fallback="(.*?)"', page.html)
        (token,) = re.findall(r'data-live-token="(.*?)"', page.html)
        (version,) = map(int, re.findall(r'data-live-version="(.*?)"', page.html))
        async with browser.session.ws_connect(
            f"{browser.origin}/_live/ws", headers={"Origin": browser.origin}
        ) as ws:
            component = {"component_id": mount_id}
            await ws.send_str(
                ujson.dumps({"type": "connect", **component, "token": token, "version": version})
            )
            answer = ujson.loads((await ws.receive(timeout=10)).data)
            assert answer.pop("mount") > 0
            assert answer.pop("max_bytes") < Limits().message_bytes
            assert answer == {"type": "ack", **component, "seq": 0, "version": version}
            await ws.send_str(ujson.dumps({"type": "event", **component, "seq": 1, "event": "increment"}))
            update, ack = ujson.loads((await ws.receive(timeout=10)).data)
            assert update["patches"] == [{"path": "p/text", "value": "Count: 2"}]
            assert ack["seq"] == 1
            await page.click("increment")
            assert page.text() == "Count: 3"
            update = ujson.loads((await ws.receive(timeout=10)).data)
            assert update["patches"] == [{"path": "p/text", "value": "Count: 3"}], "the open page is told"
            await ws.send_str(ujson.dumps({"type": "event", **component, "seq": 2, "event": "increment"}))
            _, ack = ujson.loads((await ws.receive(timeout=10)).data)
            assert ack["seq"] == 2, "a form is no event of the socket's"
        assert (await page.load()).text() == "Count: 4"
