"""Live components inside others that come, go, and come back."""

import asyncio

from hyper import live, render, spawn


@live
def person_page():
    """A nested form that is taken away and put back."""
    is_there = True

    def toggle():
        nonlocal is_there
        is_there = not is_there

    async def reload():
        nonlocal is_there
        is_there = False
        await render()
        is_there = True

    t"""
    <button id="toggle" @click="toggle">{"there" if is_there else "away"}</button>
    <button id="reload" @click="reload">Reload</button>
    {is_there and t"<{person_form} key={1} />"}
    """


@live
def person_form():
    name = "John"
    t'<input id="name" @bind="name" aria-label="{name}"><p class="static">static</p>'


@live
def outer():
    """One that holds one that shows and hides a third; it renders for reasons of its own."""
    ticks = 0

    def tick():
        nonlocal ticks
        ticks += 1

    t'<button id="tick" @click="tick">{ticks}</button><div id="branch"><{branch} key="a" /></div>'


@live
def branch():
    is_open = False

    def toggle():
        nonlocal is_open
        is_open = not is_open

    t'<button id="branch-toggle" @click="toggle">Show</button>{is_open and t"<{leaf} key={1} />"}'


@live
def leaf(number: int = 0):
    count = number

    def bump():
        nonlocal count
        count += 1

    t'<button class="leaf" @click="bump">{count}</button>'


@live
def pairs():
    """Components whose keys change at every click: all of them are new ones."""
    start = 0
    total = 0

    def bump():
        nonlocal start, total
        start += 1
        total += 1

    t"""<button id="bump" @click="bump">Bump</button>
    {[t"<{leaf} key={start + place} number={total} />" for place in range(3)]}"""


@live
def loading_items():
    """Items that load by themselves, ticked on and off."""
    shown = ["1", "2"]

    def tick(value: str, checked: bool):
        if checked:
            shown.append(value)
        else:
            shown.remove(value)

    t"""
    {[t'''<input key="{name}" type="checkbox" id="tick-{name}" value="{name}" checked="{name in shown}"
        @change="tick(value, checked)">''' for name in "12"]}
    {[t"<{item} key={name} name={name} />" for name in sorted(shown)]}
    """


@live
def item(name: str):
    is_loaded = False

    async def load():
        nonlocal is_loaded
        await asyncio.sleep(0)
        is_loaded = True

    def on_mount():
        spawn(load())

    t'<p id="item-{name}" {({"data-loaded": True} if is_loaded else {})}>{"loaded" if is_loaded else "loading"}</p>'


@live
def entries():
    """A nested component that shows a list its outer one loads."""
    names: list[str] = []

    def load():
        names[:] = ["first", "second", "third"]

    def drop():
        del names[0]

    t'<button id="load" @click="load">Load</button> <button id="drop" @click="drop">Drop</button>'
    t"<{shown_entries} names={list(names)} />"


@live
def shown_entries(names: list[str]):
    t'<div id="result">{[t"<p key={name}>{name}</p>" for name in names]}</div>'


@live
def two_logs():
    """Two nested components whose lists have the same ids inside."""
    t'<div id="left"><{messages} key="a" first={1} /></div><div id="right"><{messages} key="b" first={5} /></div>'


@live
def messages(first: int):
    numbers = [first, first + 1, first + 2]

    def more():
        numbers.append(numbers[-1] + 1)

    t'<ol>{[t"<li key={number}>{number}</li>" for number in numbers]}</ol><button @click="more">More</button>'


@live
def painted():
    """A style that is there or not."""
    is_red = False

    def toggle():
        nonlocal is_red
        is_red = not is_red

    t"""<p id="painted" style="{"background-color: red" if is_red else "width: 100px"}">{"" if is_red else "No red"}</p>
    <button @click="toggle">Toggle</button>"""
