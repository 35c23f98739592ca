"""The browser's part of Hyper Live: the built client, ready to be served.

The sources beside it are ES modules; ``npm run build`` bundles them into ``hyper-live.js``. Installing needs
no Node: the built file is in the repository and in the wheel.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

__all__ = ["digest", "source"]

_FILE: Final = "hyper-live.js"


@cache
def source() -> str:
    """The built client, one ES module without dependencies."""
    return files(__name__).joinpath(_FILE).read_text("utf-8")


@cache
def digest() -> str:
    """16 hexadecimal digits that change with ``source()``, for an address that may be cached for ever."""
    return sha256(source().encode()).hexdigest()[:16]
