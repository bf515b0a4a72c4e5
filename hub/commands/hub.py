"""`heard hub`: run the hub of a site."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from heard.errors import UserError

SUMMARY = "run the hub: store every order, feed every screen"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="settings (TOML); systemd/hub.toml explains each"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the store; over [store] data")
    parser.add_argument("--host", help="address to listen on; over [network] host")
    parser.add_argument(
        "--port", type=_port, metavar="N", help="port for tills and screens, 0: any; over [network] port"
    )
    parser.add_argument("--check", action="store_true", help="check the settings, print them, and do nothing")
    parser.add_argument("--no-mdns", action="store_true", help="do not announce the hub on the network")
    parser.add_argument(
        "--unsafe-plaintext",
        action="store_true",
        help="let orders leave this machine unencrypted; for tests only, and every screen says so in red",
    )
    parser.add_argument(
        "--ready-file",
        type=Path,
        metavar="FILE",
        help="write addresses and process id there, as JSON, once it serves",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)


def run(args: argparse.Namespace) -> int:
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its messages hold raw bytes of whoever connects
    from hub.config import Config, check_plaintext, load_config, summary

    def read() -> Config:
        return (load_config(args.config) if args.config else Config()).with_arguments(
            data=args.data,
            host=args.host,
            port=args.port,
            mdns=not args.no_mdns,
            unsafe_plaintext=args.unsafe_plaintext,
        )

    config = read()
    check_plaintext(config)
    if args.check:
        print(summary(config))
        _warn_of_secret(config.cloud.secret_file if config.cloud.url else None)
        return 0

    import asyncio

    from hub.app import HubAddress
    from hub.logs import set_up
    from hub.process import run as serve

    set_up()

    def ready(address: HubAddress) -> None:
        if args.ready_file is not None:
            _write_ready(args.ready_file, address)
        print(f"heard hub ready on {address.address} (store {config.data})", flush=True)

    return asyncio.run(serve(config, ready, read if args.config else None))


def _warn_of_secret(file: Path | None) -> None:
    """The hub starts without it, and its cloud side waits; who checks the settings wants to know."""
    if file is not None:
        try:
            file.open("rb").close()
        except OSError as error:
            print(f"note: {file}: {error.strerror}; the hub runs without the cloud until it is there")


def _write_ready(path: Path, address: object) -> None:
    """Whole or not at all: who waits for the file must not read half of it."""
    body = {
        "address": getattr(address, "address", ""),
        "admin": getattr(address, "admin", ""),
        "pid": os.getpid(),
        "store_id": getattr(address, "store_id", ""),
    }
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_text(json.dumps(body) + "\n", encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise UserError(
            f"the ready file {path} cannot be written: {error.strerror}",
            "give a path that the hub may write to",
            1,
        ) from error
