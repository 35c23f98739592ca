"""Which rows of the table of controls are tried in which engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from .table_of_controls import KINDS, Kind, sequences_of

Row: TypeAlias = tuple[Kind, str, str]
"""A kind of control, the way it is bound, and what happens."""
ENGINES: Final = ("chromium", "firefox", "webkit")
WHOLE: Final = "all"
EVERY: Final = {"chromium": 43, "firefox": 131, "webkit": 131}
"""Of so many rows a short run tries one. No sequence is left out: the numbers have no divisor in common with theirs."""
FOUND: Final = {
    ("select many", "input", "edit set leave set"),
    ("select many", "in groups", "cut edit set edit join leave"),
    ("radio", "heard", "hold set edit release leave"),
    ("radio", "bound", "edit edit cut restart edit leave"),
    ("radio", "bound", "hold turn set edit release"),
    ("radio", "heard", "edit edit cut restart edit leave"),
    ("details", "given", "set edit restart set leave"),
    ("dialog", "given", "set edit restart set leave"),
    ("range", "in other words", "set edit set leave"),
    ("modal", "heard", "edit edit edit"),
}
"""Rows that once told something new: these are always tried in Chromium."""


@dataclass(frozen=True)
class Difference:
    """What is so by the nature of an engine."""

    engine: str
    what: str
    aspects: tuple[str, ...]
    """``"shown"``, ``"told"``: in the other of the two it is like the simulated browser."""
    ways: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    """Empty for all, like ``sequences``."""
    sequences: tuple[str, ...] = ()

    def is_about(self, engine: str, kind: Kind, way: str, sequence: str) -> bool:
        is_kind = not self.kinds or kind.name in self.kinds
        is_sequence = not self.sequences or sequence in self.sequences
        return self.engine == engine and way in self.ways and is_kind and is_sequence


DIFFERENCES: Final = (
    Difference(
        "firefox",
        "a slider that is given `5.00` has that value, not `5`",
        ("shown",),
        ("in other words",),
        ("range",),
    ),
    Difference(
        "webkit",
        "text that was typed, and then replaced by the server, is left without a `change`",
        ("told",),
        ("changed",),
        sequences=(
            "key key set leave",
            "paste set leave paste",
            "hold paste set release leave",
            "compose set leave compose",
            "hold compose set release leave",
            "cut compose set join leave",
        ),
    ),
    Difference(
        "webkit",
        "a popover that moves is closed",
        ("shown", "told"),
        ("heard", "unheard"),
        ("popover",),
        (
            "turn edit turn",
            "edit leave grow turn shrink leave",
            "hold edit grow turn release leave",
            "hold turn set edit release",
        ),
    ),
)


def table_for(engine: str) -> list[Row]:
    """All rows in Chromium; a third of them in the others, of each kind, way and sequence, and not the same third."""
    third = {"firefox": 0, "webkit": 1}.get(engine)
    return [
        (kind, way, sequence)
        for at, kind in enumerate(KINDS)
        for place, way in enumerate(kind.ways)
        for step, sequence in enumerate(sequences_of(kind))
        if third is None or (at + place + step) % 3 == third
    ]


def tried_in(engine: str, wanted: str) -> Iterator[Row]:
    """The rows to try: ``"all"``, ``"all:3/16"`` for the third of 16 parts, anything else for some of them."""
    if wanted.startswith(WHOLE):
        part, _, parts = (wanted.partition(":")[2] or "1/1").partition("/")
        yield from islice(table_for(engine), int(part) - 1, None, int(parts))
        return
    for at, (kind, way, sequence) in enumerate(table_for(engine)):
        is_found = engine == "chromium" and (kind.name, way, sequence) in FOUND
        if at % EVERY[engine] == 0 or is_found:
            yield kind, way, sequence


def tried() -> Iterator[tuple[str, Kind, str, str]]:
    """The rows of this run, by engine."""
    for engine in ENGINES:
        for row in tried_in(engine, os.environ.get("HYPER_CONTROLS", "")):
            yield engine, *row
