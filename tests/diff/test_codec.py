from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from hyper.diff import Patch, PatchError, patches_from_json, patches_to_json
from tests.strategies import joins_halves, patch_lists


@given(patch_lists())
def test_decoding_gives_back_what_was_encoded(patches: list[Patch]) -> None:
    joined = json.loads(joins_halves(json.dumps(patches, ensure_ascii=False)))
    assert patches_from_json(patches_to_json(joined)) == joined


@given(patch_lists())
def test_what_is_encoded_fits_a_socket(patches: list[Patch]) -> None:
    data = patches_to_json(patches).encode()
    assert patches_from_json(data) == json.loads(data)
    assert patches_to_json(patches).encode() == data


@pytest.mark.parametrize(
    ("patch", "text"),
    [
        ({"path": "p/text", "value": "é </b> \u2028"}, '[{"path":"p/text","value":"é </b> \u2028"}]'),
        ({"path": "p/text", "value": "\U0001f600"}, '[{"path":"p/text","value":"\U0001f600"}]'),
        ({"path": "a/@href", "value": None}, '[{"path":"a/@href","value":null}]'),
        ({"path": "", "order": [[0, 2], 5]}, '[{"path":"","order":[[0,2],5]}]'),
        ({"path": "é/text", "value": "\ud800"}, '[{"path":"\\u00e9/text","value":"\\ud800"}]'),
    ],
)  # fmt: skip
def test_characters_stand_for_themselves_where_utf8_can_hold_them(patch: Patch, text: str) -> None:
    assert patches_to_json([patch]) == text
    assert patches_from_json(text) == [patch]


def test_members_are_read_in_any_order_and_written_in_one() -> None:
    patches = patches_from_json('[ {"html" : "<b></b>", "insert": 0, "path": "p"} ]')
    assert patches_to_json(patches) == '[{"path":"p","insert":0,"html":"<b></b>"}]'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[{"path":"a","value":"b","x":1}]', r"patch 0: unknown member 'x'"),
        ('[{"path":"a","html":""},{"path":"a"}]', r"patch 1: 'path' alone is not a patch"),
        ('[{"value":"b"}]', r"patch 0: 'path' is missing"),
        ("[{}]", r"patch 0: 'path' is missing"),
        ('[{"path":"a","move":1}]', r"patch 0: 'to' is missing"),
        ('[{"path":"a","remove":1,"to":1}]', r"patch 0: 'to' does not belong here"),
        ('[{"path":"a","value":"b","html":""}]', r"patch 0: '(html|value)' does not belong here"),
        ('[{"path":"a","insert":1,"html":"","at":1}]', r"patch 0: '\w+' does not belong here"),
        ('[{"path":1,"value":"b"}]', r"patch 0: 'path' must be a string, not 1"),
        ('[{"path":"a","value":1}]', r"patch 0: 'value' must be a string or null, not 1"),
        ('[{"path":"a","value":false}]', r"'value' must be a string or null, not False"),
        ('[{"path":"a","html":null}]', r"'html' must be a string, not None"),
        ('[{"path":"a","remove":true}]', r"'remove' must be an integer from 0, not True"),
        ('[{"path":"a","remove":-1}]', r"'remove' must be an integer from 0, not -1"),
        ('[{"path":"a","remove":1.0}]', r"'remove' must be an integer from 0, not 1.0"),
        ('[{"path":"a","remove":"1"}]', r"'remove' must be an integer from 0, not '1'"),
        ('[{"path":"a","remove":1,"count":0}]', r"'count' must be an integer from 1, not 0"),
        ('[{"path":"a","at":1,"delete":0,"insert":""}]', r"'delete' must be an integer from 1"),
        ('[{"path":"a","at":1,"insert":1}]', r"'insert' must be a string, not 1"),
        ('[{"path":"a","insert":"","html":""}]', r"'insert' must be an integer from 0, not ''"),
        ('[{"path":"a","order":1}]', r"'order' must be a list of indexes and \[first, last\] runs"),
        ('[{"path":"a","order":[[1]]}]', r"'order' must be a list .* not a list"),
        ('[{"path":"a","order":[[2,1]]}]', r"'order' must be a list"),
        ('[{"path":"a","order":[[1,2,3]]}]', r"'order' must be a list"),
        ('[{"path":"a","order":[true]}]', r"'order' must be a list"),
        ('[{"path":"a","order":[[0,"1"]]}]', r"'order' must be a list"),
        ('[{"path":"a","move":1,"to":{}}]', r"'to' must be an integer from 0, not an object"),
        ('[{"path":"a","path":"b","value":""}]', r"the member 'path' twice"),
        ('[{"value":"","path":"a","path":"b"}]', r"the member 'path' twice"),
        ('[{"path":"a","remove":1000000000000000}]', r"the number 100000000000000… is too large"),
        ('[{"path":"a","remove":NaN}]', r"NaN is not a JSON number"),
        ('[{"path":"a","remove":Infinity}]', r"Infinity is not a JSON number"),
        ('[{"path":"a","remove":1e5}]', r"must be an integer from 0, not 100000.0"),
        (f'[{{"path":"a","remove":{"9" * 5000}}}]', r"the number 999999999999999… is too large"),
        ("[[]]", r"patch 0: must be an object, not a list"),
        ("[null]", r"patch 0: must be an object, not None"),
        ("{}", r"^patches: the JSON must be a list of objects$"),
        ("null", r"^patches: the JSON must be a list of objects$"),
        ("", r"not JSON"),
        ("[", r"not JSON"),
        ("[] []", r"not JSON"),
        ("[" * 100_000, r"^patches: the JSON is nested too deeply$"),
        (b"[\xff]", r"not JSON in UTF-8"),
        (b"\xef\xbb\xbf[]", r"not JSON"),
    ],
)
def test_what_is_no_patch_is_refused(text: str | bytes, why: str) -> None:
    with pytest.raises(PatchError, match=why):
        patches_from_json(text)


def test_long_values_are_shortened_in_errors() -> None:
    with pytest.raises(PatchError) as caught:
        patches_from_json(json.dumps([{"path": "a", "remove": "x" * 10_000}]))
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(("length", "shown"), [(58, "'" + "x" * 58 + "'"), (59, "'" + "x" * 59 + "…")])
def test_what_is_shown_of_a_value_ends_after_60_characters(length: int, shown: str) -> None:
    with pytest.raises(PatchError) as caught:
        patches_from_json(json.dumps([{"path": "a", "remove": "x" * length}]))
    assert str(caught.value).endswith(f"not {shown}")


def test_numbers_have_up_to_15_digits() -> None:
    text = '[{"path":"a","remove":999999999999999}]'
    assert patches_from_json(text) == [{"path": "a", "remove": 999_999_999_999_999}]


def test_size_is_bounded() -> None:
    text = '[{"path":"a","remove":1},{"path":"a","remove":1}]'
    assert len(patches_from_json(text, max_bytes=len(text), max_patches=2)) == 2
    with pytest.raises(PatchError, match="49 bytes are more than the 48 allowed"):
        patches_from_json(text, max_bytes=48)
    with pytest.raises(PatchError, match="2 are more than the 1 allowed"):
        patches_from_json(text, max_patches=1)


def test_every_error_is_the_peers_fault() -> None:
    from hyper.vdom import HyperError, PeerError

    assert issubclass(PatchError, PeerError)
    assert issubclass(PatchError, HyperError)


@given(patch_lists())
def test_no_prefix_of_a_list_is_read_as_another_list(patches: list[Any]) -> None:
    text = patches_to_json(patches)
    for cut in {1, len(text) // 2, len(text) - 1}:
        with pytest.raises(PatchError):
            patches_from_json(text[:cut])
