"""Forms whose controls have the names of what every element has."""

from hyper import live


@live
def hiding(field: str):
    """One form, which is there from the beginning, and then another one like it."""
    count = 1
    sent: list[str] = []
    is_even = False

    def more():
        nonlocal count
        count = 3 - count

    def send(_submit: str = "", **fields: str):
        nonlocal is_even
        is_even = not is_even
        sent.append("=".join(next(iter(fields.items()))))

    def busy():
        pass

    for number in range(count):
        t"""
        <form id="form-{number}" key="{number}" class="{"even" if is_even else "odd"}" @submit="send" @click="$toggle_class('#form-{number}', 'on'); busy">
            <p id="count-{number}">{len(sent)}</p><input id="field-{number}" name="{field}" value="first"><button id="send-{number}">Send</button>
        </form>
        """
    t'<button id="more" @click="more">More</button><output>{" ".join(sent)}</output>'
