"""Controls whose values come back from the server in its own words, late, or not at all."""

from __future__ import annotations

import asyncio
from datetime import date, time
from decimal import Decimal

from hyper import error, live


@live
def converted():
    price: float = 0.0
    whole: int = 0
    cost: Decimal = Decimal("1.5")
    at: time = time(9, 0)
    on: date = date(2026, 1, 5)
    amount = 0.0
    name = ""

    def set_amount(value: float):
        nonlocal amount
        amount = value

    def strip(value: str):
        nonlocal name
        name = value.strip()

    t"""<div>
      <input id="price" type="number" step="any" @bind="price"><input id="text" @bind="price">
      <input id="whole" @bind="whole"><input id="cost" @bind="cost"><input id="at" @bind="at"><input id="on" @bind="on">
      <input id="amount" value="{amount:,.2f}" @input="set_amount(value)">
      <input id="name" value="{name}" @input="strip(value)"><button>x</button>
      <output>{price} {whole} {cost} {at} {on} {amount} {name}</output></div>"""


@live
def explained():
    age: int | None = None
    price: float = 1.5

    t"""<div><input id="age" @bind="age"><p>{error("age")}</p><input id="price" @bind="price"><p>{error("price")}</p>
      <output>{str(age)} {price}</output></div>"""


@live
def shouting():
    text = ""
    sent = []

    def write(value: str):
        nonlocal text
        text = value.upper()

    def send():
        nonlocal text
        sent.append(text)
        text = ""

    t"""<div><input id="text" value="{text}" @input="write(value)" @keydown.enter="send" @keydown.ctrl="send">
      <output>{text} {len(sent)}</output></div>"""


@live
def choosing(first: str = "a"):
    pick = "a"
    on = False
    one = first
    number = 0

    async def choose(value: str):
        nonlocal pick
        await asyncio.sleep(0.01)
        pick = value

    def tick(checked: bool):
        nonlocal on
        on = checked

    def take(value: str):
        nonlocal one
        one = value

    def limit(value: int):
        nonlocal number
        number = min(value, 10)

    options = [t'<option value="{v}" selected="{v == pick}">{v}</option>' for v in "abc"]
    radios = [
        t'<input type="radio" name="one" id="one-{v}" value="{v}" checked="{v == one}" @change="take(value)">' for v in "abc"
    ]
    t"""<div><select id="pick" @change="choose(value)">{options}</select>
      <input id="on" type="checkbox" checked="{on}" @change="tick(checked)">{radios}
      <input id="number" value="{number}" @change="limit(value)"><button>x</button>
      <output>{pick} {str(on)} {one} {number}</output></div>"""


@live
def early():
    name = ""
    about = ""
    wants = False
    size = "M"
    place = "somewhere else"
    level = 5

    t"""<div><input id="name" name="name" @bind="name"><textarea id="about" name="about" @bind="about"></textarea>
      <input id="wants" name="wants" type="checkbox" @bind="wants">
      <select id="size" name="size" @bind="size"><option>S</option><option>M</option></select>
      <select id="place" name="place" @bind="place"><option>here</option><option>there</option></select>
      <input id="level" name="level" type="range" @bind="level"><input id="plain" name="plain">
      <output>{name} {about} {str(wants)} {size} {place} {level}</output></div>"""


@live
def limits():
    is_new = False

    def renew():
        nonlocal is_new
        is_new = True

    t"""<div><input id="max" type="range" value="{80 if is_new else 5}" max="{100 if is_new else 10}">
      <input id="step" type="range" value="{15 if is_new else 20}" step="{5 if is_new else 10}">
      <input id="min" type="range" value="{-50 if is_new else 5}" min="{-100 if is_new else 0}">
      <input id="type" value="{'hello' if is_new else '#ff0000'}" type="{'text' if is_new else 'color'}"></div>"""


@live
def offered():
    rows = ["1", "2", "3"]
    pick = "2"
    later: list[str] = []
    some = ["1", "3"]

    def load():
        nonlocal rows, later
        rows, later = ["0", *rows], ["1", "2"]

    plain = [t'<option key="{v}" value="{v}">{v}</option>' for v in rows]
    bound = [t'<option key="{v}" value="{v}">{v}</option>' for v in rows]
    marked = [t'<option key="{v}" value="{v}" selected="{v == pick}">{v}</option>' for v in rows]
    grouped = [t'<option key="{v}" value="{v}">{v}</option>' for v in rows]
    many = [t'<option key="{v}" value="{v}" selected="{v in some}">{v}</option>' for v in rows]
    coming = [t'<option key="{v}">{v}</option>' for v in later]
    t"""<div><select id="plain">{plain}</select><select id="bound" @bind="pick">{bound}</select>
      <select id="marked">{marked}</select>
      <select id="grouped"><optgroup label="all">{grouped}</optgroup></select><select id="many" multiple>{many}</select>
      <select id="empty"><option value="" disabled selected>choose</option>{coming}</select></div>"""


@live
def notes():
    text = "one two"

    t"""<div><textarea @bind="text"></textarea><output>{text}</output></div>"""


HEARD: list[str] = []


@live
def searched():
    query = ""

    def search(value: str):
        nonlocal query
        query = value
        HEARD.append(value)

    t"""<div><input id="query" @input.debounce.60s="search(value)"><output>{query}</output></div>"""


@live
def given():
    one = "a"
    some = ["a"]

    def take(value: str):
        nonlocal one
        one = value

    def take_some(value: list[str]):
        nonlocal some
        some = value

    def give():
        nonlocal one, some
        one, some = "c", ["a", "c"]

    radios = [t'<input type="radio" name="one" id="{v}" value="{v}" checked="{v == one}" @change="take(value)">' for v in "abc"]
    single = [t'<option value="{v}" selected="{v == one}">{v}</option>' for v in "abc"]
    many = [t'<option value="{v}" selected="{v in some}">{v}</option>' for v in "abc"]
    t"""<div>{radios}<select id="single" @change="take(value)">{single}</select>
      <select id="many" multiple @change="take_some(value)">{many}</select>
      <button @click="give">give</button><output>{one} {"".join(some)}</output></div>"""


LEVELS: list[int] = []


@live
def slid():
    level = 5

    def slide(value: int):
        nonlocal level
        level = value
        LEVELS.append(value)

    t"""<div><input id="level" type="range" value="{level}" @input="slide(value)"><output>{level}</output></div>"""
