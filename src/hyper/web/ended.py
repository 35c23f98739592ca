"""Where ended sessions are kept until their tokens expire: a file of this machine, and Redis.

A process remembers a log-out as long as it lives. One that starts later reads the log-outs here before it serves its
first page, so a cookie or token from before a log-out is refused after a restart, too. Every process reads again from
time to time, for what it missed. Each line of the file is a time, a hash of a session's id, and the share of its network
(``Gate.share_of``): ``1764565920 yW3….Ab``. Where there is no room for all, ``1764565920 .Ab`` stands for those of one
share that gave way, as in ``hyper.transport.ended_sessions``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from hyper.transport.ended_sessions import SHARES, shortened
from hyper.transport.limits import Limits
from hyper.transport.tokens import digest
from hyper.transport.workers import Workers

if TYPE_CHECKING:
    from hyper.state.redis_backplane import RedisTimes

STATE_VARIABLE: Final = "HYPER_STATE"
OVERLAP_S: Final = 120
"""Log-outs of other machines may arrive in Redis so late, or be dated by another clock."""
ROOM: Final = Limits().ended
LINE_BYTES: Final = 13 + 64 + 1
"""The length of a line at most."""
_LINE: Final = re.compile(rb"([0-9]{1,12}) ([\w.-]{1,64})")

Sessions = Mapping[str, float]
"""When each session ended, in seconds since 1970, by the hash of its id and the share of its network."""


class EndedStore(Protocol):
    """Keeps ended sessions beyond the life of a process. Methods raise ``OSError`` if the store cannot be reached."""

    async def keep(self, ended: Sessions) -> None:
        """Keep these, too."""

    async def news(self) -> dict[str, float]:
        """The sessions that were kept since the last call, here or elsewhere; at first all that still matter."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close all connections; the next call opens them again."""


class EndedFile:
    """Ended sessions in a file that all processes of a machine append to."""

    def __init__(
        self, path: Path, lasts_s: float, clock: Callable[[], float] = time.time, *, room: int = ROOM
    ) -> None:
        """``room`` sessions are kept at most: the file never has more than twice as many lines."""
        self.path = path
        self._lasts_s = lasts_s
        self._room = room
        self._clock = clock
        self._read_to = (0, 0)
        """The file that was read last (its inode), and up to where."""

    async def keep(self, ended: Sessions) -> None:
        """See ``EndedStore.keep``."""
        await asyncio.to_thread(self._append, ended)

    async def news(self) -> dict[str, float]:
        """See ``EndedStore.news``."""
        return await asyncio.to_thread(self._read)

    async def close(self) -> None:
        """See ``EndedStore.close``: there are none."""

    def _append(self, ended: Sessions) -> None:
        lines = _lines(ended)
        with self._locked():
            if self.path.exists() and self.path.stat().st_size + len(lines) > self.max_bytes:
                self._write_anew(shortened({**self._parsed(self.path.read_bytes()), **ended}, self._room))
            else:
                with open(_opened(self.path), "ab") as file:
                    file.write(lines)

    @property
    def max_bytes(self) -> int:
        """The size of the file at most: as long as it is not reached, a log-out is a line that is appended."""
        return 2 * LINE_BYTES * (self._room + SHARES)

    def _read(self) -> dict[str, float]:
        if not self.path.exists():
            return {}
        with self._locked():
            if self._read_to[0] == 0:
                self._drop_expired()
            with open(self.path, "rb") as file:
                stat = os.fstat(file.fileno())
                inode, start = self._read_to
                file.seek(start if inode == stat.st_ino and start <= stat.st_size else 0)
                lines = file.read()
                self._read_to = stat.st_ino, file.tell()
        return self._parsed(lines)

    def _parsed(self, lines: bytes) -> dict[str, float]:
        oldest = self._clock() - self._lasts_s
        found: dict[str, float] = {}
        for match in map(_LINE.fullmatch, lines.splitlines()):
            if match:
                name = match[2].decode()
                found[name] = max(float(match[1]), found.get(name, 0))
        return {name: at for name, at in found.items() if at >= oldest}

    def _drop_expired(self) -> None:
        """Write the file anew with what still matters, each session once."""
        lines = self.path.read_bytes()
        ended = self._parsed(lines)
        if 2 * len(ended) < lines.count(b"\n") or len(lines) > self.max_bytes:
            self._write_anew(shortened(ended, self._room))

    def _write_anew(self, ended: Sessions) -> None:
        new = self.path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with open(_opened(new), "ab") as file:
            file.write(_lines(ended))
        new.replace(self.path)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time: a line that is appended while the file is written anew would be lost."""
        descriptor = _opened(self.path.with_suffix(".lock"))
        try:
            with contextlib.suppress(ImportError):  # there are no locks on Windows, nor several processes
                import fcntl

                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class EndedInRedis:
    """Ended sessions in the Redis that all machines share. Each is signed: who can write there ends nobody's session."""

    def __init__(
        self,
        url: str,
        lasts_s: float,
        sign: Callable[[str], str],
        is_signed: Callable[[str, str], bool],
        clock: Callable[[], float] = time.time,
        *,
        room: int = ROOM,
    ) -> None:
        """``room`` sessions are kept at most, and up to twice as many for a while."""
        self._room = room
        self._url = url
        self._opened: RedisTimes | None = None
        self._sign = sign
        self._is_signed = is_signed
        self._lasts_s = lasts_s
        self._clock = clock
        self._since: float | None = None

    async def keep(self, ended: Sessions) -> None:
        """See ``EndedStore.keep``."""
        await self._add(ended)
        if await self._times().count() > 2 * (self._room + SHARES):
            await self._shorten()

    async def _add(self, ended: Sessions) -> None:
        await self._times().add({self._member(name): at for name, at in ended.items()})

    def _member(self, name: str) -> str:
        return f"{name}.{self._sign(_signed(name))}"

    async def _shorten(self) -> None:
        """Drop those for which there is no room, once what stands for them is there."""
        found = await self._times().since(0)
        known = self._read(found)
        left = shortened(known, self._room)
        await self._add({name: at for name, at in left.items() if known.get(name) != at})
        kept = {self._member(name) for name in left}
        await self._times().drop([member for member in found if member not in kept])

    async def news(self) -> dict[str, float]:
        """See ``EndedStore.news``."""
        now = self._clock()
        since = now - self._lasts_s if self._since is None else self._since - OVERLAP_S
        found = await self._times().since(since)
        self._since = now
        return self._read(found)

    def _read(self, found: Mapping[str, float]) -> dict[str, float]:
        """Those that are signed, by their names."""
        split = [(*member.rpartition(".")[::2], at) for member, at in found.items()]
        return {name: at for name, mark, at in split if self._is_signed(_signed(name), mark)}

    async def close(self) -> None:
        """See ``EndedStore.close``."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    def _times(self) -> RedisTimes:
        from hyper.state.redis_backplane import RedisTimes

        if self._opened is None:
            self._opened = RedisTimes(self._url, "ended", self._lasts_s)
        return self._opened


def _lines(ended: Sessions) -> bytes:
    return b"".join(b"%d %b\n" % (at, name.encode()) for name, at in ended.items())


def _signed(name: str) -> str:
    return f"ended {name}"


def state_file(
    given: str | os.PathLike[str] | None, secrets: Sequence[str], workers: Workers | None, *, is_lasting: bool
) -> Path | None:
    """The file that ended sessions are kept in; ``None`` if there need not, or cannot, be one.

    That is ``given``, ``HYPER_STATE``, or a file in the ``StateDirectory=`` of a systemd service; else one in the folder
    for temporary files, which does not survive a reboot. With secrets that do not last, it is one of ``hyper run``.
    """
    named = given or os.environ.get(STATE_VARIABLE)
    if named:
        return Path(named)
    if not is_lasting:
        return workers.folder / "ended" if workers is not None else None
    service = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    folder = Path(service) if service else _own_temporary_folder()
    return folder / f"ended-{digest(f'ended {secrets[-1]}')}" if folder is not None else None


def is_temporary(file: Path | None) -> bool:
    """Are log-outs forgotten at the next reboot, or earlier?"""
    return file is None or file.is_relative_to(tempfile.gettempdir())


def _own_temporary_folder() -> Path | None:
    """A folder that only this user can write to; ``None`` if somebody else has made it, or nobody can."""
    if not hasattr(os, "getuid"):
        return None
    folder = Path(tempfile.gettempdir(), f"hyper-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        stat = folder.lstat()
    except OSError:
        return None
    is_own = (
        stat.st_uid == os.getuid()
        and not stat.st_mode & 0o077
        and folder.is_dir()
        and not folder.is_symlink()
    )
    return folder if is_own else None


def _opened(path: Path) -> int:
    """A descriptor that appends to a file, which only this user can read."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
