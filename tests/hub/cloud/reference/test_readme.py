"""The examples of protos/cloud/README.md are run as they stand, against `heard cloud` as it stands there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cloud.reference.misbehave import FAULTS
from tests.hub.cloud.reference.contract import FILE, named
from tests.hub.cloud.reference.process import running

README = FILE.with_name("README.md")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block of the README after the first printed."""
    folder = tmp_path_factory.mktemp("readme")
    files, _, command = BLOCKS[0].partition("heard cloud ")
    subprocess.run(["bash", "-euc", files], cwd=folder, check=True, timeout=10)
    arguments = command.replace("\\\n", " ").replace("--port 8480", "--port 0").split()
    with running(folder, *arguments) as ready:
        script = "\necho @@@@\n".join(BLOCKS[1:]).replace("http://127.0.0.1:8480", ready["url"])
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where `heard` is
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
            env={**os.environ, "PATH": path},
        )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("@@@@")


def lines(text: str) -> list[object]:
    """The JSON values that stand one after another."""
    found, decoder, at = [], json.JSONDecoder(), 0
    text = text.strip()
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return found


def test_token(said: list[str]) -> None:
    (token,) = lines(said[0])
    named("Token").validate(token)


def test_pull(said: list[str]) -> None:
    gateway, status, page = lines(said[1])
    named("SyncResponse").validate(gateway)
    named("Page").validate(page)
    assert status == 304
    assert isinstance(page, dict)
    assert page["more"]
    assert page["changes"][0]["row"]["allergens"] == ["nuts", "milk"]


def test_push(said: list[str]) -> None:
    first, second, held = lines(said[2])
    results = [
        [one["result"] for one in answer["results"]] for answer in (first, second) if isinstance(answer, dict)
    ]
    assert results == [["ACCEPTED", "ACCEPTED"], ["ALREADY", "ALREADY"]]
    named("HeldDocuments").validate(held)


def test_counters_ranges_totals(said: list[str]) -> None:
    block, reports, totals, keys = lines(said[3])
    for schema, value in (
        ("Range", block),
        ("ReportsAnswer", reports),
        ("TotalsAnswer", totals),
        ("HeldKeys", keys),
    ):
        named(schema).validate(value)
    assert isinstance(reports, dict)
    assert [(one["kind"], one["from"], one["to"]) for one in reports["results"][0]["findings"]] == [
        ("MISSING", 2, 2)
    ]


def test_misbehave(said: list[str]) -> None:
    on, problem, status, off = lines(said[4])
    named("Problem").validate(problem)
    assert isinstance(on, dict)
    assert isinstance(off, dict)
    assert (len(on["on"]), status, off["on"]) == (1, 429, [])


def test_a_hub_is_paired_and_says_what_it_could_not_use(said: list[str]) -> None:
    assert re.search(r"^cloud +http://127.0.0.1:[0-9]+ as shop-1, profile restaurant", said[5], re.MULTILINE)
    assert re.search(r"^item_definitions +up to date +2", said[5], re.MULTILINE)
    assert said[5].rstrip().endswith("nothing is held back")


def test_every_fault_stands_in_the_table() -> None:
    cells = re.findall(r"^\| (`[a-z_`, ]+`) \|", README.read_text(), re.MULTILINE)
    assert set(re.findall(r"[a-z_]+", " ".join(cells))) == set(FAULTS)


def test_no_example_names_this_machine() -> None:
    assert str(Path(sys.prefix).parent) not in README.read_text()
    assert os.path.expanduser("~") + "/" not in README.read_text()
