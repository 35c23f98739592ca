"""Templates outside live components: a t-string's HTML."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from hyper.errors import TemplateError
from hyper.vdom.templates.compiler import content
from hyper.vdom.templates.printing import value_to_html


def html(template: Any) -> Markup:
    """The HTML of a t-string, every value escaped for the place it stands in.

        html(t'<a href="{url}">{title}</a>')

    Takes nodes and lists of templates too. Raises ``TemplateError`` for a plain string, which has no places to
    tell apart: write ``t"…"``, or ``Markup("…")`` for HTML you vouch for.
    """
    if type(template) is str:
        raise TemplateError('html() takes a template: write t"…" instead of "…" or f"…"')
    return Markup(value_to_html(content(template)))
