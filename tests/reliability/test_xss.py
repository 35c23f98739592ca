"""A corpus of payloads in every place of a template, on both ways into a page: nothing but text comes of it.

``HYPER_XSS`` is the number of payloads drawn from the corpus (default 150; ``nox -s proof -- xss``: all of them).
``tests/browser/test_xss.py`` shows the same pages to Chromium.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer

from hyper.components.page import PageMount
from hyper.diff import apply_patches, patches_from_json, patches_to_json
from hyper.testing.sources import load_source
from hyper.transport import wire
from hyper.transport.limits import Limits
from hyper.vdom import Element, Root, TemplateError, parse_html
from hyper.vdom.templates.compiler import compile_template
from hyper.vdom.templates.expressions import parse_expression
from hyper.vdom.templates.urls import BLOCKED_URL, GUARDS, SAFE_SCHEMES
from hyper.web.app import mount, page, setup

from .payloads import CLASSES, PAYLOADS
from .xss import HANDLERS, HARMLESS, Way, components, elements, mounted, scheme_of, skeleton, way

COUNT = min(len(PAYLOADS), int(os.environ.get("HYPER_XSS", "150")))


@pytest.fixture
def payloads(rng: random.Random) -> list[str]:
    """Some of every class."""
    return [payload for make in CLASSES for payload in some(rng, make())]


def some(rng: random.Random, payloads: list[str]) -> list[str]:
    return rng.sample(payloads, max(1, len(payloads) * COUNT // len(PAYLOADS)))


def test_the_corpus_is_large_and_has_everything_once() -> None:
    assert len(PAYLOADS) >= 1_500
    assert len(set(PAYLOADS)) == len(PAYLOADS)
    assert min(len(make()) for make in CLASSES) >= 40


def shown(text: str) -> str:
    """What a text is in a page: of NUL and halves of surrogate pairs, what parsers make of them."""
    return re.sub("[\\0\ud800-\udfff]", "\ufffd", text)


def is_carried(text: str) -> bool:
    """Can UTF-8 carry it?"""
    return not re.search("[\ud800-\udfff]", text)


async def test_first_html_holds_a_payload_as_text(payloads: list[str]) -> None:
    harmless = skeleton(parse_html((await mounted(HARMLESS)).html()))
    for payload in payloads:
        mount = await mounted(payload)
        tree = parse_html(mount.html())
        assert not is_carried(payload) or tree == mount.root.to_root(), repr(payload)
        assert skeleton(tree) == harmless, repr(payload)
        for element in elements(tree):
            check_element(element, payload)
    print(f"\n{len(payloads)} payloads in {len(harmless)} elements: no skeleton changed")


def check_element(element: Element, payload: str) -> None:
    """Values are the payload where nothing had to be taken away; URLs run nothing; styles stay within."""
    for name, value in element.attributes.items():
        if name in GUARDS and (scheme := scheme_of(value)):
            is_image = scheme == "data" and value.strip().startswith("data:image/") and "svg" not in value
            assert scheme in SAFE_SCHEMES or value == BLOCKED_URL or is_image, (payload, value)
        elif name == "style":
            assert not any(mark in value for mark in (";", "{", "}", "\\", "@")), (payload, value)
        elif name.startswith("@"):
            assert called(value) in (
                {"pick"},
                {"press"},
                {"put"},
                {"insert"},
                {"replace"},
                {"tell"},
                {"fail"},
            ), value
        elif name in ("lang", "data-x", "aria-label") and element.attributes.get("title") != "part":
            assert value == shown(payload), (payload, value)


def called(expression: str) -> set[str]:
    """The handlers that an event attribute names."""
    actions, handler = parse_expression(expression)
    assert actions == []
    return {handler} if handler else set()


@pytest.mark.parametrize("kind", HANDLERS)
async def test_patches_bring_a_payload_in_as_text(kind: str, payloads: list[str]) -> None:
    before = await mounted(HARMLESS)
    harmless = skeleton_after(before, await way(kind, HARMLESS))
    for payload in payloads:
        assert skeleton_after(before, await way(kind, payload)) == harmless, repr(payload)
    print(f"\n{len(payloads)} payloads as {kind}: no skeleton changed")


def skeleton_after(before: PageMount, arrived: Way) -> list[list[tuple[str, ...]]]:
    """Of each component, with the patches applied as they come over the wire; and of the page's new HTML."""
    trees = {id: item.to_root() for id, item in before.mounted.items()}
    for component_id, patches in arrived.changes:
        tree = trees.get(component_id, Root(()))
        trees[component_id] = apply_patches(tree, patches_from_json(patches_to_json(patches)))
    return [*map(skeleton, trees.values()), skeleton(parse_html(arrived.html))]


def test_messages_hold_a_payload_as_text(payloads: list[str]) -> None:
    """Every frame in which a text of an application or of a peer can stand is one JSON object that says it."""
    for payload in payloads:
        frames = {
            "push": wire.push_frame("m", payload, wire.to_json({payload: payload})),
            "error": wire.error_frame("code", payload, payload, 1),
            "resync": wire.snapshot_frame("m", 1, payload),
            "ack": wire.ack_frame("m", 1, 1, {"code": "x", "message": payload, "fields": {payload: payload}}),
            "update": wire.update_frame("m", 1, patches_to_json([{"path": "p/text", "value": payload}])),
        }
        for kind, frame in frames.items():
            message = json.loads(frame)
            assert message["type"] == kind
            assert set(message) <= set(wire.SERVER_MESSAGES[kind]) | {"type"}
            assert payload in strings_of(message)


def strings_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings_of(item)
    elif isinstance(value, dict):
        yield from strings_of([*value, *value.values()])


def test_titles_and_languages_hold_a_payload_as_text(payloads: list[str]) -> None:
    harmless = skeleton(document(HARMLESS))
    for payload in payloads:
        assert skeleton(document(payload)) == harmless, repr(payload)


def document(text: str) -> Root:
    html = page(text, title=text, lang=text).text
    assert html is not None
    return parse_html(html.encode("utf-8", "replace").decode())


async def test_the_card_of_a_component_that_failed_holds_its_name_as_text(
    tmp_path: Path, payloads: list[str]
) -> None:
    """A name that came from outside was a hole of others; ours come from the author, and are text all the same."""
    for payload in payloads:
        source = f"@live(name={payload!r})\ndef broken():\n    1 / 0\n    t'x'\n@live(name='page')\ndef page():\n    t'<main><{{broken}} /></main>'"
        mount = await load_source(tmp_path, source)["page"].mount_for("m", {})
        tags = [element.tag for element in elements(parse_html(mount.html()))]
        assert tags == ["main", "div", "p"], payload


async def show_posted(request: web.Request) -> web.Response:
    return page(await mount(request, components()["posted"], x=request.query["x"]))


async def test_pages_that_work_by_forms_hold_a_payload_as_text(payloads: list[str]) -> None:
    """As loaded, and as they come back with what was typed, for htmx and for a browser alone."""
    app = web.Application()
    setup(
        app,
        secret="of this test",
        limits=Limits(
            forms_per_s=1e9,
            forms_burst=1e9,
            forms_per_address_s=1e9,
            forms_burst_per_address=1e9,
            events_per_s=1e9,
            events_burst=10**9,
            events_per_s_per_address=1e9,
            events_burst_per_address=10**9,
            work_s_burst=1e9,
            work_s_burst_per_address=1e9,
        ),
    )
    app.router.add_get("/", show_posted)
    async with (
        TestServer(app, host="127.0.0.1") as server,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        harmless = await forms_of(session, str(server.make_url("/")), HARMLESS)
        for payload in payloads:
            if is_carried(payload) and "\0" not in payload:  # those are refused
                assert await forms_of(session, str(server.make_url("/")), payload) == harmless, repr(payload)


async def forms_of(session: ClientSession, url: str, payload: str) -> list[list[tuple[str, ...]]]:
    """The skeletons of a page, and of what comes back when it is posted with something to mend."""
    origin = {"Origin": url.rstrip("/")}
    async with session.get(url, params={"x": payload}) as response:
        html = await response.text()
    skeletons = [unmarked(html)]
    for more in ({"HX-Request": "true"}, {}):
        (token, key) = (
            html.partition(mark)[2].partition('"')[0] for mark in ('name="_live" value="', "/_live/post?do=")
        )
        form = {
            "_live": token,
            "text_now": payload,
            "number": payload + "x",
            "more": payload,
            "choice": "another",
        }
        async with session.post(f"{url}_live/post?do={key}", data=form, headers=origin | more) as response:
            html = await response.text()
            assert response.status == 200, html
        skeletons.append(unmarked(html))
    return skeletons


def unmarked(html: str) -> list[tuple[str, ...]]:
    """The skeleton without our own marks, of which a text area that does not show what was typed has one more."""
    return [
        tuple(name for name in item if not name.startswith("data-live-"))
        for item in skeleton(parse_html(html))
    ]


REFUSED = [
    "<script>{}</script>", "<style>{}</style>", "<p onclick=\"{}\">x</p>", "<p ONCLICK=\"{}\">x</p>", "<iframe srcdoc=\"{}\"></iframe>",
    "<iframe>{}</iframe>", "<noscript>{}</noscript>", "<xmp>{}</xmp>", "<noembed>{}</noembed>", "<noframes>{}</noframes>", "<!-- {} -->",
    "<p {}=\"x\">x</p>", "<p x{}=\"x\">x</p>", "<x-{}></x-{}>", "<script type=\"{}\"></script>", "<plaintext>{}", "<svg onload=\"a{}\"></svg>",
    "<svg><style>{}</style></svg>", "<svg><script>{}</script></svg>", "<![CDATA[{}]]>", "<!DOCTYPE {}>", "<?x {}?>",
]  # fmt: skip


@pytest.mark.parametrize("source", REFUSED)
def test_a_slot_where_nothing_can_be_made_safe_is_refused(source: str) -> None:
    with pytest.raises(TemplateError):
        compile_template(source.split("{}"))
