"""The program that needs no server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_it_prints_patches_and_what_they_save() -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / "standalone_diff.py"], capture_output=True, text=True, check=True
    )
    *patches, empty, summary = done.stdout.splitlines()
    assert json.loads(patches[0]) == {"path": "ul/li[3]/label/input/@checked", "value": ""}
    assert {"path": "p/text", "value": "8 things to buy"} in map(json.loads, patches)
    assert empty == ""
    assert summary.endswith(" of HTML")
