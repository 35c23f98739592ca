"""Writes the test vectors: cases of patches that mean the same in Python, on lxml trees and in JavaScript.

    python -m tests.vectors.generate

Each file is a list of ``{"name", "context", "old", "patches", "new"}``: the patches turn the tree of ``old``
into that of ``new``, both parsed in ``context``. In ``refused/`` there is ``"bad"`` instead: patches that do
not fit ``old`` and must be refused whole.

    written.json   patches written by hand, one for each meaning
    made.json      pages written by hand, patches made by the diff
    random.json    random pages and edits
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Final

from hyper.diff import apply_patches, diff_trees
from hyper.testing.patches import CONTEXTS
from hyper.testing.trees import Choices, build_keyed_lists, build_pair
from hyper.vdom import Root, parse_document, parse_html, to_html
from tests.vectors.cases import MADE, REFUSED, WRITTEN

HERE: Final = Path(__file__).parent
RANDOM_CASES: Final = 400
SEED: Final = 20_261


def parse(html: str, context: str) -> Root:
    return parse_document(html) if context == "#document" else parse_html(html, context=context)


def canonical(html: str, context: str) -> str:
    return to_html(parse(html, context))


def written() -> list[dict[str, Any]]:
    return [
        {"name": name, "context": context, "old": canonical(old, context), "patches": patches, "new": new}
        for name, context, old, patches, new in WRITTEN
    ]


def made() -> list[dict[str, Any]]:
    return [case(name, parse(old, context), parse(new, context)) for name, context, old, new in MADE]


def randomly_made() -> list[dict[str, Any]]:
    rng = random.Random(SEED)
    cases = []
    for number in range(RANDOM_CASES):
        choices = Choices(rng.randbytes(rng.choice((30, 80, 200))))
        context = "body" if number % 3 else rng.choice(CONTEXTS)
        pair = build_keyed_lists(choices) if number % 7 == 0 else build_pair(choices, context)
        cases.append(case(f"random {number}", *pair))
    return cases


def case(name: str, old: Root, new: Root) -> dict[str, Any]:
    patches = diff_trees(old, new, keep_state=True)
    assert apply_patches(old, patches) == new, name
    return {
        "name": name,
        "context": old.context,
        "old": to_html(old),
        "patches": patches,
        "new": to_html(new),
    }


def refused() -> list[dict[str, Any]]:
    return [{"name": name, "context": "body", "old": old, "bad": patches} for name, old, patches in REFUSED]


def files() -> dict[Path, str]:
    """The text of each file."""
    cases = {
        "written.json": written(),
        "made.json": made(),
        "random.json": randomly_made(),
        "refused/refused.json": refused(),
    }
    return {HERE / name: print_cases(some) for name, some in cases.items()}


def print_cases(cases: list[dict[str, Any]]) -> str:
    """One case on a line, so that a change shows as one."""
    lines = ",\n".join([json.dumps(each, ensure_ascii=False) for each in cases])
    return f"[\n{lines}\n]\n"


def main() -> None:
    for path, text in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(HERE)}: {text.count(chr(10)) - 2} cases, {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main()
