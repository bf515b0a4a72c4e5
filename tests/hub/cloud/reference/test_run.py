"""`heard cloud` as a command: it keeps all through SIGKILL, and says what is wrong with a call."""

from __future__ import annotations

import signal
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from heard import cli
from heard.errors import UserError
from hub.cloud.reference.run import Options, ReferenceCloud
from tests.hub.cloud.reference.contract import Api
from tests.hub.cloud.reference.making import E1, batch, invoice, order, report
from tests.hub.cloud.reference.process import running

ARGUMENTS = ("--data", "data", "--port", "0", "--ready-file", "ready.json")


async def everything(url: str, refresh_token: str) -> dict[str, Any]:
    """All that a hub can read."""
    api = Api(url, "hub-1", refresh_token)
    try:
        await api.refresh()
        gateway = (await api.get("/v1/gateway", cursor="tables:")).body
        page = (await api.get("/v1/modules/tables/changes", watermark=gateway["watermark"])).body
        found = {"gateway": gateway | {"server_time_ms": 0}, "page": page}
        for path in ("/v1/documents/order/o1", "/v1/counters", "/v1/control-totals/2026-02-01/till-1"):
            found[path] = (await api.get(path)).body
        return found
    finally:
        await api.close()


async def test_all_answered_is_there_after_sigkill(tmp_path: Path) -> None:
    (tmp_path / "tables.csv").write_text("id,name.en,seats\nt1,Window,4\n")
    load = ("--load", "tables=tables.csv")
    with running(tmp_path, *ARGUMENTS, *load, stop=signal.SIGKILL) as ready:
        assert stat.S_IMODE((tmp_path / "ready.json").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "data/hub-1.token").stat().st_mode) == 0o600
        token = ready["refresh_tokens"]["hub-1"]
        api = Api(ready["url"], "hub-1", token)
        await api.refresh()
        await api.post("/v1/documents", batch(order(version=3), invoice(1), epoch=E1))
        await api.post("/v1/counters/reports", {"reports": [report(3, "1")]})
        wish = {"request_id": "r1", "device": "till-1", "incarnation": "i1", "series": "INV", "size": 10}
        await api.post("/v1/counters/ranges", wish)
        await api.close()
        before = await everything(ready["url"], token)
    with running(tmp_path, *ARGUMENTS, "--misbehave", "internal=1") as ready:
        assert ready["refresh_tokens"]["hub-1"] == token
        api = Api(ready["url"], "hub-1", token)
        assert (await api.refresh()).status == 500  # the fault of the command line
        assert (await api.refresh()).status == 200
        assert (await api.post("/v1/counters/ranges", wish | {"request_id": "r2"})).body["first"] == 11
        await api.close()
        assert await everything(ready["url"], token) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--misbehave", "nonsense=1"), "there is no fault 'nonsense'"),
        (("--load", "tables"), "is not MODULE=FILE"),
        (("--load", "tables=missing.csv"), "cannot read missing.csv"),
        (("--hub", "a b"), "is no id"),
        (("--port", "70000"), "is no port"),
        (("--misbehave", "reset=recipes"), "there is no module recipes"),
    ],
)
def test_a_bad_call_is_said_and_ends_with_2(
    tmp_path: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["cloud", "--data", str(tmp_path), "--port", "0", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cloud", "--data", ".", "--misbehave", "list"]) == 0
    assert "drop_answer=" in capsys.readouterr().out


async def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match="cannot listen on"):
            await ReferenceCloud(Options(tmp_path, port=taken.getsockname()[1])).start()


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "cloud.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(UserError, match="cannot use"):
        await ReferenceCloud(Options(tmp_path)).start()
