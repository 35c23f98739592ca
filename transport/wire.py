"""The messages between browser and server: their table, strict decoding, encoding.

A message is a JSON object. A browser sends one per WebSocket text frame::

    {"type": "event", "component_id": "c1", "seq": 4, "event": "add", "args": ["milk"]}
        -> Event("c1", 4, "add", ["milk"], {}, [])

A server sends one, or a list of those that go together, such as an update and the ack after it.

Decoding refuses the whole frame for anything it does not know: a member or type that is not in the table, a frame
that is too large, too deep or too full, numbers that JSON does not have (``NaN``, ``1e999``) or a browser cannot
mean (64 bits and more), ``true`` for 1, lone surrogates (they cannot be sent to anybody else) and NUL (neither HTML
nor databases keep it). Of equal names in one object the last counts, as in every browser.
An event is refused by its number where that can be read: see ``bad_frames.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from types import NoneType
from typing import Any, Final, NamedTuple, TypeAlias

import ujson

from ..diff.codec import patches_to_json
from .bad_frames import MAX_NAME, BadFrameError, TooLargeError, bad_event, is_name, with_head_of
from .limits import Limits

MAX_SAFE_INTEGER: Final = 2**53 - 1
MAX_INTEGER: Final = 2**63


class Connect(NamedTuple):
    """One per page-level component, first and after every reconnect."""

    component_id: str
    token: str
    version: int
    """The last one that was applied; 0 after the page was loaded."""
    page: int = 0
    """A random number that the page chose when it was loaded: a copy of it, in another tab, has another one."""
    mount: int = 0
    """The number of the mount that it was last connected to, from the ack to that ``connect``; 0 the first time."""


class Event(NamedTuple):
    """Call a handler."""

    component_id: str
    """The id of the page-level component, or of a nested one (``ID.n``)."""
    seq: int
    """1, 2, 3, … for each page-level component."""
    event: str
    args: list[Any] | None
    """The positional arguments of ``add(text, 5)``; ``None`` for a bare ``add``."""
    params: dict[str, Any]
    """The named data that a bare ``add`` is given."""
    fields: list[tuple[str, str | None]]
    """States of form controls that differ from their attributes: ``("form/input/@value", "milk")``."""


class Resync(NamedTuple):
    """Asks for the whole HTML, as the patches do not match the page."""

    component_id: str
    reason: str


class Applied(NamedTuple):
    """Reports that the page shows this version: updates kept for a replay up to it are no longer needed."""

    component_id: str
    version: int


class Leave(NamedTuple):
    """Reports that the component was removed from the page."""

    component_id: str


class Ping(NamedTuple):
    """Asks for a pong, to see whether the server is still there."""


ClientMessage: TypeAlias = Connect | Event | Resync | Applied | Leave | Ping


def page_level_id(component_id: str) -> str:
    """The id of the page-level component that holds ``component_id``: ``"c1"`` for ``"c1.2.1"``."""
    return component_id.partition(".")[0]


# --- members ------------------------------------------------------------------------------------------------


class _Kind(NamedTuple):
    """The values that a member may have."""

    python_type: object
    is_not: str
    """The error for a value that does not match."""
    least: int = 0
    """The least number, or number of characters or items."""
    most: int = MAX_SAFE_INTEGER
    convert: Callable[[Any], Any] | None = None
    """Turns the JSON value into what the message holds."""


def _convert_fields(items: list[Any]) -> list[tuple[str, str | None]]:
    return [_convert_field(item) for item in items]


def _convert_field(item: object) -> tuple[str, str | None]:
    if type(item) is not dict:
        raise BadFrameError("not an object")
    if item.keys() != {"path", "value"}:
        raise BadFrameError('not {"path": …, "value": …}')
    path, value = item["path"], item["value"]
    if type(path) is not str or not (value is None or type(value) is str):
        raise BadFrameError("not a string")
    return path, value


_NAME: Final = _Kind(str, f"not a string of 1 to {MAX_NAME} characters", 1, MAX_NAME)
_TEXT: Final = _Kind(str, "not a string")
_COUNT: Final = _Kind(int, "not a whole number from 0")
_LIST: Final = _Kind(list, "not a list")
_OBJECT: Final = _Kind(dict, "not an object")
_FIELDS: Final = _Kind(list, "not a list", convert=_convert_fields)
_REQUIRED: Final[Any] = object()

_Members: TypeAlias = list[tuple[str, _Kind, Callable[[], Any]]]
CLIENT_MESSAGES: Final[Mapping[str, tuple[Callable[..., ClientMessage], _Members]]] = {
    "connect": (
        Connect,
        [
            ("component_id", _NAME, _REQUIRED),
            ("token", _TEXT, _REQUIRED),
            ("version", _COUNT, _REQUIRED),
            ("page", _COUNT, int),
            ("mount", _COUNT, int),
        ],
    ),
    "event": (
        Event,
        [
            ("component_id", _NAME, _REQUIRED),
            ("seq", _COUNT, _REQUIRED),
            ("event", _NAME, _REQUIRED),
            ("args", _LIST, NoneType),
            ("params", _OBJECT, dict),
            ("fields", _FIELDS, list),
        ],
    ),
    "resync": (Resync, [("component_id", _NAME, _REQUIRED), ("reason", _TEXT, str)]),
    "ack": (Applied, [("component_id", _NAME, _REQUIRED), ("version", _COUNT, _REQUIRED)]),
    "leave": (Leave, [("component_id", _NAME, _REQUIRED)]),
    "ping": (Ping, []),
}
"""Every message of the browser: its class, and its members, each with its kind and a function for its default."""

SERVER_MESSAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "ack": ("component_id", "seq", "version", "error", "again", "mount", "max_bytes"),
    "update": ("component_id", "version", "patches"),
    "error": ("code", "message", "component_id", "seq", "fields", "location"),
    "resync": ("component_id", "version", "html"),
    "push": ("component_id", "event", "detail", "missed"),
    "drain": ("retry_ms",),
    "pong": (),
}
"""Every message of the server with its members. Optional are ``error``, which is ``{"shown": true}`` where the page
shows why an event's values were refused; all of ``error`` but the first two;
``missed``, the number of pushes dropped before this one; and in the ack to a ``connect``: ``mount``, a number that
no other mount has, ``max_bytes``, how large an event may be without its number, and ``again``, for a page whose events
are not known here (``identity.py`` says when)."""


# --- decoding -----------------------------------------------------------------------------------------------


def decode(text: str, limits: Limits) -> ClientMessage:
    """The message in ``text``. Cost: its length.

    Raises ``BadEventError`` if it is an event that cannot be used, ``BadFrameError`` if it is none of the client's
    messages.
    """
    byte_length = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if byte_length > limits.message_bytes:
        raise with_head_of(text, TooLargeError(f"more than {limits.message_bytes} bytes"))
    try:
        frame = ujson.loads(text)
    except (ValueError, RecursionError):
        raise with_head_of(text, BadFrameError("not JSON")) from None
    if type(frame) is not dict:
        raise BadFrameError("not a JSON object")
    kind, component_id, seq = frame.get("type"), frame.get("component_id"), frame.get("seq")
    try:
        _check_values(frame, limits, has_escapes="\\u" in text)
        known = CLIENT_MESSAGES.get(kind) if type(kind) is str else None
        if known is None:
            raise BadFrameError('the member "type" names no message')
        make, members = known
        values = _read_members(frame, members)
        del frame["type"]
        if frame:
            raise BadFrameError(f"a message of type {kind} has no member {min(frame)[:MAX_NAME]!r}")
        return make(*values)
    except BadFrameError as error:
        if kind == "event":
            raise bad_event(error, component_id, seq) from None
        if kind == "resync" and "reason" in frame and is_name(component_id):
            return Resync(component_id, "")  # a page that asks for help gets it, however it says why
        raise


def _check_values(frame: object, limits: Limits, *, has_escapes: bool) -> None:
    """Raises ``BadFrameError`` if no browser sends such a value; goes down level by level.

    Strings can only be unsound where the frame has ``\\u`` escapes: UTF-8 holds no surrogates, and the parser
    takes no raw NUL.
    """
    level: list[Any] = [frame]
    nodes = 1
    for _ in range(limits.json_depth):
        inner: list[Any] = []
        for value in level:
            kind = type(value)
            if kind is dict:
                inner += value.values()
            elif kind is list:
                inner += value
            elif kind is int and not -MAX_INTEGER <= value < MAX_INTEGER:
                raise BadFrameError("a number of more than 64 bits")
            elif kind is float and not isfinite(value):
                raise BadFrameError("a number that JSON does not have")
            if has_escapes and kind in (str, dict):
                _check_text("".join(value))
        if not inner:
            return
        nodes += len(inner)
        if nodes > limits.json_nodes:
            raise BadFrameError(f"more than {limits.json_nodes} values")
        level = inner
    raise BadFrameError(f"nested deeper than {limits.json_depth}")


def _read_members(frame: dict[str, Any], members: _Members) -> list[Any]:
    """The value of each member, in order; removes them from ``frame``."""
    values: list[Any] = []
    name = ""
    try:
        for name, kind, default in members:
            value: Any = frame.pop(name, _REQUIRED)
            if value is _REQUIRED:
                if default is _REQUIRED:
                    raise BadFrameError("missing")
                values.append(default())
                continue
            if type(value) is not kind.python_type:
                raise BadFrameError(kind.is_not)
            size = value if kind.python_type is int else len(value)
            if not kind.least <= size <= kind.most:
                raise BadFrameError(kind.is_not)
            values.append(value if kind.convert is None else kind.convert(value))
    except BadFrameError as error:
        raise BadFrameError(f"the member {name!r} is {error}") from None
    return values


def _check_text(text: str) -> None:
    if "\0" in text:
        raise BadFrameError("a string with a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadFrameError("a string with half a surrogate pair") from None


# --- encoding -----------------------------------------------------------------------------------------------


def encode(message: Mapping[str, object]) -> bytes:
    """A message as a frame. Raises ``ValueError`` or ``TypeError`` if JSON cannot express it."""
    return to_json(message).encode()


def to_json(value: object) -> str:
    """Compact JSON that can be encoded as UTF-8.

    Raises ``ValueError`` or ``TypeError`` if JSON cannot express ``value``, as with ``NaN``.
    """
    text = ujson.dumps(value, ensure_ascii=False, escape_forward_slashes=False, allow_nan=False)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # half a surrogate pair from the application
            return ujson.dumps(value, escape_forward_slashes=False, allow_nan=False)
    return text


def ack_frame(
    component_id: str,
    seq: int,
    version: int,
    error: Mapping[str, object] | None = None,
    *,
    again: bool = False,
    mount: int = 0,
    max_bytes: int = 0,
) -> bytes:
    """The answer to an event, or to a ``connect``, which has a ``mount`` and ``max_bytes``."""
    tail = f',"error":{to_json(error)}' if error else ""
    if again:
        tail += ',"again":true'
    if mount:
        tail += f',"mount":{mount},"max_bytes":{max_bytes}'
    return f'{{"type":"ack","component_id":"{component_id}","seq":{seq},"version":{version}{tail}}}'.encode()


def update_frame(component_id: str, version: int, patches_json: str) -> bytes:
    """Patches that turn version - 1 into ``version``."""
    head = f'{{"type":"update","component_id":"{component_id}","version":{version}'
    return f'{head},"patches":{patches_json}}}'.encode()


def snapshot_frame(component_id: str, version: int, html: str) -> bytes:
    """The whole component as it is at ``version``."""
    return encode({"type": "resync", "component_id": component_id, "version": version, "html": html})


def error_frame(code: str, message: str, component_id: str | None = None, seq: int | None = None) -> bytes:
    """Tells the client that something was refused or failed."""
    frame: dict[str, object] = {"type": "error", "code": code, "message": message}
    if component_id is not None:
        frame["component_id"] = component_id
    if seq is not None:
        frame["seq"] = seq
    return encode(frame)


def go_frame(location: str) -> bytes:
    """Sends the browser to another page, as this one is over."""
    message = "This page leads to another one."
    return encode({"type": "error", "code": "expired", "message": message, "location": location})


def push_frame(component_id: str, event: str, detail_json: str, missed: int = 0) -> bytes:
    """An event for the page's own scripts."""
    tail = f',"missed":{missed}' if missed else ""
    head = f'{{"type":"push","component_id":"{component_id}","event":{to_json(event)}'
    return f'{head},"detail":{detail_json}{tail}}}'.encode()


def drain_frame(retry_ms: int) -> bytes:
    """Tells the client that this process ends, and to reconnect within ``retry_ms``."""
    return encode({"type": "drain", "retry_ms": retry_ms})


def in_one_frame(frames: list[bytes]) -> bytes:
    """One frame with the messages of ``frames``, in their order."""
    return frames[0] if len(frames) == 1 else b"[" + b",".join(frames) + b"]"


PONG_FRAME: Final = b'{"type":"pong"}'


class PatchEncoder:
    """Turns patches into JSON, once per list: a broadcast has one list for all pages."""

    _KEPT: Final = 16

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, str]] = {}

    def to_json(self, patches: list[Any]) -> str:
        """JSON of ``patches``, which must not be changed afterwards."""
        known = self._known.get(id(patches))
        if known is not None and known[0] is patches:
            return known[1]
        json = patches_to_json(patches)
        if len(self._known) >= self._KEPT:
            self._known.clear()
        self._known[id(patches)] = (patches, json)
        return json
