"""The table of controls: each kind of control, each way to bind it, and what happens while somebody edits it.

Data for the simulated browser and for Chromium: ``test_table_of_controls.py`` does the same in both.

    a <select> whose handler has it in capitals  ×  hold, edit, set, release, leave
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """A kind of control, with what the server and the user give it."""

    name: str
    html: str
    """With ``BINDING`` for the way in which it is bound."""
    ways: dict[str, str]
    """Ways to bind it, by name."""
    first: object
    given: object
    """What the server sets."""
    edits: tuple[object, ...]
    verb: str = "fill"
    """What a user does: a method of a page, or ``trigger`` at ``#toggle``."""
    toggle: str = """@click="$toggle_attribute('#c', 'open')\""""
    """What the button ``#toggle`` does."""


FIELD: Final = {
    "bound": '@bind="held"',
    "lazy": '@bind.lazy="held"',
    "heard": 'value="{held}" @input="write(value)"',
    "changed": 'value="{held}" @change="write(value)"',
    "in other words": 'value="{worded(held)}" @input="write(value)"',
    "unheard": 'value="{held}"',
}
TEXT_OF_AREA: Final = {
    "bound": '@bind="held"></textarea>',
    "heard": '@input="write(value)">{held}</textarea>',
    "changed": '@change="write(value)">{held}</textarea>',
    "in other words": '@input="write(value)">{worded(held)}</textarea>',
    "unheard": ">{held}</textarea>",
}
OPTION: Final = """{[t\'\'\'<option key="{v}" value="{v}">{v}</option>\'\'\' for v in choices()]}"""
MARKED: Final = """{[t\'\'\'<option key="{v}" value="{v}" selected="{v in held}">{v}</option>\'\'\' for v in choices()]}"""
SELECT: Final = {
    "bound": f'@bind="held">{OPTION}',
    "heard": f'@change="write(value)">{MARKED}',
    "input": f'@input="write(value)">{MARKED}',
    "unheard": f">{OPTION}",
    "in groups": f'@bind="held"><optgroup label="all">{OPTION}</optgroup>',
}
TICK: Final = {
    "bound": '@bind="held"',
    "heard": 'checked="{held}" @change="write(checked)"',
    "clicked": 'checked="{held}" @click="write(checked)"',
    "unheard": 'checked="{held}"',
}


def field(kind: str, first: str, given: str, *edits: str) -> Kind:
    """An ``<input>`` with a value that a user types or sets."""
    return Kind(kind, f'<input id="c" name="c" type="{kind}" BINDING>', FIELD, first, given, edits)


def group(name: str, tag: str, ways: dict[str, str], first: object, given: object) -> Kind:
    """Radio buttons or checkboxes of one name."""
    html = f"""{{[t\'\'\'<input type="{tag}" class="c" key="{{v}}" name="c" value="{{v}}" BINDING>\'\'\' for v in choices()]}}"""
    return Kind(name, html, ways, first, given, ("b", "c", "a"), "check")


KINDS: Final = (
    field("text", "a", "Zo", "b", "bc ", "bcd"),
    field("search", "a", "Zo", "b", "bc", "bcd"),
    field("tel", "1", "99", "2", "22", "222"),
    field("url", "http://a/", "http://z/", "http://b/", "http://bc/", "http://c/"),
    field("email", "a@x.de", "z@x.de", "b@x.de", "bc@x.de", "c@x.de"),
    field("password", "a", "Zo", "b", "bc", "bcd"),
    field("number", "1", "9", "12", "12.5", "7"),
    field("range", "5", "90", "10", "20", "30"),
    field("date", "2026-01-05", "2026-09-09", "2026-02-03", "2026-03-03", "2026-04-04"),
    field("time", "09:00", "23:00", "10:30", "11:15", "12:45"),
    field(
        "datetime-local",
        "2026-01-05T09:00",
        "2026-09-09T23:00",
        "2026-02-03T10:30",
        "2026-03-03T11:15",
        "2026-04-04T12:45",
    ),
    field("month", "2026-01", "2026-09", "2026-02", "2026-03", "2026-04"),
    field("week", "2026-W05", "2026-W39", "2026-W06", "2026-W07", "2026-W08"),
    field("color", "#000000", "#ff0000", "#00ff00", "#0000ff", "#00ffff"),
    Kind(
        "hidden",
        '<input id="c" name="c" type="hidden" BINDING>',
        {"bound": '@bind="held"', "unheard": 'value="{held}"'},
        "a",
        "z",
        (),
    ),
    Kind("file", '<input id="c" name="c" type="file" BINDING>', {"unheard": 'title="{held}"'}, "a", "z", ()),
    *[
        Kind(
            kind,
            f'<input id="c" type="{kind}" BINDING>',
            {"heard": """value="{held}" @click="write('pressed')\""""},
            "a",
            "z",
            ("", "", ""),
            "click",
        )
        for kind in ("button", "submit", "reset", "image")
    ],
    Kind("textarea", '<textarea id="c" name="c" BINDING', TEXT_OF_AREA, "a", "Zo", ("b", "bc", "bcd")),
    Kind(
        "contenteditable",
        '<div id="c" contenteditable BINDING>{held}</div>',
        {"heard": '@input="write(text)"'},
        "a",
        "Zo",
        ("b", "bc", "bcd"),
        "text",
    ),
    Kind("select", '<select id="c" name="c" BINDING</select>', SELECT, "a", "c", ("b", "c", "a"), "select"),
    Kind(
        "list",
        '<select id="c" name="c" size="3" BINDING</select>',
        SELECT,
        "a",
        "c",
        ("b", "c", "a"),
        "select",
    ),
    Kind(
        "unmatched",
        '<select id="c" name="c" BINDING</select>',
        {"bound": SELECT["bound"]},
        "q",
        "c",
        ("b", "c", "a"),
        "select",
    ),
    Kind(
        "select many",
        '<select id="c" name="c" multiple BINDING</select>',
        {name: way for name, way in SELECT.items() if name != "unheard"},
        ["a"],
        ["a", "c"],
        (["b"], ["b", "c"], []),
        "select",
    ),
    Kind(
        "checkbox", '<input id="c" name="c" type="checkbox" BINDING>', TICK, False, True, (1, 2, 3), "click"
    ),
    group(
        "radio",
        "radio",
        {"bound": '@bind="held"', "heard": 'checked="{v == held}" @change="write(value)"'},
        "a",
        "c",
    ),
    group(
        "checkboxes",
        "checkbox",
        {"bound": '@bind="held"', "heard": 'checked="{v in held}" @change="pick(value, checked)"'},
        ["a"],
        ["a", "c"],
    ),
    Kind(
        "form-associated",
        '<x-field id="c" name="c" BINDING></x-field>',
        {"heard": 'value="{held}" @input="write(text)"', "unheard": 'value="{held}"'},
        "a",
        "Zo",
        ("b", "bc", "bcd"),
        "text",
    ),
    Kind(
        "popover",
        '<div id="c" popover style="inset: auto 0 0 auto" BINDING>{held}</div>',
        {"heard": '@toggle="write(event.newState)"', "unheard": ""},
        "a",
        "Zo",
        ("#toggle", "#toggle", "#toggle"),
        "press",
        'popovertarget="c"',
    ),
    Kind(
        "modal",
        """<dialog id="c" BINDING>{held}<button type="button" id="close" @click="$close('#c')">x</button></dialog>""",
        {"heard": """@close="write('closed')\"""", "unheard": ""},
        "a",
        "Zo",
        ("#toggle", "#close"),
        "press",
        """@click="$show_modal('#c')\"""",
    ),
    *[
        Kind(
            tag,
            f'<{tag} id="c" BINDING>{"<summary>s</summary>" if tag == "details" else ""}text</{tag}>',
            {"given": 'open="{held}"'},
            False,
            True,
            (1, 2, 3),
            "trigger",
        )
        for tag in ("details", "dialog")
    ],
)

SEQUENCES: Final = (
    "set",
    "edit",
    "edit edit edit",
    "edit leave",
    "edit leave set leave",
    "edit set",
    "edit set leave set",
    "set edit set leave",
    "key leave",
    "key key set leave",
    "hold edit set release",
    "hold edit set release leave",
    "hold set edit release leave",
    "hold edit edit set edit release",
    "hold edit leave set release",
    "hold key set key release leave",
    "turn edit turn",
    "edit grow shrink",
    "edit leave grow turn shrink leave",
    "hold edit grow turn release leave",
    "hold turn set edit release",
    "cut edit join",
    "cut edit edit leave join leave",
    "edit cut set join leave",
    "cut edit set edit join leave",
    "edit restart",
    "edit leave restart leave",
    "cut edit restart leave",
    "set edit restart set leave",
    "edit edit cut restart edit leave",
    "hold many release leave",
    "cut many join leave",
)
"""What happens, step by step: ``edit`` is the user's, ``set`` the server's; ``many`` are twelve edits."""

FILLED: Final = (
    "autofill",
    "autofill set leave autofill",
    "hold autofill set release",
    "cut autofill edit join leave",
    "autofill restart set",
)
"""What browsers fill in by themselves."""
PASTED: Final = (
    "paste leave",
    "paste set leave paste",
    "hold paste set release leave",
    "hold set paste release leave",
    "cut paste join key leave",
)
COMPOSED: Final = (
    "compose leave",
    "compose set leave compose",
    "hold compose set release leave",
    "hold set compose key release leave",
    "cut compose set join leave",
)
"""By an input method."""

RETURNS: Final = (
    "edit reload edit leave",
    "edit leave set reload set leave",
    "edit back edit leave",
    "edit edit leave set back set leave",
)
"""How a page comes again, with what the browser, its cache and the server each remember."""


def sequences_of(kind: Kind) -> tuple[str, ...]:
    """What can happen to controls of this kind."""
    is_typed = kind.name in ("text", "search", "tel", "url", "email", "password", "number", "textarea")
    is_filled = kind.verb in ("fill", "select") and kind.edits and kind.name not in ("range", "color")
    is_composed = kind.name in ("text", "search", "textarea")
    more = (RETURNS, FILLED if is_filled else (), PASTED if is_typed else (), COMPOSED if is_composed else ())
    return sum(more, SEQUENCES)


def source(kind: Kind, way: str) -> str:
    """The component that shows a kind of control, bound in this way."""
    control = kind.html.replace("BINDING", kind.ways[way])
    return f'''
@live
def page():
    held = {kind.first!r}
    told: list[str] = []
    is_turned = is_grown = False

    def write(value):
        nonlocal held
        told.append(repr(value))
        held = value

    def pick(value: str, checked: bool):
        nonlocal held
        told.append(f"{{value}} {{checked}}")
        held = sorted({{*held, value}} if checked else {{*held}} - {{value}})

    def give():
        nonlocal held
        held = {kind.given!r}

    def turn():
        nonlocal is_turned
        is_turned = not is_turned

    def grow():
        nonlocal is_grown
        is_grown = True

    def shrink():
        nonlocal is_grown
        is_grown = False

    def choices():
        rows = [*"xabcy"] if is_grown else [*"abc"]
        return rows[::-1] if is_turned else rows

    def worded(text):
        return text.upper() if text.isalpha() else f"{{text}}.00" if text.isdigit() else text

    rows = [t\'\'\'<div key="c">{control}</div>\'\'\', t\'\'\'<div key="o">other</div>\'\'\']
    t"""<form @submit="turn">
    <button type="button" id="set" @click="give">s</button>
    <button type="button" id="turn" @click="turn">t</button>
    <button type="button" id="grow" @click="grow">g</button>
    <button type="button" id="shrink" @click="shrink">g</button>
    <button type="button" id="toggle" {kind.toggle}>t</button>
    {{t\'\'\'<div key="x">more</div>\'\'\' if is_grown else None}}{{rows[::-1] if is_turned else rows}}
    <output id="told">{{told!r}} {{held!r}}</output></form>"""
'''
