"""The difference between two pieces of HTML as JSON, text or a page: the reports of ``hyper diff``.

report_text("<p>Count: 1</p>", "<p>Count: 2</p>")

1 patch, 38 bytes; the new HTML has 15
~ p/text   Count: 1 → Count: 2
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..diff import Patch, diff_trees, patches_to_json
from ..diff.apply import change_tree
from ..diff.draft import Draft, DraftTree
from ..diff.paths import parse_path
from ..diff.sequences import spread
from ..vdom.markup import to_html
from ..vdom.node import Root
from ..vdom.parser import parse_document, parse_html
from .diff_page import print_page

_DOCUMENT: Final = re.compile(r"\s*(<!--.*?-->\s*)*<(!doctype|html|head|body)\b", re.IGNORECASE | re.DOTALL)
MAX_TEXT_LENGTH: Final = 60
"""Characters; longer texts are shortened in the middle."""


def report_json(old: str, new: str) -> str:
    """The patches as they are sent to browsers."""
    return patches_to_json(_compare(old, new)[2])


def report_text(old: str, new: str) -> str:
    """A summary, then a line for each patch with the old and the new content."""
    old_tree, new_tree, patches = _compare(old, new)
    return "\n".join([_summary(new_tree, patches), *describe_patches(old_tree, patches)])


def report_html(old: str, new: str) -> str:
    """A complete HTML page that shows both trees side by side."""
    old_tree, new_tree, patches = _compare(old, new)
    lines = describe_patches(old_tree, patches)
    return print_page(old_tree, patches, lines, _summary(new_tree, patches))


def _compare(old: str, new: str) -> tuple[Root, Root, list[Patch]]:
    parse = parse_document if _DOCUMENT.match(old) or _DOCUMENT.match(new) else parse_html
    old_tree, new_tree = parse(old), parse(new)
    return old_tree, new_tree, diff_trees(old_tree, new_tree, keep_state=True)


def _summary(new_tree: Root, patches: Sequence[Patch]) -> str:
    if not patches:
        return "no difference"
    count = "1 patch" if len(patches) == 1 else f"{len(patches)} patches"
    size = len(patches_to_json(patches).encode())
    return f"{count}, {size:,} bytes; the new HTML has {len(to_html(new_tree).encode()):,}"


# Patches in words -------------------------------------------------------------------------------------------


def describe_patches(old_tree: Root, patches: Sequence[Patch]) -> list[str]:
    """A line for each patch, beginning with ``+`` (insert), ``-`` (remove), ``~`` (change) or ``>`` (move)."""
    tree = DraftTree(old_tree)
    lines = []
    width = min(max([len(patch["path"]) for patch in patches], default=0), 40)
    for patch in patches:
        parsed = parse_path(patch["path"])
        before = tree.find(parsed)
        sign, text = _describe(patch, before, parsed.attribute)
        change_tree(tree, patch)
        lines.append(f"{sign} {patch['path'] or '(root)':{width}}   {text}")
    return lines


def _describe(patch: Mapping[str, Any], before: Draft, attribute: str | None) -> tuple[str, str]:
    if "value" in patch:
        return _describe_value(before, attribute, patch["value"])
    if "at" in patch:
        gone = f" instead of {patch['delete']} characters" if "delete" in patch else ""
        return "~", f"{shorten(patch['insert'])!r} at {patch['at']}{gone}"
    if "insert" in patch:
        return "+", f"at {patch['insert']}: {shorten(patch['html'])}"
    if "remove" in patch:
        start, count = patch["remove"], patch.get("count", 1)
        names = [child.name for child in before.children[start : start + count]]
        return "-", f"from {start}: {shorten(', '.join(names))}"
    if "move" in patch:
        return ">", f"{before.children[patch['move']].name} from {patch['move']} to {patch['to']}"
    if "order" in patch:
        return ">", f"{len(spread(patch['order']))} children in a new order"
    return "~", f"all children replaced: {shorten(patch['html'])}"


def _describe_value(before: Draft, attribute: str | None, value: str | None) -> tuple[str, str]:
    old = before.data if attribute is None else (before.attributes or {}).get(attribute)
    if old is None:
        return "+", shorten(value or "")
    if value is None:
        return "-", shorten(old)
    return "~", f"{shorten(old)} → {shorten(value)}"


def shorten(text: str) -> str:
    """``text`` on one line, at most about ``MAX_TEXT_LENGTH`` characters."""
    line = " ".join(text.split()) if text.strip() else repr(text)
    if len(line) <= MAX_TEXT_LENGTH:
        return line
    return f"{line[: MAX_TEXT_LENGTH // 2]} … {line[-MAX_TEXT_LENGTH // 3 :]}"
