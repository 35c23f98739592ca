"""Lists that the behaviours are about."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from hyper import live, spawn


@dataclass
class Person:
    id: str
    name: str
    visits: int = 0


def row(person: Person, prefix: str = ""):
    place = prefix + person.id
    return t"""<li key="{person.id}" id="{place}" data-visits="{person.visits}">{person.name}
        <button @click="update({person.id})">update</button> <button @click="delete({person.id})">delete</button>
        <button @click="first({person.id})">first</button> <button @click="$hide('#{place}')">hide</button></li>"""


def people(*names: str) -> list[Person]:
    return [Person(name[0], name) for name in names]


@live
def crowd():
    """Two lists of its own, and a nested component with one."""
    guests = people("ada", "ben")
    staff = people("xena", "yuri")

    def update(id: str):
        for person in guests:
            if person.id == id:
                person.name = "updated"

    def delete(id: str):
        guests[:] = [person for person in guests if person.id != id]

    def first(id: str):
        guests.sort(key=lambda person: person.id != id)

    def clear():
        guests.clear()

    def replace():
        guests[:] = [Person("c", "cleo", 1), Person("a", "ada", 1), Person("d", "dora", 1)]

    def append():
        guests.append(Person("e", "emma"))

    t"""
    <ul id="guests">{[row(person) for person in guests]}<li id="nobody" hidden="{bool(guests)}">Nobody</li></ul>
    <ul id="staff">{[t'<li key="{person.id}" id="{person.id}">{person.name}</li>' for person in staff]}</ul>
    <button id="clear" @click="clear">Clear</button> <button id="replace" @click="replace">Replace</button>
    <button id="append" @click="append">Append</button>
    <{club} key="a" />
    """


@live
def club():
    members = people("ada", "ben")

    def update(id: str):
        next(person for person in members if person.id == id).name = "updated"

    def delete(id: str):
        members[:] = [person for person in members if person.id != id]

    def first(id: str):
        members.sort(key=lambda person: person.id != id)

    t'<ul id="members">{[row(person, "m-") for person in members]}</ul>'


@live
def shelf():
    """Two kinds, of which one is shown."""
    kinds = {"fruits": ["apples", "oranges"], "vegetables": ["carrots", "tomatoes"]}
    kind = "fruits"

    def switch():
        nonlocal kind
        kind = "vegetables" if kind == "fruits" else "fruits"

    t"""<h1>{kind}</h1><ul>{[t'<li key="{name}">{name}</li>' for name in kinds[kind]]}</ul>
    <button @click="switch">Switch</button>"""


@live
def letters():
    """Filtered, put back, put in another order, added to."""
    shown = list("abcd")
    texts: dict[str, str] = {}

    def show(names: str):
        shown[:] = names

    def put(name: str, place: int):
        """An item that is there already stays where it is."""
        if name not in shown:
            shown.insert(place, name)
        texts[name] = name.upper() + "!"

    def take_and_put(name: str, place: int):
        shown.remove(name)
        shown.insert(place, name)

    def update(name: str):
        """Only what is there can be updated."""
        if name in shown:
            texts[name] = name.upper() + " again"

    t"""
    <ul>{[t'<li key="{name}" id="{name}">{texts.get(name, name.upper())}</li>' for name in shown]}</ul>
    <button id="filter" @click="show('bcd')">Filter</button> <button id="reset" @click="show('abcd')">Reset</button>
    <button id="reorder" @click="show('bacd')">Reorder</button> <button id="bulk" @click="show('aefgbcd')">Bulk</button>
    <button id="prepend" @click="put('z', 0)">Prepend</button> <button id="append" @click="put('y', 99)">Append</button>
    <button id="put-c-first" @click="put('c', 0)">C first</button> <button id="move-c" @click="take_and_put('c', 1)">Move C</button>
    <button id="update-c" @click="update('c')">Update C</button> <button id="update-e" @click="update('e')">Update E</button>
    """


def insert(lines: list[int], number: int, at: str, keep: str) -> None:
    """Put a line at one end, or below the first; of more than five, one goes."""
    place = {"end": len(lines), "start": 0, "second": min(1, len(lines))}[at]
    lines.insert(place, number)
    if len(lines) > 5:
        del lines[-1 if (at == "end") == (keep == "oldest") else 0]


@live
def log(at: Literal["end", "start", "second"] = "end", keep: Literal["newest", "oldest"] = "newest", many: int = 10):
    """Five lines at most: new ones come at one place, and what is too much goes at one end."""
    lines: list[int] = []
    last = 0
    for last in range(1, many + 1):
        insert(lines, last, at, keep)

    def add(number: int):
        nonlocal last
        for _ in range(number):
            last += 1
            insert(lines, last, at, keep)

    t"""
    <ul>{[t'<li key="{line}" id="line-{line}">{line}</li>' for line in lines]}</ul>
    <button id="one" @click="add(1)">1</button> <button id="ten" @click="add(10)">10</button>
    """


@live
def board():
    """Live components as the items of a list, each with a list of its own."""
    shown = list("abcd")

    def reorder():
        shown[:] = "eafg"

    t"""<ul id="board">{[t"<{tile} key={name} name={name} />" for name in shown]}</ul>
    <button id="reorder" @click="reorder">Reorder</button>"""


@live
def tile(name: str):
    parts = list("1234")

    def turn():
        parts[:] = "5167"

    t"""<section id="{name}"><button @click="turn">{name}</button>
    <ol>{[t'<li key="{part}" id="{name}-{part}">{part}</li>' for part in parts]}</ol></section>"""


@live
def slow_shelf():
    """Groups whose items come later."""
    groups: dict[str, list[str]] = {"a": [], "b": []}

    async def fetch():
        await asyncio.sleep(0)
        for name, items in groups.items():
            items.extend(name + number for number in "12")

    def on_mount():
        spawn(fetch())

    for name, items in groups.items():
        t'<h2 key="{name}">{name}</h2>'
        for item in items:
            t'<p key="{item}" id="{item}">{item}</p>'


@live
def shuffled():
    """Keyed rows in two tables, in any order."""
    order = list(range(8))
    turns = 0

    def turn(order_now: list[int]):
        nonlocal turns
        turns += 1
        order[:] = order_now

    t'<div id="turn" @turn="turn"></div>'
    for table in ("one", "two"):
        t"""<table id="{table}"><tbody>{[t'''<tr key="{number}" id="{table}-{number}"><td>{turns}</td><td>row {number}</td>
        {number % 2 and t"<td>odd in {table}</td>"}</tr>''' for number in order]}</tbody></table>"""
