"""What becomes of an error: is what ended with it kept, or undone, and whom is it told?

An HTTP answer that an application raises is no failure (``hyper.transport.answers``). Nothing else in this room asks
whether an error is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hyper.transport.answers import AnsweredViewError, ends_well, is_http_answer
from hyper.transport.component import CallError, HandlerFailedError

if TYPE_CHECKING:
    from hyper.components.page import PageMount


def is_kept(error: BaseException) -> bool:
    """Is what was done kept, although it ended with ``error``? After a redirect it is."""
    return ends_well(error)


def failure_of(name: str, error: BaseException) -> BaseException:
    """The error to raise for a handler that has ended with ``error``."""
    if isinstance(error, CallError) or not isinstance(error, Exception) or is_http_answer(error):
        return error
    failure = HandlerFailedError(f"{name} failed")
    failure.__cause__ = error
    return failure


def report_view(page: PageMount, error: Exception, what: str, *, is_all: bool = False) -> None:
    """Report a view that failed; the rest of the page continues. If there is none (``is_all``), raises the error.

    An HTTP answer is raised while the page is being loaded: it answers the request. Later there is none to answer.
    """
    told = error
    if is_http_answer(error):
        is_all = is_all or page.host is None
        told = error if page.host is None else AnsweredViewError(error)
    if is_all:
        raise told
    page.report(told, what)
