"""`heard restore`: a backup in the place of a store, the hub stopped."""

import argparse
from pathlib import Path

from heard.errors import UserError

SUMMARY = "put a verified copy in the place of a store"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which copy, where to."""
    parser.add_argument(
        "backup", type=Path, metavar="BACKUP", help="a backup's folder, or another data folder"
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data folder of the hub")


def run(args: argparse.Namespace) -> int:
    """Prints what was done; raises UserError."""
    from hub.store.layout import DataDir, data_file
    from hub.store.opening import restore

    backup: Path = args.backup
    if not data_file(backup).exists():
        what = "is no backup" if backup.exists() else "does not exist"
        raise UserError(f"{backup} {what}", f"backups lie in {DataDir(args.data).backups}")
    print(restore(DataDir(args.data), backup))
    return 0
