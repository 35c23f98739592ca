"""``@live(fallback="htmx")`` in a real Chromium: without scripts, with htmx alone, with the client, with both.

The same user does the same things in all of them; only how a page comes back differs. There are htmx 2 and htmx 4.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

import hyper
from hyper.components.component import LiveComponent
from hyper.web.fallback import LOST, REPEATED

ROOT = Path(__file__).parents[2]
HTMX = {
    "2": ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.min.js",
    "4": ROOT / "node_modules" / "htmx4" / "dist" / "htmx.min.js",
}
MODES = ("none", "htmx 2", "htmx 4", "client", "both 2", "both 4")

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not all(file.exists() for file in HTMX.values()), reason="no htmx here: npm install"),
]


def with_fallback(name: str) -> LiveComponent:
    """An example that works without the client."""
    component = hyper.load(ROOT / "examples" / f"{name}.py")[name]
    return hyper.live(name=name, fallback="htmx")(component.function)


COMPONENTS = {name: with_fallback(name) for name in ("counter", "todo_list", "form_validation")}
COMPONENTS["live_counter"] = hyper.live(name="live_counter")(COMPONENTS["counter"].function)


@dataclass
class Site:
    app: web.Application
    address: str

    @property
    def live(self) -> hyper.web.app.Live:
        return self.app[hyper.web.app.LIVE]


async def show(request: web.Request) -> web.Response:
    body = await hyper.mount(request, COMPONENTS[request.match_info["name"]])
    if request.query.get("twice"):
        body += await hyper.mount(request, COMPONENTS[request.match_info["name"]])
    head = '<link rel="icon" href="data:,">'
    if "htmx" in request.query:
        head += f'<script src="/htmx{request.query["htmx"]}.js"></script>'
    response = hyper.page(body, head=head, title="Test")
    if "policy" in request.query:
        response.headers["Content-Security-Policy"] = POLICY
    return response


async def show_parts(request: web.Request) -> web.Response:
    """A page of htmx's own, with a place for live components."""
    body = """<p id="plain" hx-get="/text" hx-swap="innerHTML">old</p>
        <button id="load" hx-get="/live/counter" hx-target="#place" hx-select="[data-live-token]">Load</button>
        <button id="load-live" hx-get="/live/live_counter" hx-target="#place" hx-select="[data-live-token]">Load</button>
        <button id="drop" hx-get="/text" hx-target="#place">Drop</button><div id="place"></div>"""
    live = await hyper.mount(request, COMPONENTS[request.query.get("beside", "todo_list")])
    head = f'<link rel="icon" href="data:,"><script src="/htmx{request.query["htmx"]}.js"></script>'
    return hyper.page(hyper.web.app.Markup(body) + live, head=head)


async def send_text(request: web.Request) -> web.Response:
    return web.Response(text="new", content_type="text/html")


async def send_htmx(request: web.Request) -> web.FileResponse:
    return web.FileResponse(HTMX[request.match_info["version"]])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site() -> AsyncIterator[Site]:
    app = web.Application()
    app.add_routes(
        [
            web.get("/live/{name}", show),
            web.get("/parts", show_parts),
            web.get("/text", send_text),
            web.get("/htmx{version}.js", send_htmx),
        ]
    )
    hyper.setup(app, secret="a secret of the tests")
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Site(app, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


class Visitor:
    """Somebody with one kind of browser."""

    def __init__(self, context: BrowserContext, page: Page, site: Site, mode: str) -> None:
        self.context = context
        self.page = page
        self.site = site
        self.mode, _, self.htmx = mode.partition(" ")
        self.posts: list[str] = []
        page.on(
            "request", lambda request: self.posts.append(request.url) if request.method == "POST" else None
        )

    @property
    def has_client(self) -> bool:
        return self.mode in ("client", "both")

    async def open(self, name: str, query: str = "") -> None:
        htmx = f"&htmx={self.htmx}" if self.htmx else ""
        await self.page.goto(f"{self.site.address}/live/{name}?{query}{htmx}")
        await self.is_ready()

    async def is_ready(self) -> None:
        if self.has_client:
            await expect(self.page.locator(".live-connected").first).to_be_visible()

    def at(self, selector: str) -> Locator:
        return self.page.locator(selector)

    async def has(self, selector: str, text: str) -> None:
        await expect(self.at(selector)).to_have_text(text)

    async def tick(self, locator: Locator) -> None:
        """Tick a checkbox; without scripts, say that this was all."""
        await locator.click()
        if self.mode == "none":
            await self.at(".live-apply").click()


async def new_visitor(chromium: Browser, site: Site, mode: str) -> Visitor:
    context = await chromium.new_context(java_script_enabled=mode != "none")
    if mode.startswith("htmx"):  # something keeps the client away
        await context.route("**/_live/*.js*", lambda route: route.abort())
    return Visitor(context, await context.new_page(), site, mode)


@pytest_asyncio.fixture(params=MODES, loop_scope="session")
async def visitor(chromium: Browser, site: Site, request: pytest.FixtureRequest) -> AsyncIterator[Visitor]:
    visitor = await new_visitor(chromium, site, request.param)
    problems: list[str] = []
    visitor.page.on("pageerror", lambda error: problems.append(str(error)))
    yield visitor
    await visitor.context.close()
    assert problems == []
    assert not (visitor.has_client and visitor.posts), "the client sends nothing by forms"


@pytest_asyncio.fixture(loop_scope="session")
async def plain(chromium: Browser, site: Site) -> AsyncIterator[Visitor]:
    """A visitor without scripts."""
    visitor = await new_visitor(chromium, site, "none")
    yield visitor
    await visitor.context.close()


async def test_counter(visitor: Visitor) -> None:
    await visitor.open("counter")
    for count in (1, 2, 3):
        await visitor.at("button:visible").click()
        await visitor.has("p", f"Count: {count}")


async def test_todo_list(visitor: Visitor) -> None:
    await visitor.open("todo_list")
    await visitor.at("[name=text]").fill("Write <b>tests</b> & run them")
    await visitor.at("[name=text]").press("Enter")
    await visitor.has("li:nth-child(4) span", "Write <b>tests</b> & run them")
    await expect(visitor.at("[name=text]")).to_have_value("")
    await visitor.tick(visitor.at("li:nth-child(2) [type=checkbox]"))
    await visitor.has("footer p", "2 tasks left")
    await visitor.at("li:nth-child(3) .delete").click()
    await expect(visitor.at("li")).to_have_count(3)
    await visitor.at("text=Done >> nth=0").click()
    await expect(visitor.at("li")).to_have_count(2)
    await visitor.at(".clear").click()
    await expect(visitor.at("li")).to_have_count(0)
    await visitor.has("footer p", "1 task left")
    await visitor.at("form:first-of-type button:visible").first.click()
    await visitor.has("#problem", "Write down what there is to do")


async def test_form_validation(visitor: Visitor) -> None:
    await visitor.open("form_validation")
    await visitor.at("[name=name]").fill("A")
    await visitor.at("[name=email]").fill("ada@nowhere")
    await visitor.at("[name=age]").fill("17")
    await visitor.at("[name=password]").fill("secret")
    await visitor.at("[value=team]").check()
    await visitor.at("form.card button:visible").click()
    await visitor.has("#email-problem", "An address looks like name@example.com")
    await visitor.has("#age-problem", "Please enter 18 or more.")
    await visitor.has("#terms-problem", "Accept the terms to continue")
    await expect(visitor.at("[name=name]")).to_have_value("A")
    await expect(visitor.at("[value=team]")).to_be_checked()
    if visitor.mode in ("none", "htmx"):
        assert "secret" not in await visitor.page.content(), "passwords are never written into a page"
    for name, text in {
        "name": "Ada",
        "email": f"ada-{visitor.mode}{visitor.htmx}@example.com",
        "age": "36",
        "password": "Correct horse 7",
        "repeated": "Correct horse 7",
    }.items():
        await visitor.at(f"[name={name}]").fill(text)
    await visitor.at("[name=terms]").check()
    await visitor.at("form.card button:visible").click()
    await visitor.has("h1", "Welcome, Ada")
    await visitor.at("text=Another one").click()
    await visitor.has("h1", "Create an account")


async def test_with_the_client_the_page_is_the_servers_tree(chromium: Browser, site: Site) -> None:
    for mode in ("client", "both 2", "both 4"):
        visitor = await new_visitor(chromium, site, mode)
        await visitor.open("todo_list")
        root = visitor.at("[data-live-component][data-live-token]")
        mount_id = await root.get_attribute("data-live-component")
        assert mount_id is not None
        runner = site.live.process.mounts.get(mount_id)
        assert runner is not None
        same = """(root, html) => {
            const template = document.createElement("div");
            template.innerHTML = html;
            return [root.innerHTML, template.innerHTML];
        }"""
        shown, held = await root.evaluate(same, runner.mount.html())
        assert shown == held
        await visitor.context.close()


async def test_the_client_takes_over_what_was_posted(plain: Visitor) -> None:
    """Scripts were not there at first: the state goes on, and patches fit the page."""
    await plain.open("counter")
    await plain.at("button:visible").click()
    await plain.at("button:visible").click()
    await plain.has("p", "Count: 2")
    state = await plain.context.storage_state()
    browser = plain.context.browser
    assert browser is not None
    context = await browser.new_context(storage_state=state)
    page = await context.new_page()
    await page.goto(plain.page.url)
    await expect(page.locator(".live-connected")).to_be_visible()
    await expect(page.locator("p")).to_have_text("Count: 2")
    await page.locator("button:visible").click()
    await expect(page.locator("p")).to_have_text("Count: 3")
    await plain.page.reload()
    await plain.has("p", "Count: 3")
    await context.close()


async def test_reload_and_back(plain: Visitor) -> None:
    await plain.open("counter")
    await plain.at("button:visible").click()
    await plain.at("button:visible").click()
    await plain.has("p", "Count: 2")
    posts = len(plain.posts)
    await plain.page.reload()
    await plain.has("p", "Count: 2")
    assert len(plain.posts) == posts, "a reload posts nothing"
    await plain.page.go_back()
    assert "/_live/" not in plain.page.url, "no step back leads to a form"
    await plain.page.go_forward()
    await plain.has("p", "Count: 2")


async def test_two_tabs_are_two_counters(plain: Visitor) -> None:
    await plain.open("counter")
    other = Visitor(plain.context, await plain.context.new_page(), plain.site, "none")
    await other.open("counter")
    await plain.at("button:visible").click()
    await other.at("button:visible").click()
    await other.at("button:visible").click()
    await plain.page.reload()
    await plain.has("p", "Count: 1")
    await other.has("p", "Count: 2")


async def test_two_components_of_a_page_keep_their_state(plain: Visitor) -> None:
    await plain.open("counter", "twice=1")
    await plain.at("button:visible").first.click()
    await plain.at("button:visible").last.click()
    await plain.at("button:visible").last.click()
    await expect(plain.at("p")).to_have_text(["Count: 1", "Count: 2"])


async def test_an_old_page_says_what_became_of_it(plain: Visitor) -> None:
    await plain.open("counter")
    await plain.at("button:visible").click()
    await plain.has("p", "Count: 1")
    await plain.page.go_back()
    await plain.at("button:visible").click()
    await plain.has(".live-notice", REPEATED)
    await plain.has("p:not(.live-notice)", "Count: 1")
    await plain.at("button:visible").click()
    await plain.has("p", "Count: 2")


async def test_a_state_that_expired(plain: Visitor) -> None:
    await plain.open("todo_list")
    await plain.at("[name=text]").fill("Milk")
    await plain.at("[name=text]").press("Enter")
    await expect(plain.at("li")).to_have_count(4)
    for runner in plain.site.live.process.mounts:
        plain.site.live.process.mounts.remove(runner)
        await runner.close()
    await plain.at("[name=text]").fill("Bread")
    await plain.at("[name=text]").press("Enter")
    await plain.has(".live-notice", LOST)
    await expect(plain.at("li")).to_have_count(3)
    await expect(plain.at("[name=text]")).to_have_value("Bread")
    await plain.at("[name=text]").press("Enter")
    await plain.has("li:nth-child(4) span", "Bread")
    await expect(plain.at(".live-notice")).to_have_count(0)


async def test_a_form_that_is_refused_leads_back_to_its_page(plain: Visitor) -> None:
    problems: list[str] = []
    plain.page.on("console", lambda message: problems.append(message.text))
    await plain.open("todo_list", "policy=1")
    await plain.at("[name=text]").fill("Milk")
    await plain.context.clear_cookies()
    await plain.at("[name=text]").press("Enter")
    await plain.has("h1", "Your form was not submitted")
    await plain.has("p >> nth=0", "The session cookie is missing: are cookies blocked?")
    await plain.at("text=Load the page again").click()
    await plain.at("[name=text]").fill("Milk")
    await plain.at("[name=text]").press("Enter")
    await plain.has("li:nth-child(4) span", "Milk")
    assert problems == ["Failed to load resource: the server responded with a status of 403 (Forbidden)"]


async def test_a_form_for_a_process_that_ends_is_sent_again_by_a_reload(plain: Visitor) -> None:
    await plain.open("todo_list")
    plain.site.live.process.is_draining = True
    await plain.at("[name=text]").fill("Milk")
    await plain.at("[name=text]").press("Enter")
    await plain.has("h1", "Your form was not submitted")
    plain.site.live.process.is_draining = False
    await plain.page.reload()
    await plain.has("li:nth-child(4) span", "Milk")


@pytest.mark.parametrize("version", HTMX)
async def test_htmx_reports_a_form_that_is_refused(chromium: Browser, site: Site, version: str) -> None:
    visitor = await new_visitor(chromium, site, f"htmx {version}")
    await visitor.open("todo_list")
    await visitor.page.evaluate(
        """() => {
            document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
                document.title = `${xhr.status} ${xhr.responseText}`;
            });
            document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
                document.title = `${ctx.response.raw.status} ${ctx.text}`;
            });
        }"""
    )
    await visitor.at("[name=text]").evaluate("element => element.removeAttribute('maxlength')")
    await visitor.at("[name=text]").fill("Milk" * 100_000)
    await visitor.at("[name=text]").press("Enter")
    message = '<p class="live-notice" role="alert">This form has more than 262144 bytes.</p>'
    await expect(visitor.page).to_have_title(f"413 {message}")
    await expect(visitor.at("[name=text]")).to_have_value("Milk" * 100_000)
    await visitor.context.close()


@pytest.mark.parametrize("version", HTMX)
async def test_htmx_goes_on_beside_live_components(chromium: Browser, site: Site, version: str) -> None:
    for mode in (f"htmx {version}", f"both {version}"):
        visitor = await new_visitor(chromium, site, mode)
        await visitor.page.goto(f"{site.address}/parts?htmx={visitor.htmx}")
        await visitor.is_ready()
        await visitor.at("#plain").click()
        await visitor.has("#plain", "new")
        await visitor.at("#load").click()
        for count in (1, 2):
            await visitor.at("#place button:visible").click()
            await visitor.has("#place p", f"Count: {count}")
        if visitor.has_client:
            for _ in range(3):  # what htmx takes away is not cared for any more
                await visitor.at("#load").click()
                await visitor.has("#place p", "Count: 0")
                await expect(visitor.at("#place .live-connected")).to_be_visible()
            (connection,) = site.live.process.connections
            assert len(connection.runners) == 2
        await visitor.at("#drop").click()
        await visitor.has("#place", "new")
        await visitor.at("li:nth-child(3) .delete").click()
        await expect(visitor.at("li")).to_have_count(2)
        await visitor.context.close()


@pytest.mark.parametrize("version", HTMX)
async def test_a_page_that_loads_htmx_beside_components_without_fallback(
    chromium: Browser, site: Site, version: str
) -> None:
    visitor = await new_visitor(chromium, site, f"both {version}")
    problems: list[str] = []
    visitor.page.on("pageerror", lambda error: problems.append(str(error)))
    visitor.page.on("console", lambda message: problems.append(message.text))
    await visitor.page.goto(f"{site.address}/parts?htmx={version}&beside=live_counter")
    await visitor.is_ready()
    own = "#place ~ [data-live-token]"
    for count in (1, 2):
        await visitor.at(f"{own} button:visible").first.click()
        await visitor.has(f"{own} p", f"Count: {count}")
    for _ in range(2):  # what htmx swaps in comes to life, and does not disturb what is there
        await visitor.at("#load-live").click()
        await visitor.has("#place p", "Count: 0")
        await expect(visitor.at("#place .live-connected")).to_be_visible()
        await visitor.at("#place button:visible").first.click()
        await visitor.has("#place p", "Count: 1")
        await visitor.has(f"{own} p", "Count: 2")
    await visitor.at("#drop").click()
    await visitor.has("#place", "new")
    await visitor.at(f"{own} button:visible").first.click()
    await visitor.has(f"{own} p", "Count: 3")
    await visitor.context.close()
    assert problems == []


POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'; img-src data:;"
    " base-uri 'none'; require-trusted-types-for 'script'; trusted-types hyper"
)


async def test_a_strict_policy_is_kept(chromium: Browser, site: Site) -> None:
    """The hand-over to the client, and the forms before it, need nothing that a strict policy forbids."""
    for mode in ("none", "client"):
        visitor = await new_visitor(chromium, site, mode)
        problems: list[str] = []
        visitor.page.on("console", lambda message, found=problems: found.append(message.text))
        await visitor.open("todo_list", "policy=1")
        await visitor.at("li:nth-child(3) .delete").click()
        await expect(visitor.at("li")).to_have_count(2)
        await visitor.at("[name=text]").fill("Milk")
        await visitor.at("[name=text]").press("Enter")
        await visitor.has("li:nth-child(3) span", "Milk")
        assert problems == []
        await visitor.context.close()


async def test_double_clicks_run_once(plain: Visitor) -> None:
    """Two identical forms on their way: the page's token is spent by the first."""
    await plain.open("counter")
    form: dict[str, Any] = {"_live": await plain.at("[name=_live]").first.get_attribute("value")}
    action = await plain.at("button:visible").get_attribute("formaction")
    for _ in range(3):
        answer = await plain.context.request.post(
            f"{plain.site.address}{action}", form=form, headers={"Origin": plain.site.address}
        )
        text = await answer.text()
        assert re.search(r"Count: (\d+)", text)[1] == "1"  # type: ignore[index]
