"""Random HTML for parsers: few kinds of tokens at a time, so that those chosen meet often and in odd ways.

Each source draws its own small alphabet first (swarm testing): from eight tokens in long sequences come states
that a wide alphabet reaches once in a million sources.
"""

from __future__ import annotations

from random import Random
from typing import Final

CONTEXTS: Final = """
    div p ul li table caption colgroup tbody tr td select option optgroup form a b button marquee x-element
    template pre textarea title script style noscript iframe xmp plaintext html head frameset
    svg svg:g svg:foreignObject svg:desc svg:title math math:mi math:mrow math:annotation-xml
""".split()
"""Elements whose content is parsed each in its own way."""

_TABLES: Final = "table caption colgroup col tbody thead tfoot tr td th".split()
_FORMATTING: Final = "a b big code em font i nobr s small strike strong tt u".split()
_CHOICES: Final = "select option optgroup button input hr datalist selectedcontent keygen".split()
_BLOCKS: Final = """
    p div ul ol li dl dt dd h1 h2 form fieldset address center details pre listing blockquote
""".split()
_SCOPES: Final = "applet marquee object ruby rb rt rtc rp image img br span x-el param wbr embed area".split()
_RAW: Final = "title textarea script style xmp iframe noembed noframes noscript plaintext".split()
_OUTER: Final = "html head body frameset frame base link meta template".split()
_SVG: Final = "svg g foreignObject desc title a script style image font path text".split()
_MATH: Final = "math mi mo mn ms mtext annotation-xml mglyph malignmark mrow".split()
_OTHERS: Final = """
    abbr acronym article aside audio basefont bdi bdo bgsound canvas cite command content data del dfn dialog dir
    figcaption figure footer h6 header hgroup ins isindex kbd label legend main map mark menu menuitem meter
    multicol nav nextid output permission picture portal progress q rbc s samp search section shadow slot source
    spacer sub summary sup time track var video foreignObject linearGradient
""".split()
_GROUPS: Final = (_TABLES, _FORMATTING, _CHOICES, _BLOCKS, _SCOPES, _RAW, _OUTER, _SVG, _MATH, _OTHERS)

_ATTRIBUTES: Final = (
    " a", " a=b", " a='b'", ' a="b"', " type=hidden", ' type="HIDDEN"', " encoding=text/html", " color=x",
    " definitionurl=x", " xlink:href=x", " viewbox", " a=b a=c", " xmlns=x", " \0", " a=\0", " =", " a/b", " a=&amp", "/",
    " a='\r\n'", ' "', " <", "\n", " selected", " A\x0c=\x0cB",
)  # fmt: skip
_TEXTS: Final = (
    "x", "y", " ", "  ", "\n", "\t", "\x0c", "\r", "\r\n", "\n\r", "\0", "\0\0", " \0", "\0 ", "\0x", "é",
    "\U0001f600", "\ufeff", "\ufffd", "\ufffe", "\x0b", "\x7f", "\x80", ">", "&", "]", "-", "/", "=", "?", "!",
)  # fmt: skip
_REFERENCES: Final = (
    "&amp;", "&amp", "&ampx", "&lt", "&not", "&notin", "&notit;", "&nbsp", "&#0;", "&#13;", "&#x80;", "&#xd800;",
    "&#32;", "&#x", "&#", "&;", "&NotEqualTilde;", "&#x110000", "&#9;", "&#12;", "&#65", "&zwj;", "&a", "&\0",
)  # fmt: skip
_MARKS: Final = (
    "<!---->", "<!-->", "<!--->", "<!--x-->", "<!--x--!>", "<!--\0-->", "<!--<!--", "<!-- - -- --!", "<!--",
    "-->", "--!>", "<!x>", "<!\0>", "<!", "<!-", "<![CDATA[", "<![CDATA[x]]>", "]]>", "<?x y?>", "<?", "<?>",
    "<?x", "<?\0>", "<??>", "<?x?y>", "<?x ?", "<?xml x?>", "</ x>", "</>", "</", "</\0>", "</3>", "<", "<\0",
    "<\0a>", "<!doctype html>", "<!doctype", "<!DOCTYPE x PUBLIC 'a' \"b\">", "<!doctype html system a>",
    "<!doctype\0>", "<!doctype x\0y public \"\0\">",
)  # fmt: skip
_PIECES: Final = (
    "<a", "<a ", "<a b", "<a b=", "<a b='", '<a b="', "</a", "</a ", "<td", "</svg", "<svg/", "<x\0y>", "</x\0y>",
    "<p\0>", "<A", "<a/", "<a/ b", "<a b=c", "<a b\0=", "</script", "<script", "<!--<script>", "</script x",
    "</textarea", "</title ",
)  # fmt: skip


def swarm_source(rng: Random, most: int = 20) -> str:
    """A source of up to ``most`` tokens from a small alphabet of its own."""
    alphabet = [_token(rng) for _ in range(rng.randint(3, 12))]
    source = "".join([rng.choice(alphabet) for _ in range(rng.randint(1, most))])
    return source[: rng.randint(0, len(source))] if rng.randrange(8) == 0 else source


def _token(rng: Random) -> str:
    kind = rng.randrange(100)
    if kind < 12:
        return rng.choice(_TEXTS)
    if kind < 15:
        return rng.choice(_REFERENCES)
    if kind < 24:
        return rng.choice(_MARKS)
    if kind < 27:
        return rng.choice(_PIECES)
    return _tag(rng)


def _tag(rng: Random) -> str:
    name = rng.choice(rng.choice(_GROUPS))
    if rng.randrange(3) == 0:
        return f"</{name}>"
    attributes = rng.choice(_ATTRIBUTES) if rng.randrange(6) == 0 else ""
    return f"<{name}{attributes}{'/' if rng.randrange(15) == 0 else ''}>"
