"""Elements that fade out before they go."""

from hyper import live


def style():
    return t"""<style>
    .fade {{ opacity: 0; transition: opacity 60s; }}
    .spin {{ animation: spin 1s infinite; }}
    @keyframes spin {{ to {{ rotate: 1turn; }} }}</style>"""


@live
def departures():
    """A list whose items fade, one that has no transition, a form, and a section around them."""
    items = ["a", "b", "c"]
    sent: list[dict[str, str]] = []
    is_whole = True
    has_extra = True

    def delete(item: str):
        items.remove(item)

    def add(item: str):
        items.append(item)
        items.sort()

    def reverse():
        items.reverse()

    def drop():
        nonlocal is_whole
        is_whole = False

    def drop_extra():
        nonlocal has_extra
        has_extra = False

    def send(**fields: str):
        sent.append(fields)

    entries = [
        t'''<li key="{item}" id="{item}" live-leave="fade out" live-hook="Log" data-name="{item}">
        <button class="target" @click="delete({item})">delete {item}</button></li>'''
        for item in items
    ]
    extra = t"""<p live-leave="fade" id="more"><input name="extra" required aria-label="extra">
        <label><input type="radio" name="size" value="s" checked> S</label></p>
        <p live-leave="nothing" id="plain">plain</p> <p live-leave="spin" id="spinner">spinner</p>"""
    t"""
    {style()}
    <button id="reverse" @click="reverse">Reverse</button> <button id="drop" @click="drop">Drop</button>
    <button id="add" @click="add('b')">Add b</button> <button id="focus" @click="$focus('.target')">Focus</button>
    {is_whole and t'<section id="whole"><ul>{entries}</ul></section>'}
    <form @submit="send"><input name="kept" value="1" aria-label="kept"> <button id="send">Send</button>
        <button id="extra" type="button" @click="drop_extra">Less</button> {has_extra and extra}</form>
    <output>{sent}</output>
    """


@live
def single():
    t'<p id="single" live-leave="fade">One root.</p>'


@live
def several():
    t'<p id="several" live-leave="fade">One of two.</p><p id="second">The other.</p>'


@live
def row():
    t'<tr id="row" live-leave="fade"><td>A row.</td></tr>'


@live
def troupe():
    """Nested components that go together."""
    is_on = True

    def toggle():
        nonlocal is_on
        is_on = not is_on

    t'{style()}<button @click="toggle">Toggle</button>'
    if is_on:
        t"<{single} /><{several} />"
    t"<table><tbody>{[t'<{row} />'] if is_on else ''}</tbody></table>"


@live
def farewell():
    """A dialog that fades, and what is behind it."""
    is_there = True
    clicks = 0

    def close():
        nonlocal is_there
        is_there = False

    def click():
        nonlocal clicks
        clicks += 1

    t"""{style()}
    <button id="behind" @click="click">{clicks} clicks</button>
    {is_there and t'<dialog id="box" live-leave="fade"><button id="close" @click="close">Close</button></dialog>'}"""
