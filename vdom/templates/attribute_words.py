"""The words that stand for ``True`` and ``False`` in attributes whose values are keywords.

    <p translate="{False}">   →   <p translate="no">        where an absent attribute would mean "yes", or "as around"
    <p hidden="{False}">      →   <p>                       a boolean attribute: it is there or not

Sources: the HTML Standard, "Index: attributes" (https://html.spec.whatwg.org/multipage/indices.html#attributes-3), each
attribute there with a keyword for on and one for off; WAI-ARIA 1.2, 6.2.4 "Value" (true/false); SVG 2, "Attribute
index"; MathML Core, 2.1.3 "Types for MathML attribute values" ("boolean"). Attributes whose keywords are no such pair
(``dir``, ``popover``, ``crossorigin``) are there or not, like boolean ones.
"""

from __future__ import annotations

from typing import Final, TypeAlias

Words: TypeAlias = tuple[str, str]
"""The word for ``False``, and that for ``True``."""

TRUE_WORDS: Final = ("false", "true")
_YES: Final = ("no", "yes")
_ON: Final = ("off", "on")

BOOLEAN_WORDS: Final[dict[str, Words]] = {
    "autocapitalize": _ON,
    "autocomplete": _ON,
    "autocorrect": _ON,
    "closedby": ("none", "any"),
    "contenteditable": TRUE_WORDS,
    "displaystyle": TRUE_WORDS,
    "draggable": TRUE_WORDS,
    "externalresourcesrequired": TRUE_WORDS,
    "focusable": TRUE_WORDS,
    "preload": ("none", "auto"),
    "preservealpha": TRUE_WORDS,
    "spellcheck": TRUE_WORDS,
    "translate": _YES,
    "writingsuggestions": TRUE_WORDS,
}
"""By the attribute's name in lower case."""
OF_OPERATORS: Final = frozenset(
    "accent accentunder fence largeop movablelimits separator stretchy symmetric".split()
)
OPERATORS: Final = frozenset({"mo", "mover", "munder", "munderover"})
"""The elements of MathML that have those attributes."""
WORD_PREFIXES: Final = ("aria-", "data-")
"""Data is for scripts and handlers, which read the word: an absent ``data-`` attribute is no value at all."""
