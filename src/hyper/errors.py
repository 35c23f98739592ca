"""Errors of the face: what the author of a component has to change."""

from __future__ import annotations

from hyper.vdom.errors import AuthorError, HyperError, PeerError, TemplateError


class ComponentError(AuthorError):
    """A component cannot be compiled or mounted; the message names file, line and cure."""


class ComponentWarning(UserWarning):
    """A component works, but hardly as its author meant it to."""


__all__ = ["AuthorError", "ComponentError", "ComponentWarning", "HyperError", "PeerError", "TemplateError"]
