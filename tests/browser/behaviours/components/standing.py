"""Forms that are sent by the keyboard, dialogs, and what gets the focus when it is shown."""

from hyper import live


@live
def sending():
    count = 0
    is_open = False

    def save():
        nonlocal count
        count += 1

    def turn():
        nonlocal is_open
        is_open = not is_open

    t"""
    <form id="form" @submit="save"><input id="text" name="text"><button id="go">go</button></form>
    <dialog id="dialog"><form @submit="save"><button id="cancel" formmethod="dialog">cancel</button></form></dialog>
    <dialog id="own"><form method="dialog" @submit="save"><button id="yes">yes</button></form></dialog>
    <button id="turn" @click="turn">turn</button>
    <button id="copy" @click="$copy('#text'); $add_class('#text', 'on'); save">copy</button>
    """
    if is_open:
        t'<p><input id="new" live-autofocus></p>'
    t'<b id="count">{count}</b>'


@live
def pager():
    """A submit button that says itself when there is nothing more to come."""
    page = 1

    def turn():
        nonlocal page
        page = min(page + 1, 2)

    t"""<form @submit="turn"><button id="next" aria-disabled="{"true" if page == 2 else "false"}">next</button></form>"""


@live
def coming():
    turns = 0

    def turn():
        nonlocal turns
        turns += 1

    def nothing():
        pass

    t'<button id="turn" @click="turn">{turns}</button>'
    for number in range(50):
        t'<i key="{turns}-{number}" @keydown.window.x="nothing" @click.once="nothing"><{inner} key="{turns}-{number}" n={turns} /></i>'


@live
def inner(n: int):
    t"<u>{n}</u>"
