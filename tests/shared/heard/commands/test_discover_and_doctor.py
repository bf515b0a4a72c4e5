"""`heard discover` and `heard doctor` as a person calls them: what they print, and the exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from heard import cli
from heard.doctor import Finding, Level
from heard.link import scan as scan_module
from heard.link.scan import Scan, Sighting

HUB = Sighting("id-1", "Corner Grill", "10.0.0.5:7420", ("10.0.0.5:7420",), "0.1.0", True)


def finding(monkeypatch: pytest.MonkeyPatch, found: Scan) -> None:
    async def scan(seconds: float) -> Scan:
        return found

    monkeypatch.setattr(scan_module, "scan", scan)


def test_discover_lists_hubs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    finding(monkeypatch, Scan((HUB,)))
    assert cli.main(["discover"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["NAME", "ADDRESS", "VERSION", "REACHABLE", "ID"]
    assert lines[1].split() == ["Corner", "Grill", "10.0.0.5:7420", "0.1.0", "yes", "id-1"]


def test_discover_json_is_one_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finding(monkeypatch, Scan((HUB,)))
    assert cli.main(["discover", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "mdns": True,
        "hubs": [
            {
                "id": "id-1",
                "name": "Corner Grill",
                "address": "10.0.0.5:7420",
                "addresses": ["10.0.0.5:7420"],
                "version": "0.1.0",
                "reachable": True,
            }
        ],
    }


def test_discover_without_a_hub_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finding(monkeypatch, Scan((), "Address already in use"))
    assert cli.main(["discover", "--seconds", "1"]) == 1
    out = capsys.readouterr().out
    assert "mDNS is not available: Address already in use" in out
    assert "--hub HOST:PORT" in out


@pytest.mark.parametrize("text", ["0", "-1", "61", "soon", "nan"])
def test_discover_refuses_seconds_that_are_none(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["discover", "--seconds", text]) == 2
    assert "is not a number of seconds up to 60" in capsys.readouterr().err


def test_doctor_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The real checks, but for the network's two seconds."""
    from heard import doctor

    async def no_mdns() -> tuple[Finding, Scan]:
        return Finding(Level.OK, "mdns", "not asked"), Scan(())

    monkeypatch.setattr(doctor, "check_mdns", no_mdns)
    assert cli.main(["doctor", "--data", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert [one["name"] for one in told["findings"]] == [
        "python", "extra hub", "extra display", "extra printer", "clock", "space", "disk",
        "port", "mdns", "hub", "screen", "groups", "assets",
    ]  # fmt: skip


@pytest.mark.parametrize(("level", "code"), [(Level.OK, 0), (Level.WARN, 0), (Level.FAIL, 1)])
def test_doctors_exit_code_is_1_when_something_fails(
    level: Level, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from heard.commands import doctor

    def findings(args: Any) -> list[Finding]:
        return [Finding(level, "disk", "fsync p99 300 ms", "use an SSD")]

    monkeypatch.setattr(doctor, "_findings", findings)
    assert cli.main(["doctor"]) == code
    out = capsys.readouterr().out
    assert out.startswith(f"{level.value:5} disk: fsync p99 300 ms\n        -> use an SSD\n")
