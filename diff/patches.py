"""The closed vocabulary of patches, and the laws that hold for them.

A patch is a plain dict, exactly the JSON object that travels. A list of them turns one tree into another:

    <ul><li>a</li></ul>  ->  <ul class="x"><li>b</li><li>c</li></ul>

    [{"path": "ul/@class", "value": "x"},
     {"path": "ul/li/text", "value": "b"},
     {"path": "ul", "insert": 1, "html": "<li>c</li>"}]

Paths are explained in ``paths.py``. Indexes count the managed children of ``path`` from 0, of every kind.

The twelve laws, each a test:

1. ``apply_patches(old, diff_trees(old, new)) == new``, for every ``new`` that HTML can express. (In trees of XML and of
   lxml's HTML parser ``html`` is XML and literal HTML, see ``vdom.syntax``; what they cannot express is refused.)
2. ``diff_trees(t, t) == []``, at no cost where it is the same object.
3. Patches are read in order, each path against the tree as the earlier patches left it, and a path names
   exactly one place. Emission is post-order: what is inside a kept child first, then its parent's removals
   (from the last), moves, insertions (from the first). So a path holds in the old tree too, and what a patch
   list inserts is never addressed by the same list.
4. Among matched siblings moves = kept - longest increasing run; a kept node is never removed and inserted.
5. Insertions and removals alone emit no move.
6. The JSON of the list is never longer than that of replacing the root's content by one ``html`` patch.
   ``diff_trees(..., keep_state=True)`` makes two exceptions, for users who are looking at the page:
   controls and media that both trees hold are not replaced to save bytes, because what was typed into them would
   be lost; and lists below 512 bytes stay as they are, because scroll positions and selections are worth more.
   It does not hold for trees of lxml, whose objects are kept.
7. The browser's DOM after applying equals the DOM it would build from the new HTML.
8. Nothing outside the patched places sees a mutation.
9. Focus, selection, scroll position, typed input, playing media, loaded frames, open ``<details>`` and
   ``<dialog>`` survive every change that does not concern them.
10. ``decode(encode(p)) == p``; an unknown shape is refused, never skipped.
11. Same input, same patches, byte for byte; how trees share nodes and what was cached changes nothing.
12. Foreign nodes inserted anywhere between batches do not change any of the above.

Laws 1 to 6 do not apply below an element with ``data-live-ignore``: its children are not managed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NotRequired, TypeAlias, TypedDict

from ..vdom.errors import PeerError


class PatchError(PeerError):
    """A patch list does not match: it has a shape outside the vocabulary, or names a place that is not in the tree.

    No patch of the list was applied.
    """


class SetValue(TypedDict):
    """New data of a text or comment, or an attribute (``path/@name``), which ``None`` removes."""

    path: str
    value: str | None


class Splice(TypedDict):
    """Characters deleted from a text and inserted, at an offset in UTF-16 units; never splits a pair."""

    path: str
    at: int
    delete: NotRequired[int]
    insert: str


class Insert(TypedDict):
    """HTML, parsed in the context of the element at ``path`` and inserted as its children from an index on."""

    path: str
    insert: int
    html: str


class Remove(TypedDict):
    """``count`` children removed from an index on; one, if it is absent."""

    path: str
    remove: int
    count: NotRequired[int]


class Move(TypedDict):
    """A child removed from the list, then inserted at ``to``, an index in the list without it."""

    path: str
    move: int
    to: int


class Order(TypedDict):
    """All children in a new order: their old indexes; ``[first, last]`` is an ascending run."""

    path: str
    order: list[int | list[int]]


class Replace(TypedDict):
    """All children replaced by those that the HTML gives."""

    path: str
    html: str


Patch: TypeAlias = SetValue | Splice | Insert | Remove | Move | Order | Replace


# How each member is checked ----------------------------------------------------------------------------


def _text(value: object) -> str:
    return "" if type(value) is str else "must be a string"


def _text_or_null(value: object) -> str:
    return "" if value is None or type(value) is str else "must be a string or null"


def _index(value: object) -> str:
    return "" if type(value) is int and value >= 0 else "must be an integer from 0"


def _count(value: object) -> str:
    return "" if type(value) is int and value > 0 else "must be an integer from 1"


def _order(value: object) -> str:
    known = type(value) is list and all(not _index(item) or _is_run(item) for item in value)
    return "" if known else "must be a list of indexes and [first, last] runs"


def _is_run(value: object) -> bool:
    return type(value) is list and len(value) == 2 and not any(map(_index, value)) and value[0] <= value[1]


Check = Callable[[object], str]
"""Returns what is wrong with a value, ``""`` if nothing is."""

_SHAPES: Final[tuple[dict[str, Check], ...]] = (
    {"path": _text, "value": _text_or_null},
    {"path": _text, "at": _index, "insert": _text},
    {"path": _text, "at": _index, "delete": _count, "insert": _text},
    {"path": _text, "insert": _index, "html": _text},
    {"path": _text, "remove": _index},
    {"path": _text, "remove": _index, "count": _count},
    {"path": _text, "move": _index, "to": _index},
    {"path": _text, "order": _order},
    {"path": _text, "html": _text},
)
SHAPES: Final = {frozenset(shape): shape for shape in _SHAPES}
"""The members of each patch, in the order in which they are written, and how each is checked."""
MEMBERS: Final = frozenset(name for shape in _SHAPES for name in shape)
