"""For commands that ask the hub that runs on this machine: finds it as `heard hub` finds its data folder, asks its API.

    hub = running_hub(args)                       # after add_hub_arguments(parser)
    status = hub.get("sync/status")
    hub.post("sync/now", module="prices")

Every failure is a UserError that says what to do; the hub's own refusals come through as it words them.
"""

from __future__ import annotations

import argparse
import getpass
import http.client
import json
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import heard
from heard.errors import UserError

if TYPE_CHECKING:
    from hub.admin.access import Access

ASK_S_MAX = 40.0
"""A hub answers within 30 s or says that it could not."""
ANSWER_BYTES_MAX = 64 << 20


def add_hub_arguments(parser: argparse.ArgumentParser) -> None:
    """--config and --data, with the meaning that they have for `heard hub`."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="the running hub's settings")
    parser.add_argument("--data", type=Path, metavar="DIR", help="its data folder; over [store] data")


def data_folder(args: argparse.Namespace) -> Path:
    """The data folder that `heard hub` would use with these arguments. Raises UserError."""
    from hub.config.model import DEFAULT_DATA

    if args.data is not None:
        return Path(args.data)
    if args.config is None:
        return DEFAULT_DATA
    from hub.config import load_config

    return load_config(args.config).data


def running_hub(args: argparse.Namespace) -> RunningHub:
    """The hub that runs on this data folder. Raises UserError where none runs, or this user may not ask it."""
    from hub.admin.access import read_access
    from hub.store.layout import DataDir

    folder = data_folder(args)
    path = DataDir(folder).admin
    try:
        access = read_access(path)
    except PermissionError:
        owner = _owner(path)
        raise UserError(
            f"only the user {owner} may ask the hub of {folder}, not {_user()}",
            f"run it as that user: sudo -u {owner} heard …",
            1,
        ) from None
    except FileNotFoundError:
        raise _no_hub(folder) from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}", "restart the hub, which writes it", 1) from None
    return RunningHub(folder, access)


@dataclass(frozen=True, slots=True)
class RunningHub:
    """The API of the hub on `folder`. Blocking: for commands."""

    folder: Path
    access: Access

    def get(self, path: str, **values: object) -> dict[str, Any]:
        """A question. Values of None are left out. Raises UserError."""
        query = urlencode({name: _word(value) for name, value in values.items() if value is not None})
        return self._call("GET", f"{path}?{query}" if query else path, None)

    def post(self, path: str, **values: object) -> dict[str, Any]:
        """A wish. Values of None are left out. Raises UserError."""
        body = {name: value for name, value in values.items() if value is not None}
        return self._call("POST", path, json.dumps(body).encode())

    def _call(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        address = self.access.address
        headers = {"Authorization": f"Bearer {self.access.token}", "Heard-User": _user()}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(address, timeout=ASK_S_MAX)
        try:
            connection.request(method, f"/api/{path}", body, headers)
            answer = connection.getresponse()
            data = answer.read(ANSWER_BYTES_MAX)
        except ConnectionRefusedError:
            raise _no_hub(self.folder) from None
        except TimeoutError:
            what = f"the hub on {address} did not answer within {ASK_S_MAX:.0f} s"
            raise UserError(what, "look at its log; a blocked hub is restarted by systemd", 1) from None
        except (OSError, http.client.HTTPException) as error:
            raise UserError(f"the hub on {address} broke off: {error}", "try again", 1) from None
        finally:
            connection.close()
        if not (answer.headers.get("Server") or "").startswith("heard/"):
            what = f"what answers on {address} is no hub of Heard"
            raise UserError(what, "restart the hub; another program took its port", 1)
        try:
            found = json.loads(data)
        except ValueError:
            raise UserError(f"the hub's answer cannot be read: {data[:80]!r}", exit_code=1) from None
        if answer.status >= 400:
            raise self._error(answer.status, found)
        return dict(found)

    def _error(self, status: int, problem: Mapping[str, Any]) -> UserError:
        code, what, hint = problem.get("code"), str(problem.get("title")), str(problem.get("hint") or "")
        if code == "unknown-route":
            older = self.access.version != heard.__version__
            return UserError(
                f"{what}; this command is of version {heard.__version__}",
                "restart the hub, so that both are of one version" if older else "this command has a mistake",
                1,
            )
        if code == "no-token":
            return UserError("the hub has started anew meanwhile", "try again", 1)
        if code == "invalid":
            return UserError(what, hint, 2)
        return UserError(what, hint, int(problem.get("exit_code") or 1))


def _no_hub(folder: Path) -> UserError:
    from hub.store.layout import DataDir
    from hub.store.view import is_served

    if not folder.is_dir():
        return UserError(f"there is no folder {folder}", "name the hub's with --data or --config")
    if is_served(DataDir(folder)):
        return UserError(
            f"the hub on {folder} takes no commands: it is just starting or stopping, or of an older version",
            "try again; when it stays so, restart it",
            1,
        )
    return UserError(
        f"no hub runs on {folder}", "start it (heard hub), or name another folder with --data or --config", 1
    )


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _owner(path: Path) -> str:
    """Who owns the nearest part of the path that can be seen."""
    for one in (path, *path.parents):
        try:
            uid = one.stat().st_uid
        except OSError:
            continue
        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:
            return str(uid)
    return "of the hub"
