"""NaN and infinities are taken only where an annotation asks for them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

import pydantic
import pytest
from pydantic import AllowInfNan, BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from hyper.compiling.validating import validator_of


class Item(BaseModel):
    price: float
    loose: Annotated[float, AllowInfNan()] = 0.0


class Order(BaseModel):
    items: list[Item]
    total: float | None = None


class Loose(BaseModel):
    model_config = ConfigDict(allow_inf_nan=True)
    price: float
    item: Item | None = None


@dataclass
class Point:
    x: float
    y: float = 0.0


class Options(TypedDict, total=False):
    default: float
    type: float


class Node(BaseModel):
    weight: float
    next: Node | None = None


NOT_FINITE = ["nan", "NaN", "inf", "-Infinity", "1e999", math.nan, math.inf, Decimal("NaN")]
STRICT: list[tuple[Any, Any]] = [
    (float, lambda x: x),
    (float | None, lambda x: x),
    (Annotated[float, Field(lt=5)], lambda x: x),
    (complex, lambda x: x if isinstance(x, str) else complex(x)),
    (Decimal, lambda x: x),
    (list[float], lambda x: [1, x]),
    (tuple[int, float], lambda x: [1, x]),
    (dict[str, float], lambda x: {"type": x}),
    (Item, lambda x: {"price": x}),
    (list[Item], lambda x: [{"price": x}]),
    (Order, lambda x: {"items": [{"price": 1}, {"price": x}]}),
    (Order, lambda x: {"items": [], "total": x}),
    (Loose, lambda x: {"price": 1, "item": {"price": x}}),
    (Point, lambda x: {"x": 1, "y": x}),
    (Options, lambda x: {"default": 1, "type": x}),
    (Node, lambda x: {"weight": 1, "next": {"weight": x}}),
]


@pytest.mark.parametrize("number", NOT_FINITE)
@pytest.mark.parametrize(("annotation", "given"), STRICT)
def test_what_is_not_finite_is_refused_in_words(annotation: Any, given: Any, number: object) -> None:
    if annotation in (complex, Decimal) and number in ("-Infinity", "1e999"):
        number = "inf"  # a complex number is not written like that, and a decimal can be as large
    with pytest.raises(pydantic.ValidationError, match="finite number") as error:
        validator_of(annotation).validate_python(given(number))
    assert error.value.errors()[0]["type"] == "finite_number"


@pytest.mark.parametrize(("annotation", "given"), STRICT)
def test_other_numbers_are_taken(annotation: Any, given: Any) -> None:
    expected = pydantic.TypeAdapter(annotation).validate_python(given("1.5"))
    assert validator_of(annotation).validate_python(given("1.5")) == expected


@pytest.mark.parametrize(
    ("annotation", "given"),
    [
        (Annotated[float, AllowInfNan()], "nan"),
        (Annotated[float, Field(allow_inf_nan=True)], math.inf),
        (list[Annotated[float, AllowInfNan()]], ["-inf"]),
        (Annotated[Decimal, AllowInfNan()], "NaN"),
        (Item, {"price": 1, "loose": "nan"}),
        (Loose, {"price": "nan"}),
    ],
)
def test_an_annotation_may_ask_for_them(annotation: Any, given: object) -> None:
    assert "nan" in repr(validator_of(annotation).validate_python(given)).lower() or given in (
        math.inf,
        ["-inf"],
    )


@pytest.mark.parametrize("annotation", [int, str, list[str], Literal["nan"], BaseModel])
def test_what_holds_no_floats_is_validated_by_pydantic_alone(annotation: Any) -> None:
    assert isinstance(validator_of(annotation), pydantic.TypeAdapter)
