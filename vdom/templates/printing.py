"""Values printed as HTML, a column at a time.

For each template one function is compiled when it is first printed: a single f-string over rows.

    <li key=⟦1⟧>⟦2⟧</li>   →   def rows(_1, _2):
                                   return [f'<li{"" if _1 is None else f" key=\"{_1}\""}>{_2}</li>'
                                           for _1, _2 in zip(_1, _2)]

It is built as a syntax tree, from the template's static HTML as constants and from names made here: nothing
that an author or a user wrote is ever read as Python.

The values have been made printable before, for all rows at once: a list of instances of one template is turned
into columns, all values of slot 1, all values of slot 2. Numbers need no escaping. The texts of a column are
joined by NUL, which no HTML can hold, escaped as one long text, and split again only if that changed anything. So
a thousand labels cost five searches, not five thousand.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import itemgetter
from typing import Final, Protocol, TypeAlias, TypeVar

from ..escaping import escape_attribute, escape_text
from ..markup import to_html
from ..node import Root
from ..rewriting import root_html
from .slots import Piece, Slot, SlotAttribute
from .urls import Guard
from .values import Fragment, Instance, RawHtml, Value, clean

Column: TypeAlias = Sequence[Value]
"""The values of one slot in all rows."""
Kinds: TypeAlias = "set[type]"
"""Their types."""
Prepare: TypeAlias = "Callable[[Column, Kinds], Column]"
"""Makes a column printable: texts, and in attributes ``None`` where there is none."""

Group = TypeVar("Group")


class Printable(Protocol):
    """A template, as far as its printing is concerned."""

    @property
    def pieces(self) -> Sequence[Piece]:
        """Its static HTML and slots, in order."""

    printer: Printer | None
    """Kept here once it has been compiled."""


_template_of = itemgetter(0)
ONLY_NUMBERS: Final = {int}
ONLY_TEXTS: Final = {str}
ONLY_NOTHING: Final = {type(None)}


def value_to_html(value: Value) -> str:
    """The HTML of a value in normal form, or of a ``Root``."""
    if type(value) is Root:
        return root_html(value)
    return "".join(print_values((value,), {type(value)}))


def print_values(values: Column, kinds: Kinds) -> Column:
    """The HTML of each value in normal form."""
    if len(kinds) > 1:
        return _print_groups(values, [type(value) for value in values], kinds, _print_kind)
    for kind in kinds:
        return _print_kind(kind, values)
    return values


def _print_kind(kind: type, values: Column) -> Column:
    """The HTML of values of one type."""
    if kind is str:
        return _escaped(values, escape_text)
    if kind is Instance:
        return _print_instances(values)
    if kind is Fragment:
        return _print_fragments(values)
    if kind is int:
        return list(map(repr, values))
    if kind is type(None):
        return ("",) * len(values)
    return [value.html if kind is RawHtml else to_html(value) for value in values]


def _print_groups(
    values: Column, groups: Sequence[Group], names: set[Group], print_group: Callable[[Group, Column], Column]
) -> Column:
    """The HTML of values that are printed in groups: the group of each, and how a group is printed."""
    out: list[str] = [""] * len(values)
    for name in names:
        places = [place for place, group in enumerate(groups) if group is name]
        printed = print_group(name, [values[place] for place in places])
        for place, html in zip(places, printed, strict=True):
            out[place] = html
    return out


def _print_fragments(fragments: Sequence[Fragment]) -> Column:
    items = tuple(chain.from_iterable(fragments))
    printed = iter(print_values(items, set(map(type, items))))
    return ["".join(islice(printed, len(fragment))) for fragment in fragments]


def _print_instances(instances: Sequence[Instance]) -> Column:
    templates = set(map(_template_of, instances))
    if len(templates) > 1:
        return _print_groups(instances, list(map(_template_of, instances)), templates, _print_rows)
    return _print_rows(templates.pop(), instances)


def _print_rows(template: Printable, instances: Sequence[Instance]) -> Column:
    """The HTML of instances of one template."""
    printer = template.printer
    if printer is None:
        printer = template.printer = compile_printer(template.pieces)
    numbers: list[tuple[Column, Column]] = []
    printable: list[Column] = []
    columns = list(zip(*instances, strict=True))
    for place, prepare in printer.slots:
        column = columns[place]
        texts = _known(column, numbers)
        if texts is None:
            kinds = set(map(type, column))
            if kinds == ONLY_NUMBERS:
                texts = list(map(repr, column))  # a third faster than str
                numbers.append((column, texts))
            else:
                texts = prepare(column, kinds)
        printable.append(texts)
    return printer.rows(printable, instances)


def _known(column: Column, numbers: list[tuple[Column, Column]]) -> Column | None:
    """The texts of numbers that another column holds too: an id occurs in a key, a cell and bindings."""
    for known, texts in numbers:
        if known == column:
            return texts
    return None


def _escaped(texts: Column, escape: Callable[[str], str]) -> Column:
    joined = "\0".join(texts)
    if joined.count("\0") >= len(texts):
        return [escape(clean(text)) for text in texts]
    escaped = escape(joined)
    return texts if escaped is joined else escaped.split("\0")


# Making columns printable ---------------------------------------------------------------------------------


def _whole_attribute(column: Column, kinds: Kinds) -> Column:
    """Attribute values: text, or ``None`` where the attribute is absent."""
    if kinds == ONLY_TEXTS:
        return _escaped(column, escape_attribute)
    if kinds == ONLY_NOTHING:
        return column
    return [None if value is None else escape_attribute(clean(str(value))) for value in column]


def _attribute_part(column: Column, kinds: Kinds) -> Column:
    """Values that are beside other text in an attribute."""
    if kinds == ONLY_TEXTS:
        return _escaped(column, escape_attribute)
    return ["" if value is None else escape_attribute(clean(str(value))) for value in column]


def _url_part(column: Column, kinds: Kinds) -> Column:
    """Values that are beside other text in an attribute with URLs, which is checked and escaped as a whole."""
    return ["" if value is None else str(value) for value in column]


def _attributes(column: Column, kinds: Kinds) -> Column:
    """All attributes that come from a dict."""
    return [
        "".join([f' {name}="{escape_attribute(clean(text))}"' for name, text in pairs]) for pairs in column
    ]


def _checked(guard: Guard) -> Guard:
    """Checks and escapes the whole value of an attribute that holds URLs."""
    return lambda text: escape_attribute(clean(guard(text)))


# One function for each template ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Printer:
    """How the instances of one template are printed."""

    slots: tuple[tuple[int, Prepare], ...]
    """The slots that are printed: their place in an instance, and how their columns are made printable."""
    print_rows: Callable[..., list[str]]
    """Takes their columns."""
    static: str
    """The HTML of a template that prints no slot."""

    def rows(self, columns: Sequence[Column], instances: Sequence[Instance]) -> list[str]:
        """The HTML of each of ``instances``, from their printable columns."""
        return self.print_rows(*columns) if columns else [self.static] * len(instances)


def compile_printer(pieces: Sequence[Piece]) -> Printer:
    """The printer of a template: of its static HTML and slots, in order."""
    writer = _Writer()
    for piece in pieces:
        writer.piece(piece)
    static = "".join([piece for piece in pieces if type(piece) is str])
    return Printer(tuple(writer.slots), writer.function(), static)


class _Writer:
    """Writes the expression that prints one row, and notes the slots it takes."""

    def __init__(self) -> None:
        self.slots: list[tuple[int, Prepare]] = []
        self.row: list[ast.expr] = []
        self.known: dict[str, object] = {"zip": zip, "__builtins__": {}}

    def piece(self, piece: Piece) -> None:
        if type(piece) is str:
            self.row += [ast.Constant(piece)]
        elif type(piece) is Slot:
            self.row += [_shown(self.slot(piece.at, print_values))]
        elif type(piece) is SlotAttribute:
            self.row += self.attribute(piece)

    def slot(self, place: int, prepare: Prepare) -> ast.expr:
        """The name under which the row finds the printable value of a slot."""
        self.slots.append((place, prepare))
        return ast.Name(f"_{place}", ast.Load())

    def attribute(self, attribute: SlotAttribute) -> list[ast.expr]:
        first = attribute.parts[0]
        before, after = ast.Constant(f' {attribute.name}="'), ast.Constant('"')
        if len(attribute.parts) > 1:
            return [before, *self.mixed(attribute), after]
        assert type(first) is int
        if not attribute.name:
            return [_shown(self.slot(first, _attributes))]
        value = self.slot(first, _whole_attribute)
        is_absent = ast.Compare(value, [ast.Is()], [ast.Constant(None)])
        return [_shown(ast.IfExp(is_absent, ast.Constant(""), ast.JoinedStr([before, _shown(value), after])))]

    def mixed(self, attribute: SlotAttribute) -> list[ast.expr]:
        """The value of an attribute that has slots among text."""
        if attribute.guard is None:
            return [self.part(part, escape_attribute, _attribute_part) for part in attribute.parts]
        text = ast.JoinedStr([self.part(part, str, _url_part) for part in attribute.parts])
        checked = f"checked_{attribute.guard.__name__}"
        self.known[checked] = _checked(attribute.guard)
        return [_shown(ast.Call(ast.Name(checked, ast.Load()), [text], []))]

    def part(self, part: str | int, escape: Callable[[str], str], prepare: Prepare) -> ast.expr:
        return _shown(self.slot(part, prepare)) if type(part) is int else ast.Constant(escape(str(part)))

    def function(self) -> Callable[..., list[str]]:
        """``lambda _1, _2: [f"row" for _1, _2 in zip(_1, _2)]``."""
        names = [f"_{place}" for place, _ in self.slots]
        targets = ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())
        columns = ast.Call(ast.Name("zip", ast.Load()), [ast.Name(name, ast.Load()) for name in names], [])
        rows = ast.ListComp(ast.JoinedStr(_merged(self.row)), [ast.comprehension(targets, columns, [], 0)])
        arguments = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
        tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, rows)))
        return eval(compile(tree, "<printer>", "eval"), self.known)  # type: ignore[no-any-return]


def _shown(value: ast.expr) -> ast.expr:
    return ast.FormattedValue(value, -1, None)


def _merged(parts: Sequence[ast.expr]) -> list[ast.expr]:
    """The parts of an f-string with neighbouring text as one."""
    merged: list[ast.expr] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, ast.Constant) and isinstance(last, ast.Constant):
            merged[-1] = ast.Constant(str(last.value) + str(part.value))
        else:
            merged.append(part)
    return merged
