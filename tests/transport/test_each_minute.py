"""What may be told once a minute."""

from __future__ import annotations

from hyper.transport.each_minute import EVERY_S, EachMinute


def test_each_subject_is_told_once_a_minute() -> None:
    now_s = 5.0
    minute = EachMinute(lambda: now_s)
    assert [minute.allows(subject) for subject in ("a", "b", "a")] == [True, True, False]
    now_s += EVERY_S
    assert [minute.allows(subject) for subject in ("a", "a", "b")] == [True, False, True]


def test_subjects_of_more_than_a_minute_ago_take_no_room() -> None:
    """Names of values are subjects, and visitors choose some of them."""
    now_s = 5.0
    minute = EachMinute(lambda: now_s)
    for number in range(1000):
        assert minute.allows(f"room {number}")
        now_s += 1
    assert len(minute) <= EVERY_S + 1
    assert not minute.allows("room 999")
