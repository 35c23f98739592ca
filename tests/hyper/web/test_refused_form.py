"""What somebody sees whose form was refused: words for each reason, and a way back that leads nowhere else."""

from __future__ import annotations

import html
import re

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import example, given
from hypothesis import strategies as st

from hyper.transport.gate import STATUSES, Refused
from hyper.web.refused_form import POLICY, refused_form

HOST = "shop.test:8000"
EXPIRED = Refused("expired", "This page is too old: load it again.")


def answer(refused: Refused, **headers: str) -> web.Response:
    sent = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return refused_form(make_mocked_request("POST", "/_live/post", headers=sent), refused)


def text_of(response: web.Response) -> str:
    assert isinstance(response.body, bytes)
    return response.body.decode()


def link(referer: str) -> str | None:
    found = re.search(r'<a href="(.*?)">Load the page again</a>', text_of(answer(EXPIRED, Referer=referer)))
    return html.unescape(found[1]) if found else None


@pytest.mark.parametrize("code", STATUSES)
def test_every_reason_has_its_status_and_says_what_to_do(code: str) -> None:
    response = answer(Refused(code, "because <b>of</b> that"), Referer=f"http://{HOST}/shop")
    assert response.status == STATUSES[code]
    assert response.headers["Live-Error"] == code
    assert response.headers["Content-Security-Policy"] == POLICY
    text = text_of(response)
    assert "<p>Because &lt;b&gt;of&lt;/b&gt; that.</p>" in text
    assert ("reload this page" in text) == (code in ("busy", "throttled"))
    assert ("shorten it" in text) == (code == "too_large")
    assert ("Load the page again" in text) == (code not in ("busy", "throttled", "too_large"))


@pytest.mark.parametrize("code", STATUSES)
def test_htmx_gets_a_paragraph(code: str) -> None:
    response = answer(Refused(code, "Not <so>."), HX_Request="true")
    assert response.status == STATUSES[code]
    assert text_of(response) == '<p class="live-notice" role="alert">Not &lt;so&gt;.</p>'
    assert ("HX-Refresh" in response.headers) == (code == "expired")


def test_htmx_4_which_swaps_errors_too_is_told_not_to() -> None:
    """Unless the page says otherwise, by ``hx-status``; version 2 swaps none by itself."""
    refused = Refused("too_large", "long")
    assert answer(refused, **{"HX-Request": "true", "HX-Source": "form"}).headers["HX-Reswap"] == "none"
    assert "HX-Reswap" not in answer(refused, **{"HX-Request": "true"}).headers


@pytest.mark.parametrize(
    ("referer", "address"),
    [
        (f"http://{HOST}/shop?item=5&_live=abc", "/shop?item=5&_live=abc"),
        (f"https://{HOST}", "/"),
        (f'http://{HOST}/"><script>', '/"><script>'),
        (f"http://{HOST}//evil.test/x", "/evil.test/x"),
        (f"http://{HOST}/\\evil.test", "/evil.test"),
        (f"http://{HOST}\\evil.test", None),
        (f"http://{HOST}@evil.test/", None),
        ("http://evil.test/shop", None),
        ("http://shop.test/shop", None),
        ("javascript:alert(1)", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_the_way_back_is_on_this_host(referer: str, address: str | None) -> None:
    assert link(referer) == address


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0")))
@example("//evil.test")
@example("/\t/evil.test")
@example("?//evil.test")
@example("#x")
def test_whatever_is_said_the_way_back_is_a_path(rest: str) -> None:
    address = link(f"http://{HOST}{rest}")
    assert address is None or re.match(r"/(?![/\\])", address), address


def test_without_an_address_it_says_so() -> None:
    assert "<p>Go back, and load the page again.</p>" in text_of(answer(EXPIRED))
