"""Random trees and random edits of them, made from bytes.

The bytes can come from anywhere: from Hypothesis, which shrinks the bytes and with them the tree, or from a seeded
generator. Zero is always the simplest choice, so fewer and smaller bytes make simpler trees.

    build_tree(Choices(b"\\x07\\x01…"))   ->  a Root that HTML can express
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from ..vdom.errors import HtmlError
from ..vdom.markup import to_html
from ..vdom.node import DOCUMENT, IGNORE, Comment, Element, Node, ProcessingInstruction, Root, Text
from ..vdom.parser import parse_document, parse_html

T = TypeVar("T")

HOSTILE_TEXTS: Final = (
    "<b>", "&amp;", "&lt", "</script>", "-->", "'\"`", "\xa0", "\u200b", "\u202e", "é", "e\u0301",
    "\U0001f600", "\U0001f468\u200d\U0001f469", "\ufeff", "\u2028", "\r", "\n", "\t", "\x0c", "\x7f", "\x85",
    "\ufffd", "{{x}}", "${x}", "<!--", "<?x", "a/b[1]", "@click", "#id", "null", "0", "-0", "<plaintext>",
    "</textarea>", "</p>", "\\", "%s",
)  # fmt: skip
"""Texts that have broken parsers, escapers or offsets."""

WORDS: Final = ("a", "b", "c", "milk", "Hello, world", " ", "\n  ", "12", "the quick brown fox jumps over it")

PHRASING: Final = (
    "b", "i", "span", "a", "em", "br", "img", "input", "button", "label", "code", "x-tag", "svg",
)  # fmt: skip
FLOW: Final = (
    "div", "p", "ul", "section", "table", "form", "h2", "pre", "details", "dl", "textarea", "select", "ol",
    "template", "blockquote", "script", "style", "math", "iframe", "noscript", "video", "hr", *PHRASING,
)  # fmt: skip
CHILDREN: Final[dict[str, tuple[str, ...]]] = {
    "ul": ("li",),
    "ol": ("li",),
    "table": ("tbody", "thead", "caption", "colgroup"),
    "tbody": ("tr",),
    "thead": ("tr",),
    "tr": ("td", "th"),
    "colgroup": ("col",),
    "select": ("option", "optgroup"),
    "optgroup": ("option",),
    "dl": ("dt", "dd"),
    "details": ("summary", *FLOW),
    "svg": ("g", "circle", "text", "foreignObject", "a", "title"),
    "math": ("mi", "mrow"),
    "g": ("circle", "text", "g"),
    **dict.fromkeys(("option", "textarea", "script", "style", "iframe", "noscript", "mi", "title"), ()),
    **dict.fromkeys(("circle", "col", "br", "img", "input", "hr"), ()),
}
"""The usual children of elements. Sometimes any element is put anywhere, and the parser corrects it."""
TEXTLESS: Final = frozenset(
    {"ul", "ol", "table", "tbody", "thead", "tr", "colgroup", "select", "optgroup", "dl", "svg", "math"}
)

SAMPLE_ATTRIBUTES: Final = (
    "class", "title", "data-x", "hidden", "value", "href", "type", "checked", "@click", "[y]", "x.y", "style",
    "name", "xlink:href", "viewBox", "xml:lang",
)  # fmt: skip
SAMPLE_VALUES: Final = ("", "a", "b", "on", "1", 'say "hi"', "a&b", "<x>", "checkbox", "\U0001f600")
SAMPLE_KEYS: Final = ("1", "2", "3", "a", "b", "row-7", "x y", "é")


class Choices:
    """A stream of choices, each read from the next bytes. After their end every choice is the simplest."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._at = 0

    def below(self, stop: int) -> int:
        """A number from 0 to ``stop`` - 1."""
        value = self._source[self._at] if self._at < len(self._source) else 0
        self._at += 1
        if stop > 256:
            value = value * 256 + self.below(256)
        return value * stop // (256 if stop <= 256 else 65536)

    def chance(self, percent: int) -> bool:
        """True in ``percent`` of a hundred cases; never after the end."""
        return self.below(100) >= 100 - percent

    def one_of(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]


# Trees ---------------------------------------------------------------------------------------------------

Raw = Any
"""``[tag, attributes, children]`` for an element; other nodes as they are."""


def build_tree(choices: Choices, context: str = "body") -> Root:
    """A tree in ``context`` that HTML can express."""
    return expressible(_raw_children(choices, context, depth=0), context)


def build_pair(choices: Choices, context: str = "body") -> tuple[Root, Root]:
    """A tree and another one: mostly the first after a few edits, sometimes an unrelated one."""
    old = build_tree(choices, context)
    if choices.chance(10):
        return old, build_tree(choices, context)
    return old, edit_tree(choices, old)


def build_keyed_lists(choices: Choices) -> tuple[Root, Root]:
    """A list with keys, and the same list after removals, insertions, moves and changes inside."""
    count = choices.below(30)
    attribute = choices.one_of(("key", "data-key", "id"))
    spaces = [Text("\n")] if choices.chance(30) else []
    old = [(str(index), "a") for index in range(count)]
    new = [(key, choices.one_of("aab")) for key, _ in old if not choices.chance(15)]
    new = choices.shuffled(new) if choices.chance(30) else _some_moves(choices, new)
    for index in range(choices.below(4)):
        new.insert(choices.below(len(new) + 1), (f"new{index}", "c"))
    return _keyed_list(old, attribute, spaces), _keyed_list(new, attribute, spaces)


def _some_moves(choices: Choices, items: list[T]) -> list[T]:
    for _ in range(choices.below(4) if items else 0):
        items.insert(choices.below(len(items)), items.pop(choices.below(len(items))))
    return items


def build_rows(choices: Choices) -> tuple[Root, Root]:
    """Rows without keys, indented or not, some alike, and the same rows after moves and edits in place."""
    shape = choices.one_of((("ul", "li"), ("tbody", "tr", "td"), ("div", "p"), ("g", "text")))
    space = choices.one_of(("", "\n", "\n    "))
    kinds = 1 + choices.below(40)
    old = [str(choices.below(kinds)) for _ in range(choices.below(40))]
    new = [row if not choices.chance(10) else f"{row} {build_text(choices)}" for row in old]
    new = choices.shuffled(new) if choices.chance(20) else _some_moves(choices, new)
    for _ in range(choices.below(4) if new else 0):
        del new[choices.below(len(new))]
        new.insert(choices.below(len(new) + 1), build_text(choices))
    return _rows(old, shape, space), _rows(new, shape, space)


def _rows(texts: Sequence[str], shape: Sequence[str], space: str) -> Root:
    spaces: list[Raw] = [Text(space)] if space else []
    rows: list[Raw] = list(spaces)
    for text in texts:
        row: list[Raw] = [Text(text)]
        for tag in reversed(shape[1:]):
            row = [[tag, {}, row]]
        rows += [*row, *spaces]
    around = {"tbody": "table", "g": "svg"}.get(shape[0])
    top: Raw = [shape[0], {}, rows]
    return expressible([[around, {}, [top]] if around else top], "body")


def _keyed_list(items: Sequence[tuple[str, str]], attribute: str, spaces: Sequence[Node]) -> Root:
    children: list[Node] = list(spaces)
    for key, text in items:
        children += [Element("li", {attribute: key}, (Text(text),)), *spaces]
    return Root((Element("ul", {}, tuple(children)),))


def expressible(children: Sequence[Raw], context: str) -> Root:
    """The tree that results from printing and parsing until that changes nothing."""
    tree = Root(tuple(map(_node, children)), context)
    for _ in range(4):
        again = reparse(tree)
        if again == tree:
            return tree
        tree = again
    return Root((), context) if context != DOCUMENT else parse_document("")


def reparse(tree: Root) -> Root:
    """``tree``, printed and parsed."""
    try:
        html = to_html(tree)
        return parse_document(html) if tree.context == DOCUMENT else parse_html(html, context=tree.context)
    except HtmlError:
        return Root((), tree.context)


def _node(raw: Raw) -> Node:
    if type(raw) is list:
        return Element(raw[0], raw[1], tuple(map(_node, raw[2])))
    return raw  # type: ignore[no-any-return]


def _raw_children(choices: Choices, parent: str, depth: int) -> list[Raw]:
    return [_raw_child(choices, parent, depth) for _ in range(choices.below(6 if depth < 2 else 4))]


def _raw_child(choices: Choices, parent: str, depth: int) -> Raw:
    allowed = CHILDREN.get(parent, PHRASING if parent in ("p", "pre", "h2", *PHRASING) else FLOW)
    if choices.chance(2):
        allowed = FLOW
    if depth > 5 or not allowed or (parent not in TEXTLESS and choices.chance(40)):
        return _raw_leaf(choices)
    if parent in TEXTLESS and choices.chance(20):
        return Text("\n")
    tag = choices.one_of(allowed)
    return [tag, _raw_attributes(choices), _raw_children(choices, tag, depth + 1)]


def _raw_leaf(choices: Choices) -> Node:
    kind = choices.below(20)
    if kind == 19:
        return Comment(choices.one_of(WORDS))
    if kind == 18:
        return ProcessingInstruction("x " + choices.one_of("ab"))
    return Text(build_text(choices))


def build_text(choices: Choices) -> str:
    """Words, and sometimes a text that has broken a parser."""
    if choices.chance(25):
        return choices.one_of(WORDS) + choices.one_of(HOSTILE_TEXTS) + choices.one_of(WORDS)
    return choices.one_of(WORDS)


def _raw_attributes(choices: Choices) -> dict[str, str]:
    attributes = {}
    if choices.chance(20):
        attributes[choices.one_of(("key", "data-key", "id"))] = choices.one_of(SAMPLE_KEYS)
    for _ in range(choices.below(3)):
        attributes[choices.one_of(SAMPLE_ATTRIBUTES)] = choices.one_of(SAMPLE_VALUES)
    if choices.chance(1):
        attributes[IGNORE] = ""
    return attributes


# Edits ---------------------------------------------------------------------------------------------------


def edit_tree(choices: Choices, tree: Root) -> Root:
    """``tree`` after one to six random edits."""
    root: Raw = ["", {}, [_raw(child) for child in tree.children]]
    for _ in range(1 + choices.below(6)):
        choices.one_of(EDITS)(choices, _some_element(choices, root))
    return expressible(root[2], tree.context)


def _raw(node: Node) -> Raw:
    if isinstance(node, Element):
        return [node.tag, dict(node.attributes), [_raw(child) for child in node.children]]
    return node


def _some_element(choices: Choices, root: Raw) -> Raw:
    element = root
    while not choices.chance(30):
        below = [child for child in element[2] if type(child) is list]
        if not below:
            break
        element = choices.one_of(below)
    return element


def _edit_text(choices: Choices, element: Raw) -> None:
    texts = [index for index, child in enumerate(element[2]) if isinstance(child, Text)]
    if texts:
        index = choices.one_of(texts)
        data = element[2][index].data
        at = choices.below(len(data) + 1)
        element[2][index] = Text(data[:at] + build_text(choices) + data[at + choices.below(3) :])


def _edit_attribute(choices: Choices, element: Raw) -> None:
    name = choices.one_of((*SAMPLE_ATTRIBUTES, "id", "key"))
    if name in element[1] and choices.chance(50):
        del element[1][name]
    else:
        element[1][name] = choices.one_of(SAMPLE_VALUES)


def _edit_insert(choices: Choices, element: Raw) -> None:
    element[2].insert(choices.below(len(element[2]) + 1), _raw_child(choices, element[0], 3))


def _edit_remove(choices: Choices, element: Raw) -> None:
    if element[2]:
        del element[2][choices.below(len(element[2]))]


def _edit_move(choices: Choices, element: Raw) -> None:
    _some_moves(choices, element[2])


def _edit_shuffle(choices: Choices, element: Raw) -> None:
    element[2][:] = choices.shuffled(element[2])


def _edit_copy(choices: Choices, element: Raw) -> None:
    if element[2]:
        copy = _raw(_node(choices.one_of(element[2])))
        element[2].insert(choices.below(len(element[2]) + 1), copy)


def _edit_tag(choices: Choices, element: Raw) -> None:
    element[0] = choices.one_of(FLOW) if element[0] else ""


def _edit_unwrap(choices: Choices, element: Raw) -> None:
    below = [index for index, child in enumerate(element[2]) if type(child) is list]
    if below:
        index = choices.one_of(below)
        element[2][index : index + 1] = element[2][index][2]


EDITS: Final[tuple[Callable[[Choices, Raw], None], ...]] = (
    _edit_text,
    _edit_attribute,
    _edit_insert,
    _edit_remove,
    _edit_move,
    _edit_shuffle,
    _edit_copy,
    _edit_tag,
    _edit_unwrap,
)
