"""The laws and states of the client in Firefox."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from .conftest import Site
from .firefox import FIREFOX, Window, firefox
from .test_client_laws import AT_ONCE, random_pairs, vectors

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(FIREFOX is None, reason="no Firefox: install firefox-esr, or name one in FIREFOX"),
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def window() -> AsyncIterator[Window]:
    async with firefox() as window:
        yield window


async def assert_hold(window: Window, site: Site, pairs: list[object]) -> None:
    await window.open(site.address)
    await window.evaluate("async () => { window.laws = await import('/laws.js') }")
    for start in range(0, len(pairs), AT_ONCE):
        for pair, problem in await window.evaluate(
            "pairs => laws.checkPairs(pairs)", pairs[start : start + AT_ONCE]
        ):
            pytest.fail(f"{json.dumps(pair, ensure_ascii=False, indent=1)}\n{problem}")


async def test_random_pairs(window: Window, site: Site, rng: Random) -> None:
    pairs: list[object] = [pair for pair in random_pairs(rng) if "<?" not in json.dumps(pair)]
    await assert_hold(window, site, pairs)


async def test_vectors(window: Window, site: Site) -> None:
    await assert_hold(window, site, [pair for pair in vectors() if "<?" not in json.dumps(pair)])


async def test_states(window: Window, site: Site) -> None:
    await window.open(site.address)
    failures = await window.evaluate("async () => (await import('/states.js')).failures()")
    assert failures == {}
