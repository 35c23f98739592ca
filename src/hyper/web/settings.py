"""What ``setup`` is given, and what the environment says where it is given nothing."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from aiohttp import web

from hyper.errors import AuthorError
from hyper.transport.limits import Limits
from hyper.transport.services import ErrorHook

SECRET_VARIABLE: Final = "HYPER_SECRET"
Auth: TypeAlias = Callable[[web.Request], Any]
log = logging.getLogger("hyper")


@dataclass(frozen=True, slots=True)
class Settings:
    """The arguments of ``setup``, which says what they mean."""

    secret: str | Sequence[str] | None
    limits: Limits | None = None
    origins: Iterable[str] = ()
    debug: bool = False
    on_error: ErrorHook | None = None
    auth: Auth | None = None
    auth_every_s: float | None = None
    redis: str | None = None
    proxies: Iterable[str] = ()
    compressed_bodies: bool = False


def interval_of(auth_every_s: float | None) -> float | None:
    """``auth_every_s``. Raises ``AuthorError`` if it is no interval."""
    if auth_every_s is not None and auth_every_s <= 0:
        raise AuthorError(
            f"setup(auth_every_s={auth_every_s}): give seconds above 0, or None to ask only when a socket is opened"
        )
    return auth_every_s


def secrets_of(secret: str | Sequence[str] | None) -> Sequence[str]:
    """The secrets, the newest first: those given, or the environment's, or a new one that only this process knows."""
    secret = secret or os.environ.get(SECRET_VARIABLE)
    if secret:
        return [secret] if isinstance(secret, str) else secret
    log.warning(
        "no secret: open pages will be reloaded when this process restarts, and other processes cannot serve"
        " them. Give setup(app, secret=…) or %s one long random string",
        SECRET_VARIABLE,
    )
    return [secrets.token_urlsafe(32)]
