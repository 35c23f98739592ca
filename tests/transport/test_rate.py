from __future__ import annotations

from hyper.transport.rate import Bucket, Buckets, Rate


def test_a_burst_then_a_steady_rate() -> None:
    bucket = Bucket(per_s=10, burst=3, room=3, filled_s=0)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.1), bucket.take(0.1)] == [True, False]
    assert [bucket.take(100) for _ in range(4)] == [True, True, True, False]


def test_refusals_in_a_row_are_counted() -> None:
    bucket = Bucket(per_s=1, burst=1, room=1, filled_s=0)
    for _ in range(5):
        bucket.take(0)
    assert bucket.refused == 4
    assert bucket.take(1)
    assert bucket.refused == 0


def test_what_is_given_back_does_not_count() -> None:
    bucket = Bucket(per_s=0, burst=1, room=1, filled_s=0)
    for _ in range(5):
        bucket.give_back(bucket.take(0))
    assert bucket.take(0)
    bucket.give_back(bucket.take(0))
    assert bucket.refused == 0


def test_one_bucket_per_visitor() -> None:
    buckets = Buckets(Rate(1, 2), Rate(100, 200))
    assert buckets.get("ann", 0) is buckets.get("ann", 0)
    assert buckets.get("ann", 0) is not buckets.get("bob", 0)


def test_full_buckets_are_forgotten_and_others_kept() -> None:
    buckets = Buckets(Rate(1, 2), Rate(100, 200))
    for number in range(10_000):
        buckets.get(f"visitor {number}", 0).take(0)
    busy = buckets.get("busy", 5)
    busy.take(5)
    buckets.tick(5)
    assert len(buckets) == 1
    assert buckets.get("busy", 5) is busy


def test_many_at_once_need_room_for_all_but_no_more_than_the_burst() -> None:
    bucket = Buckets(Rate(1, 10), Rate(9, 99)).get("ann", 0)
    assert bucket.take(0, 8)
    assert not bucket.take(0, 3)
    assert bucket.take(1, 3)
    assert not bucket.take(10, 500)
    assert bucket.take(11, 500), "a full bucket has room for whatever comes at once"
    assert not bucket.take(11)
