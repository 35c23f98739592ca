"""Components written as source text inside a test, t-strings included on every Python."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from hyper.components.component import LiveComponent
from hyper.components.loader import load


def load_source(folder: Path, source: str, name: str = "page") -> dict[str, LiveComponent]:
    """The live components of a file with this source. The import of ``live`` is added as line 1."""
    file = folder / f"{name}.py"
    file.write_text("from hyper.components.component import live\n" + textwrap.dedent(source).lstrip("\n"))
    return load(file)


def one(folder: Path, source: str, name: str = "page") -> Any:
    """The only component of a file with this source."""
    (component,) = load_source(folder, source, name).values()
    return component
