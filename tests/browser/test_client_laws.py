"""The laws of the client in real engines: on random pairs, on the examples that Python and JavaScript share, and
on what a user may be doing meanwhile."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from hyper.vdom import parse_html
from tests.pairs import client_pair, for_client

from .conftest import Site
from .engines import Window

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAIRS = int(os.environ.get("HYPER_PAIRS", "600"))
AT_ONCE = 100
VECTORS = Path(__file__).parent.parent / "vectors"


@pytest_asyncio.fixture(loop_scope="session")
async def laws(engine: Window, site: Site) -> Window:
    """A page with the checks of ``laws.js``."""
    await engine.open(site.address)
    await engine.evaluate("async () => { window.laws = await import('/laws.js') }")
    return engine


async def assert_hold(laws: Window, pairs: list[dict[str, Any]]) -> None:
    checked = 0
    for start in range(0, len(pairs), AT_ONCE):
        some = pairs[start : start + AT_ONCE]
        found = await laws.evaluate("pairs => laws.checkPairs(pairs)", some)
        for pair, why in found["broken"]:
            pytest.fail(f"{json.dumps(pair, ensure_ascii=False, indent=1)}\n{why}")
        checked += found["checked"]
        if start % 1000 == 0:
            print(f"{checked} pairs of {len(pairs)} checked", flush=True)
    assert checked > 0.8 * len(pairs)


async def test_random_pairs(laws: Window, rng: Random) -> None:
    await assert_hold(laws, [client_pair(rng) for _ in range(PAIRS)])


def vectors() -> list[dict[str, Any]]:
    """The examples that Python and JavaScript share."""
    return [
        for_client(
            *(parse_html(case[page], context=case["context"]) for page in ("old", "new")), case["patches"]
        )
        for file in sorted(VECTORS.glob("*.json"))
        for case in json.loads(file.read_text("utf-8"))
        if case["context"] != "#document"
    ]


async def test_vectors(laws: Window) -> None:
    await assert_hold(laws, vectors())


async def test_what_is_refused(laws: Window) -> None:
    vectors = json.loads((VECTORS / "refused" / "refused.json").read_text("utf-8"))
    assert await laws.evaluate("vectors => laws.acceptedOf(vectors)", vectors) == []


async def test_states(laws: Window) -> None:
    assert await laws.evaluate("async () => (await import('/states.js')).failures()") == {}
