"""Frames that no browser sends, and some that one does: what the server's door has to hold against.

Three kinds, drawn at random: sound messages (so that something happens at all), sound JSON with members that are
wrong, and text that was JSON before something hit it.
"""

from __future__ import annotations

import builtins
import json
import random
from typing import Any

from hyper.components.component import LiveComponent
from hyper.components.mounted import MountedComponent
from hyper.components.page import PageMount
from hyper.transport.connection import Connection
from hyper.transport.process import Process
from hyper.transport.runner import Runner
from hyper.transport.session import MountSession

_CLASSES = [
    object,
    type,
    dict,
    LiveComponent,
    MountedComponent,
    PageMount,
    MountSession,
    Runner,
    Connection,
    Process,
]
_PATHS = [
    "__class__.__init__.__globals__", "add.__globals__", "add.__code__", "['add']", "root.handlers.add", "page.root.call",
    "add ", " add", "Add", "add()", "add\n", "ａdd", "on_mount", "on_unmount", "_private", "hidden", "helper", "CALLS",
    "constructor", "prototype", "__proto__", "$show", "$hide('x')", "hidden; add", "../add", "lambda: add", "0", "-1",
]  # fmt: skip
HOSTILE_NAMES = sorted({name for kind in _CLASSES for name in dir(kind)} | set(dir(builtins)) | set(_PATHS))
"""Names of everything a careless look-up could find: attributes, dunders, built-ins, module globals."""

_VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 1.5, -0.0, 2**31, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 10**400, "", " ", "x", "1", "m1",
    "m1.1", "m1.2.3", "m1.", ".m1", "m2", "add", "x" * 200, "x" * 201, "x" * 5_000, "é\U0001f600", "\u2028", "\ufeff",
    "\x7f", "\0", "\ud800", "\udfff\ud800", "<script>", "__proto__", [], {}, [[]], {"a": {}}, [None] * 60, {"text": "x"},
    {"__class__": {"__init__": {"__globals__": 1}}}, {"items[0].name": "x", "items[x]": 1, "a.b.c": "d"}, {"": ""},
    {"__proto__": {"polluted": 1}}, [{"path": "p", "value": None}], [{"path": "p/text", "value": "x", "more": 1}],
    {"a" * 300: "b"}, ["x"] * 3_000, {"value": ["a", "b"], "_target": "value"}, {"_target": [], "value": {}},
]  # fmt: skip

_PLACES = [
    "", "/", "p", "p/text", "div/form/input/@value", "div/form/input[2]/@checked", "div/form/select/option[2]/@selected",
    "#field/@value", "#nobody/@value", "div/@onclick", "div/form/input/@formaction", "p[0]", "p[-1]", "p[99999999999999]",
    "*[1]", "div[1][1]", "../p", "@value", "div//p", "div/form/textarea/@value", "#", "##", "p/@", "/@/@/@", "text", "[1]",
    "p" * 5_000, "div/" * 600 + "p",
]  # fmt: skip

_SCRAPS = ['"', "{", "}", "[", "]", ",", ":", "\\", "\\u0000", "\\ud800", "NaN", "Infinity", "1e999", "-", "é", "\0", "\n",
           "null", "//", "0x1", "'", "[" * 40, "{\"a\":" * 40, "9" * 5_000, "\ufeff", "\U0001f600", "true"]  # fmt: skip


class Frames:
    """Draws frames for one page; ``next_seq`` is the number that the server takes next."""

    def __init__(self, rng: random.Random, component_id: str, token: str) -> None:
        self.rng = rng
        self.component_id = component_id
        self.token = token
        self.next_seq = 1
        self.version = 0

    def draw(self) -> str:
        """One frame."""
        chance = self.rng.random()
        if chance < 0.25:
            return _dump(self.sound())
        if chance < 0.75:
            return _dump(self.spoiled(self.sound()))
        return self.hit(_dump(self.sound()))

    def sound(self) -> dict[str, Any]:
        """A message as the client makes it, the handler's name not always one."""
        rng, kind = self.rng, self.rng.random()
        if kind < 0.7:
            return self.event()
        if kind < 0.8:
            return {
                "type": "connect",
                "component_id": self.component_id,
                "token": self.token,
                "version": self.version,
            }
        if kind < 0.9:
            return {
                "type": "ack",
                "component_id": self.component_id,
                "version": rng.choice([self.version, 0, 7, 10**9]),
            }
        return rng.choice(
            [{"type": "ping"}, {"type": "resync", "component_id": self.component_id, "reason": "gap"}]
        )

    def event(self) -> dict[str, Any]:
        rng = self.rng
        seq = (
            self.next_seq
            if rng.random() < 0.7
            else rng.choice([0, 1, self.next_seq - 1, self.next_seq + 1, 2**53 - 1])
        )
        name = (
            rng.choice(["add", "number", "keep", "many", "form", "fail", "refuse", "slow"])
            if rng.random() < 0.5
            else None
        )
        nested = rng.choice(["", "", "", ".1", ".2", ".999"])
        message: dict[str, Any] = {
            "type": "event", "component_id": self.component_id + nested, "seq": seq, "event": name or rng.choice(HOSTILE_NAMES),
        }  # fmt: skip
        if rng.random() < 0.5:
            message["args"] = [rng.choice(_VALUES) for _ in range(rng.randrange(4))]
        else:
            message["params"] = {
                rng.choice(["value", "number", "text", "a.b", "x[0]", "_target", "self"]): rng.choice(_VALUES)
            }
        if rng.random() < 0.4:
            message["fields"] = [self.field() for _ in range(rng.randrange(4))]
        return message

    def field(self) -> dict[str, Any]:
        return {
            "path": self.rng.choice(_PLACES),
            "value": self.rng.choice(["typed", "", None, "<b>", "x" * 3_000]),
        }

    def spoiled(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message of which a few members are missing, new, or of any kind."""
        rng = self.rng
        for _ in range(rng.randint(1, 3)):
            name = rng.choice(
                [*message, "type", "event", "args", "params", "fields", "token", "__proto__", "handler", ""]
            )
            if rng.random() < 0.2:
                message.pop(name, None)
            else:
                message[name] = rng.choice(_VALUES)
        return message

    def hit(self, text: str) -> str:
        """Text of which pieces were cut out, doubled or replaced."""
        rng = self.rng
        for _ in range(rng.randint(1, 4)):
            start = rng.randrange(len(text) + 1)
            end = min(len(text), start + rng.randrange(12))
            middle = rng.choice(
                [
                    rng.choice(_SCRAPS),
                    text[start:end] * 2,
                    "",
                    chr(rng.choice([rng.randrange(0xD800), 0x1F600])),
                ]
            )
            text = text[:start] + middle + text[end:]
        return text


def _dump(message: dict[str, Any]) -> str:
    text = json.dumps(message)
    return text if len(text) < 70_000 else text[:70_000]


def mutated(rng: random.Random, token: str, other: str) -> str:
    """Another token: bits flipped, cut, lengthened, spliced with ``other``, its parts changed round."""
    parts = token.split(".")
    place = rng.randrange(len(token))
    return rng.choice(
        [
            lambda: token[:place] + chr(ord(token[place]) ^ (1 << rng.randrange(8))) + token[place + 1 :],
            lambda: token[:place],
            lambda: token[place:],
            lambda: token[:place] + other[place:],
            lambda: token[:place] + rng.choice("ABab01-_.=+/ \n%\xe9") + token[place:],
            lambda: ".".join(rng.sample(parts, len(parts))),
            lambda: ".".join([*other.split(".")[:1], *parts[1:]]),
            lambda: ".".join([*parts[:-1], other.split(".")[-1]]),
            lambda: ".".join([parts[0], other.split(".")[1], parts[-1]]),
            lambda: token + rng.choice(["=", ".", "A", "\0", token]),
            lambda: token.swapcase(),
        ]
    )()
