"""A backplane on Redis 5 or later (extra ``redis``): a store made of scripts, and one channel of hints.

    from hyper.state.redis_backplane import RedisBackplane
    await hub.connect(RedisBackplane("redis://localhost:6379"), secrets=[secret])

The store is that of ``backplane.py`` as Lua scripts, each of which Redis runs as one step. Three keys for each
name: ``head`` (hash: the end of the log, the snapshot), ``log`` (list of ``"ID MARK BODY"``) and ``sent`` (hash:
the highest number of each hub, and when it came). All expire when no process has asked for the value for a
day: shared values outlive deployments, but they are not a database. Keys that contradict each other are deleted: the
processes hold the value, and put it back.

Redis may be killed, emptied or stopped at any time: nothing here is the only copy. Every command has a time-out,
and is not retried here: ``sync.py`` does that, as it knows what may have happened.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

try:
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import (
        ClusterDownError,
        MasterDownError,
        NoPermissionError,
        OutOfMemoryError,
        ReadOnlyError,
        RedisError,
        ResponseError,
    )
except ImportError as error:
    raise ImportError("the Redis backplane needs another package: pip install 'hyper-live[redis]'") from error

from hyper.errors import AuthorError
from hyper.state.backplane import (
    KEPT_ENTRIES,
    BackplaneError,
    Entry,
    LogState,
    RefusedError,
    StoreAnswer,
    StoreError,
)
from hyper.state.replica import Position, split_id

T = TypeVar("T")

REFUSALS = (ClusterDownError, MasterDownError, NoPermissionError, OutOfMemoryError, ReadOnlyError)
REFUSAL_TEXT = re.compile(
    r"\b(?:BUSY|CLUSTERDOWN|MASTERDOWN|MISCONF|NOPERM|NOREPLICAS|OOM|READONLY)\b|can't run this command"
)

TTL_MS = 24 * 3600 * 1000

CHECK = """
local head, log, sent = KEYS[1], KEYS[2], KEYS[3]
local at = redis.pcall('HMGET', head, 'version', 'mark', 'base_version', 'base_mark', 'at_version', 'at_mark')
local count = redis.pcall('LLEN', log)
local kind = redis.call('TYPE', sent)['ok']
local version, base, snapshot = tonumber(at[1] or ''), tonumber(at[3] or ''), tonumber(at[5] or '')
local sound = type(count) == 'number' and (kind == 'hash' or kind == 'none') and version and base and snapshot
    and at[2] and at[4] and at[6] and version - base == count and base <= snapshot and snapshot <= version
if not sound then redis.call('DEL', head, log, sent) end
"""
"""The beginning of ``EXCHANGE`` and ``REPLACE``: deletes keys that contradict each other."""

EXCHANGE = (
    CHECK
    + """
if not sound then return {'absent'} end
local asked, mark, id, body, channel, hint = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local hub_id, number, new_mark, ttl = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ttl) end
if at[1] == asked and at[2] == mark then
    if id == '' then return {'current'} end
    local last = redis.call('HGET', sent, hub_id) or ''
    if tonumber(string.match(last, '^%d+') or '-1') >= tonumber(number) then return {'known'} end
    redis.call('RPUSH', log, id .. ' ' .. new_mark .. ' ' .. body)
    redis.call('HSET', head, 'version', version + 1, 'mark', new_mark)
    redis.call('HSET', sent, hub_id, number .. ' ' .. redis.call('TIME')[1])
    for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ttl) end
    redis.call('PUBLISH', channel, hint)
    return {'accepted'}
end
local place = tonumber(asked) - base
local known = place == 0 and mark == at[4]
if place > 0 then
    local entry = redis.call('LINDEX', log, place - 1)
    known = entry and string.match(entry, '^%S+ (%S+)') == mark
end
if known then
    return {'behind', redis.call('LRANGE', log, place, -1)}
end
local state = redis.call('HMGET', head, 'epoch', 'snapshot')
return {'other', redis.call('LRANGE', log, 0, -1), state[1] or '', at[5], at[6], state[2] or '', at[3], at[4]}
"""
)
"""``Store.exchange`` as a script."""

REPLACE = (
    CHECK
    + """
if (sound and at[1] or '0') ~= ARGV[1] or (sound and at[2] or '') ~= ARGV[2] then return 0 end
redis.call('DEL', head, log, sent)
redis.call('HSET', head, 'epoch', ARGV[3], 'at_version', ARGV[4], 'at_mark', ARGV[5], 'snapshot', ARGV[6],
    'base_version', ARGV[7], 'base_mark', ARGV[8], 'version', ARGV[4], 'mark', ARGV[5])
local now = redis.call('TIME')[1]
for index = 12, #ARGV do
    redis.call('RPUSH', log, ARGV[index])
    local hub_id, number = string.match(ARGV[index], '^(%S+):(%d+) ')
    redis.call('HSET', sent, hub_id, number .. ' ' .. now)
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[11]) end
redis.call('PUBLISH', ARGV[9], ARGV[10])
return 1
"""
)
"""``Store.replace`` as a script. Entries are in order, so the last number of each hub is its highest."""

COMPACT = """
local head, log, sent = KEYS[1], KEYS[2], KEYS[3]
local version, mark = tonumber(ARGV[1]), ARGV[2]
local state = redis.call('HMGET', head, 'base_version', 'at_version')
if not state[1] or version <= tonumber(state[2]) then return end
local base = tonumber(state[1])
local entry = redis.call('LINDEX', log, version - base - 1)
if not entry or string.match(entry, '^%S+ (%S+)') ~= mark then return end
redis.call('HSET', head, 'at_version', version, 'at_mark', mark, 'snapshot', ARGV[3])
local gone = version - tonumber(ARGV[4]) - base
if gone > 0 then
    local last = redis.call('LINDEX', log, gone - 1)
    redis.call('HSET', head, 'base_version', base + gone, 'base_mark', string.match(last, '^%S+ (%S+)'))
    redis.call('LTRIM', log, gone, -1)
end
local old = tonumber(redis.call('TIME')[1]) - tonumber(ARGV[5]) / 1000
local all = redis.call('HGETALL', sent)
for index = 1, #all, 2 do
    if tonumber(string.match(all[index + 1], '%d+$') or '0') < old then redis.call('HDEL', sent, all[index]) end
end
"""
"""``Store.compact`` as a script; also forgets hubs that sent nothing for a day."""

BEAT = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""
"""``Backplane.beat`` as a script, by the clock of Redis."""


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
                encoding_errors="surrogateescape",  # bytes that are not text are rejected later, as unsigned
                socket_timeout=timeout_s,
                socket_connect_timeout=timeout_s,
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError as error:
            raise AuthorError(f"not the URL of a Redis: {error}") from error
        self._exchange = self._redis.register_script(EXCHANGE)
        self._replace = self._redis.register_script(REPLACE)
        self._compact = self._redis.register_script(COMPACT)
        self._beat = self._redis.register_script(BEAT)

    async def exchange(self, name: str, at: Position, entry: Entry | None, hint: str) -> StoreAnswer:
        """See ``Backplane.exchange``."""
        batch_id, mark, body = entry or ("", "", "")
        hub_id, number = split_id(batch_id) if entry else ("", 0)
        arguments: list[Any] = [*at, batch_id, body, self.channel, hint, hub_id, number, mark, TTL_MS]
        answer = await self._ask(self._exchange(keys=self._keys(name), args=arguments))
        try:
            return read_answer(*answer)
        except ValueError as error:
            raise StoreError(f"Redis holds something else under {self._keys(name)[0]}: delete it") from error

    async def replace(self, name: str, expected: Position, state: LogState, hint: str) -> bool:
        """See ``Backplane.replace``."""
        entries = [" ".join(entry) for entry in state.entries]
        head = [*expected, state.epoch, *state.at, state.snapshot, *state.base]
        arguments: list[Any] = [*head, self.channel, hint, TTL_MS, *entries]
        return bool(await self._ask(self._replace(keys=self._keys(name), args=arguments)))

    async def compact(self, name: str, at: Position, snapshot: str) -> None:
        """See ``Backplane.compact``."""
        arguments: list[Any] = [*at, snapshot, KEPT_ENTRIES, TTL_MS]
        await self._ask(self._compact(keys=self._keys(name), args=arguments))

    async def beat(self, hub_id: str, ttl_s: float) -> set[str]:
        """See ``Backplane.beat``."""
        arguments: list[Any] = [hub_id, int(1000 * ttl_s)]
        return set(await self._ask(self._beat(keys=[f"{self.prefix}:alive"], args=arguments)))

    async def listen(self, take_hint: Callable[[str], None], ready: Callable[[], None]) -> None:
        """See ``Backplane.listen``. A connection that does not answer pings counts as lost."""
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
                    take_hint(message["data"])
        finally:
            await close_quietly(channel)
        raise BackplaneError("Redis does not answer")

    async def close(self) -> None:
        """Close all connections."""
        await close_quietly(self._redis)

    def _keys(self, name: str) -> list[str]:
        """The three keys of a name; the braces put them into one slot of a cluster."""
        return [f"{self.prefix}:{{{name}}}:{part}" for part in ("head", "log", "sent")]

    async def _ask(self, command: Awaitable[T]) -> T:
        try:
            return await command
        except ResponseError as error:
            raise (RefusedError if is_refusal(error) else StoreError)(f"Redis: {error}") from error
        except (TimeoutError, RedisError, OSError) as error:
            raise BackplaneError(f"Redis: {error or type(error).__name__}") from error


def is_refusal(error: ResponseError) -> bool:
    """Does Redis refuse all writes, or all of this process? Some versions give the reason as a text only."""
    return isinstance(error, REFUSALS) or REFUSAL_TEXT.search(str(error)) is not None


class RedisTimes:
    """Members of one sorted set, by their times, each kept for so long. Methods raise ``OSError`` if Redis is away."""

    def __init__(
        self, url: str, name: str, lasts_s: float, *, prefix: str = "hyper", timeout_s: float = 3
    ) -> None:
        self._key = f"{prefix}:{name}"
        self._lasts_s = lasts_s
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=timeout_s, socket_connect_timeout=timeout_s
        )

    async def add(self, times: Mapping[str, float]) -> None:
        """Keep these, and drop what has expired."""
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zadd(self._key, dict(times))
                pipe.zremrangebyscore(self._key, "-inf", time.time() - self._lasts_s)
                pipe.expire(self._key, int(self._lasts_s) + 1)
                await pipe.execute()
        except RedisError as error:
            raise OSError(f"Redis: {error}") from error

    async def count(self) -> int:
        """How many members there are."""
        try:
            return int(await self._redis.zcard(self._key))
        except RedisError as error:
            raise OSError(f"Redis: {error}") from error

    async def drop(self, members: Sequence[str]) -> None:
        """Drop members before their time."""
        try:
            for at in range(0, len(members), 1000):
                await self._redis.zrem(self._key, *members[at : at + 1000])
        except RedisError as error:
            raise OSError(f"Redis: {error}") from error

    async def since(self, since_s: float) -> dict[str, float]:
        """The members with a time after ``since_s``."""
        try:
            found: Any = await self._redis.zrangebyscore(self._key, since_s, "+inf", withscores=True)
        except RedisError as error:
            raise OSError(f"Redis: {error}") from error
        return {str(member): float(at) for member, at in cast("list[tuple[str, float]]", found)}

    async def close(self) -> None:
        """Close all connections."""
        await close_quietly(self._redis)


def read_answer(kind: str, entries: Sequence[str] = (), *state: str) -> StoreAnswer:
    """The result of ``EXCHANGE`` as an answer. Raises ``ValueError`` if it is not one."""
    read = [read_entry(text) for text in entries]
    if kind != "other":
        return StoreAnswer(kind, read)
    epoch, version, mark, snapshot, base_version, base_mark = state
    base = Position(int(base_version), base_mark)
    return StoreAnswer(kind, state=LogState(epoch, Position(int(version), mark), snapshot, base, read))


def read_entry(text: str) -> Entry:
    """``"ID MARK BODY"`` as an entry."""
    batch_id, mark, body = text.split(" ", 2)
    return Entry(batch_id, mark, body)


async def close_quietly(connection: Any) -> None:
    """Close a connection that may be broken already."""
    try:
        await cast("Awaitable[None]", connection.aclose())
    except (RedisError, OSError):
        return
