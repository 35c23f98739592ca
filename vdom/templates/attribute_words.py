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

_TRUE: Final = ("false", "true")
_YES: Final = ("no", "yes")
_ON: Final = ("off", "on")

BOOLEAN_WORDS: Final[dict[str, Words]] = {
    "autocapitalize": _ON,
    "autocomplete": _ON,
    "autocorrect": _ON,
    "closedby": ("none", "any"),
    "contenteditable": _TRUE,
    "displaystyle": _TRUE,
    "draggable": _TRUE,
    "externalresourcesrequired": _TRUE,
    "focusable": _TRUE,
    "preload": ("none", "auto"),
    "preservealpha": _TRUE,
    "spellcheck": _TRUE,
    "translate": _YES,
    "writingsuggestions": _TRUE,
}
"""By the attribute's name in lower case."""
_OF_OPERATORS: Final = frozenset(
    "accent accentunder fence largeop movablelimits separator stretchy symmetric".split()
)
_OPERATORS: Final = frozenset({"mo", "mover", "munder", "munderover"})
"""The elements of MathML that have those attributes."""
_PREFIXES: Final = ("aria-", "data-")
"""Data is for scripts and handlers, which read the word: an absent ``data-`` attribute is no value at all."""


def words_of(name: str, tag: str = "") -> Words | None:
    """The words for ``False`` and ``True`` in the attribute ``name`` (in lower case); ``None`` if it is there or not."""
    if name.startswith(_PREFIXES) or (name in _OF_OPERATORS and tag in _OPERATORS):
        return _TRUE
    return BOOLEAN_WORDS.get(name)
