"""Patches for the attributes of an element that is kept.

>>> patches = []
>>> diff_attributes({"min": "1", "value": "2"}, {"value": "3"}, "input", patches)
>>> patches
[{'path': 'input/@min', 'value': None}, {'path': 'input/@value', 'value': '3'}]
"""

from __future__ import annotations

from collections.abc import Mapping

from .patches import Patch


def diff_attributes(old: Mapping[str, str], new: Mapping[str, str], path: str, patches: list[Patch]) -> None:
    """Append patches that turn ``old`` into ``new`` on the element at ``path``, sorted by name.

    Sorted, because the order of attributes is not part of a tree and must not show in the patches. It also puts
    ``max`` and ``min`` before ``value``, which a browser clamps to them.
    """
    changed = [name for name, value in new.items() if old.get(name) != value]
    changed += [name for name in old if name not in new]
    for name in sorted(changed):
        patches.append({"path": f"{path}/@{name}", "value": new.get(name)})
