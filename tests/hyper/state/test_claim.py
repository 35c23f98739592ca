"""``claim`` sees what is final: neither what an open job has put, which may be undone, nor what it has dropped."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hyper.state.backplane import MemoryBackplane
from hyper.state.hub import Hub
from hyper.state.observed import plain
from tests.hyper.state.units import FakeUnit

LIMIT_S = 10.0


@pytest.mark.parametrize("is_kept", [True, False])
async def test_a_claim_does_not_see_what_an_open_job_has_put(is_kept: bool) -> None:
    hub, job = Hub(), FakeUnit()
    game: Any = hub.share({}, "game")
    with job.within():
        game["host"] = "bob"
    assert await hub.claim(game, "host", "ada", LIMIT_S) == "ada"
    assert game["host"] == "bob", "the job goes on with what it has written"
    (job.keep if is_kept else job.undo)()
    assert game["host"] == ("bob" if is_kept else "ada")


async def test_a_claim_does_not_see_what_an_open_job_has_dropped() -> None:
    hub, job = Hub(), FakeUnit()
    game: Any = hub.share({"host": "bob"}, "game")
    with job.within():
        del game["host"]
    assert await hub.claim(game, "host", "ada", LIMIT_S) == "bob"
    job.undo()
    assert plain(game) == {"host": "bob"}


async def test_a_claim_within_a_job_stands_also_if_that_is_undone() -> None:
    hub, job = Hub(), FakeUnit()
    game: Any = hub.share({}, "game")
    with job.within():
        game["guest"] = "zoe"
        game["host"] = "bob"
        assert await hub.claim(game, "host", "ada", LIMIT_S) == "ada"
    job.undo()
    assert plain(game) == {"host": "ada"}


async def test_a_claim_in_what_an_open_job_has_put_shares_its_fate() -> None:
    hub, job = Hub(), FakeUnit()
    games: Any = hub.share({}, "games")
    with job.within():
        games["first"] = {}
    assert await hub.claim(games["first"], "host", "ada", LIMIT_S) == "ada"
    assert plain(games) == {"first": {"host": "ada"}}
    job.undo()
    assert plain(games) == {}


async def test_who_has_claimed_with_other_processes_is_told_what_is_final() -> None:
    hub, job, backplane = Hub(), FakeUnit(), MemoryBackplane()
    await hub.connect(backplane, ["secret"])
    game: Any = hub.share({}, "game")
    with job.within():
        game["host"] = "bob"
    assert await hub.claim(game, "host", "ada", LIMIT_S) == "ada"
    job.undo()
    assert plain(game) == {"host": "ada"}
    await hub.disconnect()


async def test_a_place_that_is_dropped_before_the_answer_is_claimed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = Hub()
    await hub.connect(MemoryBackplane(), ["secret"])
    game: Any = hub.share({}, "game")
    assert hub.sync is not None
    wait = hub.sync.arrivals.wait_for_change
    drops = iter([True, True, False])

    async def wait_and_drop(*args: Any) -> bool:
        answer = await wait(*args)
        if next(drops):
            del game["host"]
        return answer

    monkeypatch.setattr(hub.sync.arrivals, "wait_for_change", wait_and_drop)
    assert await hub.claim(game, "host", "ada", LIMIT_S) == "ada"
    assert plain(game) == {"host": "ada"}
    await hub.disconnect()


@pytest.mark.parametrize("number", range(40))
async def test_whatever_jobs_do_each_key_has_one_claimant(number: int, rng: random.Random) -> None:
    """Jobs that are all undone leave what was claimed, and every claim of a key was told the same."""
    rng = random.Random(f"{rng.random()} {number}")
    hub = Hub()
    game: Any = hub.share({}, "game")
    jobs: list[FakeUnit] = []
    told: dict[str, set[str]] = {}
    for step in range(60):
        key, who = rng.choice("abc"), f"{step}"
        action = rng.randrange(5)
        if action == 0 or not jobs:
            jobs.append(FakeUnit())
        elif action == 1:
            jobs.pop(rng.randrange(len(jobs))).undo()
        elif action == 2:
            with rng.choice(jobs).within():
                told.setdefault(key, set()).add(await hub.claim(game, key, who, LIMIT_S))
        else:
            with rng.choice(jobs).within():
                if action == 3:
                    game[key] = f"put {who}"
                else:
                    game.pop(key, None)
    for job in jobs:
        job.undo()
    assert all(len(answers) == 1 for answers in told.values())
    assert plain(game) == {key: answer for key, (answer,) in told.items()}
