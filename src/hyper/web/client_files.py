"""The client's files, and the tags by which a page loads them, each once however many components it has."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from aiohttp import web

from hyper.runtime_js import parts_for
from hyper.transport.server import LiveServer
from hyper.vdom.escaping import escape_attribute
from hyper.web.notices import Notices

CLIENT_PARTS: Final = ("editing", "extras", "fallback", "forms", "modifiers", "notice", "outdated")
"""The files of the client besides the first."""

_HAS_SCRIPT: Final = web.RequestKey("hyper_has_script", bool)
_HAS_FALLBACK: Final = web.RequestKey("hyper_has_fallback", bool)
_PRELOADED: Final = web.RequestKey("hyper_preloaded", set)


def client_file(name: str) -> bytes:
    """The content of a built file of the client."""
    return (files("hyper.runtime_js") / name).read_bytes()


def client_tags(request: web.Request, server: LiveServer, html: str, notices: Notices) -> str:
    """The tags of the client's first file and of others that ``html`` needs, without those that the page has already."""
    preloaded = _preload_tags(request, server, html)
    if request.get(_HAS_SCRIPT):
        return preloaded
    request[_HAS_SCRIPT] = True
    url = server.url_of(request, server.script_name)
    told = server.url_of(request, server.part_name("notice")) + notices.query(request)
    # the notices are not needed before something fails, but then nothing may come any more
    return (
        f'{preloaded}<script type="module" src="{escape_attribute(url)}"></script>'
        f'<script type="module" src="{escape_attribute(told)}" fetchpriority="low"></script>'
    )


def _preload_tags(request: web.Request, server: LiveServer, html: str) -> str:
    """Preload tags for the files that the client will need for ``html``, so that the browser fetches them early."""
    known: set[str] = request.setdefault(_PRELOADED, set())
    needed = sorted(parts_for(html) - known)
    known.update(needed)
    return "".join(
        f'<link rel="modulepreload" href="{escape_attribute(server.url_of(request, server.part_name(part)))}">'
        for part in needed
    )


def fallback_tag(request: web.Request, server: LiveServer) -> str:
    """The tag of the file that hands components over to the client; it has to come before the client's own tag."""
    if request.get(_HAS_FALLBACK):
        return ""
    request[_HAS_FALLBACK] = True
    url = server.url_of(request, f"fallback.js?client={server.script_name}")
    return f'<script type="module" src="{escape_attribute(url)}"></script>'
