"""HTTP answers that an application's code raises: aiohttp's ``web.HTTPNotFound()``, ``web.HTTPSeeOther("/login")``.

While a page is loaded, its request is answered with one. Over a socket there is no request to answer:

    raised by            the page's browser
    ------------------   -----------------------------------------------------------------------
    a job, a redirect    goes to its location; the job has ended well, and what it did is kept
    a job, another       is told ``http_404``, for example; what the job did is undone
    a view, a redirect   goes to its location
    a view, another      loads the page again, whose request is then answered by the server

Knows aiohttp's classes by their names only: few files import aiohttp.
"""

from __future__ import annotations

from typing import Any, Final

from ..vdom import AuthorError
from ..vdom.templates.urls import BLOCKED_URL, one_url
from . import wire
from .component import HandlerFailedError

LOAD_AGAIN: Final = "This page shows something else now: load it again."


def is_http_answer(error: object) -> bool:
    """Is it an answer that was raised? The failure of a request that the application has made itself is none."""
    return any(
        kind.__name__ == "HTTPException" and kind.__module__ == "aiohttp.web_exceptions"
        for kind in type(error).__mro__
    )


def ends_well(error: Any) -> bool:
    """Does a job that raises this end well, so that what it did is kept? A redirect does, a refusal does not."""
    return is_http_answer(error) and error.status < 400 and is_safe(location_of(error))


def is_safe(location: str) -> bool:
    """May a browser be sent there? Not if the scheme could run code."""
    return one_url(location) != BLOCKED_URL


def location_of(answer: Any) -> str:
    """Where a redirect leads, as it was given; ``""`` if it is none."""
    return str(answer.headers.get("Location", "")) if 300 <= answer.status < 400 else ""


class AnsweredViewError(HandlerFailedError):
    """The view of a page that has been loaded raised an answer, which is its ``__cause__``."""

    code = "expired"

    def __init__(self, cause: BaseException) -> None:
        super().__init__(LOAD_AGAIN)
        self.__cause__ = cause


class Answered(dict[str, object]):
    """A ``CallFailure`` that is an answer: what a client is told is in the mapping."""

    def __init__(self, answer: Any, *, by_view: bool) -> None:
        code = AnsweredViewError.code if by_view else f"http_{answer.status}"
        super().__init__(code=code, message=LOAD_AGAIN if by_view else _message(answer))
        self.location = location_of(answer)
        """Where the browser goes; ``""`` if it stays on the page."""
        self.by_view = by_view
        """Was it raised by a view, and not by a job?"""
        self.answer = answer
        """To raise again where there is a request to answer; without what it would keep alive until then."""
        answer.__traceback__ = answer.__cause__ = answer.__context__ = None

    @property
    def told(self) -> Answered | None:
        """What a client is told that stays on the page; ``None`` if it leaves the page, or the job has ended well."""
        has_ended_well = self.answer.status < 400 and not self.by_view
        return None if self.location or has_ended_well else self

    def reply_frames(self, mount_id: str, seq: int, version: int) -> list[bytes]:
        """What tells how the event has ended; before it what sends the browser to another page, if it is a redirect."""
        going = [wire.go_frame(self.location)] if self.location else []
        return [*going, wire.ack_frame(mount_id, seq, version, self.told)]


def answered(error: BaseException) -> Answered | None:
    """The answer that ``error`` is, or that a view has raised; ``None`` if it is none.

    Raises ``AuthorError`` if it is a redirect to where no browser may be sent.
    """
    answer = error.__cause__ if isinstance(error, AnsweredViewError) else error
    if answer is None or not is_http_answer(answer):
        return None
    location = location_of(answer)
    if not is_safe(location):
        raise AuthorError(
            f"a redirect to {location!r}, whose scheme could run code:"
            " give a path, or an address that begins with https://"
        )
    return Answered(answer, by_view=answer is not error)


def _message(answer: Any) -> str:
    """What is told to the page's user: the text that the application has given, or what the status means."""
    text = str(answer.text or "")
    is_given = answer.content_type == "text/plain" and text != f"{answer.status}: {answer.reason}"
    return text if is_given and text else str(answer.reason)
