"""Patch lists to JSON text and back.

    [{"path": "p/text", "value": "é"}]  <->  '[{"path":"p/text","value":"é"}]'

Reading is strict, because what is read changes a tree: a shape outside the vocabulary is refused with the number
of the patch and the name of the member, never skipped or repaired.

Characters are written as themselves. Only a list that holds half of a surrogate pair, which UTF-8 cannot
encode, is written in ASCII escapes instead; so writing never fails and reading gives the same string back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import ujson

from .patches import MEMBERS, SHAPES, Patch, PatchError

MAX_BYTES: Final = 8 * 1024 * 1024
"""Enough for a few pages of the largest size that can still be edited live."""
MAX_PATCHES: Final = 100_000
"""Ten for each node of a very large page."""


def patches_to_json(patches: Sequence[Patch]) -> str:
    """Compact JSON, which can be encoded as UTF-8. The same list always gives the same text."""
    text = to_json(patches)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return ujson.dumps(patches, escape_forward_slashes=False)
    return text


def to_json(value: object) -> str:
    """Compact JSON with characters as themselves, halves of surrogate pairs included."""
    return ujson.dumps(value, ensure_ascii=False, escape_forward_slashes=False)


def json_size(patches: Sequence[Patch]) -> int:
    """How many bytes the patches have as JSON."""
    return len(patches_to_json(patches).encode())


def patch_size(patch: Patch) -> int:
    """How many characters one patch has in the JSON of a list."""
    return len(to_json(patch)) + 1


def patches_from_json(
    source: str | bytes | bytearray, *, max_bytes: int = MAX_BYTES, max_patches: int = MAX_PATCHES
) -> list[Patch]:
    """The patches in ``source``, each of a known shape.

    Raises ``PatchError`` if it holds anything else, more than ``max_bytes`` (characters of a ``str``) or more than
    ``max_patches``. Cost: its length.
    """
    if len(source) > max_bytes:
        raise PatchError(f"patches: {len(source)} bytes are more than the {max_bytes} allowed")
    items = _parse(source)
    if type(items) is not list:
        raise PatchError("patches: the JSON must be a list of objects")
    if len(items) > max_patches:
        raise PatchError(f"patches: {len(items)} are more than the {max_patches} allowed")
    return [read_patch(item, index) for index, item in enumerate(items)]


def _parse(source: str | bytes | bytearray) -> Any:
    try:
        text = source if isinstance(source, str) else source.decode()
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number, parse_int=_integer)
    except PatchError:
        raise
    except RecursionError:
        raise PatchError("patches: the JSON is nested too deeply") from None
    except ValueError as error:
        raise PatchError(f"patches: not JSON in UTF-8 ({error})") from None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise PatchError(f"patches: an object has the member {twice!r} twice")
    return made


def _no_number(name: str) -> NoReturn:
    raise PatchError(f"patches: {name} is not a JSON number")


def _integer(digits: str) -> int:
    if len(digits) > 15:
        raise PatchError(f"patches: the number {digits[:15]}… is too large")
    return int(digits)


# Shapes --------------------------------------------------------------------------------------------------


def read_patch(item: object, index: int) -> Patch:
    """``item`` as a patch; ``index`` is its place in the list.

    Raises ``PatchError`` if it has none of the known shapes.
    """
    if not isinstance(item, dict):
        raise PatchError(f"patch {index}: must be an object, not {_describe(item)}")
    shape = SHAPES.get(frozenset(item))
    if shape is None:
        raise PatchError(f"patch {index}: {_explain(item)}")
    for name, check in shape.items():
        why = check(item[name])
        if why:
            raise PatchError(f"patch {index}: {name!r} {why}, not {_describe(item[name])}")
    return {name: item[name] for name in shape}  # type: ignore[return-value]


def _explain(item: dict[Any, Any]) -> str:
    """Why no patch has these members."""
    unknown = [name for name in item if name not in MEMBERS]
    if unknown:
        return f"unknown member {_describe(unknown[0])}"
    if item.keys() == {"path"}:
        return "'path' alone is not a patch"
    nearest = max(SHAPES.values(), key=lambda shape: (len(item.keys() & shape.keys()), -len(shape)))
    missing = [name for name in nearest if name not in item]
    if missing:
        return f"{missing[0]!r} is missing"
    extra = [name for name in item if name not in nearest]
    return f"{extra[0]!r} does not belong here"


def _describe(value: object) -> str:
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"
