"""Our trees are those that Chromium builds: for the corpus, and for random sources.

What is known to be read otherwise is in ``tests/vdom/differences.py``. A random source that is read otherwise is
shrunk first; the test fails if what is left of it is no example of those.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from random import Random
from typing import Any

import pytest
from playwright.async_api import Page

from hyper.vdom import parse_html, to_html
from hyper.vdom.node import DOCUMENT
from tests.vdom.corpus import DOCUMENTS, FRAGMENTS, RECORD, recorded
from tests.vdom.differences import DIFFERENCES, explanation
from tests.vdom.dumps import dump_root
from tests.vdom.soup import random_source
from tests.vdom.swarm import CONTEXTS, swarm_source

from .reader import SCRIPT, Reader, Source

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOURCES = int(os.environ.get("HYPER_SOURCES", "3000"))
AT_ONCE = 500
ADDRESS = "http://test.invalid/"


@pytest.fixture
def rng() -> Random:
    """The same sources in each run, others with ``HYPER_SEED``: a rare one may show what nobody has seen yet."""
    return Random(int(os.environ.get("HYPER_SEED", "1")))


async def read_on(page: Page, document: str = "<!doctype html>") -> Reader:
    """A reader on such a page."""
    await open_document(page, document)
    return Reader(page)


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


def draw_html(rng: Random) -> str:
    """A random source without lone surrogates, which cannot be sent to a browser."""
    draw = swarm_source if rng.randrange(10) < 8 else random_source
    return draw(rng).replace("\ud800", "\ufffd")


def draw_document(rng: Random) -> str:
    """One that is read alike with and without scripting."""
    html = rng.choice(("", "<!doctype html>", "<html><head>")) + draw_html(rng)
    return html if "<noscript" not in html.lower() else draw_document(rng)


def draw_source(rng: Random) -> Source:
    if rng.randrange(4) == 0:
        return DOCUMENT, draw_document(rng)
    return rng.choice(("body", rng.choice(CONTEXTS))), draw_html(rng)


async def test_the_record_is_what_this_chromium_does(page: Page) -> None:
    reader = await read_on(page)
    seen = {
        "fragments": await reader.dumps(FRAGMENTS),
        "differences": await reader.dumps([known.example for known in DIFFERENCES]),
        "documents": [await dump_document(page, source) for source in DOCUMENTS],
    }
    if os.environ.get("RECORD"):
        RECORD.write_text(json.dumps(seen, ensure_ascii=True, indent=0, separators=(",", ":")) + "\n")
    assert recorded() == seen


async def test_random_sources(page: Page, rng: Random) -> None:
    reader = await read_on(page)
    known: Counter[str] = Counter()
    unknown: list[Source] = []
    for done in range(0, SOURCES, AT_ONCE):
        for source in await reader.differing([draw_source(rng) for _ in range(AT_ONCE)]):
            least = await reader.shrunk(source)
            difference = explanation(*least)
            if difference is None:
                unknown.append(least)
                print(f"differs: {least}", flush=True)
            else:
                known[difference.reason] += 1
        if done % 10_000 == 0:
            print(f"{done + AT_ONCE:,} sources, {known.total()} known differences", flush=True)
    print(*[f"{count:6} {reason}" for reason, count in known.most_common()], sep="\n")
    assert unknown == []


async def test_random_pages(page: Page, rng: Random) -> None:
    """What is read above as documents is what navigating to them gives, which drops a byte order mark."""
    sources = [draw_document(rng).lstrip("\ufeff") for _ in range(15)]
    dumps = await (await read_on(page)).dumps([(DOCUMENT, source) for source in sources])
    for source, dump in zip(sources, dumps, strict=True):
        assert await dump_document(page, source) == dump, source


async def test_a_page_without_a_doctype_reads_what_we_print(page: Page) -> None:
    """There a table stays in the paragraph it is written in: what we print has closed the paragraph before."""
    source = "<p>a<table><tr><td>b</table>c"
    tree = parse_html(source)
    reader = await read_on(page, "<p>")
    as_written, as_printed = await reader.dumps([("body", source), ("body", to_html(tree))])
    assert await page.evaluate("document.compatMode") == "BackCompat"
    assert as_printed == dump_root(tree) != as_written
