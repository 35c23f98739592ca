from __future__ import annotations

import pytest

from hyper.diff import PatchError, diff_trees, merge_fields
from hyper.vdom import parse_html, to_html

FORM = (
    '<form><input name="q" value=""><input type="checkbox"><textarea>old</textarea>'
    '<select><option value="a">A<option selected>B  b<optgroup><option>C</select></form>'
)


def merged(*fields: tuple[str, str | None], html: str = FORM) -> str:
    return to_html(merge_fields(parse_html(html), list(fields)))


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        (("form/input[1]/@value", "milk"), 'value=""', 'value="milk"'),
        (("form/input[2]/@checked", ""), 'type="checkbox"', 'type="checkbox" checked=""'),
        (("form/textarea/@value", "new\n"), "old", "new\n"),
        (("form/textarea/@value", ""), "old", ""),
        (("form/textarea/@value", None), "old", ""),
        (("form/select/option[2]/@selected", None), '<option selected="">', "<option>"),
    ],
)
def test_what_the_browser_reports_is_what_the_tree_holds(
    field: tuple[str, str | None], before: str, after: str
) -> None:
    html = to_html(parse_html(FORM))
    assert merged(field) == html.replace(before, after, 1)


@pytest.mark.parametrize(
    ("value", "chosen"),
    [
        ("a", 'value="a" selected=""'),
        ("B b", 'option selected="">B'),
        ("C", 'option selected="">C'),
        ("none", ""),
    ],
)
def test_the_value_of_a_select_says_which_option_is_selected(value: str, chosen: str) -> None:
    html = merged(("form/select/@value", value))
    assert chosen in html
    assert html.count("selected") == bool(chosen)


def test_of_options_that_are_alike_the_first_is_selected() -> None:
    html = "<select><option>a<b>b</b>c<option>d<option selected>d<option>d</select>"
    after = (
        "<select><option>a<b>b</b>c</option><option{}>d</option><option>d</option><option>d</option></select>"
    )
    assert merged(("select/@value", "d"), html=html) == after.format(' selected=""')
    assert merged(("select/@value", "abc"), html=html) == after.format("").replace(
        "<option>", '<option selected="">', 1
    )


def test_clearing_an_input_emits_a_patch() -> None:
    old = new = parse_html(FORM + "<hr>" * 40)
    assert diff_trees(old, new) == []
    typed = merge_fields(old, [("form/input[1]/@value", "milk"), ("form/input[2]/@checked", "")])
    assert diff_trees(typed, new) == [
        {"path": "form/input[1]/@value", "value": ""},
        {"path": "form/input[2]/@checked", "value": None},
    ]


def test_what_is_as_it_was_gives_the_same_tree() -> None:
    tree = parse_html(FORM)
    fields = [("form/input[1]/@value", ""), ("form/input[2]/@checked", None), ("form/select/@value", "B b")]
    assert merge_fields(tree, fields) is tree
    assert merge_fields(tree, [("form/textarea/@value", "old")]) == tree


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("form/input[3]/@value", "no single"),
        ("form/input/@value", "no single"),
        ("form", "field 'form': the path must end in an attribute"),
        ("form/textarea/text/@value", "a text has no attributes"),
        ("@value", "is not a step"),
        ("", "must end in an attribute"),
    ],
)
def test_a_path_that_names_no_attribute_is_refused(path: str, why: str) -> None:
    with pytest.raises(PatchError, match=why):
        merged((path, "x"))
