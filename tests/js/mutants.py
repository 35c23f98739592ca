"""Mutation testing of the client: each small fault that is put into what patches a page has to be found by a test.

    python -m tests.js.mutants                        all of ``MODULES``
    python -m tests.js.mutants lists path.resolve     some of them
    python -m tests.js.mutants --results faults.json  kept there: run again, it goes on
    python -m tests.js.mutants --results faults.json --again    those that nobody found, with the tests of today

``faults.mjs`` makes the faults. They are tried out one at a time in a copy of the client and of its tests in Node: those
that come to the place of the fault, first those that found its neighbours, then the quick ones, until one fails. A test
that takes far more processor time than it should has found it too; time in which the machine did something else does
not count. Some faults are none: what they change cannot be seen from outside. ``equivalents.toml`` says why, of each.
What survives and is not in there is printed, and so is what it explains though a test finds it; both are to be mended.
"""

from __future__ import annotations

import difflib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults import Results, argument_parser, begun, report
from tests.js.node import NODE

ROOT: Final = Path(__file__).parents[2]
EQUIVALENTS: Final = Path(__file__).with_name("equivalents.toml")
"""Reasons, each with the faults for which it holds: where they are, and the lines that differ."""
MODULES: Final = (
    "attributes batch caret controls dom edits fields focus focus_wrap fragment holding keys kinds lists mirror moment patch"
    " path plain reconcile states steps timers turns writes"
).split()
TESTS: Final = sorted(
    {path.name.removesuffix(".test.mjs") for path in Path(__file__).parent.glob("*.test.mjs")} - {"build"}
)
NUMBERS: Final = {"HYPER_SEED": "1", "HYPER_RUNS": "100", "HYPER_FUZZ": "2000"}
"""Of random pages and frames that a fault has to survive."""
LEAST_S: Final = 2
TIMES: Final = 10
"""A test has found a fault when it takes so many times as long as without it, and at least ``LEAST_S``."""
MOST_S: Final = 120
"""Of the clock on the wall, for what waits for ever."""
MAX_HEAP_MB: Final = 512

Range = tuple[int, int, int]
"""Of the characters of a file: the first, the one after the last, and how often they ran."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A source file with another text in one place."""

    module: str
    place: str
    """What is declared there: a function, or a constant."""
    start: int
    right: str
    wrong: str
    """All of the file, without the fault and with it."""

    @property
    def file(self) -> str:
        return f"runtime_js/{self.module}.js"

    @property
    def key(self) -> str:
        """Two faults may say the same of two places of one function."""
        return f"{self.start} {self.change}"

    @property
    def change(self) -> str:
        """Where it is, and the lines that differ."""
        old, new = ([line.strip() for line in text.splitlines()] for text in (self.right, self.wrong))
        lines = difflib.unified_diff(old, new, n=0, lineterm="")
        different = (f"{line[0]} {line[1:]}" for line in lines if not line.startswith(("---", "+++", "@@")))
        return "\n".join([f"{self.module}.{self.place}", *different])


def faults_of(names: Sequence[str]) -> list[Fault]:
    """All faults in the modules and functions that ``names`` are the beginnings of."""
    files = [f"runtime_js/{name}.js" for name in begun(names, MODULES)]
    right = {file: (ROOT / file).read_text(encoding="utf-8") for file in files}
    made = subprocess.run(
        [str(NODE), "tests/js/faults.mjs", *files], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    faults = {
        Fault(Path(file).stem, place, start, right[file], right[file][:start] + text + right[file][end:])
        for file, place, start, end, text in json.loads(made.stdout)
    }
    chosen = [fault for fault in faults if f"{fault.module}.{fault.place}".startswith(tuple(names))]
    return sorted(chosen, key=lambda fault: (fault.module, fault.start, fault.wrong))


class Copy:
    """The client and its tests in a folder of their own, where faults can be put in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("runtime_js", "tests/js", "tests/vectors"):
            shutil.copytree(ROOT / part, folder / part)
        shutil.copy(ROOT / "package.json", folder)
        self.time_s: dict[str, float] = {}
        self.ranges: dict[tuple[str, str], list[Range]] = defaultdict(list)
        for test in TESTS:
            self.run_right(test)

    def run_right(self, test: str) -> None:
        """Run a test without a fault; note how long it takes and where it comes."""
        coverage = self.folder / "coverage" / test
        start_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        if self.fails(test, NODE_V8_COVERAGE=str(coverage)):
            sys.exit(f"{test}.test.mjs fails without a fault")
        self.time_s[test] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start_s
        for file in coverage.iterdir():
            for script in json.loads(file.read_text(encoding="utf-8"))["result"]:
                self.ranges[test, script["url"].rpartition("/")[2]] += [
                    (part["startOffset"], part["endOffset"], part["count"])
                    for function in script["functions"]
                    for part in function["ranges"]
                ]

    def reaches(self, test: str, fault: Fault) -> bool:
        """Does a test come to the place of a fault? The smallest range around it says so."""
        ranges = self.ranges[test, f"{fault.module}.js"]
        around = [(end - start, count) for start, end, count in ranges if start <= fault.start < end]
        smallest = min(around, default=(0, 0))[0]
        return any(count for size, count in around if size == smallest)

    def fails(self, test: str, **more: str) -> bool:
        """Does one of the tests in a file fail, or take too long?"""
        limit_s = int(max(LEAST_S, TIMES * self.time_s.get(test, MOST_S)))
        command = [str(NODE), f"--max-old-space-size={MAX_HEAP_MB}", f"tests/js/{test}.test.mjs"]
        try:
            ran = subprocess.run(
                command,
                cwd=self.folder,
                env={**os.environ, **NUMBERS, **more},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=MOST_S,
                check=False,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s)),
            )
        except subprocess.TimeoutExpired:
            return True
        return ran.returncode != 0

    @contextmanager
    def holding(self, fault: Fault) -> Iterator[None]:
        path = self.folder / fault.file
        path.write_text(fault.wrong, encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(fault.right, encoding="utf-8")

    def find(self, fault: Fault, first: Sequence[str]) -> str | None:
        """The test that finds a fault; those in ``first`` are tried first."""
        tests = [test for test in TESTS if self.reaches(test, fault)]
        tests.sort(key=lambda test: (test not in first, self.time_s[test]))
        with self.holding(fault):
            return next((test for test in tests if self.fails(test)), None)


def try_out(faults: Sequence[Fault], results: Results, copy: Copy) -> None:
    """Look for what finds each fault that was not tried yet."""
    finders: dict[str, list[str]] = defaultdict(list)
    for number, fault in enumerate(faults, 1):
        if fault.key in results.finders:
            continue
        near = finders[fault.module]
        finder = copy.find(fault, near)
        results.add(fault.key, finder)
        print(f"{number} of {len(faults)}: {finder or 'SURVIVED'}: {fault.change}", flush=True)
        if finder:
            near[:] = [finder, *(test for test in near if test != finder)][:3]


def main() -> None:
    parser = argument_parser(__doc__, MODULES)
    given = parser.parse_args()
    faults = faults_of(given.names or MODULES)
    if not faults:
        parser.error(f"nothing has a name like {', '.join(given.names)}")
    results = Results(given.results, given.again)
    with tempfile.TemporaryDirectory() as folder:
        try_out(faults, results, Copy(Path(folder)))
    sys.exit(report(faults, results, EQUIVALENTS))


if __name__ == "__main__":
    main()
