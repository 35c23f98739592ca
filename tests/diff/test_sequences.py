from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.diff.sequences import longest_increasing, runs, spread


@pytest.mark.parametrize(
    ("values", "positions"),
    [
        ([], []),
        ([5], [0]),
        ([0, 1, 2], [0, 1, 2]),
        ([2, 1, 0], [2]),
        ([3, 1, 2, 5, 4], [1, 2, 4]),
        ([1, 1, 1], [2]),
        ([4, 0, 1, 2, 3], [1, 2, 3, 4]),
        ([1, 2, 3, 4, 0], [0, 1, 2, 3]),
    ],
)
def test_longest_increasing(values: list[int], positions: list[int]) -> None:
    assert longest_increasing(values) == positions


@given(st.lists(st.integers(0, 9), max_size=9))
def test_no_subsequence_is_longer(values: list[int]) -> None:
    positions = longest_increasing(values)
    picked = [values[position] for position in positions]
    assert positions == sorted(positions)
    assert all(left < right for left, right in pairwise(picked))
    longer = combinations(values, len(picked) + 1)
    assert not any(all(left < right for left, right in pairwise(some)) for some in longer)


@given(st.permutations(range(200)))
def test_a_permutation_is_no_danger(values: list[int]) -> None:
    picked = [values[position] for position in longest_increasing(values)]
    assert picked == sorted(set(picked))


@pytest.mark.parametrize(
    ("values", "shorter"),
    [
        ([], []),
        ([7], [7]),
        ([0, 1], [0, 1]),
        ([0, 1, 2], [[0, 2]]),
        ([5, 6, 7, 0, 1, 4], [[5, 7], 0, 1, 4]),
        ([3, 2, 1, 0], [3, 2, 1, 0]),
        ([9, *range(9)], [9, [0, 8]]),
    ],
)
def test_runs(values: list[int], shorter: list[int | list[int]]) -> None:
    assert runs(spans_of(values)) == shorter
    assert spread(shorter) == values


@given(st.lists(st.integers(0, 20)))
def test_spread_gives_back_what_runs_wrote(values: list[int]) -> None:
    assert spread(runs(spans_of(values))) == values


def spans_of(values: list[int]) -> list[tuple[int, int]]:
    """``values`` as ``(first, length)`` of each run that counts up."""
    spans: list[tuple[int, int]] = []
    for value in values:
        if spans and sum(spans[-1]) == value:
            spans[-1] = (spans[-1][0], spans[-1][1] + 1)
        else:
            spans.append((value, 1))
    return spans
