"""Law 7 and 8: after the patches the page is what the browser would build from the new HTML, and nothing else
was touched."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from hyper.diff import diff_trees
from hyper.testing.patches import CONTEXTS
from hyper.testing.trees import Choices, build_keyed_lists, build_pair
from hyper.vdom import Root, to_html

from .conftest import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAIRS = int(os.environ.get("HYPER_PAIRS", "600"))
AT_ONCE = 100
VECTORS = Path(__file__).parent.parent / "vectors"


@pytest_asyncio.fixture(loop_scope="session")
async def laws(site: Site, page: Page) -> Page:
    """A page with the checks of ``laws.js``."""
    await page.goto(site.address)
    await page.evaluate("async () => { window.laws = await import('/laws.js') }")
    return page


async def assert_hold(laws: Page, pairs: list[dict[str, Any]]) -> None:
    for start in range(0, len(pairs), AT_ONCE):
        problems = await laws.evaluate("pairs => laws.checkPairs(pairs)", pairs[start : start + AT_ONCE])
        for pair, problem in problems:
            pytest.fail(f"{json.dumps(pair, ensure_ascii=False, indent=1)}\n{problem}")


def random_pairs(rng: Random) -> Iterator[dict[str, Any]]:
    """Trees as the tests of the diff have them, small and larger ones."""
    contexts = [context for context in CONTEXTS if context != "#document"]
    for _ in range(PAIRS):
        choices = Choices(rng.randbytes(rng.choice((50, 200, 800))))
        context = rng.choice(contexts)
        old, new = build_pair(choices, context) if rng.random() < 0.8 else build_keyed_lists(choices)
        pair = pair_of(old, new)
        # template.innerHTML takes scripts for switched off and forms for nested, the parser of a page does not
        if context != "template" or not re.search("<(noscript|form)", json.dumps(pair)):
            yield pair


def pair_of(old: Root, new: Root) -> dict[str, Any]:
    patches = diff_trees(old, new)
    return {"context": old.context, "old": to_html(old), "fresh": to_html(new), "patches": patches}


async def test_random_pairs(laws: Page, rng: Random) -> None:
    await assert_hold(laws, list(random_pairs(rng)))


def vectors() -> list[dict[str, Any]]:
    """The examples that Python and JavaScript share."""
    return [
        {"context": each["context"], "old": each["old"], "fresh": each["new"], "patches": each["patches"]}
        for file in sorted(VECTORS.glob("*.json"))
        for each in json.loads(file.read_text("utf-8"))
        if each["context"] != "#document"
    ]


async def test_vectors(laws: Page) -> None:
    await assert_hold(laws, vectors())


async def test_what_is_refused(laws: Page) -> None:
    vectors = json.loads((VECTORS / "refused" / "refused.json").read_text("utf-8"))
    assert await laws.evaluate("vectors => laws.acceptedOf(vectors)", vectors) == []


async def test_states(laws: Page) -> None:
    assert await laws.evaluate("async () => (await import('/states.js')).failures()") == {}
