from __future__ import annotations

import json
from typing import Any

import pytest

from hyper.transport.bad_frames import (
    MAX_NAME,
    SEQ_BYTES,
    BadEventError,
    BadFrameError,
    TooLargeError,
    bad_event,
    is_name,
    with_head_of,
)
from hyper.transport.limits import Limits
from hyper.transport.wire import decode

EVENT = {"type": "event", "seq": 4, "component_id": "c1.2", "event": "add"}
ERROR = BadFrameError("wrong")


def written(**members: Any) -> str:
    return json.dumps({**EVENT, **members}, separators=(",", ":"))


def refused(text: str, limits: Limits | None = None) -> BadFrameError:
    with pytest.raises(BadFrameError) as caught:
        decode(text, limits or Limits())
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        (written(args=["a\0"]), "bad_frame", "a string with a NUL character"),
        (written(args=["\ud800"]), "bad_frame", "a string with half a surrogate pair"),
        (written(args=[2**64]), "bad_frame", "a number of more than 64 bits"),
        (written(args=[[[[0]]]]), "bad_frame", "nested deeper than 4"),
        (written(args=list(range(30))), "bad_frame", "more than 20 values"),
        (written(args=["x" * 300]), "too_large", "more than 300 bytes"),
        (written(args=0)[:-2] + "[" * 100 + "]" * 100 + "}", "bad_frame", "nested deeper than 4"),
        (written()[:-1] + ',"args":nonsense}', "bad_frame", "not JSON"),
        (written(event=""), "bad_frame", f"the member 'event' is not a string of 1 to {MAX_NAME} characters"),
        (written(fields=[1]), "bad_frame", "the member 'fields' is not an object"),
        (written(more=1), "bad_frame", "a message of type event has no member 'more'"),
    ],
)
def test_an_event_whose_number_can_be_read(text: str, code: str, why: str) -> None:
    error = refused(text, Limits(message_bytes=300, json_depth=4, json_nodes=20))
    assert isinstance(error, BadEventError)
    assert (error.component_id, error.seq, str(error)) == ("c1.2", 4, why)
    assert error.failure == {"code": code, "message": f"It was not done: {why}."}


@pytest.mark.parametrize(
    "members",
    [
        {"seq": 0},
        {"seq": -1},
        {"seq": "4"},
        {"seq": True},
        {"seq": 4.0},
        {"seq": 10**SEQ_BYTES},
        {"component_id": ""},
        {"component_id": 5},
        {"component_id": "x" * (MAX_NAME + 1)},
        {"type": "leave"},
        {"type": ["event"]},
    ],
)
def test_one_whose_number_cannot(members: dict[str, Any]) -> None:
    for text in (written(args=["\0"], **members), written(**members)[:-1] + ',"args":nonsense}'):
        assert type(refused(text)) is BadFrameError


def test_the_head_alone_is_enough_for_what_is_no_json() -> None:
    for text in (written()[:-1] + ',"', '{"type":"event","seq":4,"component_id":"c1.2",'):
        error = with_head_of(text, TooLargeError("more"))
        assert isinstance(error, BadEventError)
        assert (error.component_id, error.seq, error.failure["code"]) == ("c1.2", 4, "too_large")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        " " + written() + ",",
        '{"type":"event","seq":04,"component_id":"c1",',
        '{"type":"event","seq":4,"component_id":"c1\\u0000",',
        '{"type":"event","component_id":"c1","seq":4,',
        '{"type":"event","seq":٤,"component_id":"c1",',
        '{"type":"event","seq":1' + "0" * SEQ_BYTES + ',"component_id":"c1",',
    ],
)
def test_any_other_beginning_says_nothing(text: str) -> None:
    assert with_head_of(text, ERROR) is ERROR


def test_which_values_name_an_event() -> None:
    assert isinstance(bad_event(ERROR, "c1", 1), BadEventError)
    for component_id, seq in [("c1", 0), ("c1", None), (None, 1), ("", 1), ("c1", True)]:
        assert bad_event(ERROR, component_id, seq) is ERROR
    assert [is_name(value) for value in ("a", "", None, 5, "x" * 200, "x" * 201)] == [
        True,
        False,
        False,
        False,
        True,
        False,
    ]
