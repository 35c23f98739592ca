"""Text escaped for HTML: one function for each place where text can appear.

    >>> escape_text("a < b"), escape_attribute('say "hi"')
    ('a &lt; b', 'say &quot;hi&quot;')

They follow "escaping a string" of the HTML Standard (13.3), so that what is printed is what a browser gives for
``innerHTML``. One more character is escaped: a carriage return, which would be parsed as a newline.
``markupsafe.escape`` would be safe too, but writes every apostrophe in five characters. A ``markupsafe.Markup`` in a
template is HTML already and not escaped.
"""

from __future__ import annotations

import re
from typing import Final

_COMMENT_END: Final = re.compile(r"^-?>|--!?>")


def escape_text(text: str) -> str:
    """``text`` for the content of an element: ``a < b`` → ``a &lt; b``."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\xa0", "&nbsp;").replace("\r", "&#13;")


def escape_attribute(value: str) -> str:
    """``value`` for an attribute in double quotes: ``say "hi"`` → ``say &quot;hi&quot;``."""
    return escape_text(value).replace('"', "&quot;")


def escape_comment(data: str) -> str:
    """``data`` for a comment. If it holds what would end the comment, each ``>`` becomes ``&gt;``.

    Comments have no character references, so such a comment differs when it is parsed again. No parser makes one.
    """
    return data.replace(">", "&gt;") if ">" in data and _COMMENT_END.search(data) else data


def escape_instruction(data: str) -> str:
    """``data`` for a processing instruction or a doctype, which end at the first ``>``."""
    return data.replace(">", "&gt;")
