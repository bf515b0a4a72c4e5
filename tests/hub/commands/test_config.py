"""`heard config` beside a hub that runs, as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hub.commands.test_running import heard
from tests.hub.rpc.serving import serving
from tests.hub.test_settings import of_file


async def test_config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(tmp_path, **of_file()):
        data = ("--data", str(tmp_path))
        assert await heard("config", "log", *data) == 0
        assert capsys.readouterr().out == "nothing was ever set at this hub\n"
        assert (
            await heard("config", "set", "stations.grill.ages.default.late_s", "900", "--by", "omar", *data)
            == 0
        )
        assert capsys.readouterr().out == "stations.grill.ages.default.late_s = 900; every screen follows\n"
        assert await heard("config", "get", "stations.grill.ages", *data) == 0
        late, warn = sorted(capsys.readouterr().out.splitlines())
        assert late.startswith("stations.grill.ages.default.late_s = 900  set here by omar, 20")
        assert warn == "stations.grill.ages.default.warn_s = 480  default"
        assert await heard("config", "set", "site.name", "The Grill", "--by", "amal", *data) == 0
        capsys.readouterr()
        assert await heard("config", "diff", *data) == 0
        said = capsys.readouterr().out
        assert 'site.name = "The Grill"' in said
        assert 'not "Corner Grill", as the file says' in said
        assert await heard("config", "set", "site.digits", "arab", *data) == 2
        wrong = capsys.readouterr().err
        assert "site.digits is 'arab'" in wrong
        assert "did you mean 'arabic'" in wrong
        assert await heard("config", "unset", "site.name", *data) == 0
        assert capsys.readouterr().out == 'site.name is "Corner Grill" again, from the file\n'
        assert await heard("config", "unset", "site.name", *data) == 2
        assert "set here: stations.grill.ages.default.late_s" in capsys.readouterr().err
        assert await heard("config", "log", "--json", *data) == 0
        changes = json.loads(capsys.readouterr().out)["changes"]
        assert [(one["key"], one["value"], one["by"]) for one in changes][1:] == [
            ("site.name", "The Grill", "amal"),
            ("site.name", None, changes[2]["by"]),
        ]
