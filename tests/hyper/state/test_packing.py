"""What processes send each other comes back as it was, and no class is found that was not declared."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from pydantic import BaseModel

from hyper.state.hub import Hub
from hyper.state.observed import plain
from hyper.state.observing import cell_of
from hyper.state.packing import Packer, PackingError, classes_of
from hyper.state.replica import Replica

leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(),
    st.binary(), st.dates(), st.datetimes(), st.times(), st.timedeltas(), st.uuids(),
    st.decimals(allow_nan=False, allow_infinity=False), st.builds(Markup, st.text()),
)  # fmt: skip
hashable = st.one_of(leaves, st.tuples(leaves, leaves), st.frozensets(leaves, max_size=3))
values = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(hashable, inner, max_size=4) | st.sets(hashable)
    ),
    max_leaves=12,
)


def shared(value: Any, *classes: type) -> tuple[Any, Packer]:
    """An observed value with ids, and a packer for it."""
    observed: Any = Hub().share(value, "value")
    packer = Packer([*classes, *classes_of(observed)])
    Replica(cell_of(observed), "origin", packer, lambda: None)
    return observed, packer


def through_json(packed: Any) -> Any:
    return json.loads(json.dumps(packed, allow_nan=False))


@given(st.lists(values, max_size=4))
def test_values_come_back(value: list[Any]) -> None:
    observed, packer = shared(value)
    again = packer.unpack(through_json(packer.pack(observed)), Hub().new_cell("other"))
    assert plain(again) == value
    assert packer.pack(again) == packer.pack(observed) or has_sets(value)
    assert kinds(plain(again)) == kinds(value)


def has_sets(value: Any) -> bool:
    """Sets have no order to compare."""
    return "set(" in repr(value) or "{" in repr(value)


def kinds(value: Any) -> Any:
    if isinstance(value, dict):
        return [type(value), [(type(key), kinds(item)) for key, item in value.items()]]
    return [type(value), [kinds(item) for item in value]] if isinstance(value, list | tuple) else type(value)


class Colour(Enum):
    RED = 1


@dataclass
class Inner:
    colours: list[Colour] = field(default_factory=list)


@dataclass(slots=True)
class Outer:
    inner: Inner | None = None
    at: dt.date = dt.date(2026, 1, 2)


class Account(BaseModel):
    owner: Outer = Outer()
    balances: dict[str, Decimal] = {}


def test_classes_come_back() -> None:
    value = [Account(owner=Outer(Inner([Colour.RED])), balances={"a": Decimal("1.50")})]
    observed, packer = shared(value)
    again = packer.unpack(through_json(packer.pack(observed)))
    assert plain(again) == value
    assert type(plain(again)[0].owner.inner) is Inner


def test_classes_are_declared_through_annotations() -> None:
    assert set(Packer([Account]).classes) == {"Account", "Outer", "Inner", "Colour"}


def test_two_classes_of_one_name_are_refused() -> None:
    def make() -> type:
        @dataclass
        class Twin:
            x: int = 0

        return Twin

    with pytest.raises(PackingError, match="rename one"):
        Packer([make(), make()])


def test_no_class_is_found_that_was_not_declared() -> None:
    _, packer = shared([])
    for name in ("Account", "builtins.eval", "os.system", "__main__"):
        for kind in ("object", "value", "enum"):
            with pytest.raises(KeyError):
                packer.unpack({"$": kind, "i": "1", "c": name, "v": {}})
    with pytest.raises(KeyError):
        packer.unpack({"$": "module", "i": "1", "v": "os"})
