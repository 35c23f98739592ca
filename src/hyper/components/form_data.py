"""Names of form fields as paths into nested data, as ``<input name="items[0].price">`` writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

MAX_DEPTH: Final = 8

_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,3})\]")


def nested(fields: Mapping[str, object]) -> dict[str, Any]:
    """Fields with their dotted and indexed names opened up; others stay as they are.

    ``{"name": "x", "items[0].price": "5"}`` → ``{"name": "x", "items": [{"price": "5"}]}``. A name that
    contradicts an earlier one, or is deeper than ``MAX_DEPTH``, is left as it is: validation then misses it.
    """
    found: dict[str, Any] = {}
    for name, value in fields.items():
        steps = [text or int(index) for text, index in _STEP.findall(name)]
        if (
            len(steps) < 2
            or len(steps) > MAX_DEPTH
            or not isinstance(steps[0], str)
            or not _put(found, steps, value)
        ):
            found[name] = value
    return {name: _lists(value) for name, value in found.items()}


def _put(target: dict[Any, Any], steps: list[str | int], value: object) -> bool:
    for step in steps[:-1]:
        target = target.setdefault(step, {})
        if not isinstance(target, dict):
            return False
    target[steps[-1]] = value
    return True


def _lists(value: Any) -> Any:
    """Dicts whose keys are all indexes as lists, in the order of the indexes."""
    if not isinstance(value, dict):
        return value
    items = {key: _lists(item) for key, item in value.items()}
    if items and all(isinstance(key, int) for key in items):
        return [items[key] for key in sorted(items)]
    return items
