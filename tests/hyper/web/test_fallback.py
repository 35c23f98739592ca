"""``@live(fallback="htmx")`` without a browser: what is put on the HTML, what a post means, what becomes of it."""

from __future__ import annotations

import re
from typing import Annotated, Any

import pytest
from markupsafe import Markup
from pydantic import Field
from yarl import URL

import hyper
from hyper import Invalid, error
from hyper.errors import ComponentError
from hyper.transport.limits import Limits
from hyper.transport.tokens import digest
from hyper.web.fallback import REPEATED

from ..plain_browser import Window, browsing, counter

ran: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


@hyper.live(fallback="htmx")
def form():
    def save(
        name: Annotated[str, Field(min_length=2)], age: int, tags: list[str] | None = None, ok: bool = False
    ):
        if name == "taken":
            raise Invalid(name="There is one")
        ran.append((name, age, tags, ok))

    wrong = "; ".join(f"{field}: {error(field)}" for field in ("name", "age") if error(field))
    return Markup(f"""<form @submit.prevent="save"><input name="name"><input name="age"><textarea name="note"></textarea>
        <select name="tags" multiple><option>a</option><option>b</option><option>c</option></select>
        <input type="checkbox" name="ok"><input type="password" name="word"><button>Save</button></form>
        <p>{wrong}</p>""")


# The decorator ------------------------------------------------------------------------------------------------


def test_a_fallback_that_there_is_not() -> None:
    with pytest.raises(ComponentError, match=r'fallback=\'ajax\' of counter.*@live\(fallback="htmx"\)'):
        hyper.live(fallback="ajax")(counter.function)


def test_without_the_argument_there_is_none() -> None:
    assert hyper.live(counter.function).fallback is None
    assert hyper.live(name="other")(counter.function).fallback is None
    assert counter.fallback == "htmx"


async def test_pages_without_fallback_have_nothing_of_it() -> None:
    async with browsing(hyper.live(counter.function)) as browser:
        page = await browser.open()
    assert not re.search(r"fallback|formaction|_live\"|hx-|data-live-was|data-live-version", page.html)


# Posts --------------------------------------------------------------------------------------------------------


async def test_a_click_is_a_post_and_a_page() -> None:
    async with browsing(counter) as browser:
        page = await browser.open()
        for count in (1, 2, 3):
            await page.click("increment")
            assert page.text() == f"Count: {count}"
            assert [answer.status for answer in page.answer.history] == [303]
        assert (await page.load()).text() == "Count: 3"
        assert (await browser.open()).text() == "Count: 0", "a new page is a new counter"


async def test_properties_and_query_come_back() -> None:
    async with browsing(counter) as browser:
        page = await (await browser.open("/shop?start=5&x=%26")).click("increment")
        assert page.text() == "Count: 6"
        assert re.fullmatch(r"/shop\?start=5&x=%26&_live=[\w-]+", page.path)


async def test_below_a_prefix() -> None:
    async with browsing(counter, prefix="/inner") as browser:
        page = await (await browser.open("/inner/")).click("increment")
        assert page.url_of("increment").startswith("/inner/_live/post?do=increment.")
        assert page.text() == "Count: 1"


@pytest.mark.parametrize("path", ["//evil.test/x", "/\\evil.test", "///evil.test"])
async def test_the_way_back_stays_here(path: str) -> None:
    async with browsing(counter) as browser:
        page = Window(browser, "/")
        async with browser.session.get(URL(browser.origin + path, encoded=True)) as response:
            page.html = await response.text()
        headers = {"Origin": browser.origin}
        async with browser.session.post(
            browser.origin + page.url_of("increment"),
            data={"_live": page.token()},
            headers=headers,
            allow_redirects=False,
        ) as answer:
            location = answer.headers["Location"]
    assert re.match(r"/[^/\\]", location)
    assert "evil.test" not in URL(browser.origin).join(URL(location, encoded=True)).host  # type: ignore[operator]


async def test_htmx_gets_the_component_alone() -> None:
    async with browsing(counter) as browser:
        page = await browser.open("/?x=1")
        await page.post(page.url_of("increment"), _htmx=True)
        assert page.html.startswith("<div data-live-fallback=")
        assert "<script" not in page.html
        assert page.text() == "Count: 1"
        where = page.answer.headers["HX-Replace-Url"]
        assert (await browser.open(where)).text() == "Count: 1"


@pytest.mark.parametrize(
    ("around", "place"),
    [
        ("{origin}/shop?x=1", "/shop?x=1&"),
        ("{origin}/shop?_live=old", "/shop?"),
        ("https://evil.test//evil.test/x", "/evil.test/x?"),
        ("/relative", "/part?"),
        ("http://[", "/part?"),
        ("", "/part?"),
    ],
)
async def test_a_part_that_htmx_fetched_belongs_to_the_page_around(around: str, place: str) -> None:
    async with browsing(counter) as browser:
        page = Window(browser, "/part")
        headers = {"HX-Request": "true", "HX-Current-URL": around.format(origin=browser.origin)}
        async with browser.session.get(f"{browser.origin}/part", headers=headers) as answer:
            page.html = await answer.text()
        await page.post(page.url_of("increment"), _htmx=True)
        assert page.answer.headers["HX-Replace-Url"].startswith(f"{place}_live=")


async def test_every_field_arrives_as_over_the_socket() -> None:
    async with browsing(form) as browser:
        page = await browser.open()
        await page.click("save", name="Ada", age="36", tags=["a", "c"], ok="on", note="x", forged="y")
        await page.click("save", name="Bob", age="7", note="x")
    assert ran == [("Ada", 36, ["a", "c"], True), ("Bob", 7, [], False)]


async def test_what_is_wrong_is_shown_and_what_was_typed_stays() -> None:
    async with browsing(form) as browser:
        page = await browser.open()
        await page.click("save", name="A", age="many", note="<b>\nlong", tags=["b"], ok="on", word="secret")
        assert page.text() == ("name: Please enter at least 2 characters.; age: Please enter a whole number.")
        values = {item.attributes.get("name"): item.attributes for item in page.elements("input")}
        assert (values["name"]["value"], values["age"]["value"]) == ("A", "many")
        assert "checked" in values["ok"]
        assert page.text("textarea") == "<b>\nlong"
        assert ["selected" in item.attributes for item in page.elements("option")] == [False, True, False]
        assert "secret" not in page.html
        await page.click("save", name="taken", age="36")
        assert page.text() == "name: There is one"
        await page.click("save", name="Ada", age="36")
        assert page.text() == ""
        assert (
            "value"
            not in next(
                item for item in page.elements("input") if item.attributes.get("name") == "name"
            ).attributes
        )
    assert ran == [("Ada", 36, [], False)]


async def test_too_much_to_be_mended_is_not_kept() -> None:
    async with browsing(form, limits=Limits(mended_bytes=100)) as browser:
        page = await browser.open()
        await page.click("save", name="A", age="36", note="n" * 50)
        assert 'value="A"' in page.html
        await page.click("save", name="A", age="36", note="n" * 100)
        assert 'value="A"' not in page.html
        assert page.text() == "name: Please enter at least 2 characters."


async def test_a_handler_that_fails_tells_its_user_and_the_hook() -> None:
    errors: list[BaseException] = []
    async with browsing(counter, on_error=lambda error, context: errors.append(error)) as browser:
        page = await (await browser.open()).click("fail")
        assert re.fullmatch(r"Something went wrong \(error \w+\)\.", page.notice)
        assert await page.click("increment")
        assert (page.notice, "Count: 1" in page.html) == ("", True)
    assert [str(error) for error in errors] == ["on purpose"]


@hyper.live(fallback="htmx")
def many_controls():
    changed = 0

    def change(text: str):
        nonlocal changed
        changed += 1

    controls = "".join(f'<input @change="change(value)" key="{number}">' for number in range(9))
    return Markup(f"<p>{changed}</p>{controls}")


async def test_each_changed_control_of_a_form_is_an_event_of_the_rate() -> None:
    limits = Limits(events_per_s=0.001, events_burst=12)
    async with browsing(many_controls, limits=limits) as browser:
        page = await browser.open()

        async def change_all(text: str) -> None:
            marks = dict(re.findall(r'name="(_was\.[^"]+)" value="([^"]*)"', page.html))
            assert len(marks) == 9
            typed = {name.removeprefix("_was."): text for name in marks}
            await page.post(page.url_of("apply"), **marks, **typed)

        await change_all("tea")
        assert (page.text(), page.notice) == ("9", "")
        await change_all("milk")
        assert ">9</p>" in page.html
        assert page.notice == "Too many events at once: this one was not run.", "12 - 9 is not 9"
        await change_all("milk")
        assert page.notice == "Too many events at once: this one was not run.", (
            "it was not run, so it may come again"
        )


async def test_the_same_form_twice_is_done_once() -> None:
    async with browsing(form) as browser:
        page = await browser.open()
        url, token = page.url_of("save"), page.token()
        for _ in range(3):
            data = {"_live": token, "name": "Ada", "age": "36"}
            async with browser.session.post(
                browser.origin + url, data=data, headers={"Origin": browser.origin}
            ) as answer:
                text = await answer.text()
        assert REPEATED in text
        data["name"] = "Eve"  # from the same page, but something else
        async with browser.session.post(
            browser.origin + url, data=data, headers={"Origin": browser.origin}
        ) as answer:
            assert REPEATED not in await answer.text()
    assert [name for name, *_ in ran] == ["Ada", "Eve"]


# HTML that others wrote ---------------------------------------------------------------------------------------

SANITISED = "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=x></style></mglyph></form></mtext></math>"
GADGET = """<p data-live-old='{"onclick":"x"}' data-live-was="title" title="y">z</p>"""


@hyper.live(fallback="htmx")
def guestbook():
    def clear(): ...

    return Markup('<button @click="clear">clear</button>' + SANITISED)


@hyper.live(fallback="htmx")
def wall():
    def clear(): ...

    return Markup('<button @click="clear">clear</button>' + GADGET)


async def test_html_that_must_not_be_printed_again_is_sent_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    async with browsing(guestbook) as browser:
        page = await browser.open()
    assert SANITISED in page.html
    assert "<form" not in page.html.replace(SANITISED, "")
    assert "data-live-component=" in page.html
    assert "has no forms for browsers without scripts" in caplog.text


async def test_what_the_client_undoes_is_only_what_the_server_did() -> None:
    async with browsing(wall) as browser:
        page = await browser.open()
    assert '<p title="y">z</p>' in page.html
    assert "onclick" not in page.html


@pytest.mark.parametrize("random", ['"><script>alert(1)</script>', "' onclick=x ", "a b", "x" * 65])
async def test_an_id_from_the_address_is_an_id(random: str) -> None:
    async with browsing(counter) as browser:
        page = await browser.open()
        session_hash = next(iter(browser.mounts)).context.session_hash
        assert page.html
        forged = random + digest(f"{session_hash} {random}")[:8]
        again = await browser.open(str(URL("/").with_query(_live=forged)))
    assert random not in again.html
    assert re.search(r'data-live-fallback="[\w-]+"', again.html)
