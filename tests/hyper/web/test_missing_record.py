"""A page of a record that does not exist is answered with 404, as the guide says."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

import hyper
from hyper.components.loader import load_module
from hyper.records import database

SOURCE = """
from dataclasses import dataclass
from hyper import live, persistent

@dataclass
class User:
    name: str = "ada"

@live
def inner(id: int):
    user = persistent(User, id=id, missing="error")
    t"<b>{user.name}</b>"

@live
def profile(id: int):
    user = persistent(User, id=id, missing="error")
    t"<h1>{user.name}</h1>"
"""


async def test_a_route_answers_404(tmp_path: Path) -> None:
    (tmp_path / "profile.py").write_text(SOURCE)
    module = load_module(tmp_path / "profile.py")
    database.use_database(f"sqlite:///{tmp_path / 'test.db'}")
    app = web.Application()
    hyper.setup(app, secret="s" * 32)

    async def show(request: web.Request) -> web.Response:
        try:
            return hyper.page(await hyper.mount(request, module.profile, id=int(request.match_info["id"])))
        except hyper.MissingRecordError:
            raise web.HTTPNotFound() from None

    app.router.add_get("/{id}", show)
    try:
        saving = hyper.persistent(module.User, id=1)
        await saving.save()
        async with TestClient(TestServer(app)) as client:
            assert (await client.get("/1")).status == 200
            assert (await client.get("/2")).status == 404
    finally:
        database.database().close()
        database.opened.clear()
        database.chosen.clear()
