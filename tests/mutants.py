"""Mutation testing of the diff: each small fault that is put into it has to be found by a test.

    python -m tests.mutants                       all of ``diff/``
    python -m tests.mutants matching children.structure_patches "apply._move 3"      some of them
    python -m tests.mutants --results faults.json            kept there: run again, it goes on
    python -m tests.mutants --results faults.json --below 0.2     a first pass, by tests of less than 0.2 s, not 1
    python -m tests.mutants rows --tests tests/diff/test_rows.py  by these tests alone
    python -m tests.mutants --results faults.json --again    those that nobody found, with more tests

mutmut makes the faults. Here they are tried out, each in a process of its own that is forked from one where the
tests are collected already: it gets the code of the fault in the place of the right one, and runs the tests that
come into that function, those first that found its neighbours, then the quick ones, until one fails. A test that
takes far more processor time than it should has found it too; time in which the machine did something else does
not count. Some faults are none: what they change cannot be seen from outside. ``equivalents.toml`` says why, of each.
What survives and is not in there is printed, and so is what it explains though a test finds it; both are to be mended.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import difflib
import gc
import importlib
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from tests.faults import Results, argument_parser, begun, report

ROOT: Final = Path(__file__).parent.parent
EQUIVALENTS: Final = Path(__file__).parent / "equivalents.toml"
"""Reasons, each with the faults for which it holds: where they are, and the lines that differ."""
MODULES: Final = tuple(sorted({path.stem for path in (ROOT / "diff").glob("*.py")} - {"__init__", "patches"}))
PYTEST: Final = ("-p", "no:cacheprovider", "--assert=plain", "--timeout=0")
EXAMPLES: Final = "300"
"""Random pairs that a fault has to survive."""
LEAST_S: Final = 2.0
TIMES: Final = 20
"""A test has found a fault when it takes so many times as long as without it, and at least ``LEAST_S``."""
MAX_MEMORY_BYTES: Final = 2**31


@dataclass(slots=True)
class Fault:
    """A function of the diff with something wrong in it."""

    name: str
    """Where it is, and which of its faults: ``children._moves 22``."""
    difference: str
    right: FunctionType
    wrong: FunctionType

    @property
    def change(self) -> str:
        """Where it is and what it changes, which stays the same when other lines of the function change."""
        return f"{self.name.rpartition(' ')[0]}\n{self.difference}"

    @property
    def key(self) -> str:
        """Two faults may say the same of two places of one function."""
        return f"{self.name}\n{self.difference}"

    def put_in(self) -> None:
        """Whoever holds the function has the wrong one from now on."""
        self.right.__code__ = self.wrong.__code__
        self.right.__defaults__ = self.wrong.__defaults__
        self.right.__kwdefaults__ = self.wrong.__kwdefaults__


# Making them ---------------------------------------------------------------------------------------------


def faults_of(module_name: str) -> Iterator[Fault]:
    """All that mutmut knows to put into one module of ``diff/``."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    module = importlib.import_module(f"hyper.diff.{module_name}")
    path = ROOT / "diff" / f"{module_name}.py"
    code: str = mutate_file_contents(str(path), path.read_text(encoding="utf-8")).code
    rights: dict[str, ast.FunctionDef] = {}
    for owner, node in _functions(ast.parse(code)):
        mangled, _, number = node.name.partition("__mutmut_")
        name = mangled.rpartition("ǁ")[2].removeprefix("x_")
        node.name, node.decorator_list = name, []
        if number == "orig":
            rights[mangled] = node
        elif number:
            right = vars(getattr(module, owner) if owner else module)[name]
            place = ".".join(filter(None, (module_name, owner, name)))
            yield Fault(
                f"{place} {number}",
                _difference(rights[mangled], node),
                getattr(right, "__func__", right),
                _function(node, owner, vars(module)),
            )


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions, and the methods of classes, each with the name of its class."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from [(node.name, item) for item in node.body if isinstance(item, ast.FunctionDef)]
        elif isinstance(node, ast.FunctionDef):
            yield "", node


def _function(node: ast.FunctionDef, owner: str, names: dict[str, Any]) -> FunctionType:
    """What ``def`` makes of it in that module; in a class, so that ``super()`` has its cell."""
    place: ast.stmt = node
    if owner:
        place = ast.ClassDef(owner, [], [], [node], [])
    tree = ast.fix_missing_locations(ast.Module([place], []))
    made: dict[str, Any] = {}
    exec(compile(tree, "fault", "exec", __future__.annotations.compiler_flag), dict(names), made)
    found = vars(made[owner])[node.name] if owner else made[node.name]
    assert isinstance(found, FunctionType)
    return found


def _difference(right: ast.FunctionDef, wrong: ast.FunctionDef) -> str:
    lines = difflib.unified_diff(
        ast.unparse(right).splitlines(), ast.unparse(wrong).splitlines(), n=0, lineterm=""
    )
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


# Trying them out -----------------------------------------------------------------------------------------


class TryOut:
    """Runs the tests once as they are, then those that can find it for every fault."""

    def __init__(self, faults: Sequence[Fault], results: Results, most_s: float) -> None:
        self.faults = faults
        self.most_s = most_s
        self.results = results
        self.calls: dict[CodeType, list[pytest.Item]] = defaultdict(list)
        self.time_s: dict[pytest.Item, float] = {}
        self.finders: dict[CodeType, list[pytest.Item]] = defaultdict(list)

    def pytest_collection(self) -> None:
        """What fails is not made smaller: that it fails is all there is to know."""
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", settings(), phases=phases, database=None, derandomize=True)
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise pytest.UsageError("the tests cannot be collected")
        for item in session.items:
            self.run_right(item)
        gc.freeze()
        for number, fault in enumerate(self.faults, 1):
            finder = self.try_out(fault)
            self.results.add(fault.key, finder)
            print(f"{number} of {len(self.faults)}: {fault.name}: {finder or 'SURVIVED'}", flush=True)
        return True

    def run_right(self, item: pytest.Item) -> None:
        """Run a test without a fault; note how long it takes and where it comes."""
        seen: set[CodeType] = set()

        def note(frame: FrameType, event: str, argument: object) -> None:
            seen.add(frame.f_code)

        start_s = time.process_time()
        sys.setprofile(note)
        reports = runtestprotocol(item, log=False, nextitem=None)
        sys.setprofile(None)
        if any(report.failed for report in reports):
            raise pytest.UsageError(f"{item.nodeid} fails without a fault")
        self.time_s[item] = time.process_time() - start_s
        for code in seen:
            self.calls[code].append(item)

    def try_out(self, fault: Fault) -> str | None:
        """The test that found it."""
        code = fault.right.__code__
        finders = self.finders[code]
        items = [item for item in self.calls[code] if item in finders or self.time_s[item] <= self.most_s]
        items.sort(key=lambda item: (item not in finders, self.time_s[item]))
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            self.run_wrong(fault, items, writer)
        os.close(writer)
        with os.fdopen(reader) as lines:
            tried = lines.read().splitlines()
        os.waitpid(child, 0)
        if len(tried) > len(items):
            return None
        finder = items[len(tried) - 1]
        finders[:] = [finder, *[item for item in finders if item is not finder]][:5]
        return finder.nodeid

    def run_wrong(self, fault: Fault, items: Sequence[pytest.Item], writer: int) -> None:
        """In a process of its own: say each test before it is run, and one line more when none has failed."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(BaseException):
            fault.put_in()
            for item in items:
                os.write(writer, f"{item.nodeid!a}\n".encode())
                signal.setitimer(signal.ITIMER_PROF, max(LEAST_S, TIMES * self.time_s[item]))
                if any(report.failed for report in runtestprotocol(item, log=False, nextitem=None)):
                    os._exit(1)
            os.write(writer, b"none\n")
        os._exit(0)


def main() -> None:
    parser = argument_parser(__doc__, MODULES)
    parser.add_argument("--tests", nargs="+", default=["tests/diff"], metavar="PATH", help="only these")
    parser.add_argument(
        "--below",
        type=float,
        default=1,
        metavar="SECONDS",
        help="leave out tests that take longer, 1 without",
    )
    given = parser.parse_args()
    os.environ.update(HYPER_SEED="1", HYPER_EXAMPLES=EXAMPLES)
    os.chdir(ROOT)
    results = Results(given.results, given.again)
    begins = tuple(given.names) or MODULES
    faults = [
        fault for name in begun(begins, MODULES) for fault in faults_of(name) if fault.name.startswith(begins)
    ]
    if not faults:
        parser.error(f"nothing in diff/ has a name like {', '.join(given.names)}")
    left = [fault for fault in faults if fault.key not in results.finders]
    status = pytest.main([*PYTEST, *given.tests], plugins=[TryOut(left, results, given.below)]) if left else 0
    if status:
        sys.exit(f"pytest: {status}")
    sys.exit(report(faults, results, EQUIVALENTS))


if __name__ == "__main__":
    main()
