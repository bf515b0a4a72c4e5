"""A command asks the hub that runs on its data folder, and says plainly why it cannot."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from heard import cli
from heard.errors import UserError
from hub.admin.access import Access, write_access
from hub.admin.site import AdminSite, Health
from hub.api import Api, Asked
from hub.commands import running
from hub.store.layout import DataDir
from tests.hub.rpc.serving import serving


async def heard(*argv: str) -> int:
    """The command line, beside a hub in this process."""
    return await asyncio.to_thread(cli.main, argv)


def a_hub(folder: Path, address: str, version: str = "0.1.0") -> running.RunningHub:
    return running.RunningHub(folder, Access(address, "right", version))


async def test_the_hub_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    config = tmp_path / "hub.toml"
    config.write_text(f'[store]\ndata = "{data}"\n')
    async with serving(data) as client:
        assert await heard("day", "status", "--config", str(config), "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert found["business_date"] == client.hub.services.business_date()
        assert DataDir(data).admin.stat().st_mode & 0o777 == 0o600
    assert not DataDir(data).admin.exists(), "it goes with a clean stop"
    assert await heard("day", "status", "--data", str(data)) == 1
    assert f"no hub runs on {data}" in capsys.readouterr().err


def test_no_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(("day", "status", "--data", str(tmp_path / "none"))) == 2
    assert "there is no folder" in capsys.readouterr().err
    write_access(DataDir(tmp_path).admin, Access("127.0.0.1:1", "left by a hub that was killed"))
    assert cli.main(("day", "status", "--data", str(tmp_path))) == 1
    assert "no hub runs on" in capsys.readouterr().err
    DataDir(tmp_path).admin.write_text("{")
    assert cli.main(("day", "status", "--data", str(tmp_path))) == 1
    assert "cannot be read" in capsys.readouterr().err


async def test_a_hub_that_has_no_such_api_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(tmp_path):
        await asyncio.to_thread(DataDir(tmp_path).admin.unlink)
        assert await heard("day", "status", "--data", str(tmp_path)) == 1
    assert "of an older version" in capsys.readouterr().err


def test_another_user_is_told_whose_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_access(DataDir(tmp_path).admin, Access("127.0.0.1:1", ""))

    def refuse(path: Path, *_: Any) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    args = cli.make_parser("day", cli.load_command(cli.COMMANDS["day"])).parse_args(
        ["status", "--data", str(tmp_path)]
    )
    with pytest.raises(UserError) as caught:
        running.running_hub(args)
    owner = running._owner(tmp_path)
    assert f"only the user {owner} may ask" in caught.value.what
    assert f"sudo -u {owner}" in caught.value.hint


async def test_the_hubs_refusal_comes_through(tmp_path: Path) -> None:
    async def refuse(_asked: Asked) -> Mapping[str, Any]:
        raise UserError("the day was closed an hour ago", "it may be closed again in 7 h", 1)

    api = Api()
    api.post("day/close", refuse)
    site = AdminSite(0, list, lambda: Health({}, {}), api, "right")
    await site.start()
    try:
        hub = a_hub(tmp_path, site.address)
        with pytest.raises(UserError, match="closed an hour ago") as caught:
            await asyncio.to_thread(hub.post, "day/close")
        assert (caught.value.hint, caught.value.exit_code) == ("it may be closed again in 7 h", 1)
        with pytest.raises(UserError, match="note is not known to this hub"):
            await asyncio.to_thread(lambda: hub.post("day/close", note="x", left_out=None))
        with pytest.raises(UserError, match="has no GET /api/day/none") as caught:
            await asyncio.to_thread(a_hub(tmp_path, site.address, "0.0.9").get, "day/none")
        assert "restart the hub" in caught.value.hint
        stranger = running.RunningHub(tmp_path, Access(site.address, "wrong"))
        with pytest.raises(UserError, match="started anew"):
            await asyncio.to_thread(stranger.get, "day/none")
    finally:
        await site.close()


def test_another_program_on_the_port(tmp_path: Path) -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    try:
        with pytest.raises(UserError, match="is no hub of Heard"):
            a_hub(tmp_path, f"127.0.0.1:{server.server_port}").get("day/status")
    finally:
        thread.join()
        server.server_close()


def test_who_owns_a_folder_that_cannot_be_looked_into() -> None:
    assert running._owner(Path("/proc/1/none")) == running._owner(Path("/proc/1"))
