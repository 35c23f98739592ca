"""Loads what ``hyper run`` serves: ``module:app``, ``module:make_app``, or a folder of live components."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import logging
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from markupsafe import Markup

from hyper.commands.gallery import Gallery
from hyper.components.component import LiveComponent
from hyper.components.loader import load_module
from hyper.errors import AuthorError
from hyper.web.app import mount, page, setup

log = logging.getLogger("hyper")


class TargetError(AuthorError):
    """The target of ``hyper run`` names neither an application nor live components."""


async def load_app(target: str) -> web.Application:
    """The application that ``target`` names. Raises ``AuthorError``, which says what to do, if there is none."""
    if Path(target).exists():
        return folder_app(Path(target))
    module_name, separator, name = target.partition(":")
    if not separator:
        raise TargetError(
            f"{target!r} is neither a file or folder nor module:app: write hyper run {target}:app, where app is"
            " an aiohttp Application in it, or a function that returns one"
        )
    found = _find(_module(module_name), name)
    if not isinstance(found, web.Application) and callable(found):
        found = found()
        if inspect.isawaitable(found):
            found = await found
    if not isinstance(found, web.Application):
        kind = type(found).__name__
        raise TargetError(
            f"{target} gives an object of type {kind}: it must be an aiohttp Application or a function that returns one"
        )
    return found


def _module(name: str) -> ModuleType:
    """The module of that name. If its file is in the working directory, t-strings work on every Python."""
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    file = Path(f"{name}.py")
    if file.is_file():
        return load_module(file)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise TargetError(f"there is no module {name!r}: searched from {folder}") from error


def _find(module: ModuleType, name: str) -> Any:
    """The object of that name in a module. Raises ``TargetError`` if there is none."""
    if hasattr(module, name):
        return getattr(module, name)
    apps = [other for other, value in vars(module).items() if isinstance(value, web.Application)]
    near = apps or difflib.get_close_matches(name, vars(module), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise TargetError(f"there is no {name!r} in {module.__file__}{hint}")


def folder_app(path: Path) -> web.Application:
    """An application with every live component of a folder or file at ``/live/NAME``, and links to them at ``/``."""
    gallery = Gallery(path.resolve())
    if gallery.problems:
        raise TargetError(f"{gallery.problems[0].place}: {gallery.problems[0].message}")
    if not gallery.components:
        raise TargetError(
            f"there is no live component in {path}: put @live above a function in one of its files"
        )
    app = web.Application()
    live = setup(app)
    served = {name: component for name, component in gallery.components.items() if _has_defaults(component)}
    for name, component in served.items():
        live.register(component)
        app.router.add_get(f"/live/{name}", _handler_for(component, gallery.style(name)))
    link = Markup('<li><a href="live/{0}">{0}</a></li>')
    links = Markup("").join([link.format(name) for name in served])

    async def index(request: web.Request) -> web.Response:
        return page(Markup("<ul>{}</ul>").format(links), title=gallery.folder.name)

    app.router.add_get("/", index)
    return app


def _has_defaults(component: LiveComponent) -> bool:
    """Can the component be mounted without properties? The log says so if it cannot."""
    try:
        component.checked({})
    except AuthorError as error:
        log.warning("%s is not served: %s. Mount it in an application of your own", component.name, error)
        return False
    return True


def _handler_for(component: LiveComponent, style: str) -> Handler:
    """A request handler that answers with a page of the component, with the properties' defaults.

    ``hyper dev`` takes properties from the address; here anybody could give any, such as whose account is shown.
    """
    head = Markup(f"<style>{style}</style>") if style else ""

    async def show(request: web.Request) -> web.Response:
        return page(await mount(request, component), title=component.name, head=head)

    return show
