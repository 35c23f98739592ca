"""Forms that the behaviours are about."""

from typing import Annotated

from pydantic import BaseModel, Field

from hyper import Invalid, broadcast, error, live, shared

degrees: list[int] = shared([20])
Word = Annotated[str, Field(min_length=3)]


@live
def letter():
    """A field that is read-only, a button that is disabled, one that stands outside of the form."""
    sent = 0
    pressed = 0

    def send(author: str, text: str):
        nonlocal sent
        sent += 1

    def press():
        nonlocal pressed
        pressed += 1

    t"""
    <form id="letter" @submit="send">
        <input name="author" value="Ada" readonly> <input name="text" value="">
        <button id="send">Send</button> <button id="closed" disabled>Closed</button>
    </form>
    <button id="press" @click="press">Press</button>
    <output>{sent} sent, {pressed} pressed</output>
    """


@live
def profile():
    """What is typed is bound, heard by a handler for the whole form, or heard by nobody."""
    name = "Ada"
    tea = False
    heard = ""

    def note(city: str):
        nonlocal heard
        heard = city

    t"""
    <form id="profile" @input="$add_class('#profile', 'edited'); note">
        <input id="name" @bind="name"> <input id="tea" type="checkbox" @bind="tea">
        <input id="city" name="city" value="">
    </form>
    <input id="unheard" value="as it was">
    <output>{name}, {"tea" if tea else "no tea"}, {heard}</output>
    """


@live
def two_steps():
    """A button of a form that has something to say itself."""
    steps: list[str] = []

    def choose():
        steps.append("chosen")

    def send(text: str, way: str = ""):
        steps.append(f"{text} sent {way}")

    t"""
    <form @submit="send">
        <input name="text" value="hello">
        <button id="choose" @click="choose">Send</button>
        <button id="by-night" name="way" value="by night">Send by night</button>
    </form>
    <output>{", ".join(steps)}</output>
    """


@live
def diary():
    """Rows come while somebody types, and one more when it is sent."""
    rows = ["first"]

    def write(text: str):
        rows.append(f"typed {text}")

    def send(text: str):
        rows.append(f"sent {text}")

    t"""
    <form id="diary" @submit="send">
        <input id="text" name="text" value="" @input="write(text)"> <button id="send">Send</button>
        <ul>{[t'<li key="{number}" live-hook="Row">{row}</li>' for number, row in enumerate(rows)]}</ul>
    </form>
    """


class Member(BaseModel):
    name: str = ""


@live
def team():
    """A form that grows and shrinks, by buttons or by ticking boxes; what was typed stays with its row."""
    members: list[int] = []
    saved: list[str] = []

    def add():
        members.append(max(members, default=0) + 1)

    def drop(number: int):
        members.remove(number)

    def save(members: list[Member]):
        saved[:] = [member.name for member in members]

    t"""
    <form id="team" @submit="save">
        <input name="title" value="">
        {[t'''<p key="{number}">
            <input id="member-{number}" name="members[{place}].name" value="">
            <button type="button" id="drop-{number}" @click="drop({number})">Drop</button>
            <input type="checkbox" id="tick-{number}" aria-label="Drop" @change="drop({number})">
        </p>''' for place, number in enumerate(members)]}
        <button type="button" id="add" @click="add">Add</button>
        <label><input type="checkbox" id="add-by-box" @change="add" checked="{False}"> Add</label>
        <button id="save">Save</button>
    </form>
    <output>{", ".join(saved)}</output>
    """


@live
def sign_up():
    """Complaints are for fields that were edited; after a submit, for all."""
    tries = 0

    def check(name: Word, city: Word):
        pass

    def save(name: Word, city: Word):
        if name == "taken":
            raise Invalid(name="is taken")

    def count():
        nonlocal tries
        tries += 1

    t"""
    <form @input="check" @submit="save">
        <input name="name" value=""><em id="name-problem">{error("name")}</em>
        <input name="city" value=""><em id="city-problem">{error("city")}</em>
        <input aria-label="Nameless" value="secret">
        <button id="save">Save</button>
    </form>
    <button id="count" @click="count">{tries}</button>
    """


@live
def parcel():
    """A form inside a nested component."""
    t'<h1>Parcel</h1><{address} key="a" />'


@live
def address():
    street = ""

    def clear():
        nonlocal street
        street = ""

    t"""<form><input id="street" @bind="street"></form><output @click="clear">{street}</output>"""


@live
def nothing_to_fill():
    """A form without a field."""
    sent = 0

    def send():
        nonlocal sent
        sent += 1

    t'<form id="empty" @submit="send"><button>Send</button></form><output>{sent}</output>'


@live
def thermostat():
    """What somebody else set meanwhile is newer than what was typed before."""

    def turn(value: int):
        degrees[0] = value
        broadcast()

    t'<input id="degrees" value="{degrees[0]}" @change="turn(value)"><output>{degrees[0]}</output>'
