"""Errors in the code of an application, and the one that a handler raises about its form."""

from __future__ import annotations

from typing import Never

from hyper.vdom.errors import AuthorError, HyperError, PeerError, TemplateError


class ComponentError(AuthorError):
    """A component cannot be compiled or mounted; the message names file, line and fix."""


class ComponentWarning(UserWarning):
    """A component works, but probably not as its author intended."""


class Invalid(HyperError):  # noqa: N818 - read at its use: raise Invalid(email=…)
    """Raised in a handler to refuse fields whose values have the right types, but cannot be accepted.

        raise Invalid(email="This address has an account already")

    What the handler has done is undone; the view shows why, by ``error("email")``.

    Raises ``ComponentError`` if a text is given without the name of a field.
    """

    def __init__(self, *texts: Never, **fields: str) -> None:
        if texts:
            said = ", ".join(map(repr, texts))
            raise ComponentError(
                f"Invalid({said}) names no field: write Invalid(name={said}) for a field called name, or "
                f'Invalid(form={said}) for the form as a whole, which error("form") shows'
            )
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = fields


__all__ = [
    "AuthorError",
    "ComponentError",
    "ComponentWarning",
    "HyperError",
    "Invalid",
    "PeerError",
    "TemplateError",
]
