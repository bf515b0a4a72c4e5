"""`heard`: every subcommand answers --help without its extra; errors are messages with exit codes, never tracebacks."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from heard import cli
from heard.errors import LinkError, UserError

PACKAGES_OF_EXTRAS = sorted(cli.EXTRA_OF_PACKAGE)


def plant(monkeypatch: pytest.MonkeyPatch, run: Callable[[argparse.Namespace], int]) -> None:
    """Add the subcommand `planted N`, which does `run`."""
    module = ModuleType("planted_command")
    module.SUMMARY = "a planted command"  # type: ignore[attr-defined]
    module.add_arguments = lambda parser: parser.add_argument("number", type=int)  # type: ignore[attr-defined]
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "planted_command", module)
    monkeypatch.setitem(cli.COMMANDS, "planted", cli.Command("planted_command", None, "a planted command"))


def raising(error: BaseException) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        raise error

    return run


def test_help_of_every_command_needs_no_extra() -> None:
    """One process without any extra's packages prints the help of each command in the table, and its summary."""
    script = f"""
import sys
for package in {PACKAGES_OF_EXTRAS!r}:
    sys.modules[package] = None  # an import of it raises ModuleNotFoundError
from heard import cli
for name, command in cli.COMMANDS.items():
    print("@@", name, cli.main([name, "--help"]), cli.load_command(command).SUMMARY == command.summary)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith("@@")]
    assert answers == [f"@@ {name} 0 True" for name in cli.COMMANDS], done.stderr


@pytest.mark.parametrize("argv", [["--help"], ["-h"], ["help"]])
def test_overview_lists_every_command(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out and command.summary in out for name, command in cli.COMMANDS.items())


def test_no_command_prints_the_overview_and_is_a_bad_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert capsys.readouterr().out.startswith("usage: heard COMMAND")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("heard ")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("dsplay", "did you mean: heard display"),
        ("hbu", "did you mean: heard hub"),
        ("xyz", "heard --help lists"),
    ],
)
def test_unknown_command_names_the_nearest(typed: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([typed]) == 2
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            UserError("no such station: gril", "did you mean grill?", 2),
            2,
            "heard: no such station: gril\n  did you mean grill?\n",
        ),
        (UserError("disk full", "", 1), 1, "heard: disk full\n"),
        (
            LinkError("no hub answers", "start one: heard hub"),
            1,
            "heard: no hub answers\n  start one: heard hub\n",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_become_messages(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plant(monkeypatch, raising(error))
    assert cli.main(["planted", "1"]) == code
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("package", PACKAGES_OF_EXTRAS)
def test_missing_extra_names_the_command_that_installs_it(
    package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(monkeypatch, lambda args: bool(__import__(f"{package}.anything")))
    monkeypatch.setitem(sys.modules, package, None)
    assert cli.main(["planted", "1"]) == 1
    said = capsys.readouterr().err
    assert f"install 'heard[{cli.EXTRA_OF_PACKAGE[package]}]'" in said
    assert package in said


@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("x", name="heard.no_such"),
        ImportError("broken library", name="lmdb"),
        ValueError("a bug"),
    ],
)
def test_a_bug_is_not_taken_for_a_missing_extra(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, raising(error))
    with pytest.raises(type(error)):
        cli.main(["planted", "1"])


def test_bad_argument_exits_2_naming_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(monkeypatch, lambda args: 0)
    assert cli.main(["planted", "many"]) == 2
    assert "argument number: invalid int value: 'many'" in capsys.readouterr().err


def test_exit_code_of_the_command_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, lambda args: int(args.number))
    assert cli.main(["planted", "7"]) == 7


def test_a_reader_that_went_away_ends_quietly() -> None:
    """`heard --help | true`: no traceback, the exit code of SIGPIPE."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "heard", "--help"],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=30,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_arabic_on_a_latin_1_pipe_does_not_end_a_command() -> None:
    script = "from heard import cli; cli._overview = lambda: 'كبسة'; raise SystemExit(cli.main(['--help']))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"\\u0643\\u0628\\u0633\\u0629\n")
