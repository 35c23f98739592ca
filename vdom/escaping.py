"""Text made safe to stand in HTML: one function for each place it can stand.

They follow "escaping a string" of the HTML Standard (13.3), so that what is printed here is what a browser
gives for ``innerHTML``. One character more is escaped: a carriage return, which would be read as a newline.
``markupsafe.escape`` would be safe too, but writes every apostrophe in five characters; its ``Markup`` stays
what marks a value as HTML already (templates look at it).
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
    """``data`` for a comment. A comment cannot hold what ends it: there each ``>`` turns into ``&gt;``.

    Comments know no character references, so such a comment is another one when it is parsed again. No
    parser makes one.
    """
    return data.replace(">", "&gt;") if ">" in data and _COMMENT_END.search(data) else data


def escape_instruction(data: str) -> str:
    """``data`` for a processing instruction or a doctype, which end at the first ``>``."""
    return data.replace(">", "&gt;")
