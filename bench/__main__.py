"""``python -m bench``: everything, or the parts that are named."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from bench import charts
from bench.results import Result, as_table, write_json


@dataclass(frozen=True, slots=True)
class Part:
    """Some benchmarks that belong together."""

    module: str
    """Its ``run(seconds)`` yields results."""
    seconds: float
    """About how long it measures."""
    is_quick: bool = True
    """Is it a part of ``--quick``, with a fifth of the time?"""
    is_default: bool = True
    """Is it run without being named?"""

    def run(self, seconds: float) -> Iterator[Result]:
        """Its results; what only it needs is imported now."""
        yield from import_module(self.module).run(seconds)


PARTS: Final = {
    "table": Part("bench.table", 60),
    "html": Part("bench.html", 20),
    "one_text": Part("bench.one_text", 10),
    "scaling": Part("bench.scaling", 10),
    "events": Part("bench.events", 10),
    "sockets": Part("bench.sockets", 15),
    "memory": Part("bench.memory", 0),
    "trips": Part("bench.trips", 0),
    "anonymous": Part("bench.anonymous", 5),
    "held": Part("bench.held", 40, is_quick=False),
    "log_out": Part("bench.log_out", 0, is_quick=False, is_default=False),
    "client": Part("bench.browser", 60, is_quick=False),
    "peers_diff": Part("bench.peers_diff", 40, is_default=False),
    "peers": Part("bench.peers", 60, is_default=False),
}


def main() -> None:
    """Measure what the command line asks for, print the table, write what is to be written."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; most without")
    parser.add_argument("--quick", action="store_true", help="under a minute; the numbers are rougher")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    parser.add_argument(
        "--plots", type=Path, metavar="FOLDER", help="keep the results there, draw its charts"
    )
    arguments = parser.parse_args()
    results: list[Result] = []
    print(f"Python {platform.python_version()}, {platform.machine()}")
    for part in chosen(arguments.parts, arguments.quick):
        for result in part.run(part.seconds / (5 if arguments.quick else 1)):
            results.append(result)
            print(as_table([result]), flush=True)
        if arguments.plots:
            charts.update(arguments.plots, results)
    print("\n" + as_table(results))
    if arguments.json:
        write_json(results, arguments.json)


def chosen(names: list[str], quick: bool) -> list[Part]:
    """The parts that are named, else those that are run without being named."""
    if names:
        return [PARTS[name] for name in names]
    return [part for part in PARTS.values() if part.is_default and (part.is_quick or not quick)]


if __name__ == "__main__":
    main()
