"""The results as files and charts of the documentation: ``python -m bench --plots docs/performance``.

The folder keeps one JSON file for each Python that was measured; what a run measured replaces what is there of
the same names, so that parts can be run one by one. The charts are drawn from all files that are there.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from bench.plots import Chart, write_chart
from bench.results import Result, to_entries

Entries: TypeAlias = Mapping[str, Mapping[str, Any]]
"""What a JSON file holds: the results by name."""

OPERATIONS: Final = (
    "update_every_10th", "select_row", "swap_rows", "remove_row", "create_1000", "replace_all", "append_1000",
)  # fmt: skip
IN_BROWSER: Final = (
    "update_every_10th", "swap_rows", "remove_row", "replace_all", "append_1000", "clear_rows",
)  # fmt: skip
HTML: Final = {"html_one_text": "one text", "html_every_10th": "every 10th row"}
PEERS: Final = {
    "pyview": "PyView",
    "djust": "djust (Rust part)",
    "reactpy": "ReactPy",
    "unicorn": "django-unicorn",
    "nicegui": "NiceGUI",
}
WAYS: Final = {
    "ours": "Hyper Live",
    "innerHTML": "innerHTML",
    "morphdom": "morphdom",
    "idiomorph": "idiomorph",
}


def update(folder: Path, results: Sequence[Result]) -> None:
    """Keep the results in the folder, and draw its charts anew."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"python-{'.'.join(platform.python_version_tuple()[:2])}.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**known, **to_entries(results)}, indent=2) + "\n")
    draw(folder)


def draw(folder: Path) -> None:
    """Draw the charts of all results in the folder that there are."""
    files = sorted(folder.glob("python-*.json"))
    by_python = {file.stem.replace("python-", "Python "): json.loads(file.read_text()) for file in files}
    for name, chart in charts(by_python):
        write_chart(chart, folder / f"{name}.svg")


def charts(by_python: Mapping[str, Entries]) -> Iterator[tuple[str, Chart]]:
    """Names of files and their charts, of what was measured."""
    per_python = dict[str, dict[str, str]](
        operations={name: _readable(name) for name in OPERATIONS}, html={name: HTML[name] for name in HTML}
    )
    titles = {
        "operations": ("A table of 1,000 rows", "render + diff + encode", "printing it"),
        "html": ("HTML of any engine, 1,000 rows", "parse + diff + encode", "one lexbor parse"),
    }
    for file, names in per_python.items():
        title, subtitle, limit = titles[file]
        measured = {label: entries for label, entries in by_python.items() if names.keys() & entries.keys()}
        if measured:
            series = {
                label: [entries.get(name, {}).get("ratio") for name in names]
                for label, entries in measured.items()
            }
            yield file, Chart(title, "×", list(names.values()), series, subtitle, limit=(limit, 1.0))
    entries = next(iter(by_python.values()), {})  # peers and browsers do not depend on our Python
    yield from _compared(entries)


def _compared(entries: Entries) -> Iterator[tuple[str, Chart]]:
    """Charts of others beside us."""
    if f"peers_{OPERATIONS[0]}" in entries:
        yield "peers-time", _chart(
            "Server time for 1,000 rows", "ms", "from the state has changed to the text for the wire",
            entries, "peers_", OPERATIONS,
            {"Hyper Live": _number("ratio"), **{PEERS[peer]: _number(f"{peer}_ms") for peer in PEERS}},
        )  # fmt: skip
        yield "peers-bytes", _chart(
            "Bytes on the wire for 1,000 rows", "", "one update, uncompressed",
            entries, "peers_", OPERATIONS,
            {"Hyper Live": _number("sent_bytes"), **{PEERS[peer]: _number(f"{peer}_bytes") for peer in PEERS}},
        )  # fmt: skip
    if f"client_{IN_BROWSER[0]}" in entries:
        yield "client", _chart(
            "Script time in Chromium for 1,000 rows", "ms", "from what arrived to the changed page, before layout",
            entries, "client_", IN_BROWSER, {WAYS[way]: _number(f"{way}_ms") for way in WAYS},
        )  # fmt: skip


def _chart(
    title: str,
    unit: str,
    subtitle: str,
    entries: Entries,
    prefix: str,
    names: Sequence[str],
    series: Mapping[str, Callable[[Mapping[str, Any]], float | None]],
) -> Chart:
    """A logarithmic chart of several numbers of the results ``prefix + name``."""
    numbers = {
        label: [number_of(entries.get(prefix + name, {})) for name in names]
        for label, number_of in series.items()
    }
    return Chart(title, unit, [_readable(name) for name in names], numbers, subtitle, is_log=True)


def _number(field: str) -> Callable[[Mapping[str, Any]], float | None]:
    return lambda entry: entry.get(field)


def _readable(name: str) -> str:
    return name.replace("1000", "1,000").replace("_", " ")
