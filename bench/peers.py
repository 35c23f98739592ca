"""Other Python libraries that keep a page up to date, on the same table and the same operations.

Each is installed, in a pinned version, into an environment of its own in a temporary folder, and goes its own way
from "the state has changed" to the text for the wire (``others/``). What they send is theirs: ReactPy the component
anew, which the browser compares; PyView the values of all rows where one of them changed; djust compares two HTML
strings in Rust, without the template's own time; NiceGUI makes the elements of a refreshable part anew; the state of
django-unicorn comes with each POST, whose answer is the whole component, which the browser compares.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any, Final

from bench import table
from bench.mounts import MountedPage
from bench.results import Result

PEERS: Final = {
    "pyview": ("pyview-web==0.9.0",),
    "djust": ("djust==1.2.6",),
    "reactpy": ("reactpy==1.1.0", "starlette<1"),
    "unicorn": ("django-unicorn==0.67.0", "django<6"),
    "nicegui": ("nicegui==3.18.0",),
}
"""What is installed for each."""
ROOT: Final = Path(__file__).parents[1]
_PEER_S: Final = 600


def run(seconds: float) -> Iterator[Result]:
    """One result for each operation: our milliseconds; those of the others, and all sizes, as details."""
    rounds = max(3, round(seconds / 6))
    found = {name: _measure(name, rounds) for name in PEERS}
    for operation in table.OPERATIONS:
        ms, sent_bytes = _measure_ours(operation, rounds)
        details: dict[str, float | int | str] = {"sent_bytes": sent_bytes}
        for peer, results in found.items():
            details[f"{peer}_ms"] = results[operation.name]["ms"]
            details[f"{peer}_bytes"] = results[operation.name]["sent_bytes"]
        yield Result(f"peers_{operation.name}", ms, "ms of processor time", details=details)


def _measure_ours(operation: table.Operation, rounds: int) -> tuple[float, int]:
    """Our best time, and what is sent, taken as the others' are (``others/measuring.py``)."""
    page, best_s, sent_bytes = MountedPage("table"), float("inf"), 0
    for _ in range(rounds):
        operation.prepare(page)
        gc.collect()
        start = process_time()
        frames = page.frames()
        best_s = min(best_s, process_time() - start)
        sent_bytes = sum(map(len, frames))
    return best_s * 1e3, sent_bytes


def _measure(peer: str, rounds: int) -> dict[str, Any]:
    """What the peer's own process says of each operation."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = f"{folder}/bin/python"
        install = ["-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([python, *install, *PEERS[peer]], check=True, stdout=sys.stderr)
        command = [python, "-m", f"bench.others.{peer}_rows", str(rounds)]
        done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=_PEER_S)
        return dict(json.loads(done.stdout.splitlines()[-1]))
