"""What ``hyper run`` is told to serve, and what it says where that is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from hyper.commands.targets import TargetError, load_app
from hyper.components.loader import LoadError

ASYNC = """
from aiohttp import web
import hyper

@hyper.live
def hello():
    t"<p>Hello</p>"

async def make_app():
    app = web.Application()
    hyper.setup(app, secret="of a test")
    return app

app = web.Application()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["elsewhere"])
    monkeypatch.setenv("HYPER_SECRET", "of a test")
    return tmp_path


@pytest.mark.parametrize("target", ["shop:app", "shop:make_app"])
async def test_an_application_or_what_makes_one(target: str, folder: Path) -> None:
    (folder / "shop.py").write_text(ASYNC)
    assert isinstance(await load_app(target), web.Application)


async def test_a_module_of_a_package(folder: Path) -> None:
    (folder / "shop_of_parts").mkdir()
    (folder / "shop_of_parts" / "web.py").write_text("from aiohttp import web as w\napp = w.Application()")
    assert isinstance(await load_app("shop_of_parts.web:app"), web.Application)


@pytest.mark.parametrize(
    ("target", "module", "says"),
    [
        ("nowhere:app", None, "there is no module 'nowhere': searched from"),
        ("nowhere.web:app", None, "there is no module 'nowhere.web'"),
        ("shop", "", "write hyper run shop:app"),
        ("shop:apps", "from aiohttp import web\napp = web.Application()", "did you mean 'app'?"),
        ("shop:mak_app", "def make_app(): ...", "did you mean 'make_app'?"),
        ("shop:app", "app = 5", "shop:app gives an object of type int: it must be"),
        ("shop:app", "def app(): return 5", "shop:app gives an object of type int"),
        (".", "x = 5", "there is no live component in ."),
        (".", "from hyper import live\n1 / 0\n@live\ndef page(): ...", "shop.py:2: ZeroDivisionError"),
    ],
)
async def test_what_cannot_be_served_is_told(
    target: str, module: str | None, says: str, folder: Path
) -> None:
    if module is not None:
        (folder / "shop.py").write_text(module)
    with pytest.raises(TargetError) as told:
        await load_app(target)
    assert says in str(told.value)


async def test_a_module_that_imports_what_is_not_there_is_another_error(folder: Path) -> None:
    (folder / "shop.py").write_text("import nothing_of_that_name")
    with pytest.raises(LoadError, match="No module named 'nothing_of_that_name'"):
        await load_app("shop:app")


async def test_a_folder_is_served_as_hyper_dev_has_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPER_SECRET", "of a test")
    async with TestClient(TestServer(await load_app(str(root / "examples")))) as client:
        async with client.get("/") as response:
            assert '<a href="live/counter">' in await response.text()
        async with client.get("/live/counter") as response:
            text = await response.text()
            assert "Count: 0" in text
            assert "<style>" in text


async def test_nobody_sets_properties_by_the_address_of_a_production_server(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    account = "@live\ndef {}(owner{}):\n    def go(): ...\n    return t'<p>{{owner}}</p><button @click=\"go\">x</button>'\n"
    source = "from hyper import live\n" + account.format("account", ": str = 'nobody'")
    (folder / "shop.py").write_text(source + account.format("needy", ": str"))
    async with TestClient(TestServer(await load_app("."))) as client:
        async with client.get("/live/account?owner=ann") as response:
            text = await response.text()
            assert "nobody" in text
            assert "ann" not in text
        async with client.get("/live/needy?owner=ann") as response:
            assert response.status == 404
        async with client.get("/") as response:
            assert "needy" not in await response.text()
    assert "needy is not served" in caplog.text
