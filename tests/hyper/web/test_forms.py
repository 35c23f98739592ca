from __future__ import annotations

import contextlib
import html
from pathlib import Path
from typing import Any

import pytest

from hyper.components.page import PageMount
from hyper.testing.sources import one
from hyper.transport.component import BadArgumentError

SIGN_UP = """
from typing import Annotated
from pydantic import BaseModel, Field
from hyper.components.field_errors import error
from hyper.errors import Invalid
class Address(BaseModel):
    street: str = Field(min_length=1)
class SignUp(BaseModel):
    name: str = Field(min_length=2)
    age: int
    addresses: list[Address] = []
@live
def sign_up():
    saved = None
    def check(form: SignUp): pass
    def save(form: SignUp):
        nonlocal saved
        if form.name == "taken":
            raise Invalid(name="is taken")
        saved = form
    t'''<form @input="check" @submit="save">{error("name")}|{error("age")}|{error("addresses[0].street")}|{saved!r}</form>'''
"""


async def shown(mount: PageMount, event: str, **params: object) -> str:
    with contextlib.suppress(BadArgumentError):
        await mount.call("m", event, None, params)
    await mount.changes()
    return mount.html().partition(">")[2].removesuffix("</form>")


async def test_untouched_fields_are_quiet_until_the_submit(tmp_path: Path) -> None:
    mount = await one(tmp_path, SIGN_UP).mount_for("m", {})
    assert await shown(mount, "check", name="x", age="", _target="name") == (
        "Please enter at least 2 characters.|||None"
    )
    assert await shown(mount, "check", name="xy", age="", _target="name") == "|||None"
    number = "Please enter a whole number."
    assert await shown(mount, "save", name="xy", age="") == f"|{number}||None"
    assert await shown(mount, "check", name="xy", age="5", _target="age") == "|||None"


async def test_what_no_place_of_the_view_shows_is_told_the_page(tmp_path: Path) -> None:
    source = SIGN_UP.replace('{error("age")}', "").replace(
        "class SignUp(BaseModel):",
        """class SignUp(BaseModel):
    @model_validator(mode="after")
    def not_both(self):
        if self.name == "both":
            raise ValueError("not both")
        return self""",
    )
    source = source.replace("import BaseModel,", "import BaseModel, model_validator,")
    mount = await one(tmp_path, source).mount_for("m", {})
    await mount.call("m", "check", None, {"name": "x", "age": "", "_target": "age"})
    await mount.call("m", "save", None, {"name": "x", "age": ""})  # one of two is shown
    with pytest.raises(BadArgumentError, match="age: Please enter a whole number"):
        await mount.call("m", "save", None, {"name": "xy", "age": ""})
    with pytest.raises(BadArgumentError, match="form: not both"):
        await mount.call("m", "save", None, {"name": "both", "age": "5"})


async def test_nested_and_repeated_fields(tmp_path: Path) -> None:
    mount = await one(tmp_path, SIGN_UP).mount_for("m", {})
    fields: dict[str, Any] = {"name": "xy", "age": "5", "addresses[0].street": ""}
    assert await shown(mount, "save", **fields) == "||Please enter at least 1 character.|None"
    fields["addresses[0].street"] = "Elm"
    saved = "SignUp(name='xy', age=5, addresses=[Address(street='Elm')])"
    assert html.unescape(await shown(mount, "save", **fields)) == f"|||{saved}"


async def test_a_handler_can_find_fields_invalid(tmp_path: Path) -> None:
    mount = await one(tmp_path, SIGN_UP).mount_for("m", {})
    assert await shown(mount, "save", name="taken", age="5") == "is taken|||None"


APART = """
from typing import Annotated
from pydantic import BaseModel, Field
from hyper.components.field_errors import error
class SignUp(BaseModel):
    name: str = Field(min_length=2)
    age: int
@live
def sign_up():
    def check(form: SignUp): pass
    def measure(value: int): pass
    def toggle(): pass
    t'''<form @input="check" @submit="check" @click="toggle" @change="measure(value)">{error("name")}|{error("age")}</form>'''
"""


async def test_a_handler_speaks_for_the_fields_it_takes(tmp_path: Path) -> None:
    mount = await one(tmp_path, APART).mount_for("m", {})
    name = "Please enter at least 2 characters."
    assert await shown(mount, "check", name="x", age="", _target="name") == f"{name}|"
    assert await shown(mount, "toggle", name="x", age="") == f"{name}|"
    assert await shown(mount, "measure", value="5") == f"{name}|"
    assert await shown(mount, "measure", value="five") == f"{name}|"
    assert await shown(mount, "check", name="xy", age="", _target="name") == "|"
    assert "whole number" in await shown(mount, "check", name="xy", age="")
    assert await shown(mount, "check", name="xy", age="5") == "|"


BOUND = """
@live
def bound():
    name = "a"
    count: int = 0
    done = False
    size = "s"
    note = ""
    picks = []
    t'''<input @bind="name"><input type="number" @bind="count"><input type="checkbox" @bind="done">
    <input type="radio" name="r" value="s" @bind="size"><input type="radio" name="r" value="m" @bind="size">
    <textarea @bind.lazy="note"></textarea><select multiple @bind="picks"><option>1</option></select>
    <p>{name} {count + 1} {done} {size} {note} {picks}</p>'''
    def other(): pass
    t"<hr>"
"""


async def test_bound_controls_need_no_handler(tmp_path: Path) -> None:
    source = BOUND.replace("    t'''", "    def nothing(): pass\n    t'''", 1).replace(
        "    def other(): pass\n", ""
    )
    mount = await one(tmp_path, source).mount_for("m", {})
    assert 'value="a"' in mount.html()
    assert '<input type="radio" name="r" value="s" @bind="size" checked="">' in mount.html()
    for event, value in [
        ("=name", "b"),
        ("=count", "41"),
        ("=done", True),
        ("=size", "m"),
        ("=note", "x"),
        ("=picks", ["1"]),
    ]:
        await mount.call("m", event, [value], {})
    await mount.changes()
    assert "<p>b 42  m x 1</p>" in mount.html()
    assert '<input type="checkbox" @bind="done" checked="">' in mount.html()
    with pytest.raises(BadArgumentError):
        await mount.call("m", "=count", ["many"], {})


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('name = ""\n    def f(): pass\n    t\'<input @bind="nme">\'', 'did you mean "name"?'),
        ("def f(): pass\n    t'<input @bind=\"query\">'", 'set it above the handlers: query = ""'),
        ('x = ""\n    def f(): pass\n    t\'<p @bind="x"></p>\'', "bind an <input>"),
        ('x = ""\n    def f(): pass\n    t\'<input value="y" @bind="x">\'', 'remove value="…"'),
    ],
)
def test_mistaken_bindings(tmp_path: Path, source: str, message: str) -> None:
    with pytest.raises(Exception, match="@bind") as error:
        one(tmp_path, f"@live\ndef page():\n    {source}")
    assert message in str(error.value)
