"""What is added to a component's HTML so that it works by forms, and that it can be removed without a trace."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.dom.elements import DomElement, DomLeaf, component_root
from hyper.vdom import Text
from hyper.vdom.markup import to_html
from hyper.web.form_markup import APPLY, EXTRA, OLD, ROOT, WAS, FormPage, add_forms

ID = "page-1"


def with_forms(html: str, page: FormPage | None = None) -> DomElement:
    top = component_root(ID, html)
    add_forms(top, page or FormPage("/_live/post", "TOKEN"))
    return top


def one(top: DomElement, tag: str, number: int = 0) -> DomElement:
    return [element for element in top.elements() if element.tag == tag][number]


def remove_forms(top: DomElement) -> None:
    """What ``runtime_js/fallback.js`` does."""
    for element in [top, *top.elements()]:
        element.set_children(
            [child for child in element.children if isinstance(child, DomLeaf) or not child.has(EXTRA)]
        )
        text = element.get("data-live-text")
        for name in element.attributes.pop(WAS, "").split():
            element.attributes.pop(name, None)
        element.attributes.update(json.loads(element.attributes.pop(OLD, "{}")))
        if text is not None:
            element.set_children([DomLeaf(Text(text))] if text else [])
    top.attributes["data-live-component"] = top.attributes.pop(ROOT)


def test_a_form_posts_itself() -> None:
    form = one(
        with_forms('<form @submit.prevent="add(text)"><input name="text"><button>+</button></form>'), "form"
    )
    action = form.attributes["action"]
    assert action.startswith("/_live/post?do=add.")
    assert (form.get("method"), form.get("hx-post"), form.get("hx-swap")) == ("post", action, "outerHTML")
    token, text, button = (child for child in form.children if isinstance(child, DomElement))
    assert token.attributes == {"type": "hidden", "name": "_live", "value": "TOKEN", EXTRA: ""}
    assert (text.attributes, button.attributes) == ({"name": "text"}, {}), "nothing to be done"


def test_what_closes_a_dialog_is_left_to_the_browser() -> None:
    cancel = '<button formmethod="dialog" formnovalidate>Cancel</button>'
    top = with_forms(
        f'<dialog open><form method="dialog"><button>Yes</button></form><form @submit="a">{cancel}</form></dialog>'
    )
    closing, posting = one(top, "form"), one(top, "form", 1)
    assert closing.attributes == {"method": "dialog"}
    assert posting.get("method") == "post"
    assert one(top, "button", 1).attributes == {"formmethod": "dialog", "formnovalidate": ""}


def test_a_form_of_a_dialog_with_a_handler_is_posted_and_gets_its_method_back() -> None:
    top = with_forms('<dialog open><form method="dialog" @submit="a"><button>Yes</button></form></dialog>')
    assert one(top, "form").get("method") == "post"
    remove_forms(top)
    assert one(top, "form").attributes == {"method": "dialog", "@submit": "a"}


def test_a_button_outside_belongs_to_the_form_beside_the_component() -> None:
    top = with_forms('<div><button @click="remove(5)">x</button></div>')
    button, helper = one(top, "button"), one(top, "form")
    assert button.attributes["form"] == helper.attributes["id"] == f"live-{ID}"
    assert button.attributes["formaction"].startswith("/_live/post?do=remove.")
    assert button.attributes["type"] == "submit"
    assert helper.parent is top
    assert helper.attributes["action"] == f"/_live/post?do={APPLY}"
    assert not [element for element in top.elements() if element.tag == "noscript"], "nothing to apply"


def test_a_button_in_a_posted_form_posts_that_one_and_enter_still_submits() -> None:
    html = '<form @submit="save"><button type="button" @click="more">+</button><button name="a" value="b">Save</button></form>'
    top = with_forms(html)
    first, more, save = (element for element in top.elements() if element.tag == "button")
    assert first.attributes == {"hidden": "", EXTRA: ""}
    assert more.attributes["type"] == "submit"
    assert "form" not in more.attributes
    assert save.attributes == {"name": "a", "value": "b"}


def test_a_control_outside_is_applied() -> None:
    top = with_forms(
        '<input type="checkbox" @change="toggle(5)"><input name="q" @input.debounce="search(value)"><p>x</p>'
    )
    tick, search, token, *marks = (element for element in top.elements() if element.tag == "input")
    assert tick.attributes["name"].startswith("toggle.")
    assert search.attributes["name"].startswith("search."), "another component may have a q too"
    assert tick.attributes["form"] == search.attributes["form"] == f"live-{ID}"
    helper = one(top, "form")
    assert helper.attributes["hx-post"] == f"/_live/post?do={APPLY}"
    assert helper.attributes["hx-trigger"].endswith(f"target:[form='live-{ID}']")
    assert token.attributes["name"] == "_live"
    assert [(mark.attributes["name"][:11], mark.attributes["type"]) for mark in marks] == [
        ("_was.toggle", "hidden"),
        ("_was.search", "hidden"),
    ]
    assert one(top, "noscript").text() == "Apply"


@pytest.mark.parametrize(
    "html",
    [
        "<p>nothing</p>",
        '<form action="/search"><input name="q"><button>Go</button></form>',
        '<div @click="no">x</div>',
        "<button @click=\"$toggle('#a')\">x</button>",
        '<button type="reset" @click="x">x</button>',
        '<a href="/" @click.prevent="x">x</a>',
        '<form @submit="$hide(this)"><button>x</button></form>',
        '<button @click.window="x">x</button>',
    ],
)
def test_what_needs_scripts_or_nothing_is_left_alone(html: str) -> None:
    top = with_forms(html)
    assert "".join(to_html(child.to_node()) for child in top.children) == "".join(
        to_html(child.to_node()) for child in component_root(ID, html).children
    )


def test_the_same_in_every_render_another_for_other_data() -> None:
    row = '<li key="{0}"><button data-id="{0}" @click="remove(dataset.id)">x</button><p>{1}</p></li>'

    def actions(*rows: tuple[int, str]) -> list[str]:
        top = with_forms("<ul>" + "".join(row.format(*item) for item in rows) + "</ul>")
        return [element.attributes["formaction"] for element in top.elements() if element.tag == "button"]

    first, second = actions((1, "a"), (2, "b"))
    assert first != second
    assert actions((2, "changed"), (3, "c"), (1, "a"))[0] == second
    assert len({*actions((1, ""), (2, "")), *actions((3, ""))}) == 3


def test_rows_with_the_same_form_are_told_apart_by_their_key() -> None:
    row = '<li key="{}"><form @submit="rename(text)"><input name="text"></form></li>'
    top = with_forms(f"<ul>{row.format(1)}{row.format(2)}</ul>")
    assert one(top, "form", 0).attributes["action"] != one(top, "form", 1).attributes["action"]


def test_nested_components_are_hidden_from_the_client_too() -> None:
    top = with_forms(f'<div data-live-component="{ID}.1"><p>x</p></div>')
    assert not [element for element in [top, *top.elements()] if "data-live-component" in element.attributes]


def test_what_is_told_stands_first_and_is_escaped() -> None:
    html = to_html(with_forms("<p>x</p>", FormPage("/", "T", "<b>no</b>")).to_node())
    assert html.startswith(
        f'<div {ROOT}="{ID}"><p class="live-notice" role="alert" {EXTRA}="">&lt;b&gt;no&lt;/b&gt;</p>'
    )


PIECES = st.sampled_from(
    [
        '<form @submit="save" class="a"><input name="a" value="x"><textarea name="t">old</textarea><button>s</button></form>',
        '<form method="get" target="x" @submit="go(q)"><input name="q"><button type="button" @click="more">m</button></form>',
        '<button @click="remove(5)" type="button" form="elsewhere">r</button>',
        '<button @click="remove(6)" formmethod="get">r</button>',
        '<input type="checkbox" @change="toggle(1)" checked name="n">',
        '<select @bind="size" value="m" name="s"><option selected>s</option><option value="m">M</option></select>',
        '<label><input type="radio" name="r" value="1" @change="pick(value)"> 1</label>',
        '<textarea @bind="text">some\ntext</textarea>',
        f'<div data-live-component="{ID}.1"><button @click="x">x</button></div>',
        "<p>text</p>",
    ]
)


@given(st.lists(PIECES, max_size=6, unique=True), st.booleans())
def test_what_was_put_on_comes_off_without_a_trace(pieces: list[str], is_typed: bool) -> None:
    html = "".join(pieces)
    plain = component_root(ID, html)
    top = component_root(ID, html)
    page = FormPage("/_live/post", "TOKEN", "Look here")
    if is_typed:
        page.corrected_key, page.typed = APPLY, {"a": ["typed"], "t": ["typed"]}
    add_forms(top, page)
    assert to_html(top.to_node()) != to_html(plain.to_node())
    remove_forms(top)
    assert top.to_node() == plain.to_node()
