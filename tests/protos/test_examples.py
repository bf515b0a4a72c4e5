"""What protos/README.md shows to POS vendors is what lies in protos/examples, and each of them does what it says."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from heard.cart import check_sums
from heard.stream import Cart, CartState, Live, View, ViewKind
from heard.v1 import kitchen_pb2, service_pb2_grpc
from heard.wire import decode_batch, view_to_pb
from tests.fakes.hub_process import HubProcess, environment, hub_process

PROTOS = Path(__file__).resolve().parents[2] / "protos"
EXAMPLES = PROTOS / "examples"
INSTALL_S = 50.0
RUN_S = 20.0


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with hub_process(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "lines_max"), [("hold.py", 20), ("hold.js", 20), ("cart.py", 21), ("cart.js", 20)]
)
def test_the_readme_shows_the_example(name: str, lines_max: int) -> None:
    readme = (PROTOS / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(rf"<!-- examples/{re.escape(name)} -->\n```\w+\n(.*?)```", readme, re.DOTALL)
    code = (EXAMPLES / name).read_text(encoding="utf-8")
    assert shown == code
    assert len(code.splitlines()) <= lines_max


def run(command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, timeout=RUN_S, env=environment(**more), check=False
    )


def check(hub: HubProcess, command: list[str], **more: str) -> None:
    """It holds an order at the hub, and says so plainly when there is none."""
    done = run([*command, hub.address], **more)
    assert re.fullmatch(r"held as #\d+, order [0-9a-f-]{36}\n", done.stdout), done.stderr
    assert done.returncode == 0
    nobody = run([*command, "127.0.0.1:1"], **more)
    assert nobody.returncode == 1
    assert nobody.stderr.startswith("not held: ")


def test_python_holds_an_order(hub: HubProcess) -> None:
    check(hub, [sys.executable, str(EXAMPLES / "hold.py")])


def cart_of(terminal: str, address: str) -> Cart:
    """What the guest's screen of that till is told."""
    watch = kitchen_pb2.WatchRequest(view=view_to_pb(View(ViewKind.CART, terminal=terminal)))
    with grpc.insecure_channel(address) as channel:
        stub: Any = service_pb2_grpc.KitchenServiceStub(channel)  # type: ignore[arg-type]
        for batch in stub.Watch(watch, timeout=RUN_S, metadata=[("heard-device", "cds")]):
            for event in decode_batch(batch.SerializeToString()):
                if isinstance(event, Live) and isinstance(event.value, Cart):
                    return event.value
    raise AssertionError("the stream ended without a cart")


def test_python_shows_a_cart(hub: HubProcess, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "cart.py"), hub.address]
    with subprocess.Popen(command, cwd=tmp_path, env=environment()) as till:
        try:
            cart = cart_of("T1", hub.address)
        finally:
            till.kill()
    assert (cart.state, cart.total_minor, cart.qr) == (CartState.PAYMENT, 3000, "https://pay.example/30.00")


def test_node_holds_an_order_and_shows_a_cart(hub: HubProcess, tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("node and npm are not installed")
    shutil.copy(EXAMPLES / "package.json", tmp_path)
    installed = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=INSTALL_S,
        check=False,
    )
    if installed.returncode != 0:
        pytest.skip(f"npm cannot install what the example needs: {installed.stderr.strip()[-300:]}")
    modules = str(tmp_path / "node_modules")
    check(hub, [node, str(EXAMPLES / "hold.js")], NODE_PATH=modules)
    command = [node, str(EXAMPLES / "cart.js"), hub.address]
    with subprocess.Popen(command, env=environment(NODE_PATH=modules)) as till:
        try:
            cart = cart_of("T2", hub.address)
        finally:
            till.kill()
    assert (cart.state, cart.total_minor) == (CartState.OPEN, 3600)
    check_sums(cart)
