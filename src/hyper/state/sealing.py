"""Signed messages between our own processes: ``KEY-ID.MAC.BODY``, where MAC is HMAC-SHA-256 of purpose and body.

The purpose (``"entry", name, version``) is signed but not sent, so a message copied to another place does not
verify there. Several secrets make rotation possible: the first one signs, all of them verify.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from hyper.errors import PeerError


class SealError(PeerError):
    """A message is not signed for this purpose, or signed with a secret that is unknown here."""


class Seal:
    """Signs and verifies with a list of secrets."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets or not all(secrets):
            raise ValueError("a backplane needs a secret that all processes have: secrets=[…]")
        keys = [hashlib.sha256(b"hyper backplane key\\0" + secret.encode()).digest() for secret in secrets]
        self.keys = {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}
        self.current = next(iter(self.keys))

    def close(self, value: Any, *purpose: object) -> str:
        """``value`` as a signed message for that purpose."""
        body = json.dumps(value, separators=(",", ":"), allow_nan=False)
        return f"{self.current}.{self._mac(self.current, purpose, body)}.{body}"

    def open(self, message: str, *purpose: object) -> Any:
        """The value of a message. Raises ``SealError`` if ``close`` did not make it for that purpose."""
        key_id, _, rest = message.partition(".")
        mac, _, body = rest.partition(".")
        if key_id not in self.keys:
            raise SealError(f"message signed with an unknown secret (key {key_id[:8]!r})")
        if not hmac.compare_digest(mac.encode(errors="replace"), self._mac(key_id, purpose, body).encode()):
            raise SealError(f"message with a wrong signature for {purpose!r}")
        return json.loads(body)

    def _mac(self, key_id: str, purpose: tuple[object, ...], body: str) -> str:
        text = json.dumps([*purpose, body])
        return hmac.digest(self.keys[key_id], text.encode(), "sha256").hex()
