from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hyper.transport.replay import Replay


def test_what_follows_a_version() -> None:
    replay = Replay(32, 1000)
    for version in (4, 5, 6):
        replay.add(version, b"%d" % version)
    assert replay.after(3) == [b"4", b"5", b"6"]
    assert replay.after(5) == [b"6"]
    assert replay.after(6) == []
    assert replay.after(2) is None


def test_nothing_is_known_at_first() -> None:
    assert Replay(32, 1000).after(0) is None


def test_both_limits_drop_the_oldest() -> None:
    replay = Replay(3, 10)
    for version in range(5):
        replay.add(version, b"x")
    assert len(replay) == 3
    replay.add(5, b"x" * 9)
    assert replay.after(3) == [b"x", b"x" * 9]
    replay.add(6, b"x" * 11)
    assert len(replay) == 0


def test_what_the_client_has_is_forgotten() -> None:
    replay = Replay(32, 1000)
    for version in range(1, 5):
        replay.add(version, b"%d" % version)
    replay.forget(2)
    assert replay.after(1) is None
    assert replay.after(2) == [b"3", b"4"]
    replay.clear()
    assert replay.after(4) is None


@given(st.lists(st.binary(max_size=20), max_size=40), st.integers(0, 10), st.integers(0, 100))
def test_it_never_holds_more_than_allowed_and_never_leaves_a_gap(
    frames: list[bytes], max_frames: int, max_bytes: int
) -> None:
    replay = Replay(max_frames, max_bytes)
    for version, frame in enumerate(frames, 1):
        replay.add(version, frame)
    for version in range(len(frames)):
        missed = replay.after(version)
        if missed is not None:
            assert missed == frames[version:]
            assert len(missed) <= max_frames
            assert sum(map(len, missed)) <= max_bytes
