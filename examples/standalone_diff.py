"""The diff alone, without a server: two pages in, patches out, and the second page made from the first.

Run it with ``python examples/standalone_diff.py``.
"""

import json

from hyper.diff import apply_patches, diff_trees, patches_to_json
from hyper.vdom import parse_html, to_html

THINGS = ["Milk", "Bread", "Tea", "Apples", "Rice", "Salt", "Paper", "Soap", "Ink", "Oil"]


def page(things: list[str], bought: set[str]) -> str:
    """What any template engine might print."""
    rows = [
        f'<li data-key="{thing}"><label><input type="checkbox"{" checked" * (thing in bought)}> {thing}</label></li>'
        for thing in things
    ]
    return f"<h1>Shopping</h1><ul>{''.join(rows)}</ul><p>{len(things) - len(bought)} things to buy</p>"


def main() -> None:
    old = parse_html(page(THINGS, bought=set()))
    new = parse_html(page(["Flour", *reversed(THINGS[:3]), *THINGS[3:8]], bought={"Tea"}))

    patches = diff_trees(old, new)
    for patch in patches:
        print(json.dumps(patch, ensure_ascii=False))

    assert apply_patches(old, patches) == new
    print(f"\n{len(patches_to_json(patches))} characters of patches instead of {len(to_html(new))} of HTML")


if __name__ == "__main__":
    main()
