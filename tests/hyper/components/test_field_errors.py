"""Which errors a form shows: those of edited fields, and after a submit all."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyper.components.field_errors import MAX_FIELDS, FieldErrors, error
from hyper.errors import ComponentError
from hyper.testing.sources import one

from ..mounts import mounted

NAME_AND_AGE = frozenset(["name", "age"])
WRONG = {"name": "too short", "age": "no number"}


def test_while_a_field_is_edited_only_edited_fields_show_their_errors() -> None:
    errors = FieldErrors()
    errors.reject(WRONG, NAME_AND_AGE, "name")
    assert (errors.shown("name"), errors.shown("age")) == ("too short", "")
    errors.reject(WRONG, NAME_AND_AGE, "age")
    assert (errors.shown("name"), errors.shown("age")) == ("too short", "no number")


def test_after_a_submit_all_fields_show_their_errors() -> None:
    errors = FieldErrors()
    errors.reject(WRONG, NAME_AND_AGE)
    assert (errors.shown("name"), errors.shown("age")) == ("too short", "no number")


def test_valid_arguments_end_the_errors_of_their_own_fields() -> None:
    errors = FieldErrors()
    errors.reject(WRONG, NAME_AND_AGE)
    errors.accept(frozenset(["age"]))
    assert (errors.shown("name"), errors.shown("age")) == ("too short", "")
    assert errors
    errors.accept(NAME_AND_AGE)
    assert not errors


def test_one_field_of_an_object_is_valid_by_itself() -> None:
    errors = FieldErrors()
    errors.reject({"user.name": "too short", "user.age": "no number"}, frozenset(["user"]))
    errors.accept_one("user.age")
    assert (errors.shown("user.name"), errors.shown("user.age")) == ("too short", "")


def test_a_view_shows_an_error_only_if_it_asks_for_it() -> None:
    errors = FieldErrors()
    assert not errors.shows(WRONG)
    assert not errors.shows(WRONG, "name")
    errors.shown("other")
    assert not errors.shows(WRONG)
    assert errors.shows(WRONG, "name")
    errors.shown("age")
    assert errors.shows(WRONG)


def test_names_from_the_browser_are_kept_up_to_a_limit() -> None:
    errors = FieldErrors()
    for number in range(MAX_FIELDS + 5):
        errors.reject({}, frozenset(), f"field{number}")
        errors.shown(f"field{number}")
    errors.reject({f"field{MAX_FIELDS + 1}": "wrong"}, frozenset(), 5)
    assert errors.shown(f"field{MAX_FIELDS + 1}") == ""
    errors.reject({"field1": "wrong"}, frozenset(), 5)
    assert errors.shown("field1") == "wrong"


def test_it_works_in_a_view_only() -> None:
    with pytest.raises(ComponentError, match="works in the view of a live component"):
        error("name")


PAGE = """
from hyper.components.field_errors import error
@live
def page(has_form: bool):
    def nothing(): pass
    def number(n: int): pass
    t'<b @click="nothing">x</b><b @click="number">x</b>{error("n") if has_form else ""}'
"""


async def test_a_component_without_a_form_has_none(tmp_path: Path) -> None:
    component = one(tmp_path, PAGE)
    mount, _ = await mounted(component, has_form=False)
    await mount.call("m", "nothing", [], {"some": "field"})
    assert mount.root.fields is None
    with_form, _ = await mounted(component, has_form=True)
    assert with_form.root.fields is not None


@pytest.mark.parametrize("event", ["nothing", "number"])
async def test_a_field_that_is_edited_counts_as_edited_whatever_its_handler_takes(
    tmp_path: Path, event: str
) -> None:
    mount, _ = await mounted(one(tmp_path, PAGE), has_form=True)
    await mount.call("m", event, None, {"n": "5", "_target": "n"})
    await mount.call("m", "number", None, {"n": "many", "_target": "other"})
    await mount.changes()
    assert "Please enter a whole number." in mount.html()
