"""A whole document around a piece of HTML."""

from __future__ import annotations

from markupsafe import Markup


def to_document(body: object, *, title: str, head: str = "", lang: str = "en") -> bytes:
    """``body`` is HTML where it is ``Markup``, else text; ``head`` is HTML for the end of ``<head>``."""
    document = Markup(
        '<!DOCTYPE html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{}</title>\n{}</head>\n<body>\n{}\n</body>\n</html>\n"
    ).format(lang, title, Markup(head), body)
    # half a surrogate pair, which a file name may hold, must not cost the page
    return document.encode("utf-8", "replace")
