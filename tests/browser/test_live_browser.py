"""``pytest --live-browser``: the examples' tests, unchanged, with Chromium in place of the simulated browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
FILES = (
    "test_counter.py",
    "test_todo_list.py",
    "test_chat.py",
    "test_kanban.py",
    "test_table.py",
    "../testing/test_actions.py",
    "../testing/test_failures.py",
    "../testing/test_line.py",
)


def test_the_same_tests_pass_in_a_real_browser() -> None:
    files = [TESTS / "examples" / name for name in FILES]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--live-browser", "-p", "no:cacheprovider", *files],
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
