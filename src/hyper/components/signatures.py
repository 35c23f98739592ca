"""How handlers are called: what a browser sends becomes arguments by the handler's annotations, or is refused.

    def add(text: str, count: int = 1): ...

    @click="add(text, 3)"  sends  ["milk", 3]         and calls  add("milk", 3)
    @submit="add"          sends  {"text": "milk"}    and calls  add(text="milk")
    @submit="add"          sends  {"count": "many"}   and raises BadArgumentError:
                                                      text: Field required; count: Input should be a valid integer, …

Knows no mounted component.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pydantic

from hyper.transport.component import BadArgumentError

MAX_FIELD_DEPTH: Final = 8
"""How many steps the name of a form field may have: ``items[0].price`` has three. A longer name is not split."""
_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,3})\]")
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a handler."""

    name: str
    adapter: pydantic.TypeAdapter[Any] | None
    """``None`` if it has no annotation: the value is passed on unchanged."""
    required: bool
    takes_form: bool
    """Is it a model, dataclass or typed dict, filled from all fields of the form?"""
    is_bool: bool
    takes_none: bool
    """May it be ``None`` but not text? Then an empty field means ``None``."""
    keyword_only: bool


@dataclass(frozen=True, slots=True)
class HandlerSignature:
    """How a handler is called."""

    parameters: tuple[Parameter, ...]
    takes_any: bool
    """Does it have a ``**fields`` parameter, which takes every other field?"""
    takes_more: bool
    """Does it have an ``*args`` parameter?"""
    names: frozenset[str]
    """The names of its parameters."""
    takes_whole_form: bool
    """Does a call take all fields of the form, not only those named like parameters?"""
    takes_nothing: bool
    """Does it have no parameters at all?"""

    def bind(
        self, args: Sequence[object] | None, params: Mapping[str, object]
    ) -> tuple[list[object], dict[str, object]]:
        """Validated arguments for a call. Raises ``BadArgumentError``, which names all errors, if one is not valid."""
        if not self.parameters and not args and not self.takes_any:
            return [], {}
        given = self.from_call(args) if args is not None else self.from_fields(params)
        errors: dict[str, str] = {}
        values: dict[str, object] = {}
        for parameter in self.parameters:
            value = given.pop(parameter.name, _MISSING)
            if value is not _MISSING:
                values.update(_validated(parameter, value, errors))
            elif parameter.required:
                errors[parameter.name] = "Field required"
        if errors:
            raise BadArgumentError("; ".join(f"{name}: {text}" for name, text in errors.items()), errors)
        extra = typing.cast(list[object], given.pop("*", []))
        return extra, {**values, **(given if self.takes_any else {})}

    def fields_taken(self, params: Mapping[str, object]) -> frozenset[str]:
        """The form fields that a call takes: those named like parameters, or all of the form."""
        if not self.takes_whole_form:
            return self.names
        return self.names | {name.partition(".")[0].partition("[")[0] for name in params} | {"form"}

    def from_call(self, args: Sequence[object]) -> dict[str, Any]:
        """Arguments by name, from positional ones: ``add(text, 5)``."""
        names = [parameter.name for parameter in self.parameters if not parameter.keyword_only]
        if len(args) > len(names) and not self.takes_more:
            raise BadArgumentError(f"{len(args)} arguments for {len(names)} parameters", {})
        found: dict[str, Any] = dict(zip(names, args, strict=False))
        if self.takes_more and len(args) > len(names):
            found["*"] = list(args[len(names) :])
        return found

    def from_fields(self, params: Mapping[str, object]) -> dict[str, Any]:
        """Arguments by name, from the fields of a form or the details of an event."""
        fields = dict(params)
        if any("[" in name or "." in name for name in fields):
            fields = nested(fields)
        for parameter in self.parameters:
            if parameter.name not in fields and parameter.takes_form:
                fields[parameter.name] = dict(fields)
            elif parameter.name not in fields and parameter.is_bool and parameter.required:
                fields[parameter.name] = False
        return fields


def _validated(parameter: Parameter, value: object, errors: dict[str, str]) -> dict[str, object]:
    """``{name: value}`` with the value in its annotated type; ``{}`` if it is not valid: ``errors`` then says why."""
    if value == "" and parameter.takes_none:
        value = None
    if parameter.adapter is None:
        return {parameter.name: value}
    try:
        return {parameter.name: parameter.adapter.validate_python(value)}
    except pydantic.ValidationError as error:
        errors.update(field_errors(error, "" if parameter.takes_form else parameter.name))
        return {}


def field_errors(error: pydantic.ValidationError, prefix: str = "") -> dict[str, str]:
    """The first message of each field, by the field's name in the form: ``address.street``, ``items[0].name``."""
    found: dict[str, str] = {}
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        name = prefix
        for step in item["loc"]:
            name += f"[{step}]" if isinstance(step, int) else f".{step}" if name else str(step)
        found.setdefault(name or "form", item["msg"].removeprefix("Value error, "))
    return found


def signature_of(handler: Callable[..., Any]) -> HandlerSignature:
    """How to call a handler. Raises any exception that its annotations raise when they are evaluated."""
    parameters: list[Parameter] = []
    kinds = set()
    for item in _resolved(handler).parameters.values():
        kinds.add(item.kind)
        if item.kind not in (item.VAR_POSITIONAL, item.VAR_KEYWORD):
            parameters.append(parameter_of(item))
    takes_any = inspect.Parameter.VAR_KEYWORD in kinds
    return HandlerSignature(
        tuple(parameters),
        takes_any,
        inspect.Parameter.VAR_POSITIONAL in kinds,
        frozenset([parameter.name for parameter in parameters]),
        takes_any or any([parameter.takes_form for parameter in parameters]),
        takes_nothing=not kinds,
    )


def _resolved(handler: Callable[..., Any]) -> inspect.Signature:
    """The signature with its annotations evaluated; they may use the variables of setup."""
    function = inspect.unwrap(handler)
    scope = inspect.getclosurevars(function).nonlocals if inspect.isfunction(function) else {}
    return inspect.signature(handler, locals=dict(scope), eval_str=True)


def parameter_of(item: inspect.Parameter) -> Parameter:
    """How one parameter is filled and validated."""
    annotation = item.annotation
    if annotation is item.empty:
        return Parameter(
            item.name, None, item.default is item.empty, False, False, False, item.kind is item.KEYWORD_ONLY
        )
    options = _options(annotation)
    return Parameter(
        item.name,
        pydantic.TypeAdapter(annotation),
        item.default is item.empty,
        any(_is_form(option) for option in options),
        bool in options,
        type(None) in options and str not in options and Any not in options,
        item.kind is item.KEYWORD_ONLY,
    )


def _options(annotation: Any) -> tuple[Any, ...]:
    """The members of a union, or the annotation itself; ``Annotated`` unwrapped."""
    if typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _is_form(annotation: Any) -> bool:
    return isinstance(annotation, type) and (
        issubclass(annotation, pydantic.BaseModel)
        or dataclasses.is_dataclass(annotation)
        or typing.is_typeddict(annotation)
    )


def nested(fields: Mapping[str, object]) -> dict[str, Any]:
    """Fields whose dotted and indexed names have become dicts and lists.

    ``{"name": "x", "items[0].price": "5"}`` → ``{"name": "x", "items": [{"price": "5"}]}``. A name that
    contradicts an earlier one, or is deeper than ``MAX_FIELD_DEPTH``, stays as it is: validation reports it missing.
    """
    found: dict[str, Any] = {}
    for name, value in fields.items():
        steps = [text or int(index) for text, index in _STEP.findall(name)]
        if (
            len(steps) < 2
            or len(steps) > MAX_FIELD_DEPTH
            or not isinstance(steps[0], str)
            or not _put(found, steps, value)
        ):
            found[name] = value
    return {name: _lists(value) for name, value in found.items()}


def _put(target: dict[Any, Any], steps: list[str | int], value: object) -> bool:
    """Store ``value`` at the end of ``steps``, making dicts on the way. ``False`` if another value is in the way."""
    for step in steps[:-1]:
        target = target.setdefault(step, {})
        if not isinstance(target, dict):
            return False
    target[steps[-1]] = value
    return True


def _lists(value: Any) -> Any:
    """``value`` with lists for the dicts whose keys are all indexes, in the order of the indexes."""
    if not isinstance(value, dict):
        return value
    items = {key: _lists(item) for key, item in value.items()}
    if items and all(isinstance(key, int) for key in items):
        return [items[key] for key in sorted(items)]
    return items
