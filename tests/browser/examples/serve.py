"""The examples as an application in production serves them: ``python serve.py PORT``.

One secret for all its runs, so that pages survive a restart; none of the development server's reloading.
"""

from __future__ import annotations

import sys
from pathlib import Path

from aiohttp import web

import hyper

EXAMPLES = Path(__file__).parents[3] / "examples"
components = hyper.load(EXAMPLES)


async def show(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    return hyper.page(await hyper.mount(request, components[name], **request.query), title=name)


def make_app() -> web.Application:
    app = web.Application()
    live = hyper.setup(app, secret="one for all runs of these tests")
    for component in components.values():
        live.register(component)  # pages of an earlier run may come back before anybody asks for a new one
    app.router.add_get("/live/{name}", show)
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), print=None)
