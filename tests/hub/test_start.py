"""A hub serves within a second of its start: what it needs later, or not at all, is not loaded before."""

from __future__ import annotations

import subprocess
import sys

LATER = ("aiohttp", "PIL", "escpos", "matplotlib", "sqlite3", "pygame")
"""aiohttp alone is a third of a start; the health page loads it beside the serving."""


def test_a_hub_loads_nothing_that_it_does_not_need_to_serve() -> None:
    code = f"""
import sys
sys.path[:0] = {[entry for entry in sys.path if entry]!r}
import hub.process, hub.commands.hub
print("loaded", [name for name in {LATER!r} if name in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "loaded []", found.stdout + found.stderr
