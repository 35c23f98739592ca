from __future__ import annotations

import contextlib
import json

import pytest
import ujson
from hypothesis import given
from hypothesis import strategies as st

from hyper.transport import wire
from hyper.transport.limits import Limits
from hyper.transport.wire import Applied, BadFrameError, Connect, Event, Leave, Ping, Resync, decode

LIMITS = Limits()
EVENT = {"type": "event", "component_id": "c1", "seq": 4, "event": "add"}


def refused(text: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadFrameError) as caught:
        decode(text, limits)
    return str(caught.value)


def with_args(*args: object) -> str:
    return json.dumps({**EVENT, "args": list(args)}, ensure_ascii=False)


class TestDecoding:
    def test_each_message(self) -> None:
        for text, message in [
            ('{"type":"connect","component_id":"c1","token":"t","version":7}', Connect("c1", "t", 7)),
            (
                '{"type":"connect","component_id":"c1","token":"t","version":7,"page":5}',
                Connect("c1", "t", 7, 5),
            ),
            ('{"type":"resync","component_id":"c1","reason":"gap"}', Resync("c1", "gap")),
            ('{"type":"resync","component_id":"c1"}', Resync("c1", "")),
            ('{"type":"ack","component_id":"c1","version":3}', Applied("c1", 3)),
            ('{"type":"leave","component_id":"c1"}', Leave("c1")),
            ('{"type":"ping"}', Ping()),
        ]:
            assert decode(text, LIMITS) == message

    def test_event_in_both_forms(self) -> None:
        assert decode(json.dumps(EVENT), LIMITS) == Event("c1", 4, "add", None, {}, [])
        assert decode(with_args("milk", 5), LIMITS) == Event("c1", 4, "add", ["milk", 5], {}, [])
        text = json.dumps(
            {**EVENT, "params": {"value": "a"}, "fields": [{"path": "input/@value", "value": None}]}
        )
        assert decode(text, LIMITS) == Event("c1", 4, "add", None, {"value": "a"}, [("input/@value", None)])

    def test_of_equal_names_the_last_counts(self) -> None:
        assert decode(
            '{"type":"ping","type":"resync","component_id":"a","component_id":"b"}', LIMITS
        ) == Resync("b", "")

    @pytest.mark.parametrize("name", ["component_id", "seq", "event"])
    def test_a_missing_member(self, name: str) -> None:
        message = {key: value for key, value in EVENT.items() if key != name}
        assert refused(json.dumps(message)) == f"the member '{name}' is missing"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("seq", True),
            ("seq", -1),
            ("seq", 1.0),
            ("seq", "1"),
            ("seq", None),
            ("seq", 2**53),
            ("component_id", ""),
            ("component_id", "x" * 201),
            ("component_id", 1),
            ("event", None),
            ("event", "x" * 201),
            ("args", {}),
            ("args", None),
            ("params", []),
            ("params", None),
            ("fields", {}),
            ("fields", ["input"]),
            ("fields", [{"path": "p"}]),
            ("fields", [{"path": 1, "value": ""}]),
            ("fields", [{"path": "p", "value": 1}]),
            ("fields", [{"path": "p", "value": "", "more": 1}]),
        ],
    )
    def test_a_member_of_the_wrong_kind(self, name: str, value: object) -> None:
        assert refused(json.dumps({**EVENT, name: value})).startswith(f"the member '{name}' is not ")

    def test_an_unknown_member_or_message(self) -> None:
        assert refused('{"type":"ping","x":1}') == "a message of type ping has no member 'x'"
        for text in ['{"type":"update"}', '{"type":null}', '{"type":["ping"]}', "{}"]:
            assert refused(text) == 'the member "type" names no message'

    @pytest.mark.parametrize("text", ["", "null", "[]", '"ping"', "1", "NaN", "true"])
    def test_no_object(self, text: str) -> None:
        assert refused(text) in ("not JSON", "not a JSON object")

    @pytest.mark.parametrize(
        "text",
        ["{", '{"a":}', '{"type":"ping"}x', "{'type':'ping'}", "[" * 100_000, "1" * 5_000, '{"type":"ping"'],
    )
    def test_no_json(self, text: str) -> None:
        assert refused(text, Limits(message_bytes=10**6)) == "not JSON"

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
    def test_a_number_that_json_does_not_have(self, number: str) -> None:
        assert refused(json.dumps(EVENT)[:-1] + f',"args":[{number}]}}') == "a number that JSON does not have"

    def test_integers_of_64_bits(self) -> None:
        assert decode(with_args(2**63 - 1, -(2**63)), LIMITS)
        for number in (2**63, -(2**63) - 1, 10**400):
            assert refused(with_args(number)) == "a number of more than 64 bits"

    @pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "\\udc00\\ud800"])
    def test_half_a_surrogate_pair(self, half: str) -> None:
        for text in (f'"args":["{half}"]', f'"params":{{"{half}":1}}', f'"args":[[{{"a":"x{half}"}}]]'):
            assert refused(json.dumps(EVENT)[:-1] + f",{text}}}") == "a string with half a surrogate pair"

    def test_whole_surrogate_pairs_and_backslashes_are_text(self) -> None:
        decoded = decode(json.dumps(EVENT)[:-1] + r',"args":["\ud83d\ude00","\\u0000","\u00e9"]}', LIMITS)
        assert isinstance(decoded, Event)
        assert decoded.args == ["\U0001f600", "\\u0000", "é"]

    def test_nul(self) -> None:
        assert refused(json.dumps(EVENT)[:-1] + r',"args":["a\u0000"]}') == "a string with a NUL character"
        assert refused(json.dumps(EVENT)[:-1] + ',"args":["a\0"]}') == "not JSON"

    def test_bytes_are_counted_not_characters(self) -> None:
        limits = Limits(message_bytes=len(with_args("é").encode()))
        assert decode(with_args("é"), limits)
        assert refused(with_args("é" + "x"), limits) == f"more than {limits.message_bytes} bytes"
        assert len(with_args("éé")) <= limits.message_bytes
        assert refused(with_args("éé"), limits)

    def test_depth(self) -> None:
        def nested(depth: int) -> str:
            return (
                '{"type":"event","component_id":"c","seq":1,"event":"e","args":'
                + "[" * depth
                + "]" * depth
                + "}"
            )

        assert decode(nested(31), LIMITS)
        assert refused(nested(32)) == "nested deeper than 32"
        assert refused(nested(900)) == "nested deeper than 32"

    def test_nodes(self) -> None:
        limits = Limits(json_nodes=10)
        assert decode(with_args(*range(4)), limits)
        assert refused(with_args(*range(5)), limits) == "more than 10 values"
        assert refused(with_args(list(range(5))), limits) == "more than 10 values"

    @given(st.text() | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
    def test_anything_else_is_refused_and_nothing_worse_happens(self, value: object) -> None:
        refused(value if isinstance(value, str) else ujson.dumps(value))

    json_values = st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner, max_size=4
            )
        ),
        max_leaves=20,
    )

    @given(st.lists(json_values, max_size=4))
    def test_what_browsers_send_comes_out_as_it_went_in(self, args: list[object]) -> None:
        for text in (with_args(*args), json.dumps({**EVENT, "args": args})):
            decoded = decode(text, LIMITS)
            assert isinstance(decoded, Event)
            assert decoded.args == args

    @given(st.data())
    def test_a_changed_character_never_raises_anything_else(self, data: st.DataObject) -> None:
        text = json.dumps({**EVENT, "args": ["é", {"a": [1.5, None]}], "params": {"k": "v"}})
        position = data.draw(st.integers(0, len(text) - 1))
        changed = text[:position] + data.draw(st.text(max_size=2)) + text[position + 1 :]
        with contextlib.suppress(BadFrameError):
            decode(changed, LIMITS)


class TestEncoding:
    def test_the_frames_of_the_table(self) -> None:
        frames = [
            wire.ack_frame("c1", 4, 7),
            wire.ack_frame(
                "c1", 4, 7, {"code": "bad_argument", "message": "é", "fields": {"age": "no"}}, again=True
            ),
            wire.update_frame("c1.2", 8, '[{"path":"p","value":"é"}]'),
            wire.snapshot_frame("c1", 8, "<p>é</p>"),
            wire.error_frame("bad_frame", "x"),
            wire.error_frame("unknown_event", "x", "c1", 3),
            wire.push_frame("c1", "note", "[1]"),
            wire.push_frame("c1", "note", "null", 3),
            wire.drain_frame(250),
            wire.PONG_FRAME,
        ]
        decoded = [ujson.loads(frame) for frame in frames]
        assert decoded[:3] == [
            {"type": "ack", "component_id": "c1", "seq": 4, "version": 7},
            {
                "type": "ack",
                "component_id": "c1",
                "seq": 4,
                "version": 7,
                "error": {"code": "bad_argument", "message": "é", "fields": {"age": "no"}},
                "again": True,
            },
            {
                "type": "update",
                "component_id": "c1.2",
                "version": 8,
                "patches": [{"path": "p", "value": "é"}],
            },
        ]
        assert decoded[7]["missed"] == 3
        for frame in decoded:
            kind = frame.pop("type")
            assert set(frame) <= set(wire.SERVER_MESSAGES[kind])
        assert {ujson.loads(frame)["type"] for frame in frames} == set(wire.SERVER_MESSAGES)

    def test_characters_stand_for_themselves(self) -> None:
        assert wire.to_json({"a": "é</\u2028"}) == '{"a":"é</\u2028"}'

    def test_half_a_surrogate_pair_can_be_sent(self) -> None:
        assert json.loads(wire.encode({"html": "é\ud800"})) == {"html": "é\ud800"}

    def test_what_json_cannot_say(self) -> None:
        for value in (float("nan"), float("inf"), {1, 2}, object()):
            with pytest.raises((ValueError, TypeError, OverflowError)):
                wire.to_json(value)

    def test_page_level_id(self) -> None:
        assert wire.page_level_id("c1.2.1") == wire.page_level_id("c1") == "c1"


class TestPatchEncoder:
    def test_a_list_is_encoded_once(self) -> None:
        encoder = wire.PatchEncoder()
        patches = [{"path": "p/text", "value": "5"}]
        text = encoder.to_json(patches)
        assert text == '[{"path":"p/text","value":"5"}]'
        assert encoder.to_json(patches) is text

    def test_another_list_at_the_same_address_is_not_taken_for_it(self) -> None:
        encoder = wire.PatchEncoder()
        texts = [encoder.to_json([{"path": "p/text", "value": str(number)}]) for number in range(100)]
        assert texts == [f'[{{"path":"p/text","value":"{number}"}}]' for number in range(100)]
