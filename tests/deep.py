"""The laws, many times over: a million pairs in Python, a hundred thousand in Node, ten thousand in Chromium.

A hundred thousand pairs that lxml's parsers made. And a million sources that have to be parsed as Chromium parses them.

    python -m tests.deep                  all of it: more than an hour on two cores
    python -m tests.deep --node 0 --chromium 0 --sources 0  a part: the pairs in Python
    python -m tests.deep --seed 7         the same pairs as the last time with seed 7

The pairs come in blocks, each with a seed of its own made of the run's and its number, so what failed can be
had again without the rest: ``--block 412`` runs only that one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests import lxml_pairs
from tests.js.node import check_in_node
from tests.laws import check_many_pairs
from tests.pairs import client_pair

BLOCK: Final = 1000
"""Pairs of one block."""


@dataclass(frozen=True, slots=True)
class Block:
    seed: int
    number: int

    @property
    def rng(self) -> random.Random:
        return random.Random(f"{self.seed}/{self.number}")


@dataclass(frozen=True, slots=True)
class Outcome:
    block: Block
    checked: int
    failures: list[str]


def check_in_python(block: Block) -> Outcome:
    try:
        check_many_pairs(block.rng, BLOCK)
    except Exception as error:
        return Outcome(block, BLOCK, ["".join(traceback.format_exception(error))])
    return Outcome(block, BLOCK, [])


def check_in_small_dom(block: Block) -> Outcome:
    rng = block.rng
    found = check_in_node([client_pair(rng) for _ in range(BLOCK)])
    failures = [f"{json.dumps(pair, ensure_ascii=False)}\n{why}" for pair, why in found["broken"]]
    return Outcome(block, found["checked"], failures)


def check_on_lxml(block: Block) -> Outcome:
    """Trees that lxml's parsers made: pages and XML in turn, read in all ways."""
    rng, failures = block.rng, []
    for number in range(BLOCK):
        check, sources, ways = (
            (lxml_pairs.check_html, lxml_pairs.html_sources, lxml_pairs.HTML_WAYS)
            if number % 2
            else (lxml_pairs.check_xml, lxml_pairs.xml_sources, lxml_pairs.XML_WAYS)
        )
        old, new = sources(rng)
        try:
            check(old, new, ways[number // 2 % 3])
        except Exception as error:
            failures.append("".join([*traceback.format_exception(error), f"{old!r}\n{new!r}"]))
    return Outcome(block, BLOCK, failures)


def check_blocks(check: Callable[[Block], Outcome], blocks: Sequence[Block], pairs: int, name: str) -> int:
    """How many failures there are in so many pairs, or more where a block goes beyond; prints how it goes."""
    start, checked, failed = time.monotonic(), 0, 0
    with multiprocessing.Pool() as pool:
        for outcome in pool.imap_unordered(check, blocks):
            checked += outcome.checked
            failed += len(outcome.failures)
            for failure in outcome.failures:
                print(f"{name}, block {outcome.block.number}: {failure}", flush=True)
            if outcome.block.number % 20 == 0 or checked >= pairs:
                print(f"{name}: {checked:,} pairs, {failed} failures, {_since(start)}", flush=True)
            if checked >= pairs:
                pool.terminate()
                break
    return failed


def check_in_chromium(file: str, test: str, variables: Mapping[str, int], what: str) -> int:
    """1 if a test of random things in Chromium fails, else 0; the variables are its seed and how many it draws."""
    start = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", f"tests/browser/{file}", "-k", test, "-o", "timeout=0"],
        env={**os.environ, **{variable: str(number) for variable, number in variables.items()}},
        check=False,
    )
    failed = int(ran.returncode != 0)
    print(f"chromium: {what}, {failed} failures, {_since(start)}", flush=True)
    return failed


def _since(start: float) -> str:
    minutes, seconds = divmod(int(time.monotonic() - start), 60)
    return f"{minutes} min {seconds} s"


def blocks_of(seed: int, pairs: int, only: int | None) -> list[Block]:
    """Enough for so many pairs, though Node cannot read all of them."""
    numbers = range(pairs * 11 // 10 // BLOCK + 1) if only is None else [only]
    return [Block(seed, number) for number in numbers]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, pairs in (
        ("python", 10**6),
        ("lxml", 10**5),
        ("node", 10**5),
        ("chromium", 10**4),
    ):
        parser.add_argument(f"--{name}", type=int, default=pairs, metavar="PAIRS", help=f"{pairs:,} without")
    parser.add_argument(
        "--sources", type=int, default=10**6, help="to parse as Chromium does; 1,000,000 without"
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--block", type=int, help="only this block of the run")
    given = parser.parse_args(arguments)
    print(f"seed {given.seed}", flush=True)
    failed = 0
    for name, check, pairs in (
        ("python", check_in_python, given.python),
        ("lxml", check_on_lxml, given.lxml),
        ("node", check_in_small_dom, given.node),
    ):
        if pairs:
            failed += check_blocks(check, blocks_of(given.seed, pairs, given.block), pairs, name)
    for file, test, variable, count, things in (
        ("test_client_laws.py", "test_random_pairs and chromium", "HYPER_PAIRS", given.chromium, "pairs"),
        ("test_parsing.py", "test_random_sources", "HYPER_SOURCES", given.sources, "sources"),
    ):
        if count:
            variables = {"HYPER_SEED": given.seed, variable: count}
            failed += check_in_chromium(file, test, variables, f"{count:,} {things}")
    print(f"seed {given.seed}: {failed} failures", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
