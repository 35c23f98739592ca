"""Equal beginnings and ends of strings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hyper.vdom.reparsing.compare import common_prefix, common_suffix

sizes = st.sampled_from([0, 1, 2, 255, 256, 257, 511, 1023, 1024, 5000])
changes = st.lists(st.integers(0, 5000), max_size=3)


def prefix_by_character(old: str, new: str) -> int:
    count = 0
    while count < min(len(old), len(new)) and old[count] == new[count]:
        count += 1
    return count


@given(sizes, sizes, changes)
def test_common_prefix(old_size: int, new_size: int, changed: list[int]) -> None:
    old = "a" * old_size
    new = "".join(["b" if index in changed else "a" for index in range(new_size)])
    limit = min(old_size, new_size)
    assert common_prefix(old, 0, new, 0, limit) == prefix_by_character(old, new)
    assert common_prefix("x" + old, 1, "yz" + new, 2, limit) == prefix_by_character(old, new)
    assert common_prefix(old, 0, new, 0, limit // 2) == min(limit // 2, prefix_by_character(old, new))


@given(sizes, sizes, changes)
def test_common_suffix(old_size: int, new_size: int, changed: list[int]) -> None:
    old = "a" * old_size
    new = "".join(["b" if index in changed else "a" for index in range(new_size)])[::-1]
    limit = min(old_size, new_size)
    expected = prefix_by_character(old[::-1], new[::-1])
    assert common_suffix(old, len(old), new, len(new), limit) == expected
    assert common_suffix(old + "x", len(old), new + "yz", len(new), limit) == expected
    assert common_suffix(old, len(old), new, len(new), limit // 2) == min(limit // 2, expected)
