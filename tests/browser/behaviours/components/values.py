"""Values that go to the browser in an event attribute, and come back."""

from decimal import Decimal

from hyper import live

LITERALS = [
    0, -1, 2**53, 2**53 + 1, 1163496797023900253, -(2**64), 10**40, 0.1, 1.0, -0.0, 1e16, 1e300, 5e-324,
    Decimal("0.30"), Decimal("1E+2"), True, False, None, "", "it's", '"', "\\", "a\r\nb\tc", "\u2028", "😀",
    "&quot; &amp;", " edges ", "</script>", "$toggle('#a'); x", "a, b)", '{"$int":"1"}', "5", "null", "\x01\x85",
]  # fmt: skip


@live
def literals():
    """A button for each value, alone and in a form, where it goes with a value of the page."""
    seen = []

    def take(value):
        seen.append(value)

    def both(value, name):
        seen.append((value, name))

    t"""
    <div>{[t'<button key="{at}" id="plain-{at}" @click="take({value})">x</button>' for at, value in enumerate(LITERALS)]}</div>
    <form>
        <input name="name" value="Ada" aria-label="name">
        {[t'<button type="button" key="{at}" id="form-{at}" @click="both({value}, name)">x</button>'
            for at, value in enumerate(LITERALS)]}
    </form>
    <p>{len(seen)}</p>
    """


@live
def picked():
    """A custom element whose events have details with nothing in them."""
    seen = []
    level = 1.0

    def pick(id: int, old: int | None = 5):
        seen.append((id, old))

    def take(old):
        seen.append(old)

    def bid(price: float):
        seen.append(price)

    t"""
    <my-list id="list" @pick="pick" @take="take(old)" @none="take(event.detail)">list</my-list>
    <form @submit="bid"><input name="price" id="price" aria-label="price" value="1"><button id="bid">Bid</button></form>
    <input id="level" aria-label="level" @bind="level">
    <p>{seen!r} {level!r}</p>
    """
