"""What becomes of aiohttp's answers that a component raises: on load, over the socket, in answer to a form."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import hyper
from hyper.components.loader import load_module
from hyper.testing import mount
from hyper.transport.limits import Limits
from hyper.web.app import LIVE

from ..plain_browser import Window, browsing
from ..running import Tab, Visitor

COMPONENTS = '''
import asyncio
import aiohttp
from aiohttp import web
from hyper import every, live, push, spawn, turn

gone = set()
closed = []
answers = {
    "missing": lambda: web.HTTPNotFound(text="No such article"),
    "plain": lambda: web.HTTPGone(),
    "forbidden": lambda: web.HTTPForbidden(text="<b>no</b>", content_type="text/html"),
    "redirect": lambda: web.HTTPSeeOther("/log_in?next=1"),
    "relative": lambda: web.HTTPFound("?page=2"),
    "kept": lambda: web.HTTPTemporaryRedirect("/elsewhere"),
    "code": lambda: web.HTTPFound("java\\tscript:alert(1)"),
    "fine": lambda: web.HTTPNoContent(),
    "client": lambda: aiohttp.ClientResponseError(None, (), status=404, message="of another server"),
}

def check(name):
    if name in gone:
        raise answers[name]()

async def listen(kind):
    try:
        await asyncio.Event().wait()
    finally:
        closed.append(kind)

@live
def in_setup(name: str):
    check(name)
    def end_of_setup(): ...
    t"<b>{name}</b>"

@live
def in_view(name: str):
    count = 0
    def touch():
        nonlocal count
        count += 1
    def title():
        check(name)
        return count
    t'<b>{title()}</b><button @click="touch">+</button>'

@live
async def deep(kind: str, name: str):
    spawn(listen(kind))
    await asyncio.sleep(0)
    def end_of_setup(): ...
    t"<i>{in_setup(name=name) if kind == 'in_setup' else in_view(name=name)}</i>"

@live
def nested(kind: str, name: str):
    t"<div>{deep(kind=kind, name=name)}</div>"

@live(fallback="htmx")
def nested_with_forms(kind: str, name: str):
    t"<div>{deep(kind=kind, name=name)}</div>"

def page_of(fallback):
    @live(name=f"page{fallback}", fallback=fallback)
    def page():
        count, shown = 0, False
        def go(name: str):
            nonlocal count
            count += 1
            push("went", count)
            raise answers[name]()
        async def go_later(name: str):
            nonlocal count
            count += 1
            raise answers[name]()
        def increment():
            nonlocal count
            count += 1
        def show():
            nonlocal shown
            shown = True
        if "page" in gone:
            raise web.HTTPSeeOther("/log_in")
        t"""<p>{count}</p><button @click="increment">+</button><button @click="show">Show</button>
        <form @submit.prevent="go"><input name="name"><button>Go</button></form>
        <form @submit.prevent="go_later"><input name="name"><button>Go</button></form>
        {in_setup(name="missing") if shown else ""}"""
    return page

@live
def hooks(first: str = ""):
    count = 0
    def on_mount():
        nonlocal count
        count += 1
        if first:
            raise answers[first]()
    def on_reconnect():
        nonlocal count
        count += 10
    async def work(name):
        async with turn():
            leave(name)
    def leave(name):
        nonlocal count
        count += 1
        raise answers[name]()
    async def leave_later(name):
        leave(name)
    def tick():
        for name in list(gone):
            gone.clear()
            leave(name)
    every(0.005)(tick)
    def begin(name: str):
        spawn(work(name))
    t"""<p>{count}</p><button @click="begin">Go</button>{inner(leave=leave, later=leave_later)}"""

@live
def inner(leave, later):
    def call(name: str):
        leave(name)
    async def call_later(name: str):
        later(name)
    t'<button @click="call">Go</button><button @click="call_later">Go</button>'

page = page_of(None)
form = page_of("htmx")
'''


class Site:
    """An application with these components, and what it reports."""

    def __init__(self, module: Any, client: TestClient[Any, Any], errors: list[BaseException]) -> None:
        self.module = module
        self.client = client
        self.errors = errors
        self.origin = str(client.make_url("/")).rstrip("/")

    async def get(self, path: str) -> tuple[int, str]:
        async with self.client.get(path, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()

    @property
    def mounts(self) -> int:
        return len(self.client.app[LIVE].process.mounts)


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("answers") / "answering.py"
    file.write_text(COMPONENTS)
    return load_module(file)


@pytest.fixture(autouse=True)
def nothing_is_gone(module: Any) -> None:
    module.gone.clear()
    module.closed.clear()


@asynccontextmanager
async def serving(module: Any, **settings: Any) -> AsyncIterator[Site]:
    errors: list[BaseException] = []
    app = web.Application()
    hyper.setup(app, secret="s" * 32, on_error=lambda error, _: errors.append(error), **settings)

    async def show(request: web.Request) -> web.Response:
        component = getattr(module, request.match_info["component"])
        return hyper.page(await hyper.mount(request, component, **request.query))

    async def show_form(request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, module.form))

    app.router.add_get("/form", show_form)
    app.router.add_get("/shown/{component}", show)
    async with TestClient(TestServer(app)) as client:
        yield Site(module, client, errors)


# On load ------------------------------------------------------------------------------------------------------

ON_LOAD = [
    ("missing", (404, "No such article")),
    ("forbidden", (403, "<b>no</b>")),
    ("redirect", (303, "/log_in?next=1")),
    ("kept", (307, "/elsewhere")),
]


@pytest.mark.parametrize("outer", ["nested", "nested_with_forms"])
@pytest.mark.parametrize("kind", ["in_setup", "in_view"])
@pytest.mark.parametrize(("name", "answer"), ON_LOAD)
async def test_a_nested_component_answers_the_page(
    module: Any, outer: str, kind: str, name: str, answer: tuple[int, str]
) -> None:
    async with serving(module) as site:
        address = f"/shown/{outer}?kind={kind}&name={name}"
        status, text = await site.get(address)
        assert (status, "live-error" in text) == (200, False)
        assert (site.mounts, module.closed) == (1, [])
        module.gone.add(name)
        assert await site.get(address) == answer
        assert site.mounts == 1, "the page that could not be made is not kept"
        assert module.closed == [kind], "what its setup has opened is closed"
        assert site.errors == []


async def test_so_does_a_page_level_one(module: Any) -> None:
    module.gone.add("redirect")
    async with serving(module) as site:
        assert await site.get("/shown/in_setup?name=redirect") == (303, "/log_in?next=1")
        assert await site.get("/shown/in_view?name=redirect") == (303, "/log_in?next=1")


async def test_a_failed_request_of_the_application_is_no_answer(module: Any) -> None:
    module.gone.add("client")
    async with serving(module) as site:
        status, text = await site.get("/shown/nested?kind=in_setup&name=client")
        assert (status, "in_setup could not be shown." in text) == (200, True)


def test_in_tests_it_is_raised(module: Any) -> None:
    module.gone.add("missing")
    with pytest.raises(web.HTTPNotFound):
        mount(module.nested, kind="in_setup", name="missing")
    with pytest.raises(web.HTTPNotFound):
        mount(module.nested, raises=False, kind="in_setup", name="missing")
    page = mount(module.page)
    with pytest.raises(web.HTTPSeeOther, match="See Other"):
        page.submit("form:first-of-type", name="redirect")
    assert page.text("p") == "1"
    with pytest.raises(web.HTTPNotFound):
        page.submit("form:first-of-type", name="missing")
    assert page.text("p") == "1"
    with pytest.raises(web.HTTPNotFound):
        page.click("button", text="Show")


# Over the socket ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def opened(site: Site, path: str = "/shown/page") -> AsyncIterator[Tab]:
    """A page that has been loaded."""
    visitor = Visitor(site.origin)
    try:
        async with visitor.session.get(site.origin + path) as response:
            text = await response.text()
        found = re.search(
            r'data-live-component="(.*?)" data-live-token="([^"]*)"[^>]*>(.*)</div>', text, re.DOTALL
        )
        assert found is not None, text
        yield Tab(visitor, *found.groups())
    finally:
        await visitor.close()


@asynccontextmanager
async def connected(site: Site, path: str = "/shown/page") -> AsyncIterator[Tab]:
    async with opened(site, path) as tab:
        await tab.join()
        yield tab


async def act(tab: Tab, event: str, **params: Any) -> list[dict[str, Any]]:
    """What the server sends for an event, its ack included."""
    tab.seq += 1
    component, _, handler = event.rpartition(":")
    await tab.say(
        type="event", seq=tab.seq, component_id=component or tab.mount_id, event=handler, params=params
    )
    frames: list[dict[str, Any]] = []

    def is_ack(frame: dict[str, Any]) -> bool:
        frames.append(frame)
        return bool(frame["type"] == "ack")

    await tab.until(is_ack)
    return frames


def going(frames: list[dict[str, Any]]) -> list[str]:
    return [frame["location"] for frame in frames if "location" in frame]


@pytest.mark.parametrize("handler", ["go", "go_later"])
@pytest.mark.parametrize(
    ("name", "location"), [("redirect", "/log_in?next=1"), ("relative", "?page=2"), ("kept", "/elsewhere")]
)
async def test_a_redirect_of_a_handler_leads_on_and_keeps_its_work(
    module: Any, handler: str, name: str, location: str
) -> None:
    async with serving(module) as site, connected(site) as tab:
        frames = await act(tab, handler, name=name)
        assert going(frames) == [location]
        assert "error" not in frames[-1]
        assert [frame["type"] for frame in frames if frame["type"] == "push"] == ["push"] * (handler == "go")
        assert "<p>1</p>" in await tab.shown()
        assert going(await act(tab, "increment")) == [], "once"
        assert site.errors == []


async def test_who_asks_again_after_a_lost_answer_is_sent_again(module: Any) -> None:
    async with serving(module) as site, connected(site) as tab:
        await act(tab, "go", name="redirect")
        tab.seq -= 1
        assert going(await act(tab, "go", name="redirect")) == ["/log_in?next=1"]
        assert "<p>1</p>" in await tab.shown()


@pytest.mark.parametrize("handler", ["go", "go_later"])
@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("missing", "http_404", "No such article"),
        ("plain", "http_410", "Gone"),
        ("forbidden", "http_403", "Forbidden"),
    ],
)
async def test_another_answer_refuses_the_event(
    module: Any, handler: str, name: str, code: str, message: str
) -> None:
    async with serving(module) as site, connected(site) as tab:
        frames = await act(tab, handler, name=name)
        assert frames[-1]["error"] == {"code": code, "message": message}
        assert [frame["type"] for frame in frames] == ["ack"]
        assert "<p>0</p>" in await tab.shown()
        assert site.errors == []


async def test_an_answer_of_success_is_none(module: Any) -> None:
    async with serving(module) as site, connected(site) as tab:
        frames = await act(tab, "go", name="fine")
        assert (going(frames), "error" in frames[-1]) == ([], False)
        assert "<p>1</p>" in await tab.shown()


async def test_no_redirect_to_what_could_run_code(module: Any) -> None:
    async with serving(module) as site, connected(site) as tab:
        frames = await act(tab, "go", name="code")
        assert frames[-1]["error"]["code"] == "handler_failed"
        assert going(frames) == []
        assert "<p>0</p>" in await tab.shown()
        assert [str(error) for error in site.errors] == [
            "a redirect to 'javascript:alert(1)', whose scheme could run code: give a path, or an address that"
            " begins with https://"
        ]


async def test_a_failed_request_of_a_handler_is_a_failure(module: Any) -> None:
    async with serving(module) as site, connected(site) as tab:
        assert (await act(tab, "go", name="client"))[-1]["error"]["code"] == "handler_failed"
        assert isinstance(site.errors[0], aiohttp.ClientResponseError)


async def test_a_nested_component_that_is_shown_later_has_the_page_loaded_again(module: Any) -> None:
    module.gone.add("missing")
    async with serving(module) as site, connected(site) as tab:
        frames = await act(tab, "show")
        assert [frame["code"] for frame in frames if frame["type"] == "error"] == ["expired"]
        assert "error" not in frames[-1]
        assert "<p>0</p>" in await tab.shown(), "until then the page goes on"
        assert site.errors == []


@pytest.mark.parametrize(("name", "told"), [("missing", ["expired"]), ("redirect", ["/log_in?next=1"])])
async def test_so_has_a_view(module: Any, name: str, told: list[str]) -> None:
    async with serving(module) as site, connected(site, f"/shown/in_view?name={name}") as tab:
        module.gone.add(name)
        (runner,) = site.client.app[LIVE].process.mounts
        runner.mount.root.invalidate()  # type: ignore[attr-defined]
        frame = await tab.until(lambda frame: frame["type"] == "error")
        assert [frame.get("location", frame["code"])] == told
        assert site.errors == []


@pytest.mark.parametrize("path", ["/shown/page", "/shown/nested?kind=in_setup&name=missing"])
async def test_a_page_that_is_mounted_again_is_loaded_again(module: Any, path: str) -> None:
    async with serving(module, limits=Limits(pending=0)) as site, opened(site, path) as tab:
        module.gone.update({"page", "missing"})
        with pytest.raises(AssertionError, match="expired"):
            await tab.join()
        assert (site.errors, site.mounts) == ([], 0)


# Hooks, timers and tasks ---------------------------------------------------------------------------------------

OUTCOMES = [("redirect", "/log_in?next=1", 1), ("missing", "http_404", 0)]
"""What a job raises, what its page is told, and how much of its work is kept."""


async def told(tab: Tab) -> str:
    frame = await tab.until(lambda frame: frame["type"] == "error")
    return str(frame.get("location", frame["code"]))


@pytest.mark.parametrize(("name", "what", "kept"), OUTCOMES)
async def test_a_hook_may_raise_one(module: Any, name: str, what: str, kept: int) -> None:
    async with serving(module) as site, connected(site, f"/shown/hooks?first={name}") as tab:
        assert await told(tab) == what
        assert f"<p>{kept}</p>" in await tab.shown()
        assert site.errors == []


@pytest.mark.parametrize(("name", "what", "kept"), OUTCOMES)
async def test_a_timer_may_raise_one(module: Any, name: str, what: str, kept: int) -> None:
    async with serving(module) as site, connected(site, "/shown/hooks") as tab:
        module.gone.add(name)
        assert await told(tab) == what
        assert f"<p>{1 + kept}</p>" in await tab.shown()
        assert site.errors == []


@pytest.mark.parametrize(("name", "what", "kept"), OUTCOMES)
async def test_a_task_may_raise_one_in_its_turn(module: Any, name: str, what: str, kept: int) -> None:
    async with serving(module) as site, connected(site, "/shown/hooks") as tab:
        assert "error" not in (await act(tab, "begin", name=name))[-1]
        assert await told(tab) == what
        assert f"<p>{1 + kept}</p>" in await tab.shown()
        assert site.errors == []


@pytest.mark.parametrize("handler", ["call", "call_later"])
@pytest.mark.parametrize(("name", "what", "kept"), OUTCOMES)
async def test_a_function_of_an_outer_component_may_raise_one(
    module: Any, handler: str, name: str, what: str, kept: int
) -> None:
    async with serving(module) as site, connected(site, "/shown/hooks") as tab:
        frames = await act(tab, f"{tab.mount_id}.1:{handler}", name=name)
        assert [*going(frames), *(error["code"] for error in [frames[-1].get("error")] if error)] == [what]
        assert f"<p>{1 + kept}</p>" in await tab.shown()
        assert site.errors == []


async def test_a_redirect_waits_for_a_line_that_is_lost(module: Any) -> None:
    async with serving(module) as site, connected(site, "/shown/hooks") as tab:
        await tab.shown()
        await tab.drop()
        (runner,) = site.client.app[LIVE].process.mounts
        await until(lambda: runner.client is None)
        module.gone.add("redirect")
        await until(lambda: not module.gone)
        await tab.join()
        assert await told(tab) == "/log_in?next=1"


async def until(condition: Callable[[], bool]) -> None:
    """Let the server work until that is true."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


# Forms ----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def posting(module: Any) -> AsyncIterator[tuple[Window, list[BaseException]]]:
    errors: list[BaseException] = []
    async with browsing(module.form, on_error=lambda error, _: errors.append(error)) as browser:
        yield await browser.open("/shop?x=1"), errors


async def answer_to(
    window: Window, handler: str, name: str, **headers: str
) -> tuple[int, str, aiohttp.ClientResponse]:
    async with window.browser.session.post(
        window.browser.origin + window.url_of(handler),
        data={"_live": window.token(), "name": name},
        headers={"Origin": window.browser.origin, **headers},
        allow_redirects=False,
    ) as response:
        return response.status, await response.text(), response


@pytest.mark.parametrize("handler", ["go", "go_later"])
@pytest.mark.parametrize(
    ("name", "location"),
    [("redirect", "/log_in?next=1"), ("relative", "/shop?page=2"), ("kept", "/elsewhere")],
)
async def test_a_form_is_answered_with_a_redirect(
    module: Any, handler: str, name: str, location: str
) -> None:
    async with posting(module) as (window, errors):
        status, _, response = await answer_to(window, handler, name)
        assert (status, response.headers["Location"]) == (303, location), "resolved against its page"
        (runner,) = window.browser.mounts
        await runner.show()
        assert "<p>1</p>" in runner.mount.html()
        assert errors == []


async def test_htmx_is_told_where_to_go(module: Any) -> None:
    async with posting(module) as (window, _):
        status, text, response = await answer_to(window, "go", "relative", **{"HX-Request": "true"})
        assert (status, text, response.headers["HX-Redirect"]) == (200, "", "/shop?page=2")


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [("missing", 404, "No such article"), ("forbidden", 403, "<b>no</b>"), ("fine", 204, "")],
)
async def test_a_form_is_answered_with_any_answer(module: Any, name: str, status: int, text: str) -> None:
    async with posting(module) as (window, errors):
        assert (await answer_to(window, "go", name))[:2] == (status, text)
        (runner,) = window.browser.mounts
        await runner.show()
        assert f"<p>{int(name == 'fine')}</p>" in runner.mount.html()
        assert errors == []


async def test_a_form_leads_to_nothing_that_could_run_code(module: Any) -> None:
    async with posting(module) as (window, errors):
        _, _, response = await answer_to(window, "go", "code")
        assert response.headers["Location"].startswith("/shop?x=1&_live=")
        assert "whose scheme could run code" in str(errors[0])


async def test_a_page_whose_view_raises_one_after_a_form_is_answered_with_it(module: Any) -> None:
    module.gone.add("missing")
    async with posting(module) as (window, errors):
        status, _, response = await answer_to(window, "show", "")
        assert status == 303
        address = window.browser.origin + response.headers["Location"]
        for answer in [(404, "No such article"), (200, "0")]:  # it is closed, and mounted again
            async with window.browser.session.get(address) as shown:
                text = await shown.text()
                assert (shown.status, text if shown.status == 404 else text.partition("<p>")[2][0]) == answer
        assert errors == []


async def test_htmx_is_told_where_a_view_leads(module: Any) -> None:
    async with posting(module) as (window, _):
        module.gone.add("page")
        _, _, response = await answer_to(window, "increment", "", **{"HX-Request": "true"})
        assert response.headers["HX-Redirect"] == "/log_in"
