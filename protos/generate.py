"""Generate shared/heard/v1 from protos/heard/v1, or with --check say whether that was done.

The generator lives in .venv/protos, made here on first use from protos/requirements.txt: uv when present,
else venv and pip. Exit code 0: done or up to date; 1: the committed code is stale, or the generator failed.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
REQUIREMENTS = PROTOS / "requirements.txt"
ENVIRONMENT = ROOT / ".venv" / "protos"
TARGET = ROOT / "shared"
PACKAGE = Path("heard/v1")
GENERATED = ("*_pb2.py", "*_pb2.pyi", "*_pb2_grpc.py", "*_pb2_grpc.pyi")
TOOL_TIMEOUT_S = 300  # installing two wheels over a slow line; protoc itself takes a second


class GenerateError(Exception):
    """The generator could not be made or refused the input; the text says why."""


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when the committed code is stale"
    )
    args = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="heard-protos-") as folder:
            fresh = Path(folder)
            generate(fresh)
            if args.check:
                return report(stale_files(fresh / PACKAGE, TARGET / PACKAGE))
            install(fresh / PACKAGE, TARGET / PACKAGE)
            return 0
    except GenerateError as error:
        print(f"protos/generate.py: {error}", file=sys.stderr)
        return 1


def generate(folder: Path) -> None:
    """Write Python code and typed stubs of every .proto below `folder`."""
    sources = sorted(str(path.relative_to(PROTOS)) for path in (PROTOS / PACKAGE).glob("*.proto"))
    if not sources:
        raise GenerateError(f"no .proto files in {PROTOS / PACKAGE}")
    with (ROOT / ".venv" / "protos.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once must not make one environment
        binaries = environment()
    run(
        [
            str(binaries / "python"),
            *("-m", "grpc_tools.protoc", f"--proto_path={PROTOS}"),
            # By absolute path: an environment that is not activated is not on PATH.
            f"--plugin=protoc-gen-mypy={binaries / 'protoc-gen-mypy'}",
            f"--plugin=protoc-gen-mypy_grpc={binaries / 'protoc-gen-mypy_grpc'}",
            f"--python_out={folder}",
            f"--grpc_python_out={folder}",
            f"--mypy_out=quiet:{folder}",
            f"--mypy_grpc_out=quiet,only_async:{folder}",
            *sources,
        ]
    )


def environment() -> Path:
    """The `bin` folder of the generator's environment, made or renewed when requirements.txt asks for it."""
    stamp = ENVIRONMENT / ".stamp"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode() + str(ROOT).encode()).hexdigest()
    binaries = ENVIRONMENT / "bin"
    if stamp.is_file() and stamp.read_text() == wanted:
        return binaries
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    uv = shutil.which("uv")
    if uv:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)])
        run([uv, "pip", "install", "--quiet", "--python", str(binaries / "python"), "-r", str(REQUIREMENTS)])
    else:
        run([sys.executable, "-m", "venv", str(ENVIRONMENT)])
        run([str(binaries / "python"), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)])
    stamp.write_text(wanted)
    return binaries


def run(command: list[str]) -> None:
    """Run a tool; its failure is a GenerateError with what it said."""
    env = {"UV_SYSTEM_CERTS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"} | os.environ
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=TOOL_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise GenerateError(f"no end after {TOOL_TIMEOUT_S} s: {' '.join(command)}") from None
    if done.returncode != 0:
        raise GenerateError(f"{' '.join(command[:4])} … failed:\n{done.stderr or done.stdout}")


def generated_files(folder: Path) -> dict[str, bytes]:
    """Name → content of the generated files in `folder`; hand-written ones (__init__.py) are not among them."""
    return {path.name: path.read_bytes() for pattern in GENERATED for path in folder.glob(pattern)}


def stale_files(fresh: Path, committed: Path) -> list[str]:
    """Names that are missing, changed or left over in `committed`."""
    new, old = generated_files(fresh), generated_files(committed)
    return sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))


def report(stale: list[str]) -> int:
    """Say what is stale and how to mend it; returns the exit code."""
    if not stale:
        return 0
    print(f"shared/{PACKAGE} is not what protos/{PACKAGE} says: {', '.join(stale)}", file=sys.stderr)
    print("  run: make protos, and commit the result with the .proto", file=sys.stderr)
    return 1


def install(fresh: Path, target: Path) -> None:
    """Make `target` hold exactly the generated files of `fresh`, touching only those that changed."""
    new, old = generated_files(fresh), generated_files(target)
    for name in old.keys() - new.keys():
        (target / name).unlink()
    for name, content in new.items():
        if old.get(name) != content:
            (target / name).write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
