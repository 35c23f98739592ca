"""Reads forms that a browser posts without the client, as strictly as ``wire.py`` reads frames.

>>> decode_form(b"_live=TOKEN&text=milk&tag=a&tag=b", Limits())
{'_live': ['TOKEN'], 'text': ['milk'], 'tag': ['a', 'b']}
"""

from __future__ import annotations

from typing import Final, TypeAlias
from urllib.parse import parse_qsl

from .gate import Refused
from .limits import Limits

CONTENT_TYPE: Final = "application/x-www-form-urlencoded"
Fields: TypeAlias = dict[str, list[str]]
"""The values of each field, in the order of the form."""


def check_head(content_type: str, length: int | None, limits: Limits) -> None:
    """Raises ``Refused`` if the head of a request shows that its body cannot be used."""
    if content_type != CONTENT_TYPE:
        raise Refused("bad_frame", f"A form is sent as {CONTENT_TYPE}; files cannot be sent.")
    if length is not None and length > limits.form_bytes:
        raise _too_large(limits)


def decode_form(body: bytes, limits: Limits) -> Fields:
    """The fields of a form, with ``\\n`` for line breaks, as scripts see them.

    Raises ``Refused`` if the body is too large, is not a form, or holds NUL.
    """
    if len(body) > limits.form_bytes:
        raise _too_large(limits)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=limits.form_fields,
        )
    except ValueError as error:
        raise Refused("bad_frame", "This is not a form, or it has too many fields.") from error
    fields: Fields = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise Refused("bad_frame", "A field has a NUL character.")
        fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return fields


def _too_large(limits: Limits) -> Refused:
    return Refused("too_large", f"This form has more than {limits.form_bytes} bytes.")
