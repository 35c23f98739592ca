"""Pairs of pages for Node."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_BESIDE_PYTHON = Path(sys.executable).with_name("node")
NODE = str(_BESIDE_PYTHON) if _BESIDE_PYTHON.exists() else shutil.which("node")
SCRIPT = Path(__file__).with_name("check_pairs.mjs")


def check_in_node(pairs: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What ``check_pairs.mjs`` says of the pairs: ``checked``, ``unreadable``, ``broken``."""
    lines = "\n".join(map(json.dumps, pairs))
    ran = subprocess.run(
        [str(NODE), str(SCRIPT)], input=lines, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found
