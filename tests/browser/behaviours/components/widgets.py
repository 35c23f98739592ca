"""What scripts of the page do with what the server shows: hooks, custom elements, content of their own."""

from hyper import live


@live
def hooked():
    """Nested components with a hook each, added, dropped and renamed."""
    names = ["1", "2", "3"]
    count = 0
    place = "a"
    got = ""

    def drop(name: str):
        names.remove(name)

    def add(name: str):
        names.append(name)

    def tick():
        nonlocal count
        count += 1

    def rename():
        nonlocal place
        place = "b"

    def hear(detail_of_it: str):
        nonlocal got
        got = detail_of_it

    t"""
    {[t"<{hooked_item} key={name} name={name} />" for name in names]}
    <p id="same" live-hook="Log" data-name="same">{count}</p>
    <div id="{place}" live-hook="Log" data-name="{place}"><b>child of {place}</b></div>
    <button id="drop" @click="drop('2')">Drop</button> <button id="add" @click="add('4')">Add</button>
    <button id="tick" @click="tick">Tick</button> <button id="rename" @click="rename">Rename</button>
    <my-button id="custom" @picked="hear(detail_of_it)">Pick</my-button> <output>{got}</output>
    """


@live
def hooked_item(name: str):
    t'<p live-hook="Log" data-name="{name}">{name}</p>'


@live
def foreign():
    """A widget's own content, and attributes that a script sets."""
    count = 0
    is_off = False

    def tick():
        nonlocal count, is_off
        count += 1
        is_off = not is_off

    t"""
    <fieldset id="widget" data-live-ignore disabled="{is_off}"><p>own</p></fieldset>
    <p id="marked">{count}</p>
    <button id="tick" @click="tick">Tick</button>
    """


@live
def faces():
    """Custom elements that can have the focus, with content from the server."""
    count = 0

    def tick():
        nonlocal count
        count += 1

    t"""
    <face-box id="face" tabindex="0"><span>{count}</span></face-box>
    <face-box id="with-field"><input id="field" value=""><span>{count}</span></face-box>
    <plain-box id="plain" tabindex="0"><span>{count}</span></plain-box>
    <button @click="tick">Tick</button>
    """


@live
def tabs():
    """Custom elements that the server moves."""
    names = ["a", "b", "c"]

    def turn():
        names.insert(1, names.pop())

    t"""{[t'<tab-box key="{name}" id="{name}">{name}</tab-box>' for name in names]}<button @click="turn">Turn</button>"""


@live
def overlay():
    """A panel that closes by a click outside of it."""
    is_open = True
    sent = ""

    def close():
        nonlocal is_open
        is_open = False

    def send(name: str):
        nonlocal sent
        sent = name

    t"""<main style="height: 400px; padding: 150px">
    {is_open and t'''<section id="panel" @click.outside="close" @keydown.escape.window="close"><form @submit="send">
        <input id="name" name="name" value="" style="width: 200px"> <button>Send</button></form></section>'''}
    <output>{sent}</output></main>"""
