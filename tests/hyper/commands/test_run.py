"""``hyper run``: several processes behind one port, seen from outside."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from ..running import SHOP, WAIT_S, Run, Tab, Visitor, running, visiting

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="hyper run needs Unix sockets")


@pytest_asyncio.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Run]:
    (tmp_path / "shop.py").write_text(SHOP)
    async with running(tmp_path, "shop:make_app", "--workers", "2") as run:
        yield run


@pytest_asyncio.fixture
async def visitor(shop: Run) -> AsyncIterator[Visitor]:
    async with visiting(shop.url) as visitor:
        yield visitor


async def pages_of_both(visitor: Visitor) -> dict[int, Tab]:
    """A page of each process, by process id."""
    first = await visitor.open()  # the others have its cookie
    found = {first.owner: first}
    async with asyncio.timeout(WAIT_S):
        while len(found) < 2:
            tabs = await asyncio.gather(*(visitor.open() for _ in range(8)))
            found.update({tab.owner: tab for tab in tabs})
    return found


async def test_a_socket_reaches_the_process_of_its_page(visitor: Visitor) -> None:
    for owner, tab in (await pages_of_both(visitor)).items():
        for count in range(1, 11):
            answer = await tab.join()
            assert "again" not in answer
            assert await tab.click() == f"{count} in {owner}, {owner}"
            await tab.drop()


async def test_forms_reach_the_process_of_their_page(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    async with (
        running(tmp_path, "shop:make_app", "--workers", "2", FALLBACK="htmx") as run,
        visiting(run.url) as visitor,
    ):
        for _ in range(4):
            async with visitor.session.get(run.url) as response:
                text = await response.text()
            owners = set()
            for count in range(1, 5):
                action = re.findall(r'formaction="(.*?)"', text)[0]
                form = {"_live": re.findall(r'name="_live" value="(.*?)"', text)[0]}
                headers = {"Origin": run.url}
                async with visitor.session.post(run.url + action, data=form, headers=headers) as response:
                    text = await response.text()
                shown, *owner = re.findall(r"<p>(\d+) in (\d+), (\d+)</p>", text)[0]
                assert int(shown) == count
                owners.update(owner)
            assert len(owners) == 1


async def test_without_a_hint_it_reaches_any_and_is_mounted_anew(visitor: Visitor) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            tab = await visitor.open()
            answer = await tab.join(hint="")
            if answer.get("again"):
                break
            await tab.drop()
    shown = await tab.click()
    assert shown.startswith("1 in ")
    assert str(tab.owner) not in shown


async def test_a_hint_that_is_no_process_is_served_where_it_comes_in(visitor: Visitor) -> None:
    tab = await visitor.open()
    for hint in ["7_x", "99999_x", "_x", "0", "../0_x", "0_", "%00_"]:
        assert (await tab.join(hint=hint))["type"] == "ack"


async def test_a_killed_process_is_replaced_and_its_pages_begin_anew(shop: Run, visitor: Visitor) -> None:
    lost, kept = (await pages_of_both(visitor)).values()
    for tab in (lost, kept):
        await tab.join()
        await tab.click()
    os.kill(lost.owner, signal.SIGKILL)
    assert "was killed by SIGKILL" in await shop.logged("starting another")
    assert await kept.click() == f"2 in {kept.owner}, {kept.owner}"
    answer = await back(lost)
    assert answer["again"]
    shown = await lost.click()
    assert shown.startswith("1 in ")
    assert str(lost.owner) not in shown


async def back(tab: Tab) -> dict[str, object]:
    """Connect until it works, as the client does."""
    async with asyncio.timeout(WAIT_S):
        while True:
            with suppress(aiohttp.ClientError, AssertionError):
                return await tab.join()
            await asyncio.sleep(0.05)


async def test_renewed_one_by_one_nothing_is_refused(shop: Run, visitor: Visitor) -> None:
    old = await pages_of_both(visitor)
    for tab in old.values():
        await tab.join()
    owners: set[int] = set()
    is_done = asyncio.Event()

    async def ask() -> None:
        while not is_done.is_set():
            owners.add((await visitor.open()).owner)

    asking = asyncio.create_task(ask())
    shop.process.send_signal(signal.SIGHUP)
    codes = [await tab.closed() for tab in old.values()]
    await shop.logged("renewed 2 processes")
    is_done.set()
    await asking
    assert codes == [1012, 1012]
    new = set(await pages_of_both(visitor))
    assert new.isdisjoint(old)
    assert owners <= new | set(old)
    for tab in old.values():
        assert (await back(tab))["again"]
    assert await shop.end() == 0


async def test_a_renewal_that_fails_leaves_the_old_ones(shop: Run, visitor: Visitor, tmp_path: Path) -> None:
    old = set(await pages_of_both(visitor))
    (tmp_path / "shop.py").write_text("this is no Python")
    shop.process.send_signal(signal.SIGHUP)
    await shop.logged("did not get ready: the old ones continue")
    assert set(await pages_of_both(visitor)) == old


async def test_told_to_end_it_drains_its_pages_first(shop: Run, visitor: Visitor) -> None:
    tabs = (await pages_of_both(visitor)).values()
    for tab in tabs:
        await tab.join()
    shop.process.send_signal(signal.SIGTERM)
    for tab in tabs:
        assert (await tab.until(lambda frame: frame["type"] == "drain"))["retry_ms"] >= 2000
        assert await tab.closed() == 1012
    assert await shop.ended() == 0


SLOW = """
import sys, time
if '"number": 1' in sys.orig_argv[-1]:
    print("beginning", file=sys.stderr, flush=True)
    time.sleep(60)
"""


async def test_told_to_end_while_it_begins_it_ends_in_order(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "sitecustomize.py").write_text(SLOW)  # Python runs this first of all
    async with running(
        tmp_path, "shop:make_app", "--workers", "2", until="beginning", PYTHONPATH=str(tmp_path)
    ) as run:
        assert await run.end() == 0
        assert "Traceback" not in "".join(run.lines)


async def test_without_its_supervisor_no_process_stays(shop: Run, visitor: Visitor) -> None:
    owners = set(await pages_of_both(visitor))
    await shop.end(signal.SIGKILL)
    async with asyncio.timeout(WAIT_S):
        while any(is_alive(owner) for owner in owners):
            await asyncio.sleep(0.05)


def is_alive(process: int) -> bool:
    """Is it running? One that nobody waits for is not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(
    ("target", "says"),
    [("shop:app", "there is no module 'shop'"), ("broken:app", "ZeroDivisionError")],
)
def test_what_cannot_be_served_is_told(tmp_path: Path, target: str, says: str) -> None:
    (tmp_path / "broken.py").write_text("1 / 0")
    told = run_hyper(tmp_path, target, "--port", "0", "--workers", "2")
    assert told.returncode == 2
    assert says in told.stderr


def test_a_taken_port_names_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = run_hyper(tmp_path, "shop:app", "--port", str(port))
    assert told.returncode == 2
    assert f"port {port} on 127.0.0.1 is taken" in told.stderr


def run_hyper(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hyper", "run", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )


@pytest.mark.parametrize("has_secret", [True, False])
async def test_a_secret_in_setup_is_a_secret(has_secret: bool, tmp_path: Path) -> None:
    """Only an application without one is told that it has none, and by one of its processes."""
    source = (
        SHOP.replace("hyper.setup(app)", "hyper.setup(app, secret='one of a test')") if has_secret else SHOP
    )
    (tmp_path / "shop.py").write_text(source)
    async with running(tmp_path, "shop:make_app", "--workers", "2") as run:
        assert await run.end() == 0
    log = "".join(run.lines)
    assert log.count("no secret") == (0 if has_secret else 1)
    assert "HYPER_SECRET is not set" not in log
