"""`heard cloud`: the reference cloud, for vendors, demos and tests."""

import argparse
from pathlib import Path

from heard.errors import UserError

SUMMARY = "run a small cloud of the vendor contract, to read and to try against"
PORT = 8480


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, what to hold, how to misbehave."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="folder of its database and tokens"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="IP", help="address to listen on (default %(default)s)"
    )
    parser.add_argument(
        "--port", type=int, default=PORT, metavar="N", help="0 takes a free one (default %(default)s)"
    )
    parser.add_argument(
        "--hub", action="append", default=[], metavar="ID", help="a hub that may call (default hub-1)"
    )
    parser.add_argument(
        "--load",
        action="append",
        default=[],
        metavar="MODULE=FILE",
        help="make a .json or .csv file the whole content of a module",
    )
    parser.add_argument(
        "--misbehave",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a fault from the start, such as throttle=3:2; 'list' prints them all",
    )
    parser.add_argument(
        "--ready-file", type=Path, metavar="FILE", help="written with the address once it listens"
    )


def run(args: argparse.Namespace) -> int:
    """Serves until Ctrl-C or SIGTERM; raises UserError."""
    from hub.cloud.reference.fields import ID, NAME
    from hub.cloud.reference.load import read_rows
    from hub.cloud.reference.misbehave import FAULTS, parse
    from hub.cloud.reference.problem import Problem
    from hub.cloud.reference.run import Options, serve

    if "list" in args.misbehave:
        for name, text in FAULTS.items():
            print(f"{name}={text}")
        return 0
    if not 0 <= args.port <= 65_535:
        raise UserError(f"--port {args.port} is no port", "take one from 0 to 65535")
    for hub in args.hub:
        if not ID.fullmatch(hub):
            raise UserError(f"--hub {hub!r} is no id", f"an id is like {ID.pattern}")
    load = {}
    for text in args.load:
        module, _, file = text.partition("=")
        if not file or not NAME.fullmatch(module):
            raise UserError(f"--load {text} is not MODULE=FILE", "like --load item_definitions=items.csv")
        load[module] = read_rows(Path(file))
    try:
        faults = [parse(text) for text in args.misbehave]
    except Problem as error:
        raise UserError(
            f"--misbehave: {error.detail}", "heard cloud --data . --misbehave list prints them"
        ) from None
    hubs = tuple(args.hub)
    serve(Options(args.data, args.host, args.port, hubs, load, faults), args.ready_file)
    return 0
