"""How far a request travels: a longer way is a decision, and is made here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.trips import TRIPS, Trip

MAX_FILES = {"trip_event": 20, "trip_shared": 30, "trip_template": 15, "trip_parse": 9, "trip_diff": 8}
MAX_SWITCHES = {"trip_event": 44, "trip_shared": 126, "trip_template": 32, "trip_parse": 27, "trip_diff": 25}


@pytest.mark.live_keep_shared  # else the messages are watched, to be taken back after the test
@pytest.mark.parametrize(("name", "follow", "max_calls"), [(name, *trip) for name, trip in TRIPS.items()])
def test_the_way_is_not_longer(name: str, follow: Callable[[], Trip], max_calls: int | None) -> None:
    trip = follow()
    assert trip.calls, "nothing was followed"
    assert max_calls is None or trip.calls <= max_calls, trip
    assert trip.files <= MAX_FILES[name], trip
    assert trip.switches <= MAX_SWITCHES[name], trip


def test_a_trip_counts_calls_files_and_changes_of_file() -> None:
    trip = Trip((("a.py", "f"), ("a.py", "g"), ("b.py", "h"), ("a.py", "f")))
    assert (trip.calls, trip.files, trip.switches) == (4, 2, 2)
    assert str(trip).splitlines()[2] == "b.py: h"
