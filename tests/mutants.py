"""Mutation testing of the diff: each small fault that mutmut puts into it has to be found by a test.

    python -m tests.mutants                       all of ``diff/`` but the lxml adapter: hours
    python -m tests.mutants matching children     some of its modules
    python -m tests.mutants --folder /tmp/mutants sequences      kept there: run again, it goes on

mutmut wants sources where their names say they are, so it gets a copy of the tree in which ``src/hyper`` holds
the rooms instead of links to them. What survives is printed as differences at the end; those that are known to
be no faults are explained in ``docs/proof.md``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
ROOMS: Final = ("vdom", "diff", "transport", "runtime_js")
MODULES: Final = tuple(
    sorted({path.stem for path in (ROOT / "diff").glob("*.py")} - {"__init__", "lxml", "patches"})
)
TESTS: Final = (
    "matching", "children", "sequences", "tree", "apply", "attributes", "paths", "ids", "texts", "codec", "guard",
    "fragments", "fields", "cost", "rows", "laws",
)  # fmt: skip
"""Of ``tests/diff``: the quick ones first, as a mutant's first failure is its end."""
CONFIG: Final = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = [{modules}]
also_copy = ["bench", "docs", "examples"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "--override-ini=pythonpath=. src"]
pytest_add_cli_args_test_selection = [{tests}]
"""
EXAMPLES: Final = "300"
"""Random pairs that a mutant has to survive."""


def prepare(folder: Path, modules: Sequence[str]) -> None:
    """A copy of what is under version control in ``folder``, laid out for mutmut."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    for room in ROOMS:
        shutil.rmtree(folder / "src" / "hyper" / room, ignore_errors=True)
        shutil.move(folder / room, folder / "src" / "hyper" / room)
    config = CONFIG.format(
        modules=", ".join(f'"src/hyper/diff/{module}.py"' for module in modules),
        tests=", ".join(f'"tests/diff/test_{name}.py"' for name in TESTS),
    )
    with open(folder / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write(config)


def run(folder: Path, *arguments: str) -> str:
    """What mutmut prints; ``run`` itself prints as it goes."""
    mutmut = Path(sys.executable).with_name("mutmut")
    env = {**os.environ, "HYPER_SEED": "1", "HYPER_EXAMPLES": EXAMPLES}
    is_run = arguments[0] == "run"
    ran = subprocess.run(
        [str(mutmut), *arguments], cwd=folder, env=env, check=False, text=True, capture_output=not is_run
    )
    return "" if is_run else ran.stdout


def survivors(folder: Path) -> list[str]:
    """The names of the mutants that no test has found."""
    lines = run(folder, "results").splitlines()
    return [line.split(":")[0].strip() for line in lines if line.endswith((": survived", ": no tests"))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(MODULES)}")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary one without")
    given = parser.parse_args()
    unknown = set(given.modules) - set(MODULES)
    if unknown:
        parser.error(f"no module of diff/: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        prepare(folder, given.modules or MODULES)
        run(folder, "run")
        names = survivors(folder)
        for name in names:
            print(run(folder, "show", name))
        print(f"{len(names)} survived")


if __name__ == "__main__":
    main()
