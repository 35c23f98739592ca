"""About how many bytes the state of components takes: what the variables of their functions hold.

A page whose socket was lost grows on: timers tick, tasks append to lists, broadcasts come. What it takes is measured
again and again, so a measurement is cheap: some entries of a container stand for all of them, and ``MAX_VALUES`` values
are looked at. Only what is surely the page's own counts: built-in containers, dataclasses and models. Shared values, and
objects that an application has for all pages, are of other classes.

    state_size([["milk"] * 1000])  ->  about 8,000, for the list, and once for the text
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from types import FunctionType
from typing import Any, Final

MAX_VALUES: Final = 1_000
"""How many values are looked at: the event loop waits for it."""
SAMPLE: Final = 50
"""How many entries of a container stand for all of them."""


def state_size(values: Iterable[Any]) -> int:
    """About how many bytes ``values`` take, with what is in them; of functions what their variables hold."""
    total, seen = 0.0, set[int]()
    waiting = deque((value, 1.0) for value in values)
    while waiting and len(seen) < MAX_VALUES:
        value, weight = waiting.popleft()
        if id(value) in seen:
            continue
        seen.add(id(value))
        inner = _inner(value)
        if inner is not None:
            sample, count = inner
            total += weight * sys.getsizeof(value)
            each = weight * count / len(sample) if sample else 0
            waiting.extend((item, each) for item in sample)
    return round(total)


def _inner(value: Any) -> tuple[Sequence[Any], int] | None:
    """Some of what a value holds, and how much there is of it; ``None`` if the value does not count."""
    kind = type(value)
    look = _LOOKS.get(kind)
    if look is not None:
        return look(value)
    if hasattr(kind, "__dataclass_fields__") or hasattr(kind, "model_fields"):
        fields = [getattr(value, name, None) for name in getattr(kind, "__slots__", ())]
        fields.append(getattr(value, "__dict__", None))
        return fields, len(fields)
    return None


def _of_sequence(value: Sequence[Any]) -> tuple[Sequence[Any], int]:
    return value[:: max(1, len(value) // SAMPLE)], len(value)


def _of_dict(value: dict[Any, Any]) -> tuple[Sequence[Any], int]:
    """The first and the last: those that came last may be of another size."""
    half = SAMPLE // 2
    keys = [*islice(value, half), *islice(reversed(value), half)] if len(value) > SAMPLE else list(value)
    return [*keys, *[value[key] for key in keys]], 2 * len(value)


def _of_set(value: Iterable[Any]) -> tuple[Sequence[Any], int]:
    return list(islice(value, SAMPLE)), len(value)  # type: ignore[arg-type]


def _of_function(value: FunctionType) -> tuple[Sequence[Any], int]:
    found = []
    for cell in value.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not assigned yet, or deleted
            continue
    return found, len(found)


def _of_nothing(value: object) -> tuple[Sequence[Any], int]:
    return (), 0


_LOOKS: Final[dict[type, Callable[[Any], tuple[Sequence[Any], int]]]] = {
    **dict.fromkeys((str, bytes, bytearray, int, float, complex, type(None), bool), _of_nothing),
    **dict.fromkeys((list, tuple), _of_sequence),
    **dict.fromkeys((set, frozenset), _of_set),
    dict: _of_dict,
    FunctionType: _of_function,
}
