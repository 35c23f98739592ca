"""``@bind``: a variable and a control that follow each other, without a handler."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import AllowInfNan

from hyper.compiling.binding import look, with_choice
from hyper.components.bound_values import assign
from hyper.errors import Invalid
from hyper.testing import Page, mount
from hyper.testing.sources import one


def page_of(folder: Path, source: str) -> Page:
    return mount(one(folder, source))


def test_no_handler_is_needed(tmp_path: Path) -> None:
    source = """
@live
def page():
    '''What is set and bound is state; the rest is view.'''
    name = "world"
    text = f"Hello, {name}"
    t'<input @bind="name"><p>{text}</p>'
"""
    page = page_of(tmp_path, source)
    page.fill("input", "ann")
    assert page.text("p") == "Hello, ann"


@pytest.mark.parametrize(
    ("control", "start", "filled", "shown"),
    [
        ("<input @bind='x'>", "''", "a", "'a'"),
        ("<input type=number @bind='x'>", "1", "5", "5"),
        ("<input type=number @bind='x'>", "1.5", "2.5", "2.5"),
        ("<input type=date @bind='x'>", "date(2026, 1, 2)", "2026-05-06", "datetime.date(2026, 5, 6)"),
        ("<input type=time @bind='x'>", "''", "10:30", "'10:30'"),
        ("<input type=range @bind='x'>", "5", "7", "7"),
        ("<input type=color @bind='x'>", "'#ff0000'", "#00ff00", "'#00ff00'"),
        ("<input type=password @bind.lazy='x'>", "''", "s", "'s'"),
        ("<input type=search @bind.debounce.200ms='x'>", "''", "s", "'s'"),
        ("<textarea @bind='x'></textarea>", "''", "two\nlines", r"'two\nlines'"),
    ],
)
def test_controls_that_hold_a_text(tmp_path: Path, control: str, start: str, filled: str, shown: str) -> None:
    kind = ": date" if "date" in start else ""
    source = f"from datetime import date\n@live\ndef page():\n    x{kind} = {start}\n    t'''{control}<p>{{x!r}}</p>'''"
    page = page_of(tmp_path, source)
    page.fill("input, textarea", filled)
    assert page.text("p") == shown
    assert page.value("input, textarea") == filled


CHOICES = """
@live
def page():
    size = "m"
    extras: list[str] = ["milk"]
    numbers: list[int] = [2]
    done = False
    sizes = ["s", "m", "l"]
    def large():
        nonlocal size, extras, numbers
        size, extras, numbers = "l", ["milk", "sugar"], []
    t'''{[t'<input type="radio" name="size" value={each} @bind="size">' for each in sizes]}
    <select id="one" @bind="size">{[t"<option>{each}</option>" for each in sizes]}</select>
    {[t'<input type="checkbox" value={each} @bind="extras">' for each in ("milk", "sugar")]}
    <select id="many" multiple @bind="numbers"><option value="1">one</option>
        <optgroup label="more">{[t"<option value={n}>{n}</option>" for n in (2, 3)]}</optgroup></select>
    <input id="done" type="checkbox" @bind="done"><button @click="large">l</button>
    <p>{size} {extras} {numbers} {done!r}</p>'''
"""


def test_choices_are_shown_in_the_tree_and_follow(tmp_path: Path) -> None:
    page = page_of(tmp_path, CHOICES.replace("{extras} {numbers}", "{extras!r} {numbers!r}"))
    assert page.text("p") == "m ['milk'] [2] False"
    assert '<option selected="">m</option>' in page.html
    assert '<option value="2" selected="">' in page.html
    page.check("[value=s]")
    assert page.value("#one") == "s"
    page.select("#one", "m")
    assert page.find("[value=m]").checked
    page.check("[value=sugar]")
    page.uncheck("[value=milk]")
    page.select("#many", "1", "3")
    page.check("#done")
    assert page.text("p") == "m ['sugar'] [1, 3] True"
    page.click("button")
    assert page.text("p") == "l ['milk', 'sugar'] [] True"
    assert page.value("#one") == "l"
    assert [box.checked for box in page.all("[value=milk], [value=sugar], [value=l]")] == [True, True, True]


def test_a_choice_is_two_small_patches(tmp_path: Path) -> None:
    source = "@live\ndef page():\n    x = 'b'\n    t'''<select @bind=x>{[t\"<option>{o}</option>\" for o in 'abc']}</select>'''"
    page = page_of(tmp_path, source)
    page.select("select", "c")
    assert page.patches == [
        {"path": "select/option[2]/@selected", "value": None},
        {"path": "select/option[3]/@selected", "value": ""},
    ]


PATHS = """
from dataclasses import dataclass
from hyper.components.field_errors import error
@dataclass
class Address:
    street: str = ""
    floor: int | None = 3
@live
def page():
    user = {"name": "ann", "age": 5}
    address = Address()
    t'''<input id=a @bind="user.name"><input id=b @bind="user.age"><input id=c @bind="address.street">
    <input id=d @bind="address.floor"><p>{user!r} {address!r}</p><i>{error("user.age")}</i><b>{error("address.floor")}</b>'''
"""


def test_attributes_and_items_are_bound_by_their_path(tmp_path: Path) -> None:
    page = page_of(tmp_path, PATHS)
    page.fill("#a", "bob")
    page.fill("#b", "6")
    page.fill("#c", "Elm")
    page.fill("#d", "4")
    assert page.text("p") == "{'name': 'bob', 'age': 6} Address(street='Elm', floor=4)"
    page.fill("#d", "")
    assert page.text("p").endswith("floor=None)")
    page.fill("#b", "old")
    page.fill("#d", "high")
    assert "whole number" in page.text("i")
    assert "whole number" in page.text("b")
    page.fill("#b", "7")
    assert (page.text("i"), page.value("#b"), page.value("#d")) == ("", "7", "high")
    assert "whole number" in page.text("b")


def test_a_nested_component_binds_the_item_it_is_given(tmp_path: Path) -> None:
    from hyper.testing.sources import load_source

    source = """
@live
def row(item):
    t'<li><input @bind="item.text"></li>'
@live
def page():
    items = [{"text": "a"}, {"text": "b"}]
    def look(): pass
    t'''<ul>{[t"<{row} key={n} item={item} />" for n, item in enumerate(items)]}</ul>
    <button @click="look">{[item["text"] for item in items]!r}</button>'''
"""
    page = mount(load_source(tmp_path, source)["page"])
    page.fill("li:nth-child(2) input", "c")
    page.click("button")
    assert page.text("button") == "['a', 'c']"


def test_only_what_is_bound_can_be_set(tmp_path: Path) -> None:
    from hyper.transport.component import UnknownEventError

    page = page_of(tmp_path, PATHS)
    for name in ("=user", "=user.other", "=address.__class__", "=address.street.x", "=", "=__class__"):
        with pytest.raises(UnknownEventError):
            page.event(name, "x")


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("<input @bind=\"x['a']\">", "names no variable: write one, or a path from one, such as user.name"),
        ('<input @bind="x.__class__">', "names no variable"),
        ('<input @bind="{x}">', "names no variable"),
        ('<input @bind="y.name">', "page has no variable y"),
        ('<input type="file" @bind="x">', "files are not sent"),
        ('<select value="a" @bind="x"></select>', "browsers ignore <select value"),
    ],
)
def test_what_cannot_be_bound(tmp_path: Path, template: str, told: str) -> None:
    with pytest.raises(Exception, match=r"page\.py") as error:
        one(tmp_path, f"@live\ndef page():\n    x = {{}}\n    def f(): pass\n    t'''{template}'''")
    assert told in str(error.value)


def test_a_number_that_is_none_is_told_by_the_variables_name(tmp_path: Path) -> None:
    source = 'from hyper.components.field_errors import error\n@live\ndef page():\n    n = 3\n    t\'<input @bind="n"><p>{n}</p><i>{error("n")}</i>\''
    page = page_of(tmp_path, source)
    page.fill("input", "")
    assert page.text("i").startswith("Please enter a whole number.")
    page.fill("input", "4")
    assert (page.text("p"), page.text("i")) == ("4", "")


def test_paths_are_looked_up_and_assigned() -> None:
    value: dict[str, Any] = {"a": {"b": 1}, "c": None}
    assert look(value, "a", "b") == 1
    assign(value, "x.a.b", "2")
    assign(value, "x.c", "text")
    assert value == {"a": {"b": 2}, "c": "text"}
    with pytest.raises(Invalid, match=r"x\.a\.b: "):
        assign(value, "x.a.b", "many")
    with pytest.raises(KeyError):
        look(value, "z")


@dataclass
class Offer:
    price: float = 1.0
    loose: Annotated[float | None, AllowInfNan()] = None
    plain = 1.0


@pytest.mark.parametrize("text", ["nan", "-inf", "1e999"])
def test_a_path_takes_what_is_not_finite_only_by_its_annotation(text: str) -> None:
    offer = Offer()
    for path in ("price", "plain"):
        with pytest.raises(Invalid, match=rf"x\.{path}: Please enter a number."):
            assign(offer, f"x.{path}", text)
    assign(offer, "x.loose", text)
    assert repr(offer.loose) == repr(float(text))
    assign(offer, "x.loose", "")
    assert offer == Offer()


@pytest.mark.parametrize(
    ("old", "is_on", "new"),
    [(False, True, True), (None, False, False), (["a"], True, ["a", "b"]), (["b", "a"], False, ["a"]), (("b",), True, ["b"])],
)  # fmt: skip
def test_a_tick_changes_a_truth_value_or_a_list(old: Any, is_on: bool, new: Any) -> None:
    assert with_choice(old, is_on, "b", str) == new


def test_handlers_alike_in_two_files_keep_their_own_types(tmp_path: Path) -> None:
    source = "@live\ndef page():\n    got = None\n    def take(x: {}):\n        nonlocal got\n        got = x\n    t'<b @click=\"take(5)\">{{got!r}}</b>'"
    for number, (kind, shown) in enumerate([("int", "5"), ("float", "5.0"), ("bool | int", "5")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        page = page_of(folder, source.format(kind))
        page.click("b")
        assert page.text("b") == shown


TYPED = """
import enum
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
class Size(enum.Enum):
    S = 1
    M = 2
@dataclass
class Item:
    x: {type}
@live{fallback}
def page():
    x: {type} = {start}
    item = Item({start})
    t'''<select @bind="{name}"><option>other</option>{options}</select><p>{{{name}!r}}</p>'''
"""
TYPES = [
    ("bool", "True", ["false", "true"], "true", "false", "False"),
    ("bool", "True", ["off", "on"], "on", "off", "False"),
    ("bool", "False", ["True", "False"], "False", "True", "True"),
    ("Color", "Color.BLUE", ["red", "blue"], "blue", "red", "<Color.RED: 'red'>"),
    ("Size", "Size.M", ["1", "2"], "2", "1", "<Size.S: 1>"),
    ("Literal[1, 2]", "2", ["1", "2"], "2", "1", "1"),
    ("int | None", "None", ["1", ""], "", "1", "1"),
    ("int | None", "1", ["1", ""], "1", "", "None"),
    ("float", "1.0", ["0", "1", "2"], "1", "2", "2.0"),
    ("float", "1", ["0.0", "1.0"], "1.0", "0.0", "0.0"),
    ("float", "1.0", ["1.00", "1.0"], "1.0", "1.00", "1.0"),
    ("Decimal", "Decimal('1.50')", ["1.5", "2"], "1.5", "2", "Decimal('2')"),
    ("date", "date(2026, 1, 2)", ["2026-01-01", "2026-01-02"], "2026-01-02", "2026-01-01", "datetime.date(2026, 1, 1)"),
    ("str", "'1'", ["1.0", "1"], "1", "1.0", "'1.0'"),
]  # fmt: skip


def select_of(kind: str, start: str, options: list[str], name: str, fallback: str = "") -> str:
    written = "".join(f'<option value="{option}">{option or "none"}</option>' for option in options)
    return TYPED.format(type=kind, start=start, options=written, name=name, fallback=fallback)


@pytest.mark.parametrize("name", ["x", "item.x"])
@pytest.mark.parametrize(("kind", "start", "options", "shown", "chosen", "value"), TYPES)
def test_the_option_that_is_converted_to_the_value_is_shown(
    tmp_path: Path, name: str, kind: str, start: str, options: list[str], shown: str, chosen: str, value: str
) -> None:
    page = page_of(tmp_path, select_of(kind, start, options, name))
    assert page.value("select") == shown
    assert page.html.count('selected=""') == 1
    page.select("select", chosen)
    assert page.text("p") == value


SEVERAL_TYPED = """
import enum
class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
@live
def page():
    colors: list[Color] = [Color.RED]
    sizes: set[float] = {1.0}
    on: bool = True
    color: Color = Color.BLUE
    t'''<select multiple @bind="colors"><option>red</option><option>blue</option></select>
    {[t'<input type=checkbox class=color value="{each}" @bind=colors>' for each in ("red", "blue")]}
    {[t'<input type=checkbox class=size value="{each}" @bind=sizes>' for each in ("1", "2")]}
    {[t'<input type=radio class=on name=on value="{each}" @bind=on>' for each in ("no", "yes")]}
    <input id=text @bind="color"><textarea @bind="on"></textarea><p>{colors!r} {sorted(sizes)!r} {on!r} {color!r}</p>'''
"""


def test_boxes_and_buttons_are_converted_too(tmp_path: Path) -> None:
    page = page_of(tmp_path, SEVERAL_TYPED)
    assert [box.checked for box in page.all("input[value]:not(#text)")] == [
        True,
        False,
        True,
        False,
        False,
        True,
    ]
    assert (page.value("select"), page.value("#text"), page.value("textarea")) == ("red", "blue", "true")
    page.uncheck(".color[value=red]")
    page.check(".color[value=blue]")
    page.check(".size[value='2']")
    page.check(".on[value=no]")
    page.fill("#text", "red")
    assert page.text("p") == "[<Color.BLUE: 'blue'>] [1.0, 2.0] False <Color.RED: 'red'>"


OFFERED = """
@live
def page():
    one = "a"
    many = []
    boxes = []
    radio = "a"
    text = ""
    t'''<select @bind="one"><option>a</option><option>b</option><option disabled>c</option></select>
    <select multiple @bind="many"><option>a</option><option>b</option></select>
    <input type=checkbox value=a @bind="boxes"><input type=radio value=a @bind="radio"><input type=radio value=b @bind="radio">
    <input @bind="text">'''
"""


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("one", ["c"]), ("one", ["d"]), ("one", [["a"]]), ("one", [True]), ("many", ["a"]), ("many", [["a", "z"]]),
        ("many", [["a", "a"]]), ("boxes", [True, "z"]), ("boxes", ["a"]), ("radio", ["z"]), ("radio", [["a"]]),
        ("text", [["a"]]), ("text", [True]),
    ],
)  # fmt: skip
def test_only_what_the_page_offers_can_be_chosen(tmp_path: Path, name: str, args: list[object]) -> None:
    from hyper.transport.component import UnknownEventError

    page = page_of(tmp_path, OFFERED)
    with pytest.raises(UnknownEventError):
        page.event(f"={name}", *args)
    page.event("=one", "b")
    page.event("=many", ["b", "a"])
    page.event("=boxes", True, "a")
    page.event("=radio", "b")


@pytest.mark.parametrize(
    "args", [[{"a": 1}], [["a", 1]], [[{"a": "x"}]], [None], [5], ["a", "b"], [], [True, "a", "b"]]
)
def test_a_list_without_an_annotation_takes_no_other_json(tmp_path: Path, args: list[object]) -> None:
    from hyper.transport.component import BadArgumentError

    page = page_of(tmp_path, OFFERED)
    for name in ("many", "boxes", "text"):
        with pytest.raises(BadArgumentError):
            page.event(f"={name}", *args)
