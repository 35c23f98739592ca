"""Live validation: fields that were not touched are quiet, a submit makes all of them speak."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hyper.components.loader import load_module
from hyper.testing import Page, mount

EXAMPLES = Path(__file__).parents[2] / "examples"
example = load_module(EXAMPLES / "form_validation.py")
VALID: dict[str, Any] = {
    "name": "Grace Hopper",
    "age": 36,
    "email": "grace@example.com",
    "password": "Correct-Horse-9",
    "repeated": "Correct-Horse-9",
    "plan": "team",
    "terms": True,
}


@pytest.fixture(autouse=True)
def _taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example, "taken", {"ada@example.com"})


@pytest.fixture
def page() -> Page:
    return mount(example.form_validation)


def problems(page: Page) -> dict[str, str]:
    """What is wrong, by field."""
    found = {problem["id"].removesuffix("-problem"): problem.text for problem in page.all(".problem")}
    return {name: text for name, text in found.items() if text}


def test_only_the_field_that_was_edited_complains(page: Page) -> None:
    page.fill("#email", "grace@")
    assert problems(page) == {"email": "An address looks like name@example.com"}
    assert page.find("#email")["aria-invalid"] == "true"
    page.fill("#email", "grace@example.com")
    assert problems(page) == {}
    assert page.find("#email")["aria-invalid"] == "false"


def test_a_submit_makes_all_fields_speak(page: Page) -> None:
    page.submit()
    assert set(problems(page)) == {"name", "age", "email", "password", "terms"}
    page.fill("#name", "Grace")
    assert "name" not in problems(page)
    assert "age" in problems(page)


def test_a_valid_form_is_taken(page: Page) -> None:
    page.submit(**VALID)
    assert page.text("h1") == "Welcome, Grace Hopper"
    assert "Your Team account is ready." in page.text("section")
    page.click("button", "Another one")
    assert page.value("#name") == ""


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("name", "G", "Please enter at least 2 characters."),
        ("age", 17, "Please enter 18 or more."),
        ("age", "", "Please enter a whole number."),
        ("password", "short", "Add length, digits or other signs"),
        ("repeated", "another", "The passwords differ"),
        ("terms", False, "Accept the terms to continue"),
        ("email", "ada@example.com", "There is an account with this address"),
    ],
)
def test_each_rule(page: Page, field: str, value: object, problem: str) -> None:
    page.submit(**{**VALID, field: value})
    assert problems(page)[field] == problem
    assert page.value("#name") == ("G" if field == "name" else "Grace Hopper")


def test_the_password_is_measured_while_it_is_typed(page: Page) -> None:
    strengths = []
    for password in ("", "abc", "abcdefgh", "abcdefghi1", "Abcdefghi-1"):
        page.fill("#password", password)
        strengths.append(page.find("meter")["value"])
    assert strengths == ["0", "0", "1", "3", "4"]


def test_measuring_leaves_other_fields_alone(page: Page) -> None:
    page.fill("#email", "grace@")
    page.fill("#password", "Correct-Horse-9")
    assert set(problems(page)) == {"email"}


def test_what_is_ticked_stays_ticked(page: Page) -> None:
    page.check("[value=company]")
    page.check("[name=terms]")
    page.fill("#name", "Grace")
    assert page.find("[value=company]").checked
    assert page.find("[name=terms]").checked
