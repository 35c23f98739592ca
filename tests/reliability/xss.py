"""What each payload makes of the page that has it everywhere: its first HTML, and the patches that bring it in.

What a page consists of, without what it says, is its *skeleton*: elements, names of attributes, comments. A payload
must not change it: whatever it adds is an injection, whether it runs or not.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from hyper.components.component import LiveComponent
from hyper.components.loader import load
from hyper.components.page import PageMount
from hyper.vdom import Comment, Element, Node, Root

PAGES: Final = Path(__file__).parent / "pages"
HARMLESS: Final = "x"
HANDLERS: Final = {"values": "put", "insert": "insert", "content": "replace"}
"""The handler that brings a value in, by the kind of patch: values and attributes, inserted rows, whole content."""


@cache
def components() -> dict[str, LiveComponent]:
    """The components of ``pages``, by name."""
    return load(PAGES)


@dataclass(frozen=True, slots=True)
class Way:
    """One way on which a payload came into a page."""

    changes: list[tuple[str, list[Any]]]
    """The patches of each component, in order."""
    html: str
    """The page afterwards."""


async def mounted(value: str) -> PageMount:
    """A page with ``value`` in all of its places."""
    return await components()["page"].mount_for("m", {"x": value})


async def way(kind: str, payload: str) -> Way:
    """A harmless page, and what turns it into one with ``payload``."""
    mount = await mounted(HARMLESS)
    await mount.call("m", HANDLERS[kind], [payload], {})
    changes = [(change.component_id, change.patches) for change in await mount.changes()]
    return Way(changes, mount.html())


def first_html(payload: str) -> str:
    """The page's HTML with ``payload``, as text that UTF-8 can carry."""
    html = asyncio.run(mounted(payload)).html()
    return html.encode("utf-8", "replace").decode()


def nodes(root: Root) -> Iterator[Node]:
    """All nodes, in document order."""
    stack: list[Node] = list(reversed(root.children))
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Element):
            stack.extend(reversed(node.children))


def skeleton(root: Root) -> list[tuple[str, ...]]:
    """Elements with the names of their attributes, and comments, in document order."""
    return [
        (node.namespace, node.tag, *sorted(node.attributes)) if isinstance(node, Element) else ("comment",)
        for node in nodes(root)
        if isinstance(node, (Element, Comment))
    ]


def elements(root: Root) -> list[Element]:
    """All elements, in document order."""
    return [node for node in nodes(root) if isinstance(node, Element)]


def scheme_of(url: str) -> str:
    """As a browser reads it (WHATWG URL, 4.4): edges stripped, tabs and newlines dropped."""
    stripped = url.strip("".join(map(chr, range(0x21))))
    match = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", re.sub(r"[\t\n\r]", "", stripped))
    return match[1].lower() if match else ""
