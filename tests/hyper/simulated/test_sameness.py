"""Whether what is typed says the same as the server's value: the examples are those of the client."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hyper.simulated.sameness import says_same

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "events" / "sameness.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("text", "value"), VECTORS["same"])
def test_it_says_the_same(text: str, value: str) -> None:
    assert says_same(text, value)


@pytest.mark.parametrize(("text", "value"), VECTORS["other"])
def test_it_says_something_else(text: str, value: str) -> None:
    assert not says_same(text, value)
