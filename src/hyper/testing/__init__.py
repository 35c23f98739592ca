"""Tests of live components, without sockets and without a browser.

    from hyper.testing import mount

    def test_counting():
        page = mount(counter)
        page.click("button", "+")
        assert page.text("p") == "Count: 1"

``mount`` returns a ``Page`` that behaves like a browser with the client in it; async tests use ``mount_async``.
Names are imported when they are first used: the pytest plugin and the tools for patches need no server.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hyper.simulated.query import QueryError
    from hyper.testing.page import AsyncPage, Page, mount, mount_async
    from hyper.testing.results import Found, Pushed, Update

__all__ = ["AsyncPage", "Found", "Page", "Pushed", "QueryError", "Update", "mount", "mount_async"]

_HOMES: Final = {
    "hyper.testing.page": ("AsyncPage", "Page", "mount", "mount_async"),
    "hyper.testing.results": ("Found", "Pushed", "Update"),
    "hyper.simulated.query": ("QueryError",),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'hyper.testing' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
