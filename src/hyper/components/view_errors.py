"""What becomes of an error that a view raised, or the setup of a component: see ``hyper.transport.answers``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hyper.transport.answers import AnsweredViewError, is_http_answer

if TYPE_CHECKING:
    from hyper.components.page import PageMount


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
