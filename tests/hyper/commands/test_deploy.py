"""The files of examples/deploy at work: nginx and HAProxy in front of two processes, with TLS; systemd's opinion.

Nothing in them is changed but ports and paths. What the Dockerfile copies, runs and asks is copied, run and asked here,
without Docker, and without what it installs.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from ..conftest import free_port
from ..running import SHOP, WAIT_S, Run, Tab, Visitor, running, visiting

DEPLOY = Path(__file__).parents[3] / "examples" / "deploy"
GUIDE = DEPLOY.parent.parent / "docs" / "guides" / "deployment.md"
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/shop.conf;
}}
"""


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda file: file.name)
def test_the_guide_shows_the_file_as_it_is(file: Path) -> None:
    assert f"\n{file.read_text().rstrip()}\n```" in GUIDE.read_text()


def certificate(folder: Path) -> None:
    """A certificate and its key, in two files and in one."""
    key, pem = folder / "key.pem", folder / "cert.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=example.com -keyout".split()
    subprocess.run([*command, str(key), "-out", str(pem)], check=True, capture_output=True)
    (folder / "both.pem").write_text(pem.read_text() + key.read_text())


def nginx(folder: Path, upstream: str, port: int) -> list[str]:
    """The command that runs nginx with our file."""
    text = (DEPLOY / "nginx.conf").read_text()
    text = text.replace("127.0.0.1:8000", upstream).replace("listen 443", f"listen 127.0.0.1:{port}")
    text = text.replace("/etc/ssl/example.com.pem", str(folder / "cert.pem"))
    (folder / "shop.conf").write_text(text.replace("/etc/ssl/example.com.key", str(folder / "key.pem")))
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def haproxy(folder: Path, upstream: str, port: int) -> list[str]:
    """The command that runs HAProxy with our file."""
    text = (DEPLOY / "haproxy.cfg").read_text()
    text = text.replace("127.0.0.1:8000", upstream).replace("bind :443", f"bind 127.0.0.1:{port}")
    (folder / "haproxy.cfg").write_text(text.replace("/etc/ssl/example.com.pem", str(folder / "both.pem")))
    return ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")]


@asynccontextmanager
async def proxied(name: str, folder: Path, upstream: str) -> AsyncIterator[str]:
    """A running proxy; its address."""
    program = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None or shutil.which("openssl") is None:
        pytest.skip(f"{name} or openssl is not installed")
    certificate(folder)
    port = free_port()
    command = {"nginx": nginx, "haproxy": haproxy}[name](folder, upstream, port)
    process = await asyncio.create_subprocess_exec(program, *command[1:])
    try:
        async with asyncio.timeout(WAIT_S):
            while not answers(port):
                assert process.returncode is None, f"{name} does not start"
                await asyncio.sleep(0.02)
        yield f"https://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@asynccontextmanager
async def site(proxy: str, folder: Path, **env: str) -> AsyncIterator[tuple[Run, Visitor]]:
    """Two processes behind ``proxy``, and a visitor of theirs."""
    (folder / "shop.py").write_text(SHOP)
    async with (
        running(folder, "shop:make_app", "--workers", "2", **env) as run,
        proxied(proxy, folder, run.url.removeprefix("http://")) as url,
        visiting(url) as visitor,
    ):
        yield run, visitor


@pytest.mark.parametrize("proxy", ["nginx", "haproxy"])
async def test_pages_behind_a_proxy_outlive_a_renewal(proxy: str, tmp_path: Path) -> None:
    async with site(proxy, tmp_path, HYPER_PROXIES="127.0.0.1") as (run, visitor):
        tab = await visitor.open()
        assert all(cookie["secure"] for cookie in visitor.session.cookie_jar)
        await tab.join()
        assert await tab.click() == f"1 in {tab.owner}, {tab.owner}"
        await tab.drop()
        await tab.join()
        assert await tab.click() == f"2 in {tab.owner}, {tab.owner}"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await visitor.session.ws_connect(
                f"{visitor.url}/_live/ws", headers={"Origin": "https://evil.test"}
            )

        is_done = asyncio.Event()
        asking = asyncio.create_task(ask_until(visitor, is_done))
        run.process.send_signal(signal.SIGHUP)
        assert (await tab.until(lambda frame: frame["type"] == "drain"))["retry_ms"] > 0
        assert await tab.closed() == 1012
        await run.logged("renewed 2 processes")
        is_done.set()
        assert await asking > 0, "pages that were answered meanwhile, and none was not"
        assert (await tab.join())["again"]
        assert (await tab.click()).startswith("1 in ")
        assert await run.end() == 0


async def ask_until(visitor: Visitor, is_done: asyncio.Event) -> int:
    count = 0
    while not is_done.is_set():
        tab: Tab = await visitor.open()  # fails for any answer but 200
        assert tab.owner
        count += 1
    return count


async def test_a_proxy_that_was_not_named_is_not_believed(tmp_path: Path) -> None:
    async with site("nginx", tmp_path) as (run, visitor):
        tab = await visitor.open()
        assert not any(cookie["secure"] for cookie in visitor.session.cookie_jar)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await tab.join()
        assert "proxies=" in await run.logged("refused")


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    text = (DEPLOY / "shop.service").read_text()
    text = text.replace("/srv/shop/.venv/bin/hyper", str(Path(sys.executable).parent / "hyper"))
    unit = tmp_path / "shop.service"
    unit.write_text(text.replace("User=shop", "User=daemon"))
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert (told.returncode, [line for line in told.stderr.splitlines() if "shop.service" in line]) == (0, [])


def steps(*kinds: str) -> list[str]:
    """What the Dockerfile says to these instructions, in order."""
    lines = [line.partition(" ") for line in (DEPLOY / "Dockerfile").read_text().splitlines()]
    return [rest for kind, _, rest in lines if kind in kinds]


def copy(context: Path, image: Path) -> None:
    """What the image gets of the folder it is built from."""
    ignored = [line.removeprefix("**/") for line in (DEPLOY / ".dockerignore").read_text().split()]
    for step in steps("COPY"):
        source, target = step.split()
        place = context / source
        if place.is_dir():
            shutil.copytree(
                place, image / target, ignore=shutil.ignore_patterns(*ignored), dirs_exist_ok=True
            )
        else:
            shutil.copy(place, image / target)


async def says_no(check: str, programs: str) -> bool:
    """Did this check of health fail?"""
    asking = await asyncio.create_subprocess_shell(check, env={"PATH": programs}, stderr=subprocess.DEVNULL)
    return await asking.wait() != 0


async def test_the_container_starts_says_that_it_is_well_and_ends(tmp_path: Path) -> None:
    context, image = tmp_path / "context", tmp_path / "image"
    for secret in (".git/config", ".venv/bin/python", ".env"):
        (context / secret).parent.mkdir(parents=True, exist_ok=True)
        (context / secret).touch()
    (context / "requirements.txt").write_text("hyper-live")
    (context / "shop.py").write_text(f"{SHOP}\napp = make_app()")
    image.mkdir()
    copy(context, image)
    assert {place.name for place in image.iterdir()} == {"requirements.txt", "shop.py"}

    port, (exposed,) = str(free_port()), steps("EXPOSE")
    command, health = steps("CMD", "HEALTHCHECK")[::-1]
    programs = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    start = json.loads(command.replace(f'"{exposed}"', f'"{port}"'))
    ask = health.removeprefix("CMD ").replace(f":{exposed}/", f":{port}/")
    assert port in start
    assert port in ask
    process = await asyncio.create_subprocess_exec(
        shutil.which(start[0], path=programs) or "", *start[1:], cwd=image, env={"PATH": programs}
    )
    try:
        async with asyncio.timeout(WAIT_S):
            while not answers(int(port)):
                assert process.returncode is None
                await asyncio.sleep(0.02)
            while await says_no(ask, programs):  # a check has a time limit of its own, and is repeated
                assert process.returncode is None
            process.terminate()
            assert await process.wait() == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
