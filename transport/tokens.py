"""Signed strings that the server hands out, and trusts when they come back.

A join token lets a socket connect to the mount of its page, or have it mounted again; a form token does that for a
form; a session cookie names the visitor.
Tokens are signed (HMAC-SHA256), not encrypted: their holder can read the props. Each purpose has a key of
its own, so a token for one is not valid for another. Several secrets may be given, the newest first:
all are accepted, the first one signs.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

import ujson
from itsdangerous import BadData, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode, want_bytes
from itsdangerous.signer import SigningAlgorithm

from ..vdom import AuthorError, PeerError
from .limits import Limits
from .wire import to_json

Purpose: TypeAlias = Literal["join", "form", "session"]
PURPOSES: Final[tuple[Purpose, ...]] = ("join", "form", "session")
_OPENED: Final = 500
"""How many tokens are remembered that were found valid, each with what it says; ``Limits.token_bytes`` bounds one."""
_MARK_BYTES: Final = 9
"""Size of a mark: a page has one for each of its forms and buttons."""


class TokenError(PeerError):
    """A token was not signed here, was changed, or is too old."""

    def __init__(self, message: str, *, expired: bool = False) -> None:
        super().__init__(message)
        self.expired = expired
        """Was it valid once? Then loading the page again gives a new one."""


class AddressTooLongError(PeerError):
    """The address of a request does not fit into a token: its sender is at fault."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The content of a join or form token: which component, on which page, for whom."""

    mount_id: str
    component: str
    props: dict[str, Any]
    session_hash: str
    path: str
    """The path of the page, for the context of a component that is mounted again; in a form token with the query."""
    html_digest: str
    """The digest of the HTML that the page was served with: equal HTML is not sent again. Empty in a form token of a
    page on which nothing has happened."""
    nonce: str = ""
    """Makes the form token of each page different."""
    user: str = ""
    """A fingerprint of the user the page was made for; empty without one."""


class Signer:
    """Signs and reads tokens. ``clock`` gives seconds since 1970."""

    def __init__(
        self, secrets: Sequence[str], limits: Limits | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        if not secrets or not all(secrets):
            raise AuthorError("a secret is empty: give setup(app, secret=…) at least one long random string")
        self._limits = limits or Limits()
        self.clock = clock
        self._signers = {purpose: _Signer(secrets, purpose, clock) for purpose in PURPOSES}
        self._opened = lru_cache(maxsize=_OPENED)(self._open)
        """``_open``, which is not asked again for tokens that were valid lately: a session's comes with each request."""
        self._mark_keys = [hashlib.sha256(b"hyper.mark" + secret.encode()).digest() for secret in secrets]

    def sign(self, purpose: Purpose, payload: object) -> str:
        """A token with ``payload`` (JSON) and the time in it; url-safe characters and ``.`` only."""
        json = to_json(payload)
        return self._signers[purpose].sign(base64_encode(json)).decode("ascii")

    def read(self, purpose: Purpose, token: str, *, max_age_s: float | None = None) -> Any:
        """The payload of ``token``. Raises ``TokenError`` if it was not signed here, was changed or is too old."""
        return self.read_aged(purpose, token, max_age_s=max_age_s)[0]

    def read_aged(self, purpose: Purpose, token: str, *, max_age_s: float | None = None) -> tuple[Any, float]:
        """The payload of ``token``, and how many seconds ago it was signed. Raises ``TokenError`` like ``read``."""
        if len(token) > self._limits.token_bytes or not token.isascii():
            raise TokenError(f"not a {purpose} token")
        json, signed_at = self._opened(purpose, token)
        age_s = self.clock() - signed_at
        self._check_age(purpose, age_s, max_age_s)
        return ujson.loads(json), age_s

    def _open(self, purpose: Purpose, token: str) -> tuple[bytes, float]:
        """The JSON in a token, and when it was signed. Raises ``TokenError`` if it was not signed here."""
        try:
            value, signed = self._signers[purpose].unsign(token, return_timestamp=True)
        except BadData as error:
            raise TokenError(f"this {purpose} token was not signed here") from error
        return base64_decode(value), signed.timestamp()

    def _check_age(self, purpose: str, age_s: float, max_age_s: float | None) -> None:
        leeway_s = self._limits.token_leeway_s
        if age_s < -leeway_s:
            raise TokenError(f"this {purpose} token was signed in the future: set the clocks", expired=True)
        if max_age_s is not None and age_s > max_age_s + leeway_s:
            raise TokenError(f"this {purpose} token is too old", expired=True)

    def sign_ticket(self, ticket: Ticket, purpose: Purpose = "join") -> str:
        """A join or form token.

        Raises ``AuthorError`` if the props are not JSON, or too large for a page, and ``AddressTooLongError`` if they
        would fit with a shorter address.
        """
        try:
            token = self.sign(purpose, _ticket_to_list(ticket))
        except (TypeError, ValueError, OverflowError) as error:
            raise AuthorError(
                f"the props of {ticket.component} cannot be kept in the page: {error}. Pass JSON values"
                " (an id, not a record), and let the component load the rest"
            ) from error
        if len(token) > self._limits.token_bytes:
            if ticket.path:
                self.sign_ticket(replace(ticket, path=""), purpose)
                raise AddressTooLongError("The address of this page is too long.")
            raise AuthorError(
                f"the props of {ticket.component} make a token of {len(token)} bytes, more than"
                f" {self._limits.token_bytes}: pass an id, and let the component load the rest"
            )
        return token

    def mark(self, text: str) -> str:
        """A short signature of ``text``: twelve url-safe characters, without a time."""
        return _mark(text, self._mark_keys[0])

    def is_mark(self, text: str, mark: str) -> bool:
        """Is ``mark`` what ``mark(text)`` returned, with one of the secrets?"""
        sent = mark.encode("utf-8", "surrogatepass")
        return any(hmac.compare_digest(_mark(text, key).encode(), sent) for key in self._mark_keys)

    def read_ticket(self, token: str, purpose: Purpose = "join", *, max_age_s: float | None = None) -> Ticket:
        """The ticket in a join or form token. Raises ``TokenError`` like ``read``."""
        return Ticket(*self.read(purpose, token, max_age_s=max_age_s))


class _HmacSha256(SigningAlgorithm):
    """What the signers of itsdangerous use, in one call of OpenSSL."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


class _Signer(TimestampSigner):
    """The signer of one purpose. Each signature has exactly one spelling, so that no changed token is accepted."""

    def __init__(self, secrets: Sequence[str], purpose: Purpose, clock: Callable[[], float]) -> None:
        oldest_first = list(reversed(secrets))
        super().__init__(
            oldest_first,
            salt=f"hyper.{purpose}",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
            algorithm=_HmacSha256(),
        )
        self._clock = clock
        self._derived = {secret: self.derive_key(secret) for secret in self.secret_keys}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """The key of this purpose; itsdangerous derives it for each signature, and for each that is checked."""
        secret = self.secret_keys[-1] if secret_key is None else want_bytes(secret_key)
        derived: bytes | None = self.__dict__.get("_derived", {}).get(secret)
        return super().derive_key(secret) if derived is None else derived

    def get_timestamp(self) -> int:
        return int(self._clock())

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        """Base64 leaves two bits of the last character unused: accept only the spelling that is written."""
        spelled = sig.encode("ascii") if isinstance(sig, str) else sig
        return _is_canonical(spelled) and super().verify_signature(value, spelled)


def _mark(text: str, key: bytes) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(hashlib.blake2b(data, key=key, digest_size=_MARK_BYTES).digest()).decode("ascii")


def hash_session(session_id: str) -> str:
    """A hash that is used instead of a session id wherever the id itself must not be seen."""
    return digest(session_id)


def digest(text: str) -> str:
    """A short fingerprint of ``text``: sixteen url-safe characters."""
    data = text.encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(hashlib.blake2b(data, digest_size=12).digest()).decode("ascii")


def _is_canonical(encoded: bytes) -> bool:
    try:
        return (
            urlsafe_b64encode(urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))).rstrip(b"=") == encoded
        )
    except ValueError:
        return False


def _ticket_to_list(ticket: Ticket) -> list[object]:
    return [
        ticket.mount_id,
        ticket.component,
        ticket.props,
        ticket.session_hash,
        ticket.path,
        ticket.html_digest,
        ticket.nonce,
        ticket.user,
    ]
