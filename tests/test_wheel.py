"""One wheel: nothing but `heard` in site-packages, extras that stay small, applications that load from inside it."""

import email
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import heard
from heard.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
HUB_ONLY = {"lmdb", "aiohttp", "grpcio-health-checking", "grpcio-reflection"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    (artifact,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(artifact)


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def requirements(wheel: Path) -> dict[str, set[str]]:
    """Extra ("" for none) → names of the distributions that it asks for."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = email.message_from_bytes(archive.read(f"heard-{heard.__version__}.dist-info/METADATA"))
    wanted: dict[str, set[str]] = {}
    for line in metadata.get_all("Requires-Dist", []):
        extra = re.search(r"extra == '(\w+)'", line)
        name = re.match(r"[\w.-]+", line)
        assert name is not None
        wanted.setdefault(extra[1] if extra else "", set()).add(name[0])
    return wanted


def test_nothing_but_heard_appears_in_site_packages(names: list[str]) -> None:
    assert {name.partition("/")[0] for name in names} == {"heard", f"heard-{heard.__version__}.dist-info"}


def test_the_wheel_holds_what_it_needs(names: list[str]) -> None:
    assert {"heard/py.typed", "heard/_app/hub/__init__.py", "heard/_app/display/__init__.py"} <= set(names)
    assert {"heard/v1/order_pb2.py", "heard/v1/order_pb2.pyi"} <= set(names)
    assert f"heard-{heard.__version__}.dist-info/licenses/LICENSE" in names
    sources = {
        str(path.relative_to(ROOT / "display"))
        for path in (ROOT / "display").rglob("assets/**/*")
        if path.is_file()
    }
    assert {f"heard/_app/display/{name}" for name in sources} <= set(names)


def test_a_screen_installs_no_store_and_no_web_server(requirements: dict[str, set[str]]) -> None:
    assert requirements[""] | requirements["display"] == {
        "grpcio",
        "protobuf",
        "zeroconf",
        "pygame-ce",
        "segno",
    }


def test_a_hub_installs_no_pygame(requirements: dict[str, set[str]]) -> None:
    assert requirements["hub"] == HUB_ONLY


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked, as pip would do it, beside the environment's own packages."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_installed(site: Path, code: str) -> str:
    """Run `code` with the wheel in place of this checkout; return what it printed."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path = [p for p in sys.path if not p.startswith({str(ROOT)!r}) or 'site-packages' in p]\n{code}",
        ],
        cwd=site,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_command_loads_from_the_wheel(site: Path) -> None:
    said = run_installed(
        site,
        "from heard import cli\n"
        "for name, command in cli.COMMANDS.items(): print(name, cli.load_command(command).__file__)",
    )
    places = dict(line.split(maxsplit=1) for line in said.splitlines())
    assert list(places) == list(COMMANDS)
    assert all(place.startswith(f"{site}/heard/") for place in places.values()), places


@pytest.mark.parametrize(
    ("application", "never"), [("display", ["lmdb", "aiohttp", "hub"]), ("hub", ["pygame", "display"])]
)
def test_an_application_never_loads_what_the_other_needs(
    application: str, never: list[str], site: Path
) -> None:
    """Every module of the application is imported, its wiring and commands too."""
    said = run_installed(
        site,
        f"""
import importlib, pkgutil
from heard import cli
cli.add_applications()
package = importlib.import_module({application!r})
for module in pkgutil.walk_packages(package.__path__, {application!r} + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print([name for name in {never!r} if name in sys.modules])
""",
    )
    assert said.splitlines()[-1] == "[]"
