"""Our trees are those that Chromium builds: for the corpus, and for random sources."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from hyper.vdom import parse_document, parse_html, to_html
from hyper.vdom.htmlspec import NAMESPACE_URIS
from hyper.vdom.namespaces import split_context
from tests.vdom.corpus import DOCUMENTS, FRAGMENTS, RECORD, recorded
from tests.vdom.dumps import dump_root
from tests.vdom.soup import random_source

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCRIPT = Path(__file__).with_name("dom.js").read_text(encoding="utf-8")
ADDRESS = "http://test.invalid/"
CONTEXTS = ("body", "div", "p", "ul", "table", "tbody", "tr", "td", "a", "button", "svg", "svg:g", "math")
"""Without those in which lexbor is known to differ from Chromium (see ``vdom/lexbor.py``)."""
KNOWN_DIFFERENCES = re.compile(r"<\0|(?s:<table.*</form)", re.IGNORECASE)
"""What lexbor is known to read otherwise: once in some ten thousand sources."""


@pytest.fixture
def rng() -> random.Random:
    """The same sources in each run, others with ``HYPER_SEED``: in rare ones lexbor differs in other ways."""
    return random.Random(int(os.environ.get("HYPER_SEED", "1")))


async def dump_fragments(
    page: Page, fragments: list[tuple[str, str]], document: str = "<!doctype html>"
) -> list[Any]:
    """What the browser makes of them, each in an element of its context."""
    await open_document(page, document)
    arguments = []
    for context, source in fragments:
        tag, namespace = split_context(context)
        arguments.append([NAMESPACE_URIS[namespace], tag, source])
    dumps: list[Any] = await page.evaluate("sources => sources.map(dumpFragment)", arguments)
    return dumps


async def dump_document(page: Page, source: str) -> Any:
    """What the browser makes of a page, scripting on as for anybody who visits it."""
    await open_document(page, source)
    return await page.evaluate("dumpChildren(document)")


async def open_document(page: Page, source: str) -> None:
    headers = {"Content-Security-Policy": "default-src 'none'"}
    content_type = "text/html; charset=utf-8"
    await page.route(
        ADDRESS, lambda route: route.fulfill(body=source, content_type=content_type, headers=headers)
    )
    await page.goto(ADDRESS)
    await page.unroute(ADDRESS)
    await page.evaluate(SCRIPT + ";0")


def comparable_source(rng: random.Random) -> str:
    """A random source without lone surrogates, which cannot be sent to a browser, and known differences."""
    source = random_source(rng).replace("\ud800", "\ufffd")
    return source if KNOWN_DIFFERENCES.search(source) is None else comparable_source(rng)


async def test_the_record_is_what_this_chromium_does(page: Page) -> None:
    seen = {
        "fragments": await dump_fragments(page, FRAGMENTS),
        "documents": [await dump_document(page, source) for source in DOCUMENTS],
    }
    if os.environ.get("RECORD"):
        RECORD.write_text(json.dumps(seen, ensure_ascii=True, indent=0, separators=(",", ":")) + "\n")
    assert recorded() == seen


async def test_random_fragments(page: Page, rng: random.Random) -> None:
    fragments = [(rng.choice(CONTEXTS), comparable_source(rng)) for _ in range(500)]
    dumps = await dump_fragments(page, fragments)
    for (context, source), dump in zip(fragments, dumps, strict=True):
        assert dump_root(parse_html(source, context=context)) == dump, (context, source)


async def test_a_page_without_a_doctype_reads_what_we_print(page: Page) -> None:
    """There a table stays in the paragraph it is written in: what we print has closed the paragraph before."""
    source = "<p>a<table><tr><td>b</table>c"
    tree = parse_html(source)
    fragments = [("body", source), ("body", to_html(tree))]
    as_written, as_printed = await dump_fragments(page, fragments, document="<p>")
    assert await page.evaluate("document.compatMode") == "BackCompat"
    assert as_printed == dump_root(tree) != as_written


async def test_random_documents(page: Page, rng: random.Random) -> None:
    for _ in range(15):
        source = rng.choice(("", "<!doctype html>", "<html><head>")) + comparable_source(rng)
        assert dump_root(parse_document(source)) == await dump_document(page, source), source
