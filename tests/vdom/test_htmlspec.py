"""Tables of the standard, held against what parsers do."""

from __future__ import annotations

import pytest

from hyper.vdom import Element, parse_html
from hyper.vdom.htmlspec import VOID_ELEMENTS
from hyper.vdom.parser import Adapter

PLACES = {"col": "colgroup", "frame": "frameset"}


@pytest.mark.parametrize("tag", sorted(VOID_ELEMENTS))
def test_nothing_gets_into_a_void_element(adapter: Adapter, tag: str) -> None:
    """The obsolete ones too: so ``VOID_ELEMENTS`` is the set for what is printed and for what authors write."""
    tree = parse_html(f"<{tag}><{tag}>", context=PLACES.get(tag, "body"), adapter=adapter)
    assert tree.children == (Element(tag), Element(tag))
