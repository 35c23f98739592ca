"""What the browser does by itself: where the focus goes, and actions."""

from hyper import live


@live
def menu():
    """A menu that the focus goes into, round in, and back from."""
    chosen = "nothing"

    def choose(name: str):
        nonlocal chosen
        chosen = name

    t"""
    <button id="open" @click="$show('#menu'); $focus('#menu')">Menu</button>
    <div id="menu" hidden live-focus-wrap @keydown.escape="$hide('#menu'); $focus('#open')">
        {[t'''<button key="{name}" id="{name}" @click="$hide('#menu'); $focus('#open'); choose({name})">{name}</button>'''
            for name in ("one", "two", "three")]}
    </div>
    <div id="wrap" live-focus-wrap>
        <button id="a">a</button> <button id="b">b</button> <input id="c" aria-label="c"> <button disabled>d</button>
        <p tabindex="-1">not by Tab</p> <button hidden>hidden</button>
    </div>
    <button id="after">{chosen}</button>
    """


@live
def lanes():
    """Two lists; a click or a key brings an item into the other one."""
    right: set[str] = set()

    def move(name: str):
        right.symmetric_difference_update({name})

    def lane(id: str, names: list[str]):
        return t'''<p id="{id}">{[
            t'<button key="{name}" id="{name}" @click="move({name})">{name}</button>' for name in names
        ]}</p>'''

    t"{lane('left', [one for one in 'xyz' if one not in right])}{lane('right', sorted(right))}"


@live
def dialog():
    """A panel whose state only the browser knows."""
    count = 0

    def more():
        nonlocal count
        count += 1

    t"""
    <button id="toggle" @click="$toggle('#panel'); $toggle_attribute('#panel', 'aria-expanded', 'true', 'false');
        $toggle_attribute('#panel', 'data-open'); $transition('#panel', 'fade', 20)">Toggle</button>
    <button id="show" @click="$show('#panel'); $set_attribute('#panel', 'aria-expanded', 'true');
        $set_attribute('#panel', 'data-open', 'yes'); $transition('#panel', 'fade', 20)">Show</button>
    <button id="hide" @click="$hide('#panel'); $set_attribute('#panel', 'aria-expanded', 'false');
        $remove_attribute('#panel', 'data-open'); $transition('#panel', 'fade', 20)">Hide</button>
    <section id="panel" hidden aria-expanded="false" class="n{count}">{count}</section>
    <details><summary>More</summary><button id="more" @click="more">{count}</button></details>
    """
