"""The command line of `heard`: finds a subcommand, runs it, turns errors into messages.

Exit codes: 0 done, 1 failed at run time, 2 bad call, 130 Ctrl-C, 141 the reader of our output went away.
A subcommand is a module with `SUMMARY`, `add_arguments(parser)` and `run(args) -> int`. It is imported only
when it is named, and must itself import what needs an extra only inside `run`, so that `--help` always works.
"""

import argparse
import difflib
import importlib
import importlib.util
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import heard
from heard.errors import HeardError, UserError

EXIT_FAILED = 1
EXIT_BAD_CALL = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells say it
EXIT_BROKEN_PIPE = 141  # 128 + SIGPIPE
NEAREST_CUTOFF = 0.5  # difflib ratio; finds "dsplay" and "hbu", and is silent about "xyz"


class CommandModule(Protocol):
    """What a module in a `commands` folder offers."""

    SUMMARY: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments; must not need an extra."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit code. Raises UserError for what a user can mend."""


@dataclass(frozen=True, slots=True)
class Command:
    """Where a subcommand lives. `extra` is what it needs beyond the bare library, if anything."""

    module: str
    extra: str | None
    summary: str  # equal to the module's SUMMARY (tested); stands here so that help imports nothing


COMMANDS: dict[str, Command] = {
    "hub": Command("hub.commands.hub", "hub", "run the hub: store every order, feed every screen"),
    "display": Command(
        "display.commands.display",
        "display",
        "run one screen: a station's, the pass's, a guest's, or one in reserve",
    ),
    "demo": Command(
        "heard.commands.demo",
        None,
        "a lunch rush: hub, cloud, tills, cooks, two kitchen screens, a printer, an expo, a board and a cart",
    ),
    "replay": Command(
        "heard.commands.replay", None, "play recorded orders from N tills and count what was heard"
    ),
    "config": Command(
        "hub.commands.config", "hub", "the running hub's settings: what holds, who said it, and changing it"
    ),
    "station": Command(
        "hub.commands.station", "hub", "stations of the running hub: close, open, pause, and how they stand"
    ),
    "printer": Command(
        "hub.commands.printer", "hub", "kitchen printers of the running hub, and a ticket on paper once more"
    ),
    "preflight": Command(
        "hub.commands.preflight",
        "hub",
        "before opening: every screen paints, beeps and takes a key, and who did not",
    ),
    "86": Command("hub.commands.eighty_six", "hub", "what is out at the running hub, and saying so"),
    "route": Command("hub.commands.route", "hub", "where the lines of an order go, and why"),
    "discover": Command("heard.commands.discover", None, "list the hubs on this network"),
    "doctor": Command("heard.commands.doctor", None, "check this machine and say what to do"),
    "inspect": Command(
        "hub.commands.inspect", "hub", "print orders, tickets and the log of a store or a backup"
    ),
    "report": Command(
        "hub.commands.report", "hub", "ticket times, on-time share, voids and late tickets of a day"
    ),
    "rewind": Command(
        "hub.commands.rewind", "hub", "what did that screen show at 19:42? draw a moment of a recorded day"
    ),
    "numbers": Command("hub.commands.numbers", "hub", "fiscal numbers of the tills: status, verify"),
    "day": Command(
        "hub.commands.day", "hub", "the business day of the running hub: status, close, report, confirm-clock"
    ),
    "sync": Command(
        "hub.commands.sync", "hub", "in step with the cloud: status, now, reset, quarantine, graph"
    ),
    "backup": Command("hub.commands.backup", "hub", "write a verified copy of a store"),
    "restore": Command("hub.commands.restore", "hub", "put a verified copy in the place of a store"),
    "orders": Command(
        "hub.commands.orders", "hub", "orders on their way to the cloud: --not-synced, --errors, retry"
    ),
    "cloud": Command(
        "hub.commands.cloud", "hub", "run a small cloud of the vendor contract, to read and to try against"
    ),
}

EXTRA_OF_PACKAGE = {
    "lmdb": "hub",
    "aiohttp": "hub",
    "grpc_health": "hub",
    "grpc_reflection": "hub",
    "pygame": "display",
    "PIL": "printer",
    "escpos": "printer",
}


def main(argv: Sequence[str]) -> int:
    """Run `heard ARGV`; return the exit code. Only a bug in Heard leaves as an exception."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A dish's name in Arabic must not end a command whose output goes to a Latin-1 pipe.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _dispatch(argv)
        sys.stdout.flush()
        return code
    except HeardError as error:
        print_error(error)
        return error.exit_code if isinstance(error, UserError) else EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Python flushes stdout once more at exit, which would complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except ImportError as error:
        missing = _missing_extra(error)
        if missing is None:
            raise
        print_error(missing)
        return missing.exit_code


def print_error(error: HeardError) -> None:
    """Print `heard: what` and the hint below it on stderr."""
    print(f"heard: {error.what}", file=sys.stderr)
    if error.hint:
        print(f"  {error.hint}", file=sys.stderr)


def find_command(name: str) -> Command:
    """The command called `name`; an unknown one is a UserError that names the nearest."""
    command = COMMANDS.get(name)
    if command is not None:
        return command
    nearest = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=NEAREST_CUTOFF)
    hint = f"did you mean: heard {nearest[0]}" if nearest else "heard --help lists all commands"
    raise UserError(f"no command named {name!r}", hint, EXIT_BAD_CALL)


def load_command(command: Command) -> CommandModule:
    """Import a command's module."""
    add_applications()
    return cast(CommandModule, importlib.import_module(command.module))


def add_applications() -> None:
    """Make the packages `hub` and `display` importable when heard is installed from a wheel, which holds them inside."""
    applications = Path(heard.__file__).parent / "_app"
    if applications.is_dir() and str(applications) not in sys.path:
        sys.path.insert(0, str(applications))  # first: `hub` and `display` are common names


def make_parser(name: str, module: CommandModule) -> argparse.ArgumentParser:
    """The argument parser of one subcommand."""
    summary = module.SUMMARY[:1].upper() + module.SUMMARY[1:]
    parser = argparse.ArgumentParser(prog=f"heard {name}", description=summary + ".", allow_abbrev=False)
    module.add_arguments(parser)
    return parser


def _dispatch(argv: Sequence[str]) -> int:
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0 if argv else EXIT_BAD_CALL
    name, *rest = argv
    if name in ("-V", "--version"):
        print(f"heard {heard.__version__}")
        return 0
    module = load_command(find_command(name))
    try:
        args = make_parser(name, module).parse_args(rest)
    except SystemExit as stop:  # argparse has printed help (0) or what is wrong (2)
        return stop.code if isinstance(stop.code, int) else EXIT_BAD_CALL
    return module.run(args)


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "usage: heard COMMAND [ARGUMENTS]",
            "",
            "Kitchen and customer displays: no order lost, and proof that a screen painted it.",
            "",
            *lines,
            "",
            "heard COMMAND --help explains one of them; heard --version prints the version.",
        ]
    )


def _missing_extra(error: ImportError) -> UserError | None:
    """What to tell about an import that failed because an extra is not installed; None if it is not that."""
    package = (error.name or "").partition(".")[0]
    extra = EXTRA_OF_PACKAGE.get(package)
    if extra is None or not isinstance(error, ModuleNotFoundError):
        return None
    has_pip = importlib.util.find_spec("pip") is not None  # a venv made by uv has none
    install = f"{sys.executable} -m pip install" if has_pip else f"uv pip install --python {sys.executable}"
    return UserError(
        f"this command needs the package {package}, which is not installed",
        f"install it: {install} 'heard[{extra}]'",
        EXIT_FAILED,
    )
