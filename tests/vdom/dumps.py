"""Trees as JSON, the same as ``tests/browser/dom.js`` makes of a DOM."""

from __future__ import annotations

import re
from typing import Any

from hyper.vdom import Doctype, Element, Node, Root
from hyper.vdom.htmlspec import NAMESPACE_URIS

_DOCTYPE = re.compile(r"""([^ ]*)(?: PUBLIC (?:"(.*?)"|'(.*?)'))?(?:(?: SYSTEM)? (?:"(.*?)"|'(.*?)'))?""")


def dump_root(root: Root) -> list[Any]:
    """The children of a root."""
    return [_dump(node) for node in root.children]


def _dump(node: Node) -> list[Any]:
    if isinstance(node, Element):
        attributes = [[name, value] for name, value in node.attributes.items()]
        is_filled = node.tag == "selectedcontent"  # by the browser, and by turbohtml
        children = [] if is_filled else [_dump(child) for child in node.children]
        return [node.tag, NAMESPACE_URIS[node.namespace], attributes, children]
    if isinstance(node, Doctype):
        match = _DOCTYPE.fullmatch(node.data)
        assert match is not None, node.data
        return [node.kind, match[1], match[2] or match[3] or "", match[4] or match[5] or ""]
    return [node.kind, node.data]
