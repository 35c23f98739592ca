"""What a posted form means: the events that the client would have sent, of the page as it is now."""

from __future__ import annotations

from typing import Any

import pytest

from hyper.dom.elements import DomElement, component_root
from hyper.transport.component import BadArgumentError, UnknownEventError
from hyper.transport.wire import Event
from hyper.web.form_markup import APPLY, FormPage, add_forms
from hyper.web.form_posts import events_of_post

ID = "page-1"


def key_of(html: str, handler: str) -> str:
    """What a page with this HTML calls the form or button of a handler."""
    top = component_root(ID, html)
    add_forms(top, FormPage("", ""))
    addresses = [element.get("formaction") or element.get("action") or "" for element in top.elements()]
    return next(address[4:] for address in addresses if address.startswith(f"?do={handler}."))


def controls_in(html: str) -> list[DomElement]:
    """All controls of a page, as they are served."""
    top = component_root(ID, html)
    add_forms(top, FormPage("", ""))
    return [element for element in top.elements() if element.tag in ("input", "select", "textarea")]


def names_in(html: str) -> list[str]:
    return [element.attributes["name"] for element in controls_in(html)]


def loose_names(html: str) -> list[str]:
    """The names of the controls outside of forms."""
    return [element.attributes["name"] for element in controls_in(html) if element.get("form")]


def marks_of(html: str) -> dict[str, str]:
    """What a page says that its controls showed."""
    hidden = [element.attributes for element in controls_in(html) if element.get("type") == "hidden"]
    return {item["name"]: item["value"] for item in hidden if item["name"].startswith("_was.")}


def calls(html: str, handler: str, **fields: Any) -> list[tuple[Any, ...]]:
    key = key_of(html, handler) if handler != APPLY else APPLY
    posted = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return [shown(event) for event in events_of_post(component_root(ID, html), key, posted)]


def shown(event: Event) -> tuple[Any, ...]:
    values = event.params if event.args is None else event.args
    return event.event, values


FORM = (
    '<form @submit="save" data-row-id="7"><input name="text" value="old"><input name="n"><input name="n">'
    '<input type="checkbox" name="ok"><input type="checkbox" name="tag" value="a"><input type="checkbox" name="tag" value="b">'
    '<input type="radio" name="size" value="s" checked><input type="radio" name="size" value="m">'
    '<select name="one"><option value="1">x</option><option value="2">y</option></select><input type="hidden" name="id" value="5">'
    '<input name="off" value="mine" disabled><textarea name="long"></textarea>'
    '<button name="how" value="now">Save</button><button name="how" value="later">Later</button></form>'
)


def test_a_form_with_every_kind_of_control() -> None:
    ((event, params),) = calls(
        FORM,
        "save",
        text="new",
        n=["1", "2"],
        ok="on",
        tag=["b"],
        size="m",
        one="2",
        id="5",
        long="a\nb",
        how="later",
    )
    assert event == "save"
    assert params == {
        "row_id": "7", "text": "new", "n": ["1", "2"], "ok": True, "tag": ["b"], "size": "m", "one": "2", "id": "5",
        "long": "a\nb", "how": "later",
    }  # fmt: skip


def test_what_is_not_posted_is_not_ticked() -> None:
    ((_, params),) = calls(FORM, "save", text="")
    assert (params["ok"], params["tag"], params["text"]) == (False, [], "")


def test_fields_that_the_form_has_not_are_nothing() -> None:
    ((_, params),) = calls(FORM, "save", forged="x", off="theirs", __class__="x", tag=["z"])
    assert not {"forged", "off", "__class__"} & params.keys()
    assert params["tag"] == []


def test_arguments_of_a_call() -> None:
    html = '<form @submit="add(text, 5, \'x\')"><input name="text"></form>'
    assert calls(html, "add", text="milk") == [("add", ["milk", 5, "x"])]


def test_arguments_are_those_that_the_client_sends() -> None:
    html = '<button data-old="5" @click="take(%s)">x</button>'
    assert calls(html % "{&quot;$int&quot;:&quot;9007199254740993&quot;}, old", "take") == [
        ("take", [{"$int": "9007199254740993"}, "5"])
    ]
    assert calls(html % "1.0, 9007199254740993, null, [1, {&quot;a&quot;: 2.0}]", "take") == [
        ("take", [1, 9007199254740992, None, [1, {"a": 2}]])
    ]


def test_a_button_outside_has_its_own_data() -> None:
    html = '<button data-id="5" value="v" @click="pick(dataset.id, value)">x</button>'
    assert calls(html, "pick") == [("pick", ["5", "v"])]


def test_a_button_in_a_form_knows_its_fields() -> None:
    html = '<form @submit="save"><input name="a"><button type="button" @click="more(a)">+</button></form>'
    assert calls(html, "more", a="typed") == [("more", ["typed"])]


def test_a_submit_button_with_a_handler_of_its_own_does_both() -> None:
    html = '<form @submit="save(a)"><input name="a"><button @click="note">Save</button></form>'
    assert [event for event, _ in calls(html, "note", a="x")] == ["note", "save"]
    html = html.replace("@click", "@click.prevent")
    assert [event for event, _ in calls(html, "note", a="x")] == ["note"]


def test_clicks_are_heard_around_too() -> None:
    html = '<div @click="outer"><button @click="inner">x</button></div>'
    assert [event for event, _ in calls(html, "inner")] == ["inner", "outer"]


def test_only_what_was_changed_outside_of_forms_is_an_event() -> None:
    html = (
        '<input type="checkbox" @change="toggle(1)"><input type="checkbox" @change="toggle(2)" checked>'
        '<input type="checkbox" @change="toggle(3)" checked><input @bind="text" value="old"><select @change="size(value)">'
        "<option>s</option><option selected>m</option></select>"
    )
    names = loose_names(html)
    posted = {**marks_of(html), names[0]: "on", names[2]: "on", names[3]: "old", names[4]: "s"}
    assert calls(html, APPLY, **posted) == [("toggle", [1]), ("toggle", [2]), ("size", ["s"])]
    assert calls(html, APPLY, **{**posted, names[3]: "new"})[2] == ("=text", ["new"])


def test_what_changed_meanwhile_is_not_changed_back() -> None:
    """Somebody else ticked one and added one, while this page was open."""
    old = '<input type="checkbox" @change="toggle(1)"><input type="checkbox" @change="toggle(2)">'
    new = (
        old.replace('"toggle(1)"', '"toggle(1)" checked')
        + '<input type="checkbox" @change="toggle(3)" checked>'
    )
    posted = {**marks_of(old), loose_names(old)[1]: "on"}
    listed = {name: [value] for name, value in posted.items()}
    assert [shown(item) for item in events_of_post(component_root(ID, new), APPLY, listed)] == [
        ("toggle", [2])
    ]


def test_of_radio_buttons_the_chosen_one_is_told() -> None:
    radio = '<input type="radio" name="size" value="{0}" @change="pick(value)"{1}>'
    html = radio.format("s", " checked") + radio.format("m", "") + radio.format("l", "")
    names = loose_names(html)
    assert len(set(names)) == 1
    assert calls(html, APPLY, **marks_of(html), **{names[0]: "m"}) == [("pick", ["m"])]
    assert calls(html, APPLY, **marks_of(html), **{names[0]: "s"}) == []


def test_a_bound_control_in_a_form_is_told_of_before_the_submit() -> None:
    html = '<form @submit="save"><input @bind="name" value="old"><input type="checkbox" name="ok" @change="tick"></form>'
    (name,) = [name for name in names_in(html) if name.startswith("=name.")]
    sent = calls(html, "save", **marks_of(html), **{name: "new", "ok": "on"})
    assert [event for event, _ in sent] == ["=name", "tick", "save"]
    assert [event for event, _ in calls(html, "save", **marks_of(html), **{name: "old"})] == ["save"]


def test_what_was_filled_in_outside_is_there_before_the_click() -> None:
    html = '<input @bind="name"><button @click="greet">x</button>'
    (name,) = loose_names(html)[:1]
    assert calls(html, "greet", **marks_of(html), **{name: "Ada"}) == [("=name", ["Ada"]), ("greet", {})]


@pytest.mark.parametrize(
    "key", ["", "save", "save.", "__class__", "rob.0000000000000000", "save.AAAAAAAAAAAAAAAA"]
)
def test_what_is_not_on_the_page_cannot_be_done(key: str) -> None:
    with pytest.raises(UnknownEventError):
        events_of_post(component_root(ID, FORM), key, {})


@pytest.mark.parametrize(
    "inside",
    [
        "<button disabled>Send</button>",
        "<input type=submit disabled><input type=image disabled><button type=button>x</button>",
        "<fieldset disabled><button>Send</button></fieldset>",
        "</form><button form=f disabled>Send</button>",
    ],
)
def test_a_form_whose_buttons_are_all_disabled_cannot_be_posted(inside: str) -> None:
    html = f'<form id="f" @submit="save"><input name="a">{inside}</form>'
    with pytest.raises(UnknownEventError, match="cannot be done now"):
        calls(html, "save", a="b")
    assert calls(html.replace(" disabled", ""), "save", a="b") == [("save", {"a": "b"})]


@pytest.mark.parametrize(("start", "end"), [("<button disabled", ""), ("<div inert><button", "</div>")])
def test_what_is_disabled_cannot_be_done(start: str, end: str) -> None:
    html = '<button @click="go">x</button>'
    key = key_of(html, "go")
    with pytest.raises(UnknownEventError):
        events_of_post(component_root(ID, html.replace("<button", start) + end), key, {})


@pytest.mark.parametrize(
    "options",
    [
        '<option>a</option><option disabled value="b">B</option>',
        "<option>a</option><optgroup disabled><option>b</option></optgroup>",
    ],
)
def test_an_option_that_is_disabled_is_not_chosen(options: str) -> None:
    html = f'<form @submit="save"><select name="one">{options}</select></form>'
    assert calls(html, "save", one="b")[0][1]["one"] == "a"
    assert calls(html.replace(" disabled", ""), "save", one="b")[0][1]["one"] == "b"


def test_a_name_that_stands_for_nothing_is_no_argument() -> None:
    html = '<button @click="go(nothing)">x</button>'
    with pytest.raises(BadArgumentError, match="nothing"):
        events_of_post(component_root(ID, html), key_of(html, "go"), {})


def test_actions_of_the_browser_are_passed_over() -> None:
    html = """<input id="a" name="x" value="v"><button name="n" value="5"
        @click="$confirm('Sure?'); $set_attribute(this, 'value', '6'); $focus('#none'); remove(value)">x</button>"""
    assert calls(html, "remove") == [("remove", ["5"])]


def test_a_listener_that_only_acts_in_the_browser_calls_nothing() -> None:
    html = """<div @click="$toggle('#menu')" @click.self="outer"><button @click.stop="go">x</button></div>"""
    assert calls(html, "go") == [("go", {})]
    assert calls(html.replace(".stop", ""), "go") == [("go", {})]


def test_the_whole_page_hears_a_click_last() -> None:
    html = '<p @click.outside="close"></p><b @click.window="note"></b><button @click="go">x</button>'
    assert [event for event, _ in calls(html, "go")] == ["go", "close", "note"]


def test_a_binding_that_hears_one_event_hears_one_of_a_post() -> None:
    page = (
        '<div @input.once="note"><input name="a" @input="first"><input name="b" @input="second"></div>'
        '<button @click="save">Save</button>'
    )
    marks = {name: ["old"] for name in marks_of(page)}
    typed = {name: ["new"] for name in loose_names(page)}
    events = events_of_post(component_root(ID, page), key_of(page, "save"), marks | typed)
    assert [event.event for event in events] == ["first", "note", "second", "save"]


CHOSEN = (
    '<select name="size" @bind="size"><option selected>s</option><option>m</option><option disabled>l</option></select>'
    '<input type="checkbox" value="a" @bind="tags"><input type="checkbox" value="b" @bind="tags">'
)


@pytest.mark.parametrize("made", ["xl", "l", ""])
def test_a_choice_that_the_page_does_not_offer_is_refused(made: str) -> None:
    (name, *boxes) = loose_names(CHOSEN)
    marks = marks_of(CHOSEN)
    assert calls(CHOSEN, APPLY, **marks, **{name: "m"}) == [("=size", ["m"])]
    assert calls(CHOSEN, APPLY, **marks, **{name: "s", boxes[1]: "b"}) == [("=tags", [True, "b"])]
    for made_up in ({name: made}, {name: "s", boxes[0]: made}):
        with pytest.raises(UnknownEventError, match="choose again"):
            calls(CHOSEN, APPLY, **marks, **made_up)
