"""Two trees side by side on one self-contained page: the report of ``hyper diff --format html``.

Every line of the page is a row of two cells, the old tree on the left, the new one on the right. Long runs of
equal lines are folded; moved nodes are shown at their old and at their new position.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

from ..diff import Patch
from ..diff.apply import draft_patches
from ..diff.draft import Draft
from ..diff.sequences import longest_increasing
from ..diff.texts import common_end, common_start
from ..vdom.htmlspec import VOID_ELEMENTS
from ..vdom.node import Comment, Doctype, Element, Node, ProcessingInstruction, Root, Text

CONTEXT: Final = 2
"""How many equal lines are shown before and after a change; more are folded."""
AROUND: Final = {Comment: ("<!--", "-->"), ProcessingInstruction: ("<?", "?>"), Doctype: ("<!DOCTYPE ", ">")}
BLANKS: Final = {ord(" "): "·", ord("\t"): "→", ord("\n"): "⏎", 0xA0: "°"}
"""The characters that represent white space in a text that has nothing else."""
SIGNS: Final[Mapping[str, str]] = {"+": "inserted", "-": "removed", "~": "changed", ">": "moved"}


class NodePair(NamedTuple):
    """A node in the old tree and in the new one; one of them is None if it was inserted or removed."""

    kind: str
    """``same``, ``changed``, ``removed``, ``inserted`` or ``moved``."""
    depth: int
    old: Node | None
    new: Node | None
    draft: Draft | None = None
    """The draft with the changes of its children, if there are any."""


class PageRow(NamedTuple):
    """One line of the page: the HTML of its two cells."""

    kind: str
    depth: int
    old: str
    new: str


def print_page(old_tree: Root, patches: Sequence[Patch], lines: Sequence[str], summary: str) -> str:
    """The page for ``patches`` of ``old_tree``; ``lines`` describe the patches."""
    drafts = draft_patches(old_tree, patches)
    drafts.freeze()
    descriptions = "".join([f'<li class="{SIGNS[line[0]]}">{escape(line)}</li>' for line in lines])
    rows = "".join(_fold(list(_rows(drafts.root))))
    return PAGE_TEMPLATE.format(style=STYLE, summary=escape(summary), patches=descriptions, rows=rows)


# Which node is which ----------------------------------------------------------------------------------------


def _children(draft: Draft, depth: int) -> Iterator[NodePair]:
    """The children of a parent in both trees; removed and moved ones also at their old position."""
    old = draft.node.children
    origins = _origins(draft)
    known = [(at, origin) for at, origin in enumerate(origins) if origin is not None]
    stays = {known[position][0] for position in longest_increasing([origin for _, origin in known])}
    kept = {origin for _, origin in known}
    next_old = 0
    for at, child in enumerate(draft.children):
        origin = origins[at]
        new = child.frozen if type(child) is Draft else child
        if origin is None or at not in stays:
            yield NodePair("inserted" if origin is None else "moved", depth, None, new)
            continue
        yield from _gone(old[next_old:origin], next_old, kept, depth)
        next_old = origin + 1
        is_same = old[origin] is new
        yield NodePair("same" if is_same else "changed", depth, old[origin], new, None if is_same else child)
    yield from _gone(old[next_old:], next_old, kept, depth)


def _origins(draft: Draft) -> list[int | None]:
    """For each child its index in the old tree; None for a new one."""
    places: defaultdict[int, list[int]] = defaultdict(list)
    for index, node in reversed(list(enumerate(draft.node.children))):
        places[id(node)].append(index)
    nodes = [child.node if type(child) is Draft else child for child in draft.children]
    is_new = [type(child) is Draft and child.is_new for child in draft.children]
    return [None if new else places[id(node)].pop() for node, new in zip(nodes, is_new, strict=True)]


def _gone(nodes: Sequence[Node], first: int, kept: set[int], depth: int) -> Iterator[NodePair]:
    for index, node in enumerate(nodes, first):
        yield NodePair("moved" if index in kept else "removed", depth, node, None)


# Rows -------------------------------------------------------------------------------------------------------


def _rows(root: Draft) -> Iterator[PageRow]:
    """The lines of both trees, in document order."""
    pending: list[NodePair | PageRow] = [*_children(root, 0)]
    pending.reverse()
    while pending:
        item = pending.pop()
        if isinstance(item, PageRow):
            yield item
        elif not _is_blank(item):
            row, below = _row(item)
            yield row
            pending += below[::-1]


def _is_blank(pair: NodePair) -> bool:
    """Is it white space that did not change?"""
    return pair.kind == "same" and isinstance(pair.new, Text) and not pair.new.data.strip()


def _row(pair: NodePair) -> tuple[PageRow, list[NodePair | PageRow]]:
    """The line of a node, and the nodes and lines below it."""
    kind, depth, old, new, draft = pair
    one = new or old
    if not isinstance(one, Element):
        return PageRow(kind, depth, _leaf(old, new, "del"), _leaf(new, old, "ins")), []
    before, after = _start_tag(old, new, "del"), _start_tag(new, old, "ins")
    own = "same" if kind == "changed" and before == after else kind
    if _is_short(old) and _is_short(new):
        return PageRow(kind, depth, before + _inside(old, new, "del"), after + _inside(new, old, "ins")), []
    below: list[NodePair | PageRow]
    if isinstance(draft, Draft):
        below = list(_children(draft, depth + 1))
    else:
        below = [NodePair(kind, depth + 1, old and child, new and child) for child in one.children]
    below.append(PageRow(own, depth, _end_tag(old), _end_tag(new)))
    return PageRow(own, depth, before, after), below


def _is_short(node: Node | None) -> bool:
    """Does the node with its content fit on one line?"""
    children = node.children if isinstance(node, Element) else ()
    return not children or (len(children) == 1 and isinstance(children[0], Text))


def _inside(node: Node | None, other: Node | None, mark: str) -> str:
    """The text and the end tag of an element that fits on one line."""
    if not isinstance(node, Element) or (node.tag in VOID_ELEMENTS and not node.children):
        return ""
    text = node.children[0] if node.children else None
    beside = other.children[0] if isinstance(other, Element) and other.children else None
    return (_leaf(text, beside, mark) if text else "") + _end_tag(node)


def _leaf(node: Node | None, other: Node | None, mark: str) -> str:
    """A text or comment, with the part that differs from ``other`` in a ``mark`` element; ``""`` for other nodes."""
    if node is None or isinstance(node, Element):
        return ""
    data = node.data
    shown = escape(data)
    if other is not None and not isinstance(other, Element) and other.data != data:
        start = common_start(data, other.data)
        stop = len(data) - common_end(data[start:], other.data[start:])
        middle = f"<{mark}>{escape(data[start:stop])}</{mark}>" if start < stop else ""
        shown = escape(data[:start]) + middle + escape(data[stop:])
    if not data.strip():
        shown = escape(data.translate(BLANKS)) or "&nbsp;"
    if isinstance(node, Text):
        return f'<span class="text">{shown}</span>'
    start_mark, end_mark = AROUND[type(node)]
    return f'<span class="comment">{escape(start_mark)}{shown}{escape(end_mark)}</span>'


def _start_tag(node: Node | None, other: Node | None, mark: str) -> str:
    """The start tag, with attributes that differ from ``other`` in ``mark`` elements; ``""`` for other nodes."""
    if not isinstance(node, Element):
        return ""
    known = other.attributes if isinstance(other, Element) else node.attributes
    shown = []
    for name, value in node.attributes.items():
        attribute = f'{escape(name)}="{escape(value)}"' if value else escape(name)
        shown.append(f" {attribute}" if known.get(name) == value else f" <{mark}>{attribute}</{mark}>")
    return f'<span class="tag">&lt;{escape(node.tag)}{"".join(shown)}&gt;</span>'


def _end_tag(node: Node | None) -> str:
    return f'<span class="tag">&lt;/{escape(node.tag)}&gt;</span>' if isinstance(node, Element) else ""


# The page ---------------------------------------------------------------------------------------------------


def _fold(rows: Sequence[PageRow]) -> Iterator[str]:
    """The rows as HTML, with long runs of equal ones folded."""
    groups = [list(group) for _, group in groupby(rows, lambda row: row.kind == "same")]
    for number, group in enumerate(groups):
        before = CONTEXT if number else 0
        after = CONTEXT if number + 1 < len(groups) else 0
        hidden = group[before : len(group) - after]
        if group[0].kind != "same" or len(hidden) <= CONTEXT:
            yield from map(_print_row, group)
            continue
        yield from map(_print_row, group[:before])
        folded = "".join(map(_print_row, hidden))
        yield f"<details><summary>{len(hidden)} equal lines</summary>{folded}</details>"
        yield from map(_print_row, group[len(group) - after :])


def _print_row(row: PageRow) -> str:
    cells = "".join(
        [f'<div style="--depth:{min(row.depth, 40)}">{cell}</div>' for cell in (row.old, row.new)]
    )
    return f'<div class="row {row.kind}">{cells}</div>'


STYLE: Final = """
:root { color-scheme: light dark;
  --line: #8883; --soft: #8882; --red: #d1242f; --green: #1a7f37; --blue: #0969da; }
body { margin: 0 auto; max-width: 110rem; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.25rem; margin: 0 0 .25rem; }
p { margin: 0 0 1rem; opacity: .75; }
ul, main { border: 1px solid var(--line); border-radius: 8px; font: 13px/1.6 ui-monospace, monospace; }
ul { list-style: none; margin: 0 0 1.5rem; padding: .75rem 1rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
ul:empty { display: none; }
li.inserted { color: var(--green); } li.removed { color: var(--red); } li.moved { color: var(--blue); }
main { overflow: hidden; }
.head { font-family: system-ui, sans-serif; font-weight: 600; background: var(--soft); }
.row { display: grid; grid-template-columns: 1fr 1fr; }
.row > div { padding: 0 .75rem 0 calc(.75rem + var(--depth, 0) * 1.1rem); min-height: 1.6em;
  white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid transparent; }
.row > div + div { border-left-color: var(--line); }
.tag { color: var(--blue); } .comment { opacity: .6; font-style: italic; }
.changed > div { background: var(--soft); }
.removed > div { background: color-mix(in srgb, var(--red) 12%, transparent); }
.inserted > div { background: color-mix(in srgb, var(--green) 12%, transparent); }
.moved > div { background: color-mix(in srgb, var(--blue) 10%, transparent); }
.row:not(.same, .changed) > div:empty {
  background: repeating-linear-gradient(-45deg, var(--soft) 0 4px, transparent 4px 8px); }
del, ins { text-decoration: none; border-radius: 3px; }
del { background: color-mix(in srgb, var(--red) 30%, transparent); }
ins { background: color-mix(in srgb, var(--green) 30%, transparent); }
summary { cursor: pointer; padding: .1rem .75rem; opacity: .6; background: var(--soft); }
"""

PAGE_TEMPLATE: Final = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>HTML difference</title>
<style>{style}</style>
<h1>HTML difference</h1>
<p>{summary}</p>
<ul>{patches}</ul>
<main><div class="row head"><div>old</div><div>new</div></div>{rows}</main>
</html>
"""
