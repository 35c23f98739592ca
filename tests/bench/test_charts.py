"""Results kept in a folder, and its charts."""

from __future__ import annotations

import json
from pathlib import Path

from bench.charts import OPERATIONS, charts, update
from bench.results import Result


def test_parts_can_be_measured_one_by_one(tmp_path: Path) -> None:
    update(tmp_path, [Result("select_row", 0.5, "× printing the page", 1.0)])
    update(
        tmp_path, [Result("swap_rows", 0.6, "× printing the page", 1.0), Result("html_one_text", 0.2, "×")]
    )
    (file,) = tmp_path.glob("*.json")
    assert {name: entry["ratio"] for name, entry in json.loads(file.read_text()).items()} == {
        "select_row": 0.5,
        "swap_rows": 0.6,
        "html_one_text": 0.2,
    }
    assert {file.name for file in tmp_path.glob("*.svg")} == {"operations.svg", "html.svg"}


def test_each_python_is_a_series_and_what_is_missing_has_no_bar() -> None:
    entries = {"Python 3.11": {"select_row": {"ratio": 0.5}}, "Python 3.14": {"swap_rows": {"ratio": 0.4}}}
    ((name, chart),) = charts(entries)
    assert name == "operations"
    assert list(chart.series) == ["Python 3.11", "Python 3.14"]
    assert chart.series["Python 3.11"] == [0.5 if name == "select_row" else None for name in OPERATIONS]


def test_others_are_beside_us() -> None:
    peers = {"peers_update_every_10th": {"ratio": 1.0, "sent_bytes": 7, "pyview_ms": 16.0, "pyview_bytes": 9}}
    client = {"client_update_every_10th": {"ours_ms": 1.0, "morphdom_ms": 20.0}}
    found = dict(charts({"Python 3.11": {**peers, **client}}))
    assert set(found) == {"peers-time", "peers-bytes", "client"}
    assert found["peers-time"].series["PyView"][0] == 16.0
    assert found["peers-bytes"].series["Hyper Live"][0] == 7
    assert found["client"].series["morphdom"][0] == 20.0
