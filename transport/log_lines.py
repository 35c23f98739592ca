"""Log records that nobody outside can write lines into.

    log.warning("refused %s", "/a\\nERROR forged")   →   WARNING refused /a\\nERROR forged, on one line

Texts from outside reach a log as arguments of a message, and within exceptions: ``ValueError(f"cannot read {text}")``.
Control characters in them would begin a line, or tell a terminal to hide some. The filter below escapes them in all
records of this package's loggers. The exception itself stays as it is, for handlers that look at it.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import Final

LOGGERS: Final = ("hyper", "hyper.state")
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, other ends of lines, marks that change the direction of text, and halves of pairs."""


class Lines(str):
    """A text of several lines that was made here, such as a stack: it is logged as it is."""

    __slots__ = ()


def one_line(text: str) -> str:
    """``text`` with each character escaped that could end the line, or hide some of it.

    >>> one_line("a\\nERROR b")
    'a\\\\nERROR b'
    """
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def text_of(error: BaseException) -> str:
    """The text of an exception, also if its class cannot say it."""
    try:
        return str(error)
    except Exception:
        return f"{type(error).__name__}, whose text cannot be read"


def traceback_of(error: BaseException) -> str:
    """The traceback of an exception, with the text of each exception in it on one line."""
    told = traceback.TracebackException.from_exception(error, compact=True)
    pending = [told]
    while pending:
        one = pending.pop()
        for name in ("_str", "msg", "text"):  # the last two are of a SyntaxError
            if isinstance(said := getattr(one, name, None), str):
                setattr(one, name, one_line(said))
        one.__notes__ = [one_line(str(note)) for note in getattr(one, "__notes__", None) or ()]
        inner = (one.__cause__, one.__context__, *(getattr(one, "exceptions", None) or ()))
        pending += [other for other in inner if other is not None]
    return "".join(told.format()).rstrip("\n")


class EscapingFilter(logging.Filter):
    """Escapes the arguments and the traceback of a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple([_escaped(arg) for arg in record.args])
        if record.exc_info and record.exc_info[1] is not None and not record.exc_text:
            record.exc_text = traceback_of(record.exc_info[1])
        return True


def _escaped(arg: object) -> object:
    if isinstance(arg, BaseException):
        return one_line(text_of(arg))
    return one_line(arg) if isinstance(arg, str) and not isinstance(arg, Lines) else arg


_FILTER: Final = EscapingFilter()


def escape_logs() -> None:
    """Have what is logged from now on escaped."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
