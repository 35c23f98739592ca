"""Signed messages: each opens for its own purpose and secret only, and none that was changed."""

from __future__ import annotations

import random

import pytest

from hyper.state.sealing import Seal, SealError


def test_a_seal_holds_for_one_purpose() -> None:
    seal = Seal(["secret"])
    message = seal.close({"a": [1, "ü"]}, "entry", "name", 3)
    assert seal.open(message, "entry", "name", 3) == {"a": [1, "ü"]}
    for purpose in (("entry", "name", 4), ("entry", "other", 3), ("snapshot", "name", 3), ("entry", "name")):
        with pytest.raises(SealError):
            seal.open(message, *purpose)
    with pytest.raises(SealError, match="unknown secret"):
        Seal(["another"]).open(message, "entry", "name", 3)


def test_no_changed_message_is_opened(rng: random.Random) -> None:
    """100,000 messages, each with a character changed, cut off, doubled or moved: none is opened."""
    seal = Seal(["secret"])
    messages = [seal.close([["put", "0", "a", number]], "entry", "log", number) for number in range(100)]
    opened = 0
    for _ in range(100_000):
        number = rng.randrange(100)
        try:
            seal.open(mutated(messages[number], rng), "entry", "log", number)
            opened += 1
        except SealError:
            pass
    assert opened == 0


def mutated(message: str, rng: random.Random) -> str:
    at = rng.randrange(len(message))
    other = chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x110000)]))
    new = rng.choice(
        [
            message[:at] + other + message[at + 1 :],
            message[:at],
            message[:at] + message[at:] * 2,
            message[at:] + message[:at],
            message[:at] + other + message[at:],
        ]
    )
    return new if new != message else message + "x"
