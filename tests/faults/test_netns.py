"""The faults' own tools work: a link is cut in silence and heals, and nothing is left behind."""

import subprocess
import sys

import pytest

from tests.faults.netns import lan

pytestmark = pytest.mark.faults

LISTEN = (
    "import socket; s = socket.create_server(('', 7777)); print('up', flush=True)\nwhile True: s.accept()"
)
CALL = "import socket, sys; socket.create_connection((sys.argv[1], 7777), timeout=0.7)"


def test_a_cut_link_is_silent_and_heals() -> None:
    with lan(["hub", "grill"]) as machines:
        hub, grill = machines["hub"], machines["grill"]
        command = hub.command(sys.executable, "-c", LISTEN)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            server.stdout.readline()

            def call() -> str:
                found = subprocess.run(
                    grill.command(sys.executable, "-c", CALL, hub.address), capture_output=True, text=True
                )
                return "" if found.returncode == 0 else found.stderr.strip().splitlines()[-1]

            assert call() == ""
            grill.cut()
            assert "timed out" in call()  # not refused, not unreachable: silence
            grill.heal()
            assert call() == ""
            server.kill()
    left = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout
    assert hub.namespace not in left
