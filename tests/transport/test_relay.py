from __future__ import annotations

import asyncio
from contextvars import ContextVar

import pytest

from hyper.transport.relay import Job, Relay

colour: ContextVar[str] = ContextVar("colour", default="none")


class Reader:
    """A loop over a queue of jobs, as a connection has one over its messages."""

    def __init__(self) -> None:
        self.jobs: asyncio.Queue[Job | None] = asyncio.Queue()
        self.tasks: list[asyncio.Task[None]] = []
        self.relay = Relay(self._loop, self._spawn)

    def _spawn(self, job: Job) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(job)
        self.tasks.append(task)
        return task

    async def _loop(self) -> None:
        while (job := await self.jobs.get()) is not None:
            if not await self.relay.run(job):
                return

    async def end(self) -> None:
        self.jobs.put_nowait(None)
        await asyncio.gather(*self.tasks)


@pytest.fixture
def reader() -> Reader:
    return Reader()


async def test_jobs_that_do_not_wait_need_one_task(reader: Reader) -> None:
    ran = []

    async def job(number: int) -> None:
        ran.append(number)

    for number in range(100):
        reader.jobs.put_nowait(job(number))
    reader.relay.start()
    await reader.end()
    assert ran == list(range(100))
    assert len(reader.tasks) == 1


async def test_a_job_that_waits_holds_up_nobody(reader: Reader) -> None:
    gate = asyncio.Event()
    log = []

    async def slow() -> None:
        log.append("begin")
        await gate.wait()
        await asyncio.sleep(0)
        log.append("end")

    async def quick() -> None:
        log.append("quick")
        gate.set()

    reader.jobs.put_nowait(slow())
    reader.jobs.put_nowait(quick())
    reader.relay.start()
    await reader.end()
    assert log == ["begin", "quick", "end"]
    assert len(reader.tasks) == 2


async def test_many_jobs_wait_at_once(reader: Reader) -> None:
    gate = asyncio.Event()
    ended = []

    async def slow(number: int) -> None:
        await gate.wait()
        ended.append(number)

    for number in range(50):
        reader.jobs.put_nowait(slow(number))

    async def opener() -> None:
        gate.set()

    reader.jobs.put_nowait(opener())
    reader.relay.start()
    await reader.end()
    assert sorted(ended) == list(range(50))


async def test_the_task_is_the_same_before_and_after_waiting(reader: Reader) -> None:
    seen = []

    async def job() -> None:
        seen.append(asyncio.current_task())
        await asyncio.sleep(0)
        seen.append(asyncio.current_task())

    reader.jobs.put_nowait(job())
    reader.relay.start()
    await reader.end()
    assert seen[0] is seen[1] is reader.tasks[0]


async def test_timeouts_and_cancellation_work_inside(reader: Reader) -> None:
    log = []

    async def timed() -> None:
        try:
            async with asyncio.timeout(0):
                await asyncio.sleep(3600)
        except TimeoutError:
            log.append("timeout")

    async def cancelled() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            log.append("cancelled")
            await asyncio.sleep(0)
            raise

    reader.jobs.put_nowait(timed())
    reader.jobs.put_nowait(cancelled())
    reader.relay.start()
    for _ in range(10):
        await asyncio.sleep(0)
    reader.tasks[1].cancel()
    reader.jobs.put_nowait(None)
    await asyncio.gather(*reader.tasks, return_exceptions=True)
    assert log == ["timeout", "cancelled"]
    assert reader.tasks[1].cancelled()


async def test_context_variables_stay_in_their_job(reader: Reader) -> None:
    seen = []

    async def painter(wait: bool) -> None:
        colour.set("red")
        if wait:
            await asyncio.sleep(0)
        seen.append(colour.get())

    async def looker() -> None:
        seen.append(colour.get())

    for job in (painter(False), looker(), painter(True), looker()):
        reader.jobs.put_nowait(job)
    reader.relay.start()
    await reader.end()
    assert sorted(seen) == ["none", "none", "red", "red"]


async def test_an_exception_reaches_the_loop(reader: Reader) -> None:
    async def failing() -> None:
        raise ZeroDivisionError

    reader.jobs.put_nowait(failing())
    reader.relay.start()
    with pytest.raises(ZeroDivisionError):
        await reader.tasks[0]
