"""The patch for a text that changed: a splice where that is shorter than the whole new text.

    >>> diff_texts("milk", "bread", "p/text")
    {'path': 'p/text', 'value': 'bread'}
    >>> diff_texts("The quick brown fox", "The quick brown fox jumps over it", "p/text")
    {'path': 'p/text', 'at': 19, 'insert': ' jumps over it'}

Offsets are UTF-16 units, which is what a DOM counts in; Python counts characters.
"""

from __future__ import annotations

from itertools import compress, count
from operator import ne
from typing import Final

from .codec import to_json
from .patches import Patch, SetValue, Splice

_SHORT: Final = 64
"""In shorter texts, comparing character by character is faster than slicing."""
_TOO_LITTLE: Final = 8
"""This many characters in common are not worth a splice: its member names alone are longer."""
_LITTLE: Final = len('"at":0,"delete":1,')
"""The same where characters are deleted, as they are where a text does not get longer."""


def diff_texts(old: str, new: str, path: str) -> Patch:
    """The shorter of the two patches that turn the text ``old`` at ``path`` into ``new``."""
    value: SetValue = {"path": path, "value": new}
    if len(old) <= _TOO_LITTLE or len(new) <= _TOO_LITTLE:
        return value
    if len(new) <= len(old) and len(new) <= _LITTLE and _is_plain(new):
        return value
    start = common_start(old, new)
    removed, inserted = old[start:], new[start:]
    end = common_end(removed, inserted) if removed and inserted else 0  # usually, text is added at the end
    if end:
        removed, inserted = removed[:-end], inserted[:-end]
    at = utf16_length(old[:start])
    splice: Splice = {"path": path, "at": at, "insert": inserted}
    if removed:
        splice = {"path": path, "at": at, "delete": utf16_length(removed), "insert": inserted}
    return splice if _is_shorter(splice, value, new, start + end) else value


def _is_shorter(splice: Splice, value: SetValue, new: str, kept: int) -> bool:
    """Compare the two as JSON. ``kept`` characters of ``new`` are in ``value`` only; their number mostly decides."""
    longer = len(f'"at":{splice["at"]},') + len('"insert"') - len('"value"')
    if "delete" in splice:
        longer += len(f'"delete":{splice["delete"]},')
    if kept <= _TOO_LITTLE or kept > longer or _is_plain(new):
        return kept > max(longer, _TOO_LITTLE)
    return len(to_json(splice).encode(errors="surrogatepass")) < len(
        to_json(value).encode(errors="surrogatepass")
    )


def _is_plain(text: str) -> bool:
    """Is the text as long in JSON as it is here?"""
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text


def common_start(old: str, new: str) -> int:
    """How many characters are equal at the beginning. Halves the unknown part each time: C compares slices."""
    most = min(len(old), len(new))
    if most < _SHORT:
        return next(compress(count(), map(ne, old, new)), most)
    if old[:most] == new[:most]:
        return most
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            most = middle - 1
    return low


def common_end(old: str, new: str) -> int:
    """How many characters are equal at the end."""
    return common_start(old[::-1], new[::-1])


def utf16_length(text: str) -> int:
    """The length of ``text`` as a DOM counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def from_utf16(text: str, offset: int) -> int:
    """The index in ``text`` of a UTF-16 offset. Raises ``ValueError`` if it is outside the text or inside a pair."""
    if text.isascii():
        if offset > len(text):
            raise ValueError(f"offset {offset} is outside a text of {len(text)}")
        return offset
    units = text.encode("utf-16-le", "surrogatepass")
    if offset * 2 > len(units):
        raise ValueError(f"offset {offset} is outside a text of {len(units) // 2}")
    head = units[: offset * 2].decode("utf-16-le", "surrogatepass")
    if not text.startswith(head):
        raise ValueError(f"offset {offset} is inside a character")
    return len(head)
