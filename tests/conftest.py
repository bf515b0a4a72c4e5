"""Rules for all tests: no skip hides in CI, no coroutine of ours blocks its loop, one gRPC poller a session,
nothing of the machine's environment, no full disk in this process, the same examples with one release of hypothesis."""

import os
from collections.abc import Generator, Iterator

import blockbuster
import grpc.aio
import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("search", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")
"""A commit passes or fails alike on every machine with the same hypothesis, however slow; `--hypothesis-profile search` looks for what nobody has met yet."""

NO_SKIP = os.environ.get("HEARD_NO_SKIP") == "1"
OF_A_DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY")
OF_A_TERMINAL = ("COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR")
OF_A_SUPERVISOR = ("JOURNAL_STREAM", "NOTIFY_SOCKET", "STATE_DIRECTORY", "WATCHDOG_PID", "WATCHDOG_USEC")
OF_LIBRARIES = ("GRPC_", "MPL", "SDL_", "XDG_")
THIS_MACHINE = "localhost,127.0.0.1,::1"


def pytest_configure() -> None:
    """What the shell, desktop or supervisor that started us says of itself is nothing to a test, nor to what it starts."""
    for name in list(os.environ):
        if name in (*OF_A_DESKTOP, *OF_A_TERMINAL, *OF_A_SUPERVISOR) or name.startswith(OF_LIBRARIES):
            del os.environ[name]
    # A company's proxy stays, npm may need it; clients of the tests themselves go past it.
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (THIS_MACHINE, os.environ.get(name))))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With HEARD_NO_SKIP=1 a skipped test is a failed one: CI proves everything, or says that it does not."""
    report = yield
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and HEARD_NO_SKIP=1 allows no skip: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself while it is collected."""
    report = yield
    if NO_SKIP and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, and HEARD_NO_SKIP=1 allows no skip: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def grpc_poller() -> Iterator[None]:
    """Keep gRPC's one poller thread alive between tests, each of which has a loop of its own."""
    grpc.aio.init_grpc_aio()
    yield
    grpc.aio.shutdown_grpc_aio()


@pytest.fixture(scope="session", autouse=True)
def no_blocking_call() -> Iterator[blockbuster.BlockBuster]:
    """A blocking call of our code on an event loop raises BlockingError. LMDB commits are not seen by this."""
    with blockbuster.blockbuster_ctx(scanned_modules=["hub", "display", "heard"]) as guard:
        yield guard


@pytest.fixture(scope="session", autouse=True)
def no_full_disk() -> Iterator[None]:
    """How full the disk is raises no alarm in this process; tests of the ladder put it back. A hub's own process sees the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hub.store.disk.LADDER", ())
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-goldens`: write what was painted over the goldens instead of comparing; look at the diff afterwards."""
    parser.addoption("--update-goldens", action="store_true", help="replace goldens by what was painted now")


@pytest.fixture
def update_goldens(request: pytest.FixtureRequest) -> bool:
    """Whether goldens are to be replaced."""
    return bool(request.config.getoption("--update-goldens"))
