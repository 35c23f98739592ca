"""Forms that no browser posts: each is answered, none breaks anything, and none calls what is not on the page.

``HYPER_FUZZ`` divided by 20 is the number of posts (500; ``nox -s proof -- fuzz_forms``: 50,000).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from urllib.parse import quote_from_bytes, urlencode

import aiohttp
import pytest
from yarl import URL

from hyper.transport.gate import STATUSES
from hyper.transport.limits import Limits

from ..transport.fakes import COOKIE
from ..transport.test_gate import Site, ran
from .frames import HOSTILE_NAMES, mutated
from .payloads import PAYLOADS

POSTS = int(os.environ.get("HYPER_FUZZ", "10000")) // 20
LIMITS = Limits(
    events_per_s=1e9,
    events_burst=10**9,
    events_per_s_per_address=1e9,
    events_burst_per_address=10**9,
    work_s_burst=1e9,
    work_s_burst_per_address=1e9,
)
NAMES = [
    "coins",
    "coins[]",
    "coins[0]",
    "coins.x",
    "coins[__class__]",
    "__class__",
    "_live",
    "_target",
    "",
    ".",
    "[",
    "a[b][c][d]",
    "self",
    "x" * 300,
    "é",
    "\0",
    "a.b" * 200,
]
CLOSED = {200, 303, 404, 405, 415, *STATUSES.values()} - {500}


class Forms:
    """Draws forms for one page."""

    def __init__(self, rng: random.Random, key: str, token: str, other: str) -> None:
        self.rng = rng
        self.key = key
        self.token = token
        self.other = other

    def url(self, origin: str) -> URL:
        key = (
            self.key
            if self.rng.random() < 0.7
            else self.rng.choice([*HOSTILE_NAMES, mutated(self.rng, self.key, self.other)])
        )
        query = urlencode({self.rng.choice(["do", "do", "do", "DO", ""]): key.encode("utf-8", "replace")})
        return URL(f"{origin}/_live/post?{query}", encoded=True)

    def body(self) -> bytes:
        rng, chance = self.rng, self.rng.random()
        token = self.token if rng.random() < 0.8 else mutated(rng, self.token, self.other)
        fields = [("_live", token), *((rng.choice(NAMES), self.value()) for _ in range(rng.randrange(5)))]
        if rng.random() < 0.4:
            fields = [("_live", token), ("coins", str(rng.randrange(100)))]
        rng.shuffle(fields)
        text = "&".join(
            f"{quote_from_bytes(_raw(name))}={quote_from_bytes(_raw(value))}" for name, value in fields
        ).encode()
        if chance < 0.3:
            place = rng.randrange(len(text) + 1)
            text = (
                text[:place]
                + rng.choice(
                    [
                        b"%",
                        b"%f",
                        b"%ff",
                        b"\xff",
                        b"&",
                        b"=",
                        b"&&=",
                        b"+",
                        b"\0",
                        b";",
                        b"%00",
                        rng.randbytes(8),
                    ]
                )
                + text[place + rng.randrange(9) :]
            )
        return text

    def value(self) -> str:
        return self.rng.choice(
            [self.rng.choice(PAYLOADS), "7", "-1", "1e9", "9" * 400, "", "true", "[1]", "x" * 3_000]
        )

    def headers(self) -> dict[str, str]:
        kinds = ["application/x-www-form-urlencoded"] * 8 + [
            "multipart/form-data; boundary=x",
            "text/plain",
            "application/json",
            "",
        ]
        headers = {"Content-Type": self.rng.choice(kinds)}
        if self.rng.random() < 0.4:
            headers |= {"HX-Request": "true", "HX-Target": self.rng.choice(["", "x", "'\"<"])}
        return headers


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("size", [POSTS])
async def test_no_form_breaks_anything(size: int, rng: random.Random) -> None:
    ran.clear()
    site = Site(LIMITS)
    errors: list[BaseException] = []
    site.live.process._on_error = lambda error, _: errors.append(error)
    statuses = Counter[int]()
    async with site.server:
        attempt, other = await site.visit(), await site.visit()
        cookies = {COOKIE: attempt.cookie}
        forms = Forms(rng, attempt.key, attempt.form_token, other.form_token)
        async with aiohttp.ClientSession(
            cookies=cookies, cookie_jar=aiohttp.CookieJar(unsafe=True)
        ) as session:
            for number in range(size):
                if number % 50 == 0:  # a form is good for once
                    async with session.get(f"{site.origin}/") as page:
                        forms.token, forms.key = _found(await page.text())
                headers = {**dict(attempt.headers), **forms.headers()}
                async with session.post(
                    forms.url(site.origin), data=forms.body(), headers=headers, allow_redirects=False
                ) as answer:
                    statuses[answer.status] += 1
                    assert answer.status in CLOSED, await answer.text()
    print(f"\n{size} forms: {dict(statuses)}; {len(ran)} ran")
    assert errors == []
    assert ran
    assert all(type(coins) is int for coins in ran)


def _found(html: str) -> tuple[str, str]:
    token = html.partition('name="_live" value="')[2].partition('"')[0]
    return token, html.partition('action="/_live/post?do=')[2].partition('"')[0]
