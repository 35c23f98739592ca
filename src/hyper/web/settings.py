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
from hyper.transport.component import ErrorTexts
from hyper.transport.limits import Limits
from hyper.transport.services import ErrorHook
from hyper.transport.tokens import digest
from hyper.transport.visitors import COOKIE_NAME
from hyper.transport.workers import current_workers
from hyper.web.notices import NoticeTexts

SECRET_VARIABLE: Final = "HYPER_SECRET"
PREFIX_VARIABLE: Final = "HYPER_PREFIX"
RUN_SECRET_VARIABLE: Final = "HYPER_RUN_SECRET"
"""The secret that ``hyper run`` makes for its workers, for an application that has none."""
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
    state: str | os.PathLike[str] | None = None
    hosts: Iterable[str] = ()
    cookie: str | None = None
    error_texts: ErrorTexts | None = None
    prefix: str | None = None
    notices: NoticeTexts | None = None


def cookie_of(cookie: str | None, secrets: Sequence[str]) -> str:
    """The name of the session cookie, without its prefix. Raises ``AuthorError`` if no cookie can be called ``cookie``.

    The default is the same for all who have the oldest secret, so a new one before it does not end sessions.
    """
    if cookie is None:
        return digest(f"cookie {secrets[-1]}")
    if not COOKIE_NAME.fullmatch(cookie):
        raise AuthorError(
            f"setup(cookie={cookie!r}): a name of up to 64 letters, digits, - and _ is needed, such as 'shop'"
        )
    return cookie


def prefix_of(prefix: str | None) -> str | None:
    """The prefix that the application was given, or the environment's; ``None`` if proxies are to say it."""
    return os.environ.get(PREFIX_VARIABLE) if prefix is None else prefix


def interval_of(auth_every_s: float | None) -> float | None:
    """``auth_every_s``. Raises ``AuthorError`` if it is no interval."""
    if auth_every_s is not None and auth_every_s <= 0:
        raise AuthorError(
            f"setup(auth_every_s={auth_every_s}): give seconds above 0, or None to ask only when a socket is opened"
        )
    return auth_every_s


def secrets_of(secret: str | Sequence[str] | None) -> tuple[Sequence[str], bool]:
    """The secrets, the newest first, and whether they last: those given, or the environment's.

    Else one that ends with this process, or with the ``hyper run`` that started it.
    """
    secret = secret or os.environ.get(SECRET_VARIABLE)
    if secret:
        return ([secret] if isinstance(secret, str) else secret), True
    workers = current_workers.get()
    if workers is None or workers.number == 0:
        log.warning(
            "no secret: open pages will be reloaded when this process restarts, and other processes cannot serve"
            " them. Give setup(app, secret=…) or %s one long random string",
            SECRET_VARIABLE,
        )
    return [os.environ.get(RUN_SECRET_VARIABLE) or secrets.token_urlsafe(32)], False
