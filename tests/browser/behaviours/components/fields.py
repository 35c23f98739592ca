"""Controls that the behaviours are about."""

from typing import Literal

from pydantic import BaseModel

from hyper import error, live


class Line(BaseModel):
    text: str


GREETINGS = {"greetings": ["hello", "hallo", "hei"], "farewells": ["goodbye", "auf wiedersehen", "ha det bra"]}


@live
def phrases():
    """Two selects, of which the first says what the second offers; both empty after a submit."""
    kind = ""
    sent: list[str] = []

    def choose(kind_now: str):
        nonlocal kind
        kind = kind_now

    def send(kind_now: str, phrase: str):
        nonlocal kind
        sent.append(phrase)
        kind = ""

    t"""
    <form @submit="send">
        <select name="kind_now" id="kind" @change="choose(kind_now)">
            <option value="">…</option>{[t'<option key="{name}" selected="{name == kind}">{name}</option>' for name in GREETINGS]}
        </select>
        <select name="phrase" id="phrase">
            <option value="">…</option>{[t'<option key="{phrase}">{phrase}</option>' for phrase in GREETINGS.get(kind, [])]}
        </select>
        <button>Send</button>
    </form>
    <output>{", ".join(sent)}</output>
    """


@live
def choice():
    """Several may be chosen, and the server chooses, too."""
    chosen: list[str] = []
    number = "3"
    size = "ONE"

    def check(number: Literal["6", "7"]):
        pass

    def pick(value: str):
        nonlocal size
        size = value

    t"""
    <select multiple id="many" @bind="chosen">{[t"<option>{number}</option>" for number in range(1, 6)]}</select>
    <form @change="check"><select name="number" id="number" class="{error("number") and "wrong"}">
        {[t'<option selected="{str(one) == number}">{one}</option>' for one in range(1, 8)]}
    </select></form>
    <select id="size" @change="pick(value)">
        {[t'<option value="{one}" selected="{one == size}">{one.title()}</option>' for one in ("ONE", "TWO")]}
    </select>
    <output>{size}</output> <p>{len(chosen)} chosen</p>
    """


@live
def records():
    """One record at a time, in three live components of one form."""
    current = "a"

    def select(name: str):
        nonlocal current
        current = name

    t"""
    {[t'<button key="{name}" id="select-{name}" @click="select({name})">{name}</button>' for name in "abz"]}
    <section>{[t"<{column} key={number} value={current} />" for number in range(3)]}</section>
    """


@live
def column(value: str):
    def nothing():
        pass

    t'<input class="record" value="Record {value}" @change="nothing">'


@live
def sisters():
    """Radio buttons, of which the server says which is on."""
    on = "louie"

    def choose(value: str):
        nonlocal on
        on = value

    t"""<fieldset>{[t'''<input key="{name}" type="radio" name="nephew" id="{name}" value="{name}" checked="{name == on}"
        @change="choose(value)">''' for name in ("huey", "dewey", "louie")]}</fieldset><output>{on}</output>"""


@live
def outer_fields():
    """A control that stands outside of its form, names with brackets, a form that goes away."""
    heard = ""
    is_open = True

    def hear(lines: list[Line]):
        nonlocal heard
        heard = ", ".join(line.text for line in lines)

    def hear_text(value: str):
        nonlocal heard
        heard = value

    def toggle():
        nonlocal is_open
        is_open = not is_open

    def send(text: str):
        nonlocal heard, is_open
        heard, is_open = f"sent {text}", False

    t"""
    <form id="form" @submit="send"></form>
    <input id="outside" form="form" name="lines[0].text" value="" @input.debounce.50ms="hear">
    {is_open and t'<form id="late" @submit="send"><input id="typed" name="text" value="" @input.debounce.300ms="hear_text"></form>'}
    <button id="toggle" @click="toggle">{"open" if is_open else "closed"}</button>
    <output>{heard}</output>
    """


@live
def files():
    """A file input whose other attributes change."""
    is_off = True
    style = "one"

    def switch():
        nonlocal is_off
        is_off = not is_off

    def restyle():
        nonlocal style
        style = "two" if style == "one" else "one"

    t"""<input type="file" class="{style}" disabled="{is_off}">
    <button id="switch" @click="switch">Switch</button> <button id="restyle" @click="restyle">Style</button>"""


@live
def searching():
    """A choice that moves the focus, and is slow to arrive."""
    chosen: list[str] = []

    def choose(value: str):
        chosen.append(value)

    t"""
    <form id="filters">{[t'''<input key="{name}" type="checkbox" id="{name}" value="{name}"
        checked="{name in chosen}" @change="$focus('#search'); choose(value)">''' for name in ("a", "b")]}<input id="search" name="search" value="">
    </form>
    <output>{", ".join(chosen)}</output>
    """


@live
def draft():
    """A note that has not been saved."""
    note = ""

    def clear():
        nonlocal note
        note = ""

    t'<textarea id="note" @bind="note"></textarea><output>{note}</output><button @click="clear">Clear</button>'
