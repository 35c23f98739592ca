"""Live components in an aiohttp application that was there before: Jinja2 pages, routes and all.

Run it with ``python examples/aiohttp_app.py`` and open http://127.0.0.1:8080. It needs ``pip install jinja2``.
"""

from pathlib import Path

import jinja2
from aiohttp import web

import hyper

HERE = Path(__file__).parent
ARTICLES = [("Cup", "Holds tea."), ("Pot", "Holds more tea.")]
pages = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)
components = hyper.load(HERE / "counter.py")


async def shop(request: web.Request) -> web.Response:
    """A Jinja2 page with a live counter at each article: what ``mount`` gives is HTML for the template."""
    articles = [
        {"name": name, "text": text, "live": await hyper.mount(request, components["counter"])}
        for name, text in ARTICLES
    ]
    page = pages.get_template("shop.html").render(title="Little shop", articles=articles)
    return web.Response(text=page, content_type="text/html")


async def about(request: web.Request) -> web.Response:
    """A page without anything live: nothing changes for it."""
    page = pages.get_template("shop.html").render(title="About", articles=[])
    return web.Response(text=page, content_type="text/html")


async def style(request: web.Request) -> web.FileResponse:
    return web.FileResponse(HERE / "templates" / "shop.css")


def make_app() -> web.Application:
    app = web.Application()
    app.add_routes([web.get("/", shop), web.get("/about", about), web.get("/shop.css", style)])
    hyper.setup(app).register(components["counter"])  # so that open pages outlive a restart
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=8080)
