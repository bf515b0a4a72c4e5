"""Entry point of the command `heard` and of `python -m heard`."""

import sys

from heard import cli


def main() -> int:
    """Run the command line; return the process's exit code."""
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
