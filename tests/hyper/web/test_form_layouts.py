"""Layouts of pages with forms: what is filled in is what would have been printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.dom.elements import DomElement, component_root
from hyper.vdom import to_html
from hyper.web import form_layouts
from hyper.web.form_layouts import FormLayouts
from hyper.web.form_markup import APPLY, FormPage, add_forms, remove_marks
from tests.hyper.web.test_form_markup import ID, PIECES

IDS = st.from_regex(r"[A-Za-z0-9_-]{9,20}-[0-9]", fullmatch=True)
BUTTON = '<button @click="add">{}</button>'


def printed(component_id: str, html: str, marks: dict[str, str], page: FormPage) -> str:
    """What the component's own elements are printed as, made for this one page."""
    top = component_root(component_id, html)
    remove_marks(top)
    add_forms(top, page)
    top.attributes.update(marks)
    return to_html(top.to_node())


@given(
    pieces=st.lists(PIECES, max_size=6, unique=True),
    ids=st.lists(IDS, min_size=2, max_size=3, unique=True),
    url=st.sampled_from(["/_live/post", "/a&b/_live/post", '/"<>/post']),
    notice=st.sampled_from(["", "", "Look here"]),
    is_typed=st.booleans(),
)
def test_what_is_filled_in_equals_what_is_printed_for_one_page(
    pieces: list[str], ids: list[str], url: str, notice: str, is_typed: bool
) -> None:
    layouts = FormLayouts()
    for component_id in ids:
        html = "".join(pieces).replace(ID, component_id)
        page = FormPage(
            url, f"T&{component_id}", notice, marked_key=lambda key, mine=component_id: f"{key}.{mine}"
        )  # type: ignore[misc]
        if is_typed:
            page.corrected_key, page.typed = APPLY, {"a": ["typed"], "t": ["typed"]}
        marks = {"data-live-token": f"J{component_id}", "data-live-version": "3"}
        assert layouts.with_forms(component_id, html, marks, page) == printed(component_id, html, marks, page)


def test_equal_html_of_many_visitors_is_parsed_once() -> None:
    layouts = FormLayouts()
    html = '<div data-live-component="{0}.1"><button @click="add">+</button></div>'
    shown = {
        layouts.with_forms(name, html.format(name), {}, FormPage("/p", name))
        for name in ("page-aaaa", "page-bbbb")
    }
    assert len(shown) == 2
    assert layouts.count == 1


def test_what_somebody_typed_is_kept_for_nobody() -> None:
    layouts = FormLayouts()
    page = FormPage("/p", "t", "Look here", APPLY, {"a": ["a secret"]})
    layouts.with_forms("page-aaaa", BUTTON.format(1), {}, page)
    assert layouts.count == layouts.length == 0


def test_a_flood_of_pages_takes_no_more_than_its_room() -> None:
    layouts = FormLayouts(kept_length=1000)
    for number in range(200):
        layouts.with_forms("page-aaaa", BUTTON.format(number), {}, FormPage("/p", "t"))
        assert layouts.length <= 1000
    count = layouts.count
    assert count > 10
    layouts.with_forms("page-aaaa", BUTTON.format("x" * 2000), {}, FormPage("/p", "t"))
    assert layouts.length <= 1000
    assert layouts.count == count, "what has no room drives nobody out"


def test_the_layouts_that_are_used_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    layouts = FormLayouts(kept_length=300)
    made: list[str] = []
    original = form_layouts.component_root

    def count(component_id: str, html: str) -> DomElement:
        made.append(html)
        return original(component_id, html)

    monkeypatch.setattr(form_layouts, "component_root", count)
    for number in range(50):
        for html in (BUTTON.format("home"), BUTTON.format(number)):
            layouts.with_forms("page-aaaa", html, {}, FormPage("/p", "t"))
    assert made.count(BUTTON.format("home")) == 1


def test_text_that_looks_like_a_slot_is_text() -> None:
    html = "<p>slot0123456789abcdef-id- page-aaaa</p>"
    made = FormLayouts().with_forms("page-aaaa", html, {}, FormPage("/p", "t"))
    assert made is not None
    assert html in made
