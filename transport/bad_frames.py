"""Frames that cannot be used, and what can be read of them all the same.

A browser that does nothing wrong can send some: a user pastes a NUL, a script gives an event a detail that is too deep.
Its event has a number, and the next one has the next. So where an event is refused and its number can be read, the
refusal is the answer to the event, instead of one to the socket::

    {"type": "event", "seq": 4, "component_id": "c1", "event": "add", "args": ["a\\u0000"]}
        -> BadEventError("a string with a NUL character"), of event 4 of c1

The client writes these three members first, so that they can be read where the rest is too long, or too deep for the
parser.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final, TypeGuard

from ..vdom import PeerError

MAX_NAME: Final = 200
"""Characters of an id, an event name or a reason."""
SEQ_BYTES: Final = 15
"""How many digits the number of an event may have; a client looks at the size of an event before it has one."""
_HEAD: Final = re.compile(
    rf'\{{"type":"event","seq":([1-9][0-9]{{0,{SEQ_BYTES - 1}}}),"component_id":"([\w.-]{{1,{MAX_NAME}}})",',
    re.ASCII,
)
"""How the client begins an event."""


class BadFrameError(PeerError):
    """A frame is not one of the client's: nothing in it was used."""

    code: ClassVar[str] = "bad_frame"


class TooLargeError(BadFrameError):
    """A frame has too many bytes."""

    code = "too_large"


class BadEventError(BadFrameError):
    """An event cannot be used, but its number can: it counts as run, and is answered with why it was not."""

    def __init__(self, error: BadFrameError, component_id: str, seq: int) -> None:
        super().__init__(str(error))
        self.component_id = component_id
        self.seq = seq
        self.failure = {"code": error.code, "message": f"It was not done: {error}."}
        """The answer to the event."""


def bad_event(error: BadFrameError, component_id: object, seq: object) -> BadFrameError:
    """``error`` as that of an event with these members, if they say which event it is."""
    if is_name(component_id) and type(seq) is int and 0 < seq < 10**SEQ_BYTES:
        return BadEventError(error, component_id, seq)
    return error


def with_head_of(text: str, error: BadFrameError) -> BadFrameError:
    """``error`` as that of an event, if ``text`` begins as the client begins one."""
    head = _HEAD.match(text)
    return error if head is None else BadEventError(error, head[2], int(head[1]))


def is_name(value: object) -> TypeGuard[str]:
    """Can this be the id of a component, or the name of an event?"""
    return type(value) is str and 0 < len(value) <= MAX_NAME
