"""The longest increasing subsequence, and orders written as runs. Integers only: nothing here knows nodes.

    [3, 1, 2, 5, 4]  ->  positions [1, 2, 4]  (the values 1, 2, 4)

Read the values as old places of things in their new order: those on the longest increasing run can stay where
they are, every other one has to move, and no way of sorting moves fewer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import lt


def longest_increasing(values: Sequence[int]) -> list[int]:
    """Positions of one longest strictly increasing subsequence, ascending.

    Cost: n log n; n where the values increase already. Among several the one with the smallest values at the
    end is taken. Source: Fredman, "On computing the length of longest increasing subsequences" (1975).
    """
    if all(map(lt, values, values[1:])):
        return list(range(len(values)))
    # tails[k]: the smallest value that ends a run of length k + 1; ends[k]: its position.
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for position, value in enumerate(values):
        length = bisect_left(tails, value)
        if length == len(tails):
            tails.append(value)
            ends.append(position)
        else:
            tails[length] = value
            ends[length] = position
        before.append(ends[length - 1] if length else -1)
    run = []
    position = ends[-1]
    while position >= 0:
        run.append(position)
        position = before[position]
    return run[::-1]


def runs(spans: Iterable[tuple[int, int]]) -> list[int | list[int]]:
    """Numbers that count up, given as ``(first, length)``, written as an order: three or more as ``[first, last]``.

    >>> runs([(5, 3), (0, 2), (4, 1)])
    [[5, 7], 0, 1, 4]
    """
    written: list[int | list[int]] = []
    for first, length in spans:
        if length == 1:
            written.append(first)
        elif length == 2:
            written += first, first + 1
        else:
            written.append([first, first + length - 1])
    return written


def spread(order: Sequence[int | Sequence[int]]) -> list[int]:
    """The values of an order that ``runs`` wrote."""
    values: list[int] = []
    for item in order:
        if isinstance(item, int):
            values.append(item)
        else:
            values += range(item[0], item[1] + 1)
    return values
