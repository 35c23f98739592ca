"""How handlers are called: what a browser sends becomes arguments by the handler's annotations, or is refused.

    def add(text: str, count: int = 1): ...

    @click="add(text, 3)"  sends  ["milk", 3]         and calls  add("milk", 3)
    @submit="add"          sends  {"text": "milk"}    and calls  add(text="milk")
    @submit="add"          sends  {"count": "many"}   and raises BadArgumentError:
                                                      text: Please fill this in.; count: Please enter a whole number.

Knows no mounted component.
"""

from __future__ import annotations

import enum
import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pydantic

from hyper.compiling.validating import Validator, validator_of
from hyper.components.error_texts import error_text, texts_of
from hyper.components.form_shapes import MISSING, Shape, is_form, shape_of
from hyper.transport.component import BadArgumentError
from hyper.vdom.templates.exact_numbers import is_finite

MAX_FIELD_DEPTH: Final = 8
"""How many steps the name of a form field may have: ``items[0].price`` has three. A longer name is not split."""
_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,3})\]")
_UNPACK: Final = ("typing.Unpack", "typing_extensions.Unpack")
SHAPED: Final = frozenset({type(None), str, list, dict})
"""Types of values as forms have them."""


class ParameterKind(enum.IntEnum):
    """How Python fills a parameter: ``inspect.Parameter.kind``."""

    POSITIONAL_ONLY = inspect.Parameter.POSITIONAL_ONLY
    EITHER = inspect.Parameter.POSITIONAL_OR_KEYWORD
    VAR_POSITIONAL = inspect.Parameter.VAR_POSITIONAL
    KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY
    VAR_KEYWORD = inspect.Parameter.VAR_KEYWORD


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a handler."""

    name: str
    validator: Validator | None
    """``None`` if it has no annotation: the value is passed on unchanged."""
    required: bool
    takes_form: bool
    """Is it a model, dataclass or typed dict, filled from all fields of the form?"""
    shape: Shape | None
    """The shape that it gives to the field of a form; ``None`` if it takes all as it comes."""
    kind: ParameterKind
    """How Python fills it: by position, by name, or either."""
    default: object = None


@dataclass(frozen=True, slots=True)
class Extras:
    """``*args`` or ``**fields``: what goes to no other parameter."""

    name: str
    validator: Validator | None
    """Of each value, or of all of them together."""
    is_one: bool
    """Is there one annotation for all of them together, ``**fields: Unpack[Options]``?"""
    shape: Shape | None = None
    """The shape of each value, or of all of them together."""

    def listed(self, values: Sequence[object], errors: dict[str, str]) -> list[object]:
        """The values of ``*args``, validated; ``errors`` says what is wrong with ``args[0]``."""
        if self.is_one:
            return list(_validated(self.validator, tuple(values), self.name, errors, ()))
        return [
            _validated(self.validator, value, f"{self.name}[{at}]", errors) for at, value in enumerate(values)
        ]

    def named(self, values: Mapping[str, object], errors: dict[str, str]) -> dict[str, object]:
        """The values of ``**fields``, validated; ``errors`` says what is wrong with each field."""
        if self.is_one:
            shaped = dict(values) if self.shape is None else self.shape.of(dict(values))
            return dict(_validated(self.validator, shaped, "", errors, {}))
        shaped = {
            name: value if self.shape is None else self.shape.of(value) for name, value in values.items()
        }
        return {
            name: _validated(self.validator, value, name, errors)
            for name, value in shaped.items()
            if value is not MISSING
        }


@dataclass(frozen=True, slots=True)
class HandlerSignature:
    """How a handler is called."""

    parameters: tuple[Parameter, ...]
    more: Extras | None
    """Its ``*args`` parameter."""
    fields: Extras | None
    """Its ``**fields`` parameter, which takes every other field."""
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
        if not self.parameters and not args and self.fields is None:
            return [], {}
        given = self.from_call(args) if args is not None else self.from_fields(params)
        errors: dict[str, str] = {}
        values: dict[str, object] = {}
        for parameter in self.parameters:
            value = given.pop(parameter.name, MISSING)
            if parameter.shape is not None and type(value) in SHAPED:
                value = parameter.shape.of(value)
            if value is not MISSING:
                values[parameter.name] = _argument(parameter, value, errors)
            elif parameter.required:
                errors[parameter.name] = error_text("missing", {})
        more = self.more.listed((args or ())[len(self.positional()) :], errors) if self.more else []
        fields = self.fields.named(given, errors) if self.fields else {}
        if errors:
            raise BadArgumentError("; ".join(f"{name}: {text}" for name, text in errors.items()), errors)
        return [*self.taken_by_position(values, all_of_them=bool(more)), *more], {**fields, **values}

    def positional(self) -> list[Parameter]:
        """The parameters that arguments of a call fill, in their order."""
        return [
            parameter for parameter in self.parameters if parameter.kind is not ParameterKind.KEYWORD_ONLY
        ]

    def taken_by_position(self, values: dict[str, object], *, all_of_them: bool) -> list[object]:
        """Removes from ``values`` those that Python wants by position: before ``*args``, or before a ``/``."""
        taken = [
            parameter
            for parameter in self.parameters
            if parameter.kind is ParameterKind.POSITIONAL_ONLY
            or (all_of_them and parameter.kind is not ParameterKind.KEYWORD_ONLY)
        ]
        while taken and taken[-1].name not in values:
            taken.pop()
        return [values.pop(parameter.name, parameter.default) for parameter in taken]

    def fields_taken(self, params: Mapping[str, object]) -> frozenset[str]:
        """The form fields that a call takes: those named like parameters, or all of the form."""
        if not self.takes_whole_form:
            return self.names
        return self.names | {name.partition(".")[0].partition("[")[0] for name in params} | {"form"}

    def from_call(self, args: Sequence[object]) -> dict[str, Any]:
        """Arguments by name, from positional ones: ``add(text, 5)``. What is more than that is not among them."""
        names = [parameter.name for parameter in self.positional()]
        if len(args) > len(names) and self.more is None:
            raise BadArgumentError(f"{len(args)} arguments for {len(names)} parameters", {})
        return dict(zip(names, args, strict=False))

    def from_fields(self, params: Mapping[str, object]) -> dict[str, Any]:
        """Arguments by name, from the fields of a form or the details of an event."""
        fields = dict(params)
        if any("[" in name or "." in name for name in fields):
            fields = nested(fields)
        for parameter in self.parameters:
            if parameter.name not in fields and parameter.takes_form:
                fields[parameter.name] = dict(fields)
            elif parameter.name not in fields and parameter.required and parameter.shape is not None:
                fields[parameter.name] = parameter.shape.if_missing
        return fields


def _argument(parameter: Parameter, value: object, errors: dict[str, str]) -> object:
    """The value of a parameter in its annotated type; if it is not valid, ``errors`` says why."""
    return _validated(parameter.validator, value, "" if parameter.takes_form else parameter.name, errors)


def _validated(
    validator: Validator | None, value: object, name: str, errors: dict[str, str], otherwise: Any = None
) -> Any:
    """The value in its annotated type; ``otherwise`` if it is not valid: ``errors`` says why, by ``name``."""
    if validator is None:
        if is_finite(value):
            return value
        errors[name] = error_text("finite_number", {})
        return otherwise
    try:
        return validator.validate_python(value)
    except pydantic.ValidationError as error:
        errors.update(field_errors(error, name))
        return otherwise


def field_errors(error: pydantic.ValidationError, prefix: str = "") -> dict[str, str]:
    """The first text of each field, by the field's name in the form: ``address.street``, ``items[0].name``."""
    found: dict[str, str] = {}
    for place, text in texts_of(error):
        found.setdefault(name_of_place(place, prefix) or "form", text)
    return found


def name_of_place(place: Sequence[int | str], prefix: str = "") -> str:
    """The name that a field has in a form: ``items[0].name`` for pydantic's ``("items", 0, "name")``."""
    name = prefix
    for step in place:
        name += f"[{step}]" if isinstance(step, int) else f".{step}" if name else str(step)
    return name


def signature_of(handler: Callable[..., Any]) -> HandlerSignature:
    """How to call a handler. Raises any exception that its annotations raise when they are evaluated."""
    parameters: list[Parameter] = []
    extras: dict[ParameterKind, Extras] = {}
    for item in _resolved(handler).parameters.values():
        kind = ParameterKind(item.kind)
        if kind in (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD):
            extras[kind] = extras_of(item)
        else:
            parameters.append(parameter_of(item))
    return HandlerSignature(
        tuple(parameters),
        extras.get(ParameterKind.VAR_POSITIONAL),
        extras.get(ParameterKind.VAR_KEYWORD),
        frozenset([parameter.name for parameter in parameters]),
        ParameterKind.VAR_KEYWORD in extras or any([parameter.takes_form for parameter in parameters]),
        takes_nothing=not parameters and not extras,
    )


def _resolved(handler: Callable[..., Any]) -> inspect.Signature:
    """The signature with its annotations evaluated; they may use the variables of setup."""
    function = inspect.unwrap(handler)
    scope = inspect.getclosurevars(function).nonlocals if inspect.isfunction(function) else {}
    return inspect.signature(handler, locals=dict(scope), eval_str=True)


def parameter_of(item: inspect.Parameter) -> Parameter:
    """How one parameter is filled and validated."""
    is_required = item.default is item.empty
    default = None if is_required else item.default
    if item.annotation is item.empty:
        return Parameter(item.name, None, is_required, False, None, ParameterKind(item.kind), default)
    options = _options(item.annotation)
    return Parameter(
        item.name,
        _validator(item.annotation),
        is_required,
        any(is_form(option) for option in options),
        shape_of(item.annotation),
        ParameterKind(item.kind),
        default,
    )


def extras_of(item: inspect.Parameter) -> Extras:
    """How ``*args`` or ``**fields`` is validated."""
    annotation = item.annotation
    if annotation is item.empty or isinstance(annotation, (typing.ParamSpecArgs, typing.ParamSpecKwargs)):
        return Extras(item.name, None, False)
    if repr(typing.get_origin(annotation)) in _UNPACK:
        options = typing.get_args(annotation)[0]
        return Extras(item.name, _validator(options), True, shape_of(options))
    if getattr(annotation, "__unpacked__", False):  # *args: *tuple[int, str]
        return Extras(item.name, _validator(types.GenericAlias(tuple, typing.get_args(annotation))), True)
    return Extras(item.name, _validator(annotation), False, shape_of(annotation))


def _validator(annotation: Any) -> Validator | None:
    """The validator of an annotation; ``None`` if it stands for any value."""
    return None if annotation in (Any, object) else validator_of(annotation)


def _options(annotation: Any) -> tuple[Any, ...]:
    """The members of a union, or the annotation itself; ``Annotated`` unwrapped."""
    if typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


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
