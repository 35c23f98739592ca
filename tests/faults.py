"""What mutation testing in Python and in the client share: what was tried, what is known to be no fault, the verdict."""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Fault(Protocol):
    """Something wrong in one place of the code."""

    @property
    def change(self) -> str:
        """Where it is, and below that the lines that differ."""

    @property
    def key(self) -> str:
        """Its own: two faults may change the same in two places of one function."""


class Results:
    """What was tried so far, in a file if there is one: a line of JSON for each fault, the last one counts."""

    def __init__(self, path: Path | None, again: bool) -> None:
        self.path = path
        self.finders: dict[str, str | None] = {}
        if path is not None and path.exists():
            self.finders.update(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        if again:
            self.finders = {fault: finder for fault, finder in self.finders.items() if finder}

    def add(self, fault: str, finder: str | None) -> None:
        self.finders[fault] = finder
        if self.path is not None:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps([fault, finder]) + "\n")


def argument_parser(doc: str | None, modules: Sequence[str]) -> argparse.ArgumentParser:
    """A parser of the arguments that both take."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what their names begin with: {', '.join(modules)}"
    )
    parser.add_argument("--results", type=Path, help="a file to go on from")
    parser.add_argument("--again", action="store_true", help="try those that nobody has found")
    return parser


def reasons(path: Path) -> dict[str, str]:
    """For each change that is known to be no fault, the reason: its place and, below, the lines that differ."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["same"]
    return {change.strip(): table["reason"] for table in tables for change in table["faults"]}


def begun(names: Sequence[str], modules: Sequence[str]) -> list[str]:
    """Those modules in which something has a name that begins with one of ``names``."""
    return [module for module in modules if any(name.partition(".")[0] == module for name in names)]


def report(faults: Sequence[Fault], results: Results, equivalents: Path) -> int:
    """Print what is to be mended, of faults that were tried; 1 if there is anything."""
    known = reasons(equivalents)
    survivors = [fault.change for fault in faults if not results.finders[fault.key]]
    open_ones = [change for change in survivors if change not in known]
    found = sorted(known.keys() & {fault.change for fault in faults} - set(survivors))
    for title, changes in (("no test finds", open_ones), ("explained, but found", found)):
        for change in changes:
            print(f"\n{title}: {change}")
    print(
        f"\n{len(faults)} faults, {len(faults) - len(survivors)} found by tests, "
        f"{len(survivors) - len(open_ones)} explained, {len(open_ones)} open"
    )
    return 1 if open_ones or found else 0
