"""`heard backup`: a verified copy of a store, beside a running hub."""

import argparse
from pathlib import Path

from heard.errors import UserError

SUMMARY = "write a verified copy of a store"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, to where."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data folder of the hub")
    parser.add_argument("--to", type=Path, metavar="DIR", help="folder for the copy (default: DIR/backups)")


def run(args: argparse.Namespace) -> int:
    """Prints where the backup lies; raises UserError."""
    from hub.store.backup import make_backup
    from hub.store.layout import DataDir, data_file

    files = DataDir(args.data)
    if not data_file(files.store).exists():
        what = "has no store in it" if args.data.is_dir() else "does not exist"
        raise UserError(f"{args.data} {what}", "name the hub's data folder with --data")
    made = make_backup(files.store, args.to or files.backups)
    print(f"{made.path}: epoch {made.epoch_n}, revision {made.rev}; every record was read back")
    return 0
