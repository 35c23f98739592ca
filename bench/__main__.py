"""``python -m bench``: everything, or the parts that are named."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

from bench import events, html, memory, one_text, sockets, table
from bench.results import Result, as_table, write_json

PARTS = {
    "table": table,
    "html": html,
    "one_text": one_text,
    "events": events,
    "sockets": sockets,
    "memory": memory,
}
SECONDS = {"table": 60.0, "html": 20.0, "one_text": 10.0, "events": 10.0, "sockets": 15.0, "memory": 0.0}


def main() -> None:
    """Measure what the command line asks for, print the table, write what is to be written."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all without")
    parser.add_argument("--quick", action="store_true", help="under a minute; the numbers are rougher")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    arguments = parser.parse_args()
    results: list[Result] = []
    print(f"Python {platform.python_version()}, {platform.machine()}")
    for name in arguments.parts or PARTS:
        for result in PARTS[name].run(SECONDS[name] / (5 if arguments.quick else 1)):
            results.append(result)
            print(as_table([result]), flush=True)
    print("\n" + as_table(results))
    if arguments.json:
        write_json(results, arguments.json)


if __name__ == "__main__":
    main()
