"""A backplane on Redis 5 or later (extra ``redis``): a store of scripts and one channel of hints.

    from hyper.state.redis_backplane import RedisBackplane
    await hub.connect(RedisBackplane("redis://localhost:6379"), secrets=[secret])

Redis may be killed, emptied or stopped at any time: nothing here is the only copy. Every command has a
time-out, and is not retried here but asked again by ``sync.py``, which knows what may have happened.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar, cast

try:
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError, ResponseError
except ImportError as error:
    raise ImportError("the Redis backplane needs another package: pip install 'hyper-live[redis]'") from error

from hyper.errors import AuthorError
from hyper.state.backplane import KEPT, Answer, BackplaneError, Entry, State, StoreError
from hyper.state.redis_scripts import BEAT, COMPACT, EXCHANGE, REPLACE, TTL_MS
from hyper.state.replica import Position, split_id

T = TypeVar("T")


class RedisBackplane:
    """Connects the processes that use the same Redis database and prefix."""

    def __init__(self, url: str, *, prefix: str = "hyper", timeout_s: float = 3.0) -> None:
        self.prefix = prefix
        self.timeout_s = timeout_s
        self.channel = f"{prefix}:hints"
        try:
            self._redis: Any = Redis.from_url(
                url,
                decode_responses=True,
                encoding_errors="surrogateescape",  # what is not text is refused as unsigned, not here
                socket_timeout=timeout_s,
                socket_connect_timeout=timeout_s,
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError as error:
            raise AuthorError(f"no URL of a Redis: {error}") from error
        self._exchange = self._redis.register_script(EXCHANGE)
        self._replace = self._redis.register_script(REPLACE)
        self._compact = self._redis.register_script(COMPACT)
        self._beat = self._redis.register_script(BEAT)

    async def exchange(self, name: str, at: Position, entry: Entry | None, hint: str) -> Answer:
        """See ``Backplane.exchange``."""
        batch_id, mark, body = entry or ("", "", "")
        origin, number = split_id(batch_id) if entry else ("", 0)
        arguments: list[Any] = [*at, batch_id, body, self.channel, hint, origin, number, mark, TTL_MS]
        answer = await self._ask(self._exchange(keys=self._keys(name), args=arguments))
        try:
            return read_answer(*answer)
        except ValueError as error:
            raise StoreError(f"Redis holds something else under {self._keys(name)[0]}: delete it") from error

    async def replace(self, name: str, expected: Position, state: State, hint: str) -> bool:
        """See ``Backplane.replace``."""
        entries = [" ".join(entry) for entry in state.entries]
        head = [*expected, state.epoch, *state.at, state.snapshot, *state.base]
        arguments: list[Any] = [*head, self.channel, hint, TTL_MS, *entries]
        return bool(await self._ask(self._replace(keys=self._keys(name), args=arguments)))

    async def compact(self, name: str, at: Position, snapshot: str) -> None:
        """See ``Backplane.compact``."""
        arguments: list[Any] = [*at, snapshot, KEPT, TTL_MS]
        await self._ask(self._compact(keys=self._keys(name), args=arguments))

    async def beat(self, origin: str, ttl_s: float) -> set[str]:
        """See ``Backplane.beat``."""
        arguments: list[Any] = [origin, int(1000 * ttl_s)]
        return set(await self._ask(self._beat(keys=[f"{self.prefix}:alive"], args=arguments)))

    async def listen(self, heard: Callable[[str], None], ready: Callable[[], None]) -> None:
        """See ``Backplane.listen``; a connection that does not even answer pings is lost too."""
        channel = self._redis.pubsub()
        try:
            await self._ask(channel.subscribe(self.channel))
            last = time.monotonic()
            while time.monotonic() - last < 3 * self.timeout_s:
                message = await self._ask(channel.get_message(timeout=self.timeout_s))
                if message is None:
                    await self._ask(channel.ping())
                    continue
                last = time.monotonic()
                if message["type"] == "subscribe":
                    ready()
                elif message["type"] == "message":
                    heard(message["data"])
        finally:
            await close_quietly(channel)
        raise BackplaneError("Redis does not answer")

    async def close(self) -> None:
        """Close all connections."""
        await close_quietly(self._redis)

    def _keys(self, name: str) -> list[str]:
        """In one slot of a cluster, by the braces."""
        return [f"{self.prefix}:{{{name}}}:{part}" for part in ("head", "log", "sent")]

    async def _ask(self, command: Awaitable[T]) -> T:
        try:
            return await command
        except ResponseError as error:
            raise StoreError(f"Redis: {error}") from error
        except (TimeoutError, RedisError, OSError) as error:
            raise BackplaneError(f"Redis: {error or type(error).__name__}") from error


def read_answer(kind: str, entries: Sequence[str] = (), *state: str) -> Answer:
    """What the exchange script returned."""
    read = [read_entry(text) for text in entries]
    if kind != "other":
        return Answer(kind, read)
    epoch, version, mark, snapshot, base_version, base_mark = state
    base = Position(int(base_version), base_mark)
    return Answer(kind, state=State(epoch, Position(int(version), mark), snapshot, base, read))


def read_entry(text: str) -> Entry:
    """``"ID MARK BODY"`` as an entry."""
    batch_id, mark, body = text.split(" ", 2)
    return Entry(batch_id, mark, body)


async def close_quietly(connection: Any) -> None:
    """Close what may be broken already."""
    try:
        await cast("Awaitable[None]", connection.aclose())
    except (RedisError, OSError):
        return
