"""The first frame comes before what only a running screen needs: a cook who switches on sees at once that it starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LATER = (
    "asyncio", "grpc", "google.protobuf", "sqlite3", "zoneinfo", "ssl",
    "heard.order", "heard.stream", "heard.command", "heard.ticket", "heard.wire", "heard.link",
    "display.core.layout", "display.core.tiles", "display.app.screen",
)  # fmt: skip
"""Each costs the first frame 5 to 200 ms."""


def test_the_first_frame_waits_for_nothing_that_a_running_screen_needs(tmp_path: Path) -> None:
    code = f"""
import sys
sys.path[:0] = {[entry for entry in sys.path if entry]!r}
import display.ui.window as window
def present(self, *given):
    print("first", [name for name in {LATER!r} if sys.modules.get(name)], flush=True)
    raise SystemExit
window.Memory.present = present
from heard import cli
cli.main(["display", "prep", "--station", "grill", "--headless", "--no-mdns", "--state", {str(tmp_path)!r}])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "first []", found.stdout + found.stderr
