"""Hyper Live: one decorator makes a Python function a component whose state lives on the server.

    from hyper import live

    @live
    def counter():
        count = 0

        def increment():
            nonlocal count
            count += 1

        t'<button @click="increment">{count}</button>'

Names are imported when they are first used, so that ``import hyper.diff`` loads no server.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hyper.components.component import LiveComponent, live
    from hyper.components.field_errors import error
    from hyper.components.jobs import turn
    from hyper.components.loader import LoadError, load
    from hyper.components.running import current_user, push, render, request
    from hyper.components.tasks import every, spawn
    from hyper.components.unit import PageClosedError
    from hyper.errors import (
        AuthorError,
        ComponentError,
        ComponentWarning,
        HyperError,
        Invalid,
        PeerError,
        TemplateError,
    )
    from hyper.markup import html
    from hyper.records.errors import MissingRecordError, RecordError
    from hyper.records.persistence import persistent
    from hyper.records.writing import ConflictError, SaveError
    from hyper.state.backplane import BackplaneError
    from hyper.state.observing import StateError
    from hyper.state.sharing import broadcast, claim, latest, presence, shared
    from hyper.transport.component import HandlerTimeoutError
    from hyper.web.app import mount, page, renew_session, setup
    from hyper.web.logout import disconnect

__all__ = [
    "AuthorError",
    "BackplaneError",
    "ComponentError",
    "ComponentWarning",
    "ConflictError",
    "HandlerTimeoutError",
    "HyperError",
    "Invalid",
    "LiveComponent",
    "LoadError",
    "MissingRecordError",
    "PageClosedError",
    "PeerError",
    "RecordError",
    "SaveError",
    "StateError",
    "TemplateError",
    "broadcast",
    "claim",
    "current_user",
    "disconnect",
    "error",
    "every",
    "html",
    "latest",
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
    "turn",
]

_HOMES: Final = {
    "web.app": ("mount", "page", "renew_session", "setup"),
    "components.component": ("LiveComponent", "live"),
    "errors": (
        "AuthorError",
        "ComponentError",
        "ComponentWarning",
        "HyperError",
        "Invalid",
        "PeerError",
        "TemplateError",
    ),
    "components.field_errors": ("error",),
    "components.jobs": ("turn",),
    "components.loader": ("LoadError", "load"),
    "markup": ("html",),
    "components.running": ("current_user", "push", "render", "request"),
    "records.errors": ("MissingRecordError", "RecordError"),
    "records.persistence": ("persistent",),
    "records.writing": ("ConflictError", "SaveError"),
    "state.observing": ("StateError",),
    "transport.component": ("HandlerTimeoutError",),
    "components.unit": ("PageClosedError",),
    "web.logout": ("disconnect",),
    "state.backplane": ("BackplaneError",),
    "state.sharing": ("broadcast", "claim", "latest", "presence", "shared"),
    "components.tasks": ("every", "spawn"),
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
