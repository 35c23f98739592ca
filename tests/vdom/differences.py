"""Where our trees are not Chromium's: each known difference, what the HTML standard says, and an example.

Random sources that differ are shrunk first (``tests/browser/reader.py``), so what stands here is how a *least*
source looks: one from which nothing can be taken out without the difference going away. What matches nothing
here is a new difference. Clauses are named by the states and insertion modes of "Parsing HTML documents".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

BOTH: Final = frozenset({"Lexbor", "TurboHtml"})
LEXBOR: Final = frozenset({"Lexbor"})
TURBO: Final = frozenset({"TurboHtml"})

_SPACE: Final = r"(?:\s|&#(?:9|1[023]|32)\b;?)"
_CAPITAL_NAMES: Final = (
    r"altglyph\w*|animate\w+|clippath|fe\w+|foreignobject|glyphref|lineargradient|radialgradient|textpath"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is read otherwise than in Chromium."""

    adapters: frozenset[str]
    """Those that read it otherwise."""
    reason: str
    """What the standard says of it, and who does something else."""
    example: tuple[str, str]
    """Context and HTML, as in the corpus."""
    least: str
    """A pattern for least sources, their context and a space before them."""

    def is_of(self, least: str) -> bool:
        """Is this least source one that is read otherwise for this reason?"""
        return re.fullmatch(self.least, least, re.DOTALL | re.IGNORECASE) is not None


DIFFERENCES: Final = (
    # Chromium, Firefox and WebKit differ from the standard: they drop NUL before the tree is built
    Difference(
        BOTH,
        "initial to after head, after body: NUL is no white space, so it opens the body; browsers drop it before",
        ("#document", "<head>\0<title>a</title>"),
        r"(?:#document|html|head|frameset) [^\0]*\0[^\0]*",
    ),
    Difference(
        BOTH,
        "in column group: NUL ends the group; browsers drop it before",
        ("body", "<table><col>\0 "),
        r"colgroup .*\0.*|\S+ .*<col.*\0.*",
    ),
    Difference(
        BOTH,
        "in body: NUL between <pre> and a newline keeps the newline; browsers drop it before",
        ("body", "<pre>\0\na"),
        r"\S+ .*<(?:pre|listing)\b.*\0.*",
    ),
    Difference(
        BOTH,
        "RCDATA: NUL is U+FFFD; browsers drop it in a fragment of a textarea or title",
        ("textarea", "\0"),
        r"(?:textarea|title) [^\0]*\0",
    ),
    # Chromium and WebKit differ from the standard
    Difference(
        BOTH,
        "tag open: NUL after < is dropped later; in Chromium and WebKit it is U+FFFD",
        ("body", "<\0"),
        r"\S+ [^\0]*<\0",
    ),
    Difference(
        BOTH,
        "in body: U+FFFD keeps a frameset out like any text; in Chromium and WebKit it does not",
        ("#document", "\ufffd<frameset>"),
        r"(?:#document|html) .*(?:\ufffd|&#\w+;?).*<frameset.*",
    ),
    Difference(
        BOTH,
        "the noscript of a template's innerHTML holds text, as in a page; in Chromium and WebKit it holds nodes",
        ("template", "<noscript>a<b>"),
        r"template .*<noscript.*",
    ),
    Difference(
        BOTH,
        "in template: these tags change no mode; in Chromium and WebKit all is read as in a body after them",
        ("body", "<template><title></title><td>"),
        r"(?:template|\S+ .*<template)\b.*<(?:base|basefont|bgsound|title|noframes)\b.*<.+",
    ),
    Difference(
        BOTH,
        "in body: a button ends the one around; Chromium's and WebKit's fast way to set innerHTML nests them",
        ("body", "<button><button></button></button>"),
        r"\S+ .*<button.*<button.*</button>.*</button>.*",
    ),
    Difference(
        BOTH,
        "the stack of open elements: search is special; in Chromium and WebKit it is not",
        ("body", "<i>a<search>b</i>"),
        r"\S+ .*<search\b.*",
    ),
    Difference(
        BOTH,
        "foreign content: an end tag in SVG ends an HTML element of its name; in Chromium and WebKit not those to "
        "which SVG gives capitals",
        ("body", "<foreignObject><svg></foreignObject>a"),
        rf"\S+ .*<({_CAPITAL_NAMES})\b.*<svg\b.*</\1\b.*",
    ),
    # Chromium alone differs from the standard
    Difference(
        BOTH,
        "in body: </form> ends the last form and no other; in a template, all that is open in it as well",
        ("body", "<form><table></form></table><form></form>a"),
        r"\S+ .*<form.*</form>.+",
    ),
    Difference(
        BOTH,
        "in body: there is no input in a fragment of a select",
        ("select", "<input>"),
        r"select .*<input.*",
    ),
    Difference(
        BOTH,
        "CDATA section: NUL is left to the mode, and dropped in body; in Chromium it is U+FFFD",
        ("math:mi", "<![CDATA[\0]]>"),
        r"\S+ .*<!\[CDATA\[[^\0]*\0.*",
    ),
    Difference(
        BOTH,
        "in table: text goes before the table; in a fragment of a colgroup Chromium loses that of tables in templates",
        ("colgroup", "<template><table>a"),
        r"colgroup .*<template.*<table.*",
    ),
    # Lexbor differs from the standard, and from all browsers
    Difference(
        LEXBOR,
        "in table: image is an img, put before the table; lexbor loses it",
        ("body", "<table><image>"),
        r"(?:t\w+|colgroup) <image\b.*|\S+ .*<(?:t\w+|col\w*)\b.*<image\b.*",
    ),
    Difference(
        LEXBOR,
        "in column group: where it cannot end, white space stays and other text goes; in lexbor both go",
        ("colgroup", "a "),
        rf"colgroup .+{_SPACE}|(?:template|\S+ .*<template)\b.*<col.*{_SPACE}",
    ),
    Difference(
        LEXBOR,
        "in column group: a doctype is ignored; in lexbor it ends the group",
        ("table", "<col><!doctype><col>"),
        r"\S+ .*<col.*<!doctype.*<col.*",
    ),
    Difference(
        LEXBOR,
        "in body: no form in a form in a fragment of a template; lexbor takes the context for one of its elements",
        ("template", "<form><form>"),
        r"template .*<form.*<form.*",
    ),
    Difference(
        LEXBOR,
        "foreign content: sup ends it; in lexbor it does not, which is mended, but not in templates, in fragments of "
        "SVG, and where <sup is also written where it is no tag",
        ("svg", "<sup>"),
        r"(?:svg|math)\S* .*<sup\b.*|\S+ .*<template\b.*<sup\b.*|\S+ .*<sup\b.*<sup\b.*",
    ),
    Difference(
        LEXBOR,
        "attribute name: of two xmlns the first counts; in lexbor's foreign elements the second",
        ("body", "<svg xmlns=1 xmlns=2>"),
        r"\S+ .*xmlns.*xmlns.*",
    ),
    Difference(
        LEXBOR,
        "markup declaration open: <! at the very end is an empty comment; lexbor's holds the text before it",
        ("body", "a<!"),
        r"\S+ .*<!",
    ),
    Difference(
        LEXBOR,
        "markup declaration open: <![CDA at the very end is a comment of [CDA; lexbor's is empty",
        ("body", "<![CDA"),
        r"\S+ .*<!\[C?D?A?T?A?",
    ),
    # Turbohtml differs from the standard
    Difference(
        TURBO,
        "in body: there is no form in a fragment of a form; turbohtml puts one in",
        ("form", "<form>a"),
        r"form .*<form.*",
    ),
    Difference(
        TURBO,
        "in template: there is no frameset; in turbohtml one may replace the body around",
        ("#document", "<p><template><frameset>"),
        r"#document .*<template.*<frameset.*",
    ),
    Difference(
        TURBO,
        "in table: in a template a form stands in a table; turbohtml and Firefox lose it",
        ("body", "<template><table><form>"),
        r"(?:template|\S+ .*<template)\b.*<form.*",
    ),
    Difference(
        TURBO,
        "in body: parts of a table do not end a select; in turbohtml and WebKit they do",
        ("td", "<select><td>a"),
        r"(?:caption|t\w+) .*<select.*<.*",
    ),
    Difference(
        TURBO,
        "in body: option and hr end what they do in a select in scope; to turbohtml a fragment's context is one",
        ("select", "<li><hr>"),
        r"select .*<.*",
    ),
    Difference(
        TURBO,
        "in body: NUL, param, source and track open no formatting elements again; in turbohtml they do",
        ("body", "<p><b><div><param>"),
        r"\S+ .*<.*(?:\0|<param|<source|<track).*",
    ),
)


def explanation(context: str, html: str, adapter: str = "Lexbor") -> Difference | None:
    """The known difference from Chromium that a least source is an example of."""
    for known in DIFFERENCES:
        if adapter in known.adapters and known.is_of(f"{context} {html}"):
            return known
    return None
