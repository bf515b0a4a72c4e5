"""`heard replay` and `heard demo` as a user runs them: real hub, real tills, real screens with cooks, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from heard.play.recorded import COLUMNS

NO_PROXY_THERE = "http://127.0.0.1:9"  # discard: nobody listens


def start(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The command with a temporary folder of its own, so that what is left behind can be seen, and behind a company's proxy."""
    (folder / "tmp").mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "heard", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(folder / "tmp"), "http_proxy": NO_PROXY_THERE, "no_proxy": ""},
    )


def left_behind(folder: Path) -> list[str]:
    """Files of the play, and processes that work in its folder."""
    found = [str(path) for path in (folder / "tmp").iterdir()]
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().decode(errors="replace")
        except OSError:  # it has ended, or is not ours to see
            continue
        if str(folder / "tmp") in words:
            found.append(words)
    return found


def test_replay_prints_one_json_object_and_every_order_was_heard(tmp_path: Path) -> None:
    rows = [
        f"{number},2018-04-29T16:{number:02},{dish},1,8.95"
        for number in range(6)
        for dish in ("Korma", "Puree")
    ]
    (tmp_path / "orders.csv").write_text("\n".join([",".join(COLUMNS), *rows, ""]))
    replay = start(
        tmp_path, "replay", str(tmp_path / "orders.csv"), "--speed", "max", "--cook", "--kill", "1", "--json"
    )
    printed, said = replay.communicate(timeout=50)
    found: dict[str, Any] = json.loads(printed)
    assert replay.returncode == 0, said
    promised = {"orders": 6, "lines": 12, "heard": 6, "moot": 0, "lost": 0, "duplicated": 0, "hub_kills": 1}
    assert found.items() >= promised.items()
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert left_behind(tmp_path) == []


def test_a_mixed_evening_in_four_stations_is_proven_from_the_log(tmp_path: Path) -> None:
    dishes = ("Korma", "Onion Bhaji", "Plain Naan", "Madras", "Raita", "Puree")
    rows = [
        f"{number},2018-04-29T16:{number:02},{dish},2,8.95"
        for number in range(16)
        for dish in dishes[: 2 + number % 5]
    ]
    (tmp_path / "orders.csv").write_text("\n".join([",".join(COLUMNS), *rows, ""]))
    words = ["--stations", "4", "--mix", "4", "--speed", "max", "--cook", "--json"]
    replay = start(tmp_path, "replay", str(tmp_path / "orders.csv"), *words)
    printed, said = replay.communicate(timeout=50)
    found: dict[str, Any] = json.loads(printed)
    assert replay.returncode == 0, printed + said
    assert (found["orders"], found["heard"] + found["moot"], found["lost"], found["duplicated"]) == (
        16,
        16,
        0,
        0,
    )
    kitchen = found["kitchen"]
    assert kitchen["changes"].keys() >= {"add_lines", "change_line", "fire", "void_lines"}
    assert kitchen["lines_made"] > 50
    assert kitchen["voids"] > 0
    assert kitchen["all_day_checked"] > 8
    wrong = ("made_twice", "not_made", "voids_unacknowledged", "voids_untold", "voids_wrong", "all_day_wrong")
    assert {name: kitchen[name] for name in wrong} == dict.fromkeys(wrong, 0)
    assert left_behind(tmp_path) == []


def test_the_demo_ends_with_a_summary_and_pictures(tmp_path: Path) -> None:
    demo = start(
        tmp_path, "demo", "--seconds", "3", "--seed", "2", "--headless", "--out", str(tmp_path / "out")
    )
    printed, said = demo.communicate(timeout=50)
    assert demo.returncode == 0, said
    assert "lost           0\n" in printed
    assert "duplicated     0\n" in printed
    assert "though the cloud was away for 1 s; 0 pending, 0 refused\n" in printed
    for name in ("grill", "fry", "printer"):
        picture = tmp_path / "out" / f"{name}.png"
        assert str(picture) in printed
        assert picture.read_bytes().startswith(b"\x89PNG")
    assert left_behind(tmp_path) == []


def test_ctrl_c_ends_the_demo_and_everything_that_it_started(tmp_path: Path) -> None:
    demo = start(tmp_path, "demo", "--seconds", "60", "--headless", "--out", str(tmp_path / "out"))
    deadline = time.monotonic() + 30
    while not list((tmp_path / "tmp").glob("heard-play-*/*.ledger")) and time.monotonic() < deadline:
        time.sleep(0.02)
    demo.send_signal(signal.SIGINT)
    printed, said = demo.communicate(timeout=20)
    assert demo.returncode == 130
    assert "Traceback" not in said
    assert not printed
    assert left_behind(tmp_path) == []
