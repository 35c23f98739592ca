from __future__ import annotations

import pytest

from hyper.diff import Patch
from hyper.diff.attributes import diff_attributes


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({}, {}, {}),
        ({"class": "a"}, {"class": "a"}, {}),
        ({"class": "a", "id": "b"}, {"id": "b", "class": "a"}, {}),
        ({"class": "a"}, {"class": "b"}, {"class": "b"}),
        ({}, {"hidden": ""}, {"hidden": ""}),
        ({"hidden": ""}, {}, {"hidden": None}),
        ({"value": "5", "max": "9"}, {"value": "50", "max": "90"}, {"max": "90", "value": "50"}),
        ({"b": "1", "c": "1"}, {"a": "1", "c": "2"}, {"a": "1", "b": None, "c": "2"}),
        ({}, {"@click.prevent": "save"}, {"@click.prevent": "save"}),
    ],
)
def test_changes_come_by_name(
    old: dict[str, str], new: dict[str, str], changes: dict[str, str | None]
) -> None:
    patches: list[Patch] = []
    diff_attributes(old, new, "a/b", patches)
    assert patches == [{"path": f"a/b/@{name}", "value": value} for name, value in changes.items()]


def test_the_order_of_attributes_does_not_show() -> None:
    names = [f"n{number}" for number in range(20)]
    forward: list[Patch] = []
    backward: list[Patch] = []
    diff_attributes({}, dict.fromkeys(names, "1"), "p", forward)
    diff_attributes({}, dict.fromkeys(names[::-1], "1"), "p", backward)
    assert forward == backward
