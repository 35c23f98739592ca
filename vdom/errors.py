"""The two kinds of error: the author's and the peer's.

An author's error names the file and line to change, and the fix. A peer's error is about bytes that came from
outside (a browser, a saved patch list): the program refuses them and continues.
"""

from __future__ import annotations


class HyperError(Exception):
    """Base of every error that Hyper Live raises on purpose."""


class AuthorError(HyperError):
    """The author of a component, a template or a call has to change something."""


class PeerError(HyperError):
    """Bytes from outside are not valid: they are refused, nothing was changed."""


class TemplateError(AuthorError):
    """A template is not well formed, or has a slot where no value can be made safe."""


class HtmlError(PeerError):
    """HTML that cannot become a tree, such as one nested deeper than the limit."""


class XmlError(HtmlError):
    """XML that is not well-formed, declares entities of its own or is nested deeper than the limit."""
