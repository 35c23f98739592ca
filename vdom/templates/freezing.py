"""Compressed trees, for pages that nothing happens on for a while.

    frozen = freeze(tree)     a few bytes for each row of a table, where the tree had hundreds
    frozen.thaw() == tree     always; it costs about as much as a render

A tree of instances holds values: texts, numbers and ``None`` become bytes (``marshal``, then ``zlib``); templates
and everything else, such as nested components, are kept as they are and referred to by their number. A tree that
was parsed from a string becomes that string again, compressed.
"""

from __future__ import annotations

import marshal
import zlib
from typing import Final

from ..node import Root
from ..parser import parse_html
from ..reparsing.reparse import source_html
from .values import Fragment, Instance, RawHtml, Value

LEAST_FROZEN_BYTES: Final = 2048
"""A tree whose values take fewer bytes is left as it is."""
_FASTEST: Final = 1
_SCALARS: Final = frozenset({str, int, type(None)})


class FrozenTree:
    """A compressed tree of instances."""

    __slots__ = ("_data", "_kept")

    def __init__(self, data: bytes, kept: tuple[object, ...]) -> None:
        self._data = data
        self._kept = kept

    def __len__(self) -> int:
        return len(self._data)

    def thaw(self) -> Value:
        """The tree, equal to what it was."""
        return _unpacked(marshal.loads(zlib.decompress(self._data)), self._kept)


class FrozenHtml:
    """A compressed tree that was parsed from a string."""

    __slots__ = ("_context", "_data")

    def __init__(self, html: str, context: str) -> None:
        self._data = zlib.compress(html.encode("utf-8", "surrogatepass"), _FASTEST)
        self._context = context

    def __len__(self) -> int:
        return len(self._data)

    def thaw(self) -> Root:
        """The tree, equal to what it was."""
        return parse_html(zlib.decompress(self._data).decode("utf-8", "surrogatepass"), context=self._context)


def freeze(tree: Value) -> Value | FrozenTree | FrozenHtml:
    """The tree, compressed; the tree itself if that would save nothing. Cost: about that of a render."""
    if type(tree) is Root:
        html = source_html(tree)
        return tree if html is None or len(html) < LEAST_FROZEN_BYTES else FrozenHtml(html, tree.context)
    packer = _Packer()
    packed = packer.to_bytes(tree)
    if len(packed) < LEAST_FROZEN_BYTES:
        return tree
    return FrozenTree(zlib.compress(packed, _FASTEST), tuple(packer.kept))


def size_of(tree: Value | FrozenTree | FrozenHtml) -> int:
    """About how many bytes the content of a tree has, without what is nested in it. Cost: at most that of a render."""
    if isinstance(tree, (FrozenTree, FrozenHtml)):
        return len(tree)
    if type(tree) is Root:
        return len(source_html(tree) or "")
    return len(_Packer().to_bytes(tree))


class _Packer:
    """Turns values into objects that ``marshal`` can write.

    Instances become tuples that begin with the number of their template, fragments become lists, and raw HTML
    becomes bytes. A ``float``, which no value in normal form is, is the number of something kept as it is.
    """

    def __init__(self) -> None:
        self.kept: list[object] = []
        self._numbers: dict[int, float] = {}

    def to_bytes(self, tree: Value) -> bytes:
        """A tree of instances as bytes; none for another value, and for a tree that is nested too deep."""
        if type(tree) is not Instance and type(tree) is not Fragment:
            return b""
        try:
            return marshal.dumps(
                self.pack(tree), 2
            )  # version 2: no references, zlib finds what is there twice
        except (RecursionError, ValueError):
            return b""

    def pack(self, value: Value) -> Value:
        kind = type(value)
        if kind in _SCALARS:
            return value
        if kind is Instance:
            values = value[1:]
            if not _SCALARS.issuperset(map(type, values)):
                values = [self.pack(item) for item in values]
            return (self.number(value[0]), *values)
        if kind is Fragment:
            return [self.pack(item) for item in value]
        if kind is RawHtml:
            return value.html.encode("utf-8", "surrogatepass")
        return self.number(value)

    def number(self, thing: object) -> float:
        """The number of something that is kept as it is."""
        number = self._numbers.get(id(thing))
        if number is None:
            number = self._numbers[id(thing)] = float(len(self.kept))
            self.kept.append(thing)
        return number


def _unpacked(packed: Value, kept: tuple[object, ...]) -> Value:
    kind = type(packed)
    if kind in _SCALARS:
        return packed
    if kind is tuple:
        values = packed[1:]
        if not _SCALARS.issuperset(map(type, values)):
            values = [_unpacked(item, kept) for item in values]
        return Instance((kept[int(packed[0])], *values))
    if kind is list:
        return Fragment([_unpacked(item, kept) for item in packed])
    if kind is bytes:
        return RawHtml(packed.decode("utf-8", "surrogatepass"))
    return kept[int(packed)]
