"""What a browser makes of many sources, where we make something else of them, and the least that shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from playwright.async_api import Page

from hyper.vdom import parse_document, parse_html
from hyper.vdom.htmlspec import NAMESPACE_URIS
from hyper.vdom.namespaces import split_context
from hyper.vdom.node import DOCUMENT
from tests.vdom.dumps import dump_root

SCRIPT: Final = Path(__file__).with_name("dom.js").read_text(encoding="utf-8")

Source: TypeAlias = tuple[str, str]
"""Context and HTML; the context of a document is ``#document``."""


class Reader:
    """A page that parses HTML and says what came out."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def dumps(self, sources: Sequence[Source]) -> list[Any]:
        """What the browser makes of them, each in an element of its context."""
        asked = [[*_name(context), html] for context, html in sources]
        read = "asked => JSON.stringify(JSON.parse(asked).map(dumpSource))"
        dumps: list[Any] = json.loads(await self._page.evaluate(read, json.dumps(asked)))
        return dumps

    async def differing(self, sources: Sequence[Source]) -> list[Source]:
        """Those of which our trees are not the browser's."""
        dumps = await self.dumps(sources)
        return [source for source, dump in zip(sources, dumps, strict=True) if _dump(*source) != dump]

    async def shrunk(self, source: Source) -> Source:
        """The least that is left of a differing source if what can be taken out is taken out.

        Halves are tried first, then quarters, down to single characters.
        """
        context, html = source
        size = (len(html) + 1) // 2
        while size:
            shorter = [(context, html[:start] + html[start + size :]) for start in range(0, len(html), size)]
            differing = await self.differing(shorter)
            if differing:
                html = differing[0][1]
            else:
                size //= 2
        return context, html


def _name(context: str) -> tuple[str, str]:
    if context == DOCUMENT:
        return "", DOCUMENT
    tag, namespace = split_context(context)
    return NAMESPACE_URIS[namespace], tag


def _dump(context: str, html: str) -> Any:
    return dump_root(parse_document(html) if context == DOCUMENT else parse_html(html, context=context))
