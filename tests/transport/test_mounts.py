from __future__ import annotations

import pytest

from hyper.transport.inbox import SessionMisusedError
from hyper.transport.limits import Limits
from hyper.transport.mounts import Mounts
from hyper.transport.runner import Runner
from hyper.transport.services import Services
from hyper.transport.session import MountSession
from hyper.transport.states import SessionState
from hyper.transport.tokens import Signer

from .fakes import ANN, SECRET, FakeMount


class SomeRunner(Runner):
    """A runner whose page comes and goes as it is told."""

    def __init__(self, mount_id: str, limits: Limits, now_s: float = 0) -> None:
        session = MountSession(mount_id, limits, now_s)
        super().__init__(session, FakeMount(mount_id), ANN, Services(Signer([SECRET]), limits))

    def come(self, mounts: Mounts) -> None:
        mounts.attached(self)
        self.session.connect(0)

    def go(self, mounts: Mounts, now_s: float) -> list[str]:
        self.session.disconnect(now_s)
        return names(mounts.detached(self))


def names(runners: list[Runner]) -> list[str]:
    return [runner.session.id for runner in runners]


def test_a_runner_is_found_until_removed() -> None:
    limits = Limits()
    mounts = Mounts(limits)
    runner = SomeRunner("a", limits)
    assert mounts.add(runner) == []
    assert mounts.get("a") is runner
    assert list(mounts) == [runner]
    mounts.remove(runner)
    assert mounts.get("a") is None
    assert len(mounts) == 0


def test_too_many_pending_push_out_the_oldest() -> None:
    limits = Limits(pending=2)
    mounts = Mounts(limits)
    evicted = [names(mounts.add(SomeRunner(name, limits))) for name in "abcd"]
    assert evicted == [[], [], ["a"], ["b"]]
    assert len(mounts) == 2


def test_one_that_is_expected_pushes_nobody_out_and_expires_all_the_same() -> None:
    limits = Limits(pending=1, pending_s=10)
    mounts = Mounts(limits)
    mounts.add(SomeRunner("a", limits))
    mounts.expect(SomeRunner("b", limits))
    assert len(mounts) == 2
    assert names(mounts.tick(10)) == ["a", "b"]


def test_pending_ones_expire_in_turn() -> None:
    limits = Limits(pending_s=10)
    mounts = Mounts(limits)
    for now_s, name in enumerate("abc"):
        mounts.add(SomeRunner(name, limits, now_s))
    assert names(mounts.tick(9.9)) == []
    assert names(mounts.tick(10)) == ["a"]
    assert names(mounts.tick(100)) == ["b", "c"]
    assert len(mounts) == 0


def test_attached_ones_do_not_expire_and_do_not_count() -> None:
    limits = Limits(pending=1, detached=1)
    mounts = Mounts(limits)
    runners = [SomeRunner(name, limits) for name in "abc"]
    for runner in runners:
        assert mounts.add(runner) == []
        runner.come(mounts)
    assert names(mounts.tick(1e9)) == []
    assert [runner.session.state for runner in runners] == [SessionState.ATTACHED] * 3


def test_detached_ones_expire_later_and_the_oldest_gives_way() -> None:
    limits = Limits(detached=2, detached_s=120)
    mounts = Mounts(limits)
    runners = [SomeRunner(name, limits) for name in "abc"]
    for runner in runners:
        mounts.add(runner)
        runner.come(mounts)
    assert [runner.go(mounts, now_s) for now_s, runner in enumerate(runners)] == [[], [], ["a"]]
    assert names(mounts.tick(120)) == []
    assert names(mounts.tick(121)) == ["b"]


def test_who_comes_back_starts_anew() -> None:
    limits = Limits(detached_s=120)
    mounts = Mounts(limits)
    runner = SomeRunner("a", limits)
    mounts.add(runner)
    runner.come(mounts)
    runner.go(mounts, 0)
    runner.come(mounts)
    runner.go(mounts, 100)
    assert names(mounts.tick(219)) == []
    assert names(mounts.tick(220)) == ["a"]
    assert runner.session.state is SessionState.CLOSED


def test_pages_that_post_forms_wait_longer_and_the_oldest_gives_way() -> None:
    limits = Limits(kept=2, kept_s=1200)
    mounts = Mounts(limits)
    runners = [SomeRunner(name, limits) for name in "abc"]
    evicted = []
    for runner in runners:
        mounts.add(runner)
        evicted += names(mounts.keep(runner, 5))
    assert evicted == ["a"]
    assert mounts.tick(5 + 1199) == []
    assert names(mounts.tick(5 + 1200)) == ["b", "c"]


@pytest.mark.parametrize("way", ["add", "expect"])
def test_an_id_belongs_to_one_runner(way: str) -> None:
    limits = Limits()
    mounts = Mounts(limits)
    old, new = SomeRunner("a", limits), SomeRunner("a", limits)
    mounts.add(old)
    with pytest.raises(SessionMisusedError, match="another mount with the id a"):
        getattr(mounts, way)(new)
    assert mounts.get("a") is old
    mounts.remove(new)
    assert mounts.get("a") is old, "what is removed is what was added"
    mounts.remove(old)
    getattr(mounts, way)(new)
    assert mounts.get("a") is new


def test_one_that_was_removed_does_not_come_back_with_the_end_of_its_socket() -> None:
    limits = Limits(detached_s=10)
    mounts = Mounts(limits)
    old, new = SomeRunner("a", limits), SomeRunner("a", limits)
    mounts.add(old)
    old.come(mounts)
    mounts.remove(old)
    mounts.add(new)
    new.come(mounts)
    assert old.go(mounts, 0) == []
    assert mounts.tick(100) == []
    assert mounts.get("a") is new
    new.go(mounts, 100)
    assert mounts.tick(110) == [new]


@pytest.mark.parametrize("step", ["add", "come", "go", "keep"])
def test_no_order_of_steps_keeps_a_loop_from_ending(step: str) -> None:
    """Every runner leaves its table with the turn of the loop that looks at it, also one that was closed."""
    limits = Limits(pending=2, detached=2, kept=2, detached_s=5, pending_s=5, kept_s=5)
    mounts = Mounts(limits)
    closed = SomeRunner("closed", limits)
    mounts.add(closed)
    if step in ("come", "go"):
        closed.come(mounts)
    if step == "go":
        closed.go(mounts, 0)
    if step == "keep":
        mounts.keep(closed, 0)
    closed.session.close()
    late = [SomeRunner(str(number), limits) for number in range(20)]
    for now_s, runner in enumerate(late):
        mounts.add(runner)
        runner.come(mounts)
        runner.go(mounts, now_s)
        mounts.tick(now_s)
    gone = mounts.tick(1000)
    assert set(gone) <= {closed, *late}
    assert list(mounts) in ([], [closed]), "none that waits is held up by one that was closed"


def test_kept_ones_wait_longer_from_each_form_on() -> None:
    limits = Limits(pending_s=10, kept_s=100)
    mounts = Mounts(limits)
    runners = [SomeRunner(name, limits) for name in "ab"]
    for runner in runners:
        mounts.add(runner)
        mounts.keep(runner, 5)
    assert names(mounts.tick(99)) == []
    mounts.keep(runners[0], 99)
    assert names(mounts.tick(105)) == ["b"]
    assert names(mounts.tick(198)) == []
    assert names(mounts.tick(199)) == ["a"]
    assert runners[0].session.state is SessionState.CLOSED


def test_too_many_kept_push_out_the_one_posted_longest_ago() -> None:
    limits = Limits(kept=2)
    mounts = Mounts(limits)
    runners = {name: SomeRunner(name, limits) for name in "abcd"}
    for runner in runners.values():
        mounts.add(runner)
    evicted = [names(mounts.keep(runners[name], 1)) for name in "abacd"]
    assert evicted == [[], [], [], ["b"], ["a"]]


def test_one_with_a_socket_is_not_kept_and_one_that_lost_it_is() -> None:
    limits = Limits(detached_s=50, kept_s=100)
    mounts = Mounts(limits)
    runner = SomeRunner("a", limits)
    mounts.add(runner)
    runner.come(mounts)
    mounts.keep(runner, 0)
    runner.go(mounts, 0)
    mounts.keep(runner, 10)
    assert names(mounts.tick(60)) == []
    runner.come(mounts)
    assert names(mounts.tick(1000)) == []


def test_one_that_was_removed_is_not_kept() -> None:
    limits = Limits()
    mounts = Mounts(limits)
    runner = SomeRunner("a", limits)
    mounts.add(runner)
    mounts.remove(runner)
    assert mounts.keep(runner, 0) == []
    assert names(mounts.tick(10_000)) == []
