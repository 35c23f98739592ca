"""``setup``, ``mount`` and ``page`` in an application, with real components."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
import ujson
from aiohttp import web
from aiohttp.test_utils import TestServer
from markupsafe import Markup

import hyper
from hyper.errors import AuthorError
from hyper.transport.component import RequestContext
from hyper.transport.limits import Limits
from hyper.web.app import LIVE, mount, page, runtime_url, setup

from .fakes import SECRET, FakeMount, connect, event, messages_of


@hyper.live
def counter(start: int = 0):
    count = start

    def increment(by: int = 1):
        nonlocal count
        count += by

    def fail():
        raise ZeroDivisionError("in a handler")

    return Markup(f'<p>{count}</p><button @click="increment">+</button><i @click="fail"></i>')


@hyper.live
def broken():
    raise ZeroDivisionError("in the setup")

    def never(): ...

    return Markup("<p></p>")


class Fake:
    """A component that takes any props."""

    def __init__(self, name: str = "fake") -> None:
        self.name = name
        self.props: list[Any] = []

    async def mount_for(self, mount_id: str, properties: Any, request: RequestContext) -> FakeMount:
        self.props.append(properties)
        return FakeMount(mount_id)


@asynccontextmanager
async def serving(
    *pages: Any, **options: Any
) -> AsyncIterator[tuple[aiohttp.ClientSession, str, web.Application]]:
    """An application that serves each handler at ``/0``, ``/1``, …"""
    app = web.Application()
    for number, handler in enumerate(pages):
        app.router.add_get(f"/{number}", handler)
    setup(app, **{"secret": SECRET, **options})
    async with TestServer(app, host="127.0.0.1") as server:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield session, f"http://127.0.0.1:{server.port}", app


async def body_of(session: aiohttp.ClientSession, url: str) -> str:
    async with session.get(url) as response:
        assert response.status == 200, await response.text()
        return await response.text()


async def test_a_component_from_its_page_to_its_patches() -> None:
    async def index(request: web.Request) -> web.Response:
        return page(await hyper.mount(request, counter, start=5), title="Count & more")

    async with serving(index) as (session, origin, _):
        html = await body_of(session, f"{origin}/0")
        assert "<title>Count &amp; more</title>" in html
        assert "<p>5</p>" in html
        found = re.search(
            r'<div data-live-component="(.*?)" data-live-token="(.*?)" data-live-elements="\d+"><p>', html
        )
        assert found is not None
        mount_id, token = found.groups()
        async with session.ws_connect(f"{origin}/_live/ws", headers={"Origin": origin}) as ws:
            for message in (connect(token, mount_id), event(1, "increment", mount_id, params={"by": "3"})):
                await ws.send_str(ujson.dumps(message))
            frames = [ujson.loads((await ws.receive(timeout=10)).data) for _ in range(2)]
    joined, [update, ack] = frames
    assert [joined["type"], update["type"], ack["type"]] == ["ack", "update", "ack"]
    assert update["patches"] == [{"path": "p/text", "value": "8"}]


async def test_what_is_mounted_is_a_component() -> None:
    for wrong, told in ((counter(start=5), "counter(…)"), ("counter", "'counter'")):

        async def index(request: web.Request, wrong: Any = wrong, told: str = told) -> web.Response:
            with pytest.raises(AuthorError, match=re.escape(f"{told}: give the live component itself")):
                await hyper.mount(request, wrong)
            return web.Response()

        async with serving(index) as (session, origin, _):
            await body_of(session, f"{origin}/0")


@pytest.mark.parametrize(("name", "preloaded"), [("counter", []), ("todo_list", ["forms"])])
async def test_a_page_names_the_files_that_it_needs_once(name: str, preloaded: list[str]) -> None:
    component = hyper.load(Path(__file__).parents[2] / "examples" / f"{name}.py")[name]

    async def index(request: web.Request) -> web.Response:
        return page(await mount(request, component) + await mount(request, component))

    async with serving(index) as (session, origin, _):
        html = await body_of(session, f"{origin}/0")
    links = re.findall(r'<link rel="modulepreload" href="/_live/(\w+)-[0-9a-f]{12}\.js">', html)
    assert links == preloaded
    assert html.count("modulepreload") == len(preloaded)


async def test_the_script_stands_in_a_page_once() -> None:
    async def index(request: web.Request) -> web.Response:
        first = await mount(request, counter)
        second = await mount(request, counter)
        assert isinstance(first, Markup)
        return page(first + second)

    async with serving(index) as (session, origin, app):
        for _ in range(2):
            html = await body_of(session, f"{origin}/0")
            assert html.count("/_live/runtime-") == html.count("/_live/notice-") == 1
            assert f'<script type="module" src="{runtime_url(app)}"></script>' in html
            assert html.count("data-live-token") == 2
            ids = re.findall(r'data-live-component="(.*?)"', html)
            assert len(set(ids)) == 2
            assert all(re.fullmatch(r"[\w-]{16}", mount_id) for mount_id in ids)


async def test_what_happens_is_counted() -> None:
    async def index(request: web.Request) -> web.Response:
        return page(await hyper.mount(request, counter))

    async with serving(index, limits=Limits(loop_lag_s=0)) as (session, origin, app):
        html = await body_of(session, f"{origin}/0")
        found = re.search(r'data-live-component="(.*?)" data-live-token="(.*?)"', html)
        assert found is not None
        async with session.ws_connect(f"{origin}/_live/ws", headers={"Origin": origin}) as ws:
            messages = [
                connect(found[2], found[1]),
                event(1, "increment", found[1]),
                event(2, "fail", found[1]),
            ]
            for message in messages:
                await ws.send_str(ujson.dumps(message))
            while messages_of((await ws.receive(timeout=10)).data)[-1].get("seq") != 2:
                pass
            stats = app[LIVE].stats()
    assert stats.pop("renders") >= 1
    assert stats == {
        "connections": 1,
        "mounts": 1,
        "events": 2,
        "errors": 1,
        "blocks": 0,
        "longest_block_s": 0.0,
    }


async def test_every_page_has_a_mount_of_its_own() -> None:
    fake = Fake()

    async def index(request: web.Request) -> web.Response:
        return page(await mount(request, fake, x=1))

    async with serving(index) as (session, origin, app):
        for _ in range(3):
            await body_of(session, f"{origin}/0")
        assert fake.props == [{"x": 1}] * 3
        assert len(app[LIVE].process.mounts) == 3


def test_a_document() -> None:
    response = page(Markup("<b>bold</b>"), title="<t>", head='<meta name="x">', lang="de")
    assert response.content_type == "text/html"
    assert response.text == (
        '<!DOCTYPE html>\n<html lang="de">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<title>&lt;t&gt;</title>\n<meta name="x"></head>\n<body>\n<b>bold</b>\n</body>\n</html>\n'
    )
    assert "&lt;script&gt;" in (page("<script>").text or "")
    assert "a?b" in (page("a\udcffb").text or ""), "half a surrogate pair costs a character, not the page"


class TestFailures:
    async def failing(self, **options: Any) -> tuple[int, str, list[str]]:
        errors: list[str] = []

        async def index(request: web.Request) -> web.Response:
            return page(await mount(request, broken))

        def on_error(error: BaseException, context: RequestContext) -> None:
            assert context.path == "/0"
            errors.append(str(error))

        site = serving(index, on_error=on_error, **options)
        async with site as (session, origin, app), session.get(f"{origin}/0") as response:
            assert len(app[LIVE].process.mounts) == 0
            return response.status, await response.text(), errors

    async def test_debug_shows_the_components_line(self) -> None:
        status, text, errors = await self.failing(debug=True)
        assert status == 500
        assert errors == ["in the setup"]
        assert "ZeroDivisionError: in the setup" in text
        assert "test_app.py" in text
        assert "raise ZeroDivisionError(&#34;in the setup&#34;)" in text

    async def test_otherwise_nothing_is_told(self) -> None:
        status, text, errors = await self.failing()
        assert status == 500
        assert errors == ["in the setup"]
        assert "setup" not in text
        assert "Traceback" not in text

    async def test_other_failures_are_not_ours(self) -> None:
        async def index(request: web.Request) -> web.Response:
            raise ZeroDivisionError("secret")

        site = serving(index, debug=True)
        async with site as (session, origin, _), session.get(f"{origin}/0") as response:
            assert response.status == 500
            assert "secret" not in await response.text()

    async def test_an_answer_of_the_application_is_no_failure(self) -> None:
        fake = Fake()

        async def mount_for(*_: Any) -> FakeMount:
            raise web.HTTPNotFound(text="no such record")

        fake.mount_for = mount_for  # type: ignore[method-assign]
        errors: list[BaseException] = []

        async def index(request: web.Request) -> web.Response:
            return page(await mount(request, fake))

        site = serving(index, debug=True, on_error=lambda error, _: errors.append(error))
        async with site as (session, origin, _), session.get(f"{origin}/0") as response:
            assert (response.status, await response.text()) == (404, "no such record")
        assert errors == []

    async def test_a_page_can_catch_it_and_go_on(self) -> None:
        async def index(request: web.Request) -> web.Response:
            try:
                await mount(request, broken)
            except ZeroDivisionError:
                return page(await mount(request, counter))
            raise AssertionError

        async with serving(index, debug=True) as (session, origin, _):
            assert "<p>0</p>" in await body_of(session, f"{origin}/0")


class TestProps:
    async def mounted(self, **props: Any) -> Any:
        """What the props are when the component is mounted again."""
        fake = Fake()

        async def index(request: web.Request) -> web.Response:
            return page(await mount(request, fake, **props))

        async with serving(index, limits=Limits(pending=0)) as (session, origin, _):
            html = await body_of(session, f"{origin}/0")
            found = re.search(r'data-live-component="(.*?)" data-live-token="(.*?)"', html)
            assert found is not None
            async with session.ws_connect(f"{origin}/_live/ws", headers={"Origin": origin}) as ws:
                await ws.send_str(ujson.dumps(connect(found[2], found[1])))
                assert ujson.loads((await ws.receive(timeout=10)).data)["again"]
        assert fake.props[0] == props
        return fake.props[1]

    async def test_plain_ones_come_back_as_they_were(self) -> None:
        props = {"a": 1, "b": "é", "c": [None, True, 1.5], "d": {"e": {}}}
        assert await self.mounted(**props) == props

    async def test_others_come_back_as_json_has_them(self) -> None:
        number = UUID(int=5)
        assert await self.mounted(id=number, pair=(1, 2)) == {"id": str(number), "pair": [1, 2]}

    @pytest.mark.parametrize("prop", [object(), float("nan"), "x" * 5000])
    async def test_what_a_page_cannot_keep(self, prop: object) -> None:
        fake = Fake()
        caught: list[AuthorError] = []
        closed: list[FakeMount] = []

        async def index(request: web.Request) -> web.Response:
            try:
                return page(await mount(request, fake, prop=prop))
            except AuthorError as error:
                caught.append(error)
                raise

        original = fake.mount_for

        async def mount_for(*args: Any) -> FakeMount:
            closed.append(await original(*args))
            return closed[-1]

        fake.mount_for = mount_for  # type: ignore[method-assign]
        async with serving(index) as (session, origin, _), session.get(f"{origin}/0") as response:
            assert response.status == 500
        assert "the props of fake" in str(caught[0])
        assert "and let the component load the rest" in str(caught[0])
        assert closed[0].closes == 1


class TestSettingUp:
    def test_twice(self) -> None:
        app = web.Application()
        setup(app, secret=SECRET)
        with pytest.raises(AuthorError, match="twice"):
            setup(app, secret=SECRET)

    async def test_not_at_all(self) -> None:
        async def index(request: web.Request) -> web.Response:
            with pytest.raises(AuthorError, match=r"call hyper.setup\(app\)"):
                await mount(request, counter)
            return web.Response(text="ok")

        app = web.Application()
        app.router.add_get("/", index)
        async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
            assert await body_of(session, f"http://127.0.0.1:{server.port}/") == "ok"

    @pytest.mark.parametrize("is_of_sub", [True, False])
    async def test_with_a_sub_application(self, is_of_sub: bool) -> None:
        async def index(request: web.Request) -> web.Response:
            return page(await mount(request, counter))

        app, sub = web.Application(), web.Application()
        sub.router.add_get("/", index)
        setup(sub if is_of_sub else app, secret=SECRET)
        app.add_subapp("/admin", sub)
        async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
            origin = f"http://127.0.0.1:{server.port}"
            html = await body_of(session, f"{origin}/admin/")
            found = re.search(r'src="(.*?)/runtime-\w+\.js"', html)
            assert found is not None
            assert found[1] == ("/admin/_live" if is_of_sub else "/_live")
            assert await body_of(session, origin + found[0][5:-1])
            async with session.ws_connect(f"{origin}{found[1]}/ws", headers={"Origin": origin}) as ws:
                assert not ws.closed

    def test_the_secret_of_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setenv("HYPER_SECRET", "from outside")
        signers = [setup(web.Application()).server.visitors._signer for _ in range(2)]
        assert signers[0].read("session", signers[1].sign("session", "x")) == "x"
        assert caplog.records == []

    def test_without_a_secret_each_process_has_its_own(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.delenv("HYPER_SECRET", raising=False)
        signers = [setup(web.Application()).server.visitors._signer for _ in range(2)]
        with pytest.raises(hyper.PeerError):
            signers[0].read("session", signers[1].sign("session", "x"))
        assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
        assert "HYPER_SECRET" in caplog.text

    def test_several_secrets(self) -> None:
        old = setup(web.Application(), secret="old").server.visitors._signer
        both = setup(web.Application(), secret=["new", "old"]).server.visitors._signer
        assert both.read("session", old.sign("session", "x")) == "x"

    def test_origins_are_checked_at_once(self) -> None:
        with pytest.raises(AuthorError, match="in origins"):
            setup(web.Application(), secret=SECRET, origins=["https://*.example.com"])

    def test_two_components_of_one_name(self) -> None:
        live = setup(web.Application(), secret=SECRET)
        live.register(counter)
        live.register(counter)

        @hyper.live(name="counter")
        def other():
            return Markup("<p></p>")

        with pytest.raises(AuthorError, match=r"two components are called 'counter'.*@live\(name="):
            live.register(other)
