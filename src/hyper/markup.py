"""HTML from a t-string, outside live components."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from hyper.errors import TemplateError
from hyper.vdom.templates.compiler import content
from hyper.vdom.templates.printing import value_to_html


def html(template: Any) -> Markup:
    """The HTML of a t-string, with each value escaped as its place requires.

        html(t'<a href="{url}">{title}</a>')

    Nodes and lists of templates work too. Raises ``TemplateError`` if ``template`` is a plain string, in which text
    cannot be distinguished from values: write ``t"…"``, or ``Markup("…")`` for HTML you trust.
    """
    if type(template) is str:
        raise TemplateError('html() takes a template: write t"…" instead of "…" or f"…"')
    return Markup(value_to_html(content(template)))
