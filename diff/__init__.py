"""The diff of two trees as patches that a person can read, and the functions that apply patches.

    >>> from hyper.diff import apply_patches, diff_trees
    >>> from hyper.vdom import parse_html, to_html
    >>> old, new = parse_html("<p>Count: 1</p>"), parse_html("<p>Count: 2</p>")
    >>> diff_trees(old, new)
    [{'path': 'p/text', 'value': 'Count: 2'}]
    >>> to_html(apply_patches(old, diff_trees(old, new)))
    '<p>Count: 2</p>'

Nothing here knows a server, a socket or a component.
"""

from __future__ import annotations

from .apply import apply_patches
from .codec import patches_from_json, patches_to_json
from .fields import merge_fields
from .patches import Patch, PatchError
from .tree import diff_trees

__all__ = [
    "Patch",
    "PatchError",
    "apply_patches",
    "diff_trees",
    "merge_fields",
    "patches_from_json",
    "patches_to_json",
]
