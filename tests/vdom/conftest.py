"""Both parsers, for the tests that run on either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hyper.vdom.lexbor import Lexbor
from hyper.vdom.reparsing import alignment, layout, reparse
from hyper.vdom.reparsing.pages import Adapter


@pytest.fixture(params=["lexbor", "turbohtml"])
def adapter(request: pytest.FixtureRequest) -> Adapter:
    """Each parser that is installed."""
    if request.param == "lexbor":
        return Lexbor()
    pytest.importorskip("turbohtml", reason="turbohtml is not installed (pip install turbohtml)")
    from hyper.vdom.turbohtml import TurboHtml

    return TurboHtml()


@pytest.fixture(scope="class")
def small_pages() -> Iterator[None]:
    """Thresholds so low that pages of a few tags are parsed incrementally, to the last element."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "WORTH_LAYOUT", 0)
        patch.setattr(reparse, "_WORTH_IT", 0.1)
        patch.setattr(reparse, "_LONGEST_PAUSE", 0)
        patch.setattr(alignment, "_SHORTEST_ANCHOR", 5)
        patch.setattr(alignment, "_SAMPLE", 8)
        patch.setattr(alignment, "_NEAR", 0)
        yield
