"""The systemd units are well-formed, and say what the programs need: readiness, watchdog, state, restart, KMS."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SYSTEMD = ROOT / "systemd"
INSTALLED = "/opt/heard/bin/heard"
HUB, DISPLAY = "heard-hub.service", "heard-display@.service"


def settings(unit: str) -> dict[str, list[str]]:
    """ "Section.Key" → its values in order. systemd repeats keys for lists, which configparser refuses."""
    section = ""
    found: dict[str, list[str]] = {}
    for number, line in enumerate((SYSTEMD / unit).read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line.strip("[]")
            continue
        key, equals, value = line.partition("=")
        assert equals, f"{unit}:{number}: neither a section nor a setting: {line}"
        found.setdefault(f"{section}.{key}", []).append(value)
    return found


@pytest.mark.parametrize(
    ("unit", "key", "value"),
    [
        (HUB, "Service.Type", "notify"),
        (HUB, "Service.NotifyAccess", "main"),
        (HUB, "Service.StateDirectory", "heard"),
        (HUB, "Service.LimitNOFILE", "65536"),
        (HUB, "Service.Restart", "always"),
        (HUB, "Service.Environment", "GRPC_VERBOSITY=NONE"),
        (HUB, "Unit.StartLimitIntervalSec", "0"),
        (DISPLAY, "Service.Environment", "SDL_VIDEODRIVER=kmsdrm"),
        (DISPLAY, "Service.Restart", "always"),
        (DISPLAY, "Service.StateDirectory", "heard-display/%i"),
        (DISPLAY, "Unit.StartLimitIntervalSec", "0"),
    ],
)
def test_setting(unit: str, key: str, value: str) -> None:
    assert value in settings(unit)[key]


def test_the_screen_may_open_graphics_and_keys() -> None:
    (groups,) = settings(DISPLAY)["Service.SupplementaryGroups"]
    assert {"video", "render", "input"} <= set(groups.split())


def test_the_watchdog_is_longer_than_a_screen_waits_and_shorter_than_a_cook_does() -> None:
    """Screens say NOT LIVE after 3 s; a hung hub is restarted soon after, but not for one slow second."""
    (seconds,) = settings(HUB)["Service.WatchdogSec"]
    assert 3 < int(seconds) <= 15


@pytest.mark.parametrize("unit", [HUB, DISPLAY])
def test_exec_start_is_a_call_that_heard_takes(unit: str) -> None:
    """The arguments of ExecStart parse, with the unit's own Environment filled in."""
    from heard import cli

    found = settings(unit)
    (line,) = found["Service.ExecStart"]
    for assignment in found["Service.Environment"]:
        name, _, value = assignment.strip('"').partition("=")
        line = line.replace(f"${name}", value)
    program, name, *arguments = line.replace("%i", "grill").split()
    assert program == INSTALLED
    module = cli.load_command(cli.find_command(name))
    cli.make_parser(name, module).parse_args(arguments)  # exits 2, and fails the test, when it does not


def verify(unit: Path) -> str:
    """What systemd-analyze has against a unit; "" is nothing."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stderr + ("" if done.returncode == 0 else f"exit {done.returncode}")


@pytest.mark.parametrize(("unit", "instance"), [(HUB, HUB), (DISPLAY, "heard-display@grill.service")])
def test_systemd_takes_the_unit(unit: str, instance: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    copy = tmp_path / instance
    text = (
        (SYSTEMD / unit).read_text().replace(INSTALLED, f'"{sys.executable}"')
    )  # it must exist to be verified
    copy.write_text(text)
    assert verify(copy) == ""
    copy.write_text(text.replace("[Service]", "[Service]\nWatchdogSecs=1"))
    assert "WatchdogSecs" in verify(copy)


def test_every_folder_the_units_use_is_made_by_somebody() -> None:
    tmpfiles = (SYSTEMD / "tmpfiles.d" / "heard.conf").read_text()
    sysusers = (SYSTEMD / "sysusers.d" / "heard.conf").read_text()
    assert "d /etc/heard " in tmpfiles
    for unit in (HUB, DISPLAY):
        (user,) = settings(unit)["Service.User"]
        assert f"\nu {user} " in sysusers
