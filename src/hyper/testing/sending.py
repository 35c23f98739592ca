"""Which messages of the simulated browser a server refuses before it looks for a handler.

    Message("page1", "save", ["a\\0b"])  ->  "save was not run: a string with a NUL character"

They are read by the server's own decoder, with its default limits.
"""

from __future__ import annotations

import json
import re
from typing import Final

from hyper.simulated.message import Message
from hyper.simulated.typing import EventEnd
from hyper.transport.bad_frames import BadEventError, BadFrameError, TooLargeError
from hyper.transport.limits import Limits
from hyper.transport.wire import decode

_LIMITS: Final = Limits()
_HALF_A_PAIR: Final = re.compile("[\ud800-\udfff]")


def refusal_of(message: Message) -> BadFrameError | None:
    """The error with which a server answers a message that it cannot use; ``None`` if it can."""
    try:
        decode(_frame(message), _LIMITS)
    except BadFrameError as error:
        error.args = (f"{message.event} was not run: {error}",)
        return error
    return None


def outcome_of(called: object) -> EventEnd:
    """How an event ended for the browser, by what its call returned, or the error that it raised."""
    if not isinstance(called, Exception):
        return EventEnd.FAILED if called else EventEnd.DONE
    if isinstance(called, BadEventError):
        # the client does not send what is too large
        return EventEnd.TOO_LARGE if called.failure["code"] == TooLargeError.code else EventEnd.FAILED
    return EventEnd.LOST if isinstance(called, BadFrameError) else EventEnd.FAILED


def _frame(message: Message) -> str:
    """The message as a browser writes it: characters as themselves, but for halves of pairs."""
    members: dict[str, object] = {
        "type": "event",
        "seq": 1,
        "component_id": message.component_id,
        "fields": [{"path": path, "value": value} for path, value in message.fields],
        "event": message.event,
    }
    if message.args is None:
        members["params"] = message.params
    else:
        members["args"] = message.args
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    return _HALF_A_PAIR.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
