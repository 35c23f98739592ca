"""Hyper Live: one decorator makes a Python function a component whose state lives on the server.

    from hyper import live

    @live
    def counter():
        count = 0

        def increment():
            nonlocal count
            count += 1

        t'<button @click="increment">{count}</button>'

Names are looked up when they are first used, so that ``import hyper.diff`` brings in no server.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hyper.app import mount, page, renew_session, setup
    from hyper.component import LiveComponent, live
    from hyper.errors import (
        AuthorError,
        ComponentError,
        ComponentWarning,
        HyperError,
        PeerError,
        TemplateError,
    )
    from hyper.field_errors import Invalid, error
    from hyper.loader import load
    from hyper.markup import html
    from hyper.page_mount import push, render, request
    from hyper.persistence import persistent
    from hyper.sessions import disconnect
    from hyper.state import broadcast, presence, shared
    from hyper.users import current_user
    from hyper.work import every, spawn

__all__ = [
    "AuthorError",
    "ComponentError",
    "ComponentWarning",
    "HyperError",
    "Invalid",
    "LiveComponent",
    "PeerError",
    "TemplateError",
    "broadcast",
    "current_user",
    "disconnect",
    "error",
    "every",
    "html",
    "live",
    "load",
    "mount",
    "page",
    "persistent",
    "presence",
    "push",
    "render",
    "renew_session",
    "request",
    "setup",
    "shared",
    "spawn",
]

_HOMES: Final = {
    "app": ("mount", "page", "renew_session", "setup"),
    "component": ("LiveComponent", "live"),
    "errors": (
        "AuthorError",
        "ComponentError",
        "ComponentWarning",
        "HyperError",
        "PeerError",
        "TemplateError",
    ),
    "field_errors": ("Invalid", "error"),
    "loader": ("load",),
    "markup": ("html",),
    "page_mount": ("push", "render", "request"),
    "persistence": ("persistent",),
    "sessions": ("disconnect",),
    "state": ("broadcast", "presence", "shared"),
    "users": ("current_user",),
    "work": ("every", "spawn"),
}
_HOME_OF: Final = {name: f"hyper.{home}" for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'hyper' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
