"""The command line of `heard`: finds subcommands, runs one, turns errors into messages."""

from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Run `heard ARGV`; return the exit code."""
    raise NotImplementedError
