"""Other Python libraries that keep a page up to date, on the same table and the same operations.

Each is installed, in a pinned version, into an environment of its own in a temporary folder, and goes its own way
from "the state has changed" to the text for the wire (``others/``). What they send is theirs: ReactPy the component
anew, which the browser compares; PyView the values of all rows where one of them changed; djust compares two HTML
strings in Rust, without the template's own time.

Left out: NiceGUI, whose elements the developer changes himself and whose whole refresh needs its running server,
and django-unicorn, which answers each POST with the whole page: the size of that is what printing it shows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench import table
from bench.results import Result

PEERS: Final = {
    "reactpy": ("reactpy==1.1.0", "starlette<1"),
    "pyview": ("pyview-web==0.9.0",),
    "djust": ("djust==1.2.6",),
}
"""What is installed for each."""
ROOT: Final = Path(__file__).parents[1]
ROUNDS: Final = 7
_PEER_S: Final = 150


def run(seconds: float) -> Iterator[Result]:
    """One result for each operation: our milliseconds; those of the others, and all sizes, as details."""
    found = {name: _measure(name) for name in PEERS}
    for operation in table.OPERATIONS:
        ours = table.measure(operation, seconds / len(table.OPERATIONS)).details
        details = {"sent_bytes": ours["sent_bytes"]}
        for peer, results in found.items():
            details[f"{peer}_ms"] = results[operation.name]["ms"]
            details[f"{peer}_bytes"] = results[operation.name]["sent_bytes"]
        yield Result(f"peers_{operation.name}", float(ours["ours_ms"]), "ms", details=details)


def _measure(peer: str) -> dict[str, Any]:
    """What the peer's own process says of each operation."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = f"{folder}/bin/python"
        install = ["-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([python, *install, *PEERS[peer]], check=True, stdout=sys.stderr)
        command = [python, "-m", f"bench.others.{peer}_rows", str(ROUNDS)]
        done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=_PEER_S)
        return dict(json.loads(done.stdout.splitlines()[-1]))
