"""What comes from outside cannot write lines into the log, whichever field it comes in."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from hyper.transport.component import HandlerFailedError, RequestContext
from hyper.transport.limits import Limits
from hyper.transport.log_lines import Lines, escape_logs, one_line, traceback_of
from hyper.transport.services import Services
from hyper.transport.tokens import Signer

FORGED = [
    "x\nERROR forged",
    "x\r\nERROR forged",
    "x\x1b[2KERROR",
    "x\u2028ERROR",
    "x\x85ERROR",
    "\u202eROTCES",
    "\ud800",
]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    escape_logs()
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s page=%(page)s", defaults={"page": ""}))
    logging.getLogger("hyper").addHandler(handler)
    yield out
    logging.getLogger("hyper").removeHandler(handler)


def raised(text: str) -> Exception:
    """An exception with this text, as its cause, its note and in a group, too."""
    try:
        try:
            raise KeyError(text)
        except KeyError as error:
            group = ExceptionGroup(text, [ValueError(text), SyntaxError(text, ("f.py", 1, 1, text))])
            group.add_note(text)
            raise group from error
    except ExceptionGroup as error:
        return error


def is_clean(text: str) -> bool:
    lines = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").splitlines()
    marks = ("\x1b", "\r", "\u2028", "\u202e", "\x85", "\ufffd")
    return not any(line.lstrip(" |").startswith("ERROR f") for line in lines) and not any(
        mark in text for mark in marks
    )


@pytest.mark.parametrize("text", FORGED)
def test_a_report_is_clean(written: io.StringIO, text: str) -> None:
    services = Services(Signer("s" * 32), Limits())
    context = RequestContext("", path=text)
    services.report(raised(text), context, f"running {text}")
    services.describe(HandlerFailedError(text), context, text)
    assert is_clean(written.getvalue()), written.getvalue()
    assert "ExceptionGroup" in written.getvalue()
    assert "raise KeyError(text)" in written.getvalue()


@pytest.mark.parametrize("text", FORGED)
@pytest.mark.parametrize("name", ["hyper", "hyper.state"])
def test_arguments_of_any_record_are_clean(written: io.StringIO, text: str, name: str) -> None:
    logging.getLogger(name).warning("refused %s: %s, %d", text, ValueError(text), 5)
    assert is_clean(written.getvalue()), written.getvalue()
    assert written.getvalue().count("\n") == 1
    assert ", 5 page=" in written.getvalue()


def test_what_is_made_here_keeps_its_lines(written: io.StringIO) -> None:
    logging.getLogger("hyper").warning("at\n%s", Lines("a\n  b"))
    assert "at\na\n  b" in written.getvalue()


def test_the_exception_stays_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    escape_logs()
    error = raised("a\nb")
    logging.getLogger("hyper").error("failed", exc_info=error)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    assert error.__notes__ == ["a\nb"]


def test_other_text_is_not_changed() -> None:
    assert one_line("Grüße, 你好 🎉 \\n") == "Grüße, 你好 🎉 \\n"
    assert "ValueError: plain text" in traceback_of(ValueError("plain text"))


class MuteError(Exception):
    """An exception that cannot say what it is, as some of libraries."""

    def __str__(self) -> str:
        raise AttributeError("no request")


def test_an_exception_without_a_text_is_logged_all_the_same(written: io.StringIO) -> None:
    logging.getLogger("hyper").error("failed: %s", MuteError())
    assert "failed: MuteError, whose text cannot be read" in written.getvalue()
