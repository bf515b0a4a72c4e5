"""A long evening in a four-station kitchen with everything that people do to orders, while the hub is killed again and again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from heard.play.recorded import COLUMNS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
ORDERS = 500
DISHES = [f"Dish {number}" for number in range(60)]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_line_is_made_once_and_every_void_told_while_the_hub_is_killed(
    tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    rows = [
        f"{number},2018-04-{1 + number // 100:02}T{12 + number % 100 // 10}:{number % 10 * 6:02},{dish},{random.randint(1, 3)},8.95"
        for number in range(ORDERS)
        for dish in random.sample(DISHES, random.randint(1, 9))
    ]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows, ""]))
    words = [
        "--stations",
        "4",
        "--mix",
        str(seed),
        "--speed",
        "max",
        "--cook",
        "--kill",
        "10",
        "--open-max",
        "60",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "heard", "replay", str(path), *words, "--json"],
        capture_output=True, text=True, check=False, timeout=550,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["findings"] == []
    assert done.returncode == 0, done.stderr
    assert (found["orders"], found["lost"], found["duplicated"], found["hub_kills"]) == (ORDERS, 0, 0, 10)
    kitchen = found["kitchen"]
    assert set(kitchen["cooks"]) == {"acknowledge", "bump", "recall", "start", "undo"}
    assert kitchen["voids"] > 50
    assert kitchen["all_day_checked"] > 200
