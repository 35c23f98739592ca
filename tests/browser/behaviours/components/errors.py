"""Components in which something fails."""

from hyper import live

failing: set[str] = set()
"""What fails at the moment: names of components."""
mounts: list[str] = []
"""Which components were mounted, in order."""


def mounting(name: str) -> None:
    mounts.append(name)
    if name in failing:
        raise RuntimeError(f"{name} fails, as it was told to")


@live
def house():
    """One that can fail as a whole."""
    mounting("house")
    clicks = 0

    def click():
        nonlocal clicks
        clicks += 1

    def crash():
        nonlocal clicks
        clicks = 1000
        raise RuntimeError("the house falls down")

    t"""
    <button id="click" @click="click">{clicks}</button> <button id="crash" @click="crash">Crash</button>
    <{room} key="a" on_crash={crash} />
    """


@live
def room(on_crash=None):
    """One inside it."""
    mounting("room")
    steps = 0

    def step():
        nonlocal steps
        steps += 1

    def stumble():
        nonlocal steps
        steps = 1000
        raise RuntimeError("the room falls down")

    def pull_down():
        nonlocal steps
        steps = 1000
        on_crash()

    t"""
    <button id="step" @click="step">{steps}</button> <button id="stumble" @click="stumble">Stumble</button>
    <button id="pull-down" @click="pull_down">Pull down</button>
    """


@live
def gallery():
    """A view that fails for a while, beside one that does not."""
    broken = False

    def toggle():
        nonlocal broken
        broken = not broken

    t'<button id="toggle" @click="toggle">{"broken" if broken else "sound"}</button>'
    t'<{picture} key="a" broken={broken} /><{picture} key="b" broken={False} />'


@live
def picture(broken: bool = False):
    looks = 0

    def look():
        nonlocal looks
        looks += 1

    t'<button class="picture" @click="look">{1 // (not broken)} {looks}</button>'
