"""The simulated browser against real ones: every kind of control, and what happens while somebody edits it.

After each step, both have to show the same, and to have told the server the same. Where a page comes again, the server
has to know what is shown. Some rows of the table are tried each
time, so that each kind, way and sequence is among them. ``HYPER_CONTROLS=all`` tries all of them in Chromium and every
third in Firefox and WebKit; ``HYPER_CONTROLS=all:3/16`` those of the third of 16 parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hyper.testing import mount
from hyper.testing.page_class import open_pages_as
from hyper.testing.page_under_test import PageUnderTest
from hyper.testing.sources import one
from hyper.testing.studio import close_studio, open_studio

from ..engines import MISSING
from .engine_page import EnginePage, OneTabPage, studio_of
from .real_hands import RealHands, ReturningVisit
from .rows import DIFFERENCES, tried
from .simulated_hands import SimulatedHands
from .table_of_controls import RETURNS, Kind, source
from .visit import Seen, Visit


class Stages:
    """The engines, of which one is open."""

    def __init__(self) -> None:
        self._open = ""

    def open(self, engine: str) -> None:
        """Start the engine, if it is not the one of the test before."""
        if engine in MISSING:
            pytest.skip(MISSING[engine])
        if engine != self._open:
            self.close()
            open_studio(studio_of(engine))
            self._open = engine

    def close(self) -> None:
        if self._open:
            close_studio()


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    stages = Stages()
    yield stages
    open_pages_as(PageUnderTest)
    stages.close()


@pytest.mark.parametrize(
    ("engine", "kind", "way", "sequence"),
    list(tried()),
    ids=lambda value: value.name if isinstance(value, Kind) else value,
)
def test_the_table_of_controls(
    tmp_path: Path, stages: Stages, engine: str, kind: Kind, way: str, sequence: str
) -> None:
    stages.open(engine)
    component = one(tmp_path, source(kind, way))
    found = (one for one in DIFFERENCES if one.is_about(engine, kind, way, sequence))
    differing = {aspect for one in found for aspect in one.aspects}
    if sequence in RETURNS:
        shown, known = when_it_returns(component, engine, kind, sequence.split())
        is_up_to_the_user = way == "unheard" or kind.verb in ("press", "trigger")
        assert shown == known or is_up_to_the_user or "shown" in differing
    else:
        simulated, real = both(component, engine, kind, sequence.split())
        assert without(differing, simulated) == without(differing, real)


def without(aspects: set[str], seen: list[Seen]) -> list[Seen]:
    """The same without what is shown, or what was told."""
    return [
        (steps, None if "shown" in aspects else shown, "" if "told" in aspects else told)
        for steps, shown, told in seen
    ]


def both(component: Any, engine: str, kind: Kind, steps: list[str]) -> tuple[list[Seen], list[Seen]]:
    """What is seen in the simulated browser, and in this one."""
    open_pages_as(PageUnderTest)
    with mount(component) as page:
        simulated = list(Visit(page, kind, SimulatedHands(page)).do(steps))
    open_pages_as(EnginePage if engine != "chromium" else OneTabPage)
    with mount(component) as page:
        hands = RealHands(page, engine)
        if "paste" in steps:
            hands.fill_clipboard(str(kind.edits[-1]))
        return simulated, list(Visit(page, kind, hands).do(steps))


def when_it_returns(component: Any, engine: str, kind: Kind, steps: list[str]) -> tuple[list[Any], list[Any]]:
    """What is shown where a page comes again, and what the server knows. What is filled in depends on the engine."""
    open_pages_as(EnginePage if engine != "chromium" else OneTabPage)
    with mount(component) as page:
        hands = RealHands(page, engine)
        for _ in ReturningVisit(page, kind, hands).do(steps):
            pass
        return hands.look(), hands.known()
