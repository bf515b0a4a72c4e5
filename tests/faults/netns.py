"""A small LAN of network namespaces: one for each machine, on one bridge, with links that can be cut in silence."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DROP = """
table inet cut {
  chain input { type filter hook input priority 0; policy drop; iifname "lo" accept; }
  chain output { type filter hook output priority 0; policy drop; oifname "lo" accept; }
}
"""


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=10)


@dataclass(frozen=True, slots=True)
class Machine:
    """One namespace with an address on the LAN."""

    namespace: str
    address: str

    def command(self, *arguments: str) -> list[str]:
        """The same command, run on this machine."""
        return ["ip", "netns", "exec", self.namespace, *arguments]

    def cut(self) -> None:
        """From now on every packet in and out is dropped, and nobody is told."""
        self._nft("-f", "-", text=DROP)

    def heal(self) -> None:
        self._nft("delete", "table", "inet", "cut")

    def _nft(self, *arguments: str, text: str | None = None) -> None:
        subprocess.run(
            self.command("nft", *arguments),
            input=text,
            check=True,
            capture_output=True,
            timeout=10,
            text=True,
        )


@contextlib.contextmanager
def lan(names: Sequence[str]) -> Iterator[dict[str, Machine]]:
    """Machines by name. Everything is taken down again, also after a failure; needs root, ip and nft."""
    tag = f"h{os.getpid() % 100_000}"
    switch = f"{tag}-sw"
    made: list[str] = []
    machines: dict[str, Machine] = {}
    try:
        ip("netns", "add", switch)
        made.append(switch)
        ip("-n", switch, "link", "set", "lo", "up")
        ip("-n", switch, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
        ip("-n", switch, "link", "set", "br0", "up")
        for number, name in enumerate(names, start=1):
            machine = Machine(f"{tag}-{name}", f"10.77.0.{number}")
            ip("netns", "add", machine.namespace)
            made.append(machine.namespace)
            ip("-n", machine.namespace, "link", "set", "lo", "up")
            ip("-n", switch, "link", "add", f"v{number}", "type", "veth", "peer", "name", "eth0", "netns", machine.namespace)  # fmt: skip
            ip("-n", switch, "link", "set", f"v{number}", "master", "br0", "up")
            ip("-n", machine.namespace, "addr", "add", f"{machine.address}/24", "dev", "eth0")
            ip("-n", machine.namespace, "link", "set", "eth0", "up")
            machines[name] = machine
        yield machines
    finally:
        for namespace in reversed(made):
            subprocess.run(["ip", "netns", "del", namespace], check=False, capture_output=True, timeout=10)
