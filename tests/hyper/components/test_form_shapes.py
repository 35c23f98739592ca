"""Fields get the shape that annotations ask for, however many controls send them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NotRequired

import pytest
from pydantic import BaseModel, BeforeValidator, Field
from typing_extensions import TypedDict

from hyper.components.signatures import signature_of


class Color(enum.Enum):
    RED = "red"


class Line(BaseModel):
    name: str
    tags: list[str]
    gift: bool
    size: str = "M"
    age: int | None = 3


@dataclass
class Data:
    tags: list[str]
    more: set[int] = field(default_factory=set)


class Typed(TypedDict):
    tags: list[str]
    size: NotRequired[str]


@pytest.mark.parametrize(
    ("annotation", "sent", "value"),
    [
        (list[str], "a", ["a"]), (list[str], ["a", "b"], ["a", "b"]), (list[str], None, []), (set[int], "5", {5}),
        (tuple[str, ...], "a", ("a",)), (list[Color], "red", [Color.RED]), (Annotated[list[str], Field(max_length=2)], "a", ["a"]),
        (bool, ["0", "1"], True), (bool, None, False), (str, ["a", "b"], "b"), (int | None, "", None), (int | None, ["5", ""], None),
        (str | None, "", ""), (str | None, None, None), (list[int] | None, "", None), (Literal["a", "b"], ["a", "b"], "b"),
        (dict[str, list[str]], {"a": "x"}, {"a": ["x"]}), (list[str] | str, "a", "a"),
        (Annotated[int, BeforeValidator(lambda sent: 7 if sent is None else sent)], None, 7),
    ],
)  # fmt: skip
def test_the_shape_of_one_field(annotation: Any, sent: object, value: object) -> None:
    def save(x: annotation) -> None: ...  # type: ignore[valid-type]

    save.__annotations__["x"] = annotation
    assert signature_of(save).bind(None, {"x": sent})[1] == {"x": value}
    assert signature_of(save).bind([sent], {})[1] == {"x": value}


def test_what_is_not_chosen_has_its_default() -> None:
    def save(tags: list[str], size: str = "M", *, must: str = "x", old: int | None = 3) -> None: ...

    sent = {"size": None, "must": None, "old": None}
    assert signature_of(save).bind(None, sent)[1] == {"tags": [], "old": None}


def test_models_and_their_like_have_the_same_shapes() -> None:
    def line(form: Line) -> None: ...
    def lines(lines: list[Line]) -> None: ...
    def data(form: Data) -> None: ...
    def typed(form: Typed) -> None: ...

    sent = {"name": ["a", "b"], "tags": "x", "gift": None, "size": None, "age": ""}
    made = Line(name="b", tags=["x"], gift=False, size="M", age=None)
    assert signature_of(line).bind(None, sent)[1] == {"form": made}
    rows = {f"lines[0].{name}": value for name, value in sent.items()}
    assert signature_of(lines).bind(None, rows)[1] == {"lines": [made]}
    assert signature_of(lines).bind(None, {})[1] == {"lines": []}
    assert signature_of(data).bind(None, {"more": "5"})[1] == {"form": Data([], {5})}
    assert signature_of(typed).bind(None, {"tags": "x", "size": None})[1] == {"form": {"tags": ["x"]}}
