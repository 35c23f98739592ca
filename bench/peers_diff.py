"""The diff beside others', on the same pages in one run: time, operations, bytes.

    python -m bench peers_diff       also writes docs/diff-compared.md and its two charts

Two questions, as the libraries answer different ones. *Strings in, difference out*, in Python: ours, xmldiff, and
the HTML diff of lxml, which marks a page for people. *From what a server sends to the new page*, in one DOM (jsdom
in Node): our client with our patches, morphdom and idiomorph with the new HTML, diff-dom with its own difference.
Versions are pinned; what is not there is installed into a temporary folder.
"""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

from bench.plots import Chart, to_label, write_chart
from bench.results import Result
from hyper.diff import diff_trees, patches_to_json
from hyper.vdom import parse_html

FOLDER: Final = Path(tempfile.gettempdir()) / "hyper-live-bench-peers"
PYTHON_PEERS: Final = ("xmldiff==3.0",)
NODE_PEERS: Final = ("morphdom@2.7.8", "idiomorph@0.8.0", "diff-dom@5.2.1", "jsdom@26.1.0")
SCRIPT: Final = Path(__file__).with_name("web") / "peers_diff.mjs"
DOCS: Final = Path(__file__).parent.parent / "docs"
ROWS: Final = 200
"""More, and the slowest of the peers would take minutes."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one library did with one pair of pages."""

    ms: float
    operations: int | None
    """Of the difference, or changes of the DOM; ``None`` where the new page is another one."""
    bytes: int


Table = dict[str, dict[str, Measured]]
"""By library and scenario."""


def page(numbers: list[int], changed: frozenset[int] = frozenset()) -> str:
    """A table that is HTML and XML as well."""
    rows = [
        f'<tr id="row-{n}"><td>{n}</td><td><a href="/{n}">Label {n}{" !!!" if n in changed else ""}</a></td></tr>'
        for n in numbers
    ]
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def scenarios() -> dict[str, tuple[str, str]]:
    """Old and new pages."""
    rows = list(range(ROWS))
    swapped = [0, ROWS - 2, *rows[2:-2], 1, ROWS - 1]
    shuffled = list(rows)
    random.Random(1).shuffle(shuffled)
    fresh = {
        "one label": page(rows, frozenset([ROWS // 2])),
        "every 10th label": page(rows, frozenset(rows[::10])),
        "remove one row": page(rows[:100] + rows[101:]),
        "prepend one row": page([ROWS, *rows]),
        "swap two rows": page(swapped),
        "last row first": page([ROWS - 1, *rows[:-1]]),
        "shuffle": page(shuffled),
    }
    return {name: (page(rows), html) for name, html in fresh.items()}


# In Python -------------------------------------------------------------------------------------------------


def ours(old: str, new: str) -> tuple[int, str]:
    patches = diff_trees(parse_html(old), parse_html(new), keep_state=True)
    return len(patches), patches_to_json(patches)


def xmldiff(old: str, new: str) -> tuple[int, str]:
    text = import_module("xmldiff.main").diff_texts(
        old, new, formatter=import_module("xmldiff.formatting").DiffFormatter()
    )
    return len(text.splitlines()), text


def lxml_html_diff(old: str, new: str) -> tuple[int, str]:
    text: str = import_module("lxml.html.diff").htmldiff(old, new)
    return text.count("<ins>") + text.count("<del>"), text


IN_PYTHON: Final[Mapping[str, Callable[[str, str], tuple[int, str]]]] = {
    "ours": ours,
    "xmldiff": xmldiff,
    "lxml.html.diff": lxml_html_diff,
}


def measure_python(pages: Mapping[str, tuple[str, str]], seconds: float) -> Table:
    table: Table = {name: {} for name in IN_PYTHON}
    for scenario, pair in pages.items():
        for name, diff in IN_PYTHON.items():
            operations, text = diff(*pair)
            ms = best_cpu_ms(partial(diff, *pair), seconds)
            table[name][scenario] = Measured(ms, operations, len(text.encode()))
    return table


def best_cpu_ms(run: Callable[[], object], seconds: float) -> float:
    """Of three or more runs; CPU time, as a peer may take seconds in which others have the machine, too."""
    best_s, until = float("inf"), perf_counter() + seconds
    rounds = 0
    while rounds < 3 or perf_counter() < until:
        gc.collect()
        start = process_time()
        run()
        best_s = min(best_s, process_time() - start)
        rounds += 1
    return best_s * 1000


# In Node ---------------------------------------------------------------------------------------------------


def measure_node(pages: Mapping[str, tuple[str, str]], seconds: float) -> Table:
    given = {
        name: {
            "old": old,
            "fresh": fresh,
            "patches": diff_trees(parse_html(old), parse_html(fresh), keep_state=True),
        }
        for name, (old, fresh) in pages.items()
    }
    command = ["node", str(SCRIPT), str(FOLDER), str(seconds)]
    ran = subprocess.run(command, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return {
        library: {
            scenario: Measured(result["bestMs"], result["changes"], result["bytes"])
            for scenario, result in results.items()
        }
        for library, results in found.items()
    }


def install() -> None:
    """The peers, where they are not there yet."""
    FOLDER.mkdir(exist_ok=True)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(FOLDER / "python")]
    if not (FOLDER / "python").exists():
        subprocess.run([*pip, *PYTHON_PEERS], check=True)
    if not (FOLDER / "node_modules").exists():
        npm = ["npm", "install", "--no-audit", "--no-fund", "--silent", *NODE_PEERS]
        subprocess.run(npm, cwd=FOLDER, check=True)
    sys.path.insert(0, str(FOLDER / "python"))


# What comes of it ------------------------------------------------------------------------------------------


def run(seconds: float) -> Iterator[Result]:
    """Our time, in the time of the quickest other; the page of the documentation and its charts are written."""
    install()
    pages = scenarios()
    each_s = seconds / (len(pages) * 7)
    diffs, morphs = measure_python(pages, each_s), measure_node(pages, each_s)
    write_page(diffs, morphs)
    for kind, table in (("diff", diffs), ("page", morphs)):
        own, *others = table
        for scenario in pages:
            best = min(table[other][scenario].ms for other in others)
            mine = table[own][scenario]
            details: dict[str, float | int | str] = {"ours_ms": mine.ms, "ours_bytes": mine.bytes}
            details |= {f"{other}_ms": table[other][scenario].ms for other in others}
            yield Result(f"{kind}: {scenario}", mine.ms / best, "of the quickest other", details=details)


def write_page(diffs: Table, morphs: Table) -> None:
    for table, name, title in (
        (diffs, "diff-compared", "Two strings in, the difference out"),
        (morphs, "diff-compared-client", "From what was sent to the new page"),
    ):
        names = list(next(iter(table.values())))
        series = {library: [results[name].ms for name in names] for library, results in table.items()}
        chart = Chart(title, "ms", names, series, f"{ROWS} rows; best CPU time, less is better", is_log=True)
        write_chart(chart, DOCS / f"{name}.svg")
    text = PAGE.format(rows=ROWS, diffs=as_markdown(diffs), morphs=as_markdown(morphs), peers=peers())
    (DOCS / "diff-compared.md").write_text(text, encoding="utf-8")


def peers() -> str:
    return ", ".join([name.replace("==", " ").replace("@", " ") for name in (*PYTHON_PEERS, *NODE_PEERS)])


def as_markdown(table: Table) -> str:
    """Time, operations and bytes; a row for each scenario."""
    lines = ["| | " + " | ".join(table) + " |", "|---" * (len(table) + 1) + "|"]
    for scenario in next(iter(table.values())):
        cells = [_cell(results[scenario]) for results in table.values()]
        lines.append(f"| {scenario} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(measured: Measured) -> str:
    operations = "another page" if measured.operations is None else f"{measured.operations:,}"
    return f"{to_label(measured.ms, 'ms')} · {operations} · {measured.bytes:,} B"


PAGE: Final = """# The diff compared

The same pages for all, in one run on one machine of two cores; `python -m bench peers_diff` measures again and writes
this page. A table of {rows} rows, each with an id, changes in seven ways. The peers: {peers}, and lxml.

## Two strings in, the difference out

In Python. Each cell: best CPU time · operations · bytes of the difference. `lxml.html.diff` marks what is new and what
is gone for people to read, and does not say what moved; nothing can be patched with it.

![Times](diff-compared.svg)

{diffs}

## From what was sent to the new page

In jsdom, which is slower than any browser, for all of them alike. Each cell: best CPU time · changes of the DOM · bytes
that the server sends. morphdom and idiomorph are sent the new HTML and find out in the browser what differs; so their
time holds what is done on the server elsewhere. diff-dom applies a difference that was made before.

![Times](diff-compared-client.svg)

{morphs}
"""
