"""Errors of ``persistent()`` that are the author's to fix. Errors of saving are in ``writing.py``."""

from __future__ import annotations

from hyper.errors import AuthorError, HyperError


class RecordError(AuthorError):
    """``persistent()`` cannot use a model or a stored record, or a record holds what cannot be stored."""

    field: str = ""
    """The field at fault, if it is one."""


class MissingRecordError(HyperError, LookupError):
    """There is no record of that id, and ``persistent(…, missing="error")`` was to find one. Answer it with 404."""
