"""Fixtures that every test may use: stores to work on, and the rule against skipping in CI."""

import os
import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from scripts.bootstrap import ROOT
from tests import templates
from tests.postgres import PostgresMissing, PostgresServer, private_server

# Where several processes share the tests, a file is one piece of work. These take minutes: they
# come first, so that no core waits for one of them in the end.
LONGEST_FIRST = (
    "tests/store/test_storage_faults.py",
    "tests/windows/test_under_wine.py",
    "tests/properties",
    "tests/crash",
    "tests/browser",
    "tests/metrics/test_live.py",
    "tests/dashboard/test_contract.py",
    "tests/packaging",
    "tests/guardian/test_shapes.py",
    "tests/store",
    "tests/schedules/test_two_years.py",
    "tests/conformance/test_limits_under_load.py",
    "tests/examples",
)
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole session: ours, or the one of QUEUECTL_TEST_POSTGRES."""
    if admin_url := os.environ.get("QUEUECTL_TEST_POSTGRES"):
        yield PostgresServer(admin_url=admin_url)
        return
    with ExitStack() as stack:
        try:
            server = stack.enter_context(private_server())
        except PostgresMissing as missing:
            pytest.skip(f"no PostgreSQL: {missing}")
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """Name the database that new stores are copied from."""
    return templates.postgres_template(postgres_server)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file that new stores are copied from."""
    return templates.sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """Give the URL of a store in PostgreSQL, just made and the test's own."""
    url = postgres_server.create_database(postgres_template)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give the URL of a store in an SQLite file, just made and the test's own."""
    path = templates.copy_of(sqlite_template, tmp_path / "queue.db")
    return f"sqlite:///{path.as_posix()}"


@pytest.fixture
def bare_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Give the URL of a PostgreSQL database with nothing in it, not even a schema."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def bare_sqlite_url(tmp_path: Path) -> str:
    """Give the URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{(tmp_path / 'queue.db').as_posix()}"


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a store that was just made, once on each database."""
    return named(request, f"{request.param}_url")


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a place where a store may be made, once on each database."""
    return named(request, f"bare_{request.param}_url")


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Leave the program none of the numbers that `select` can take."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2_048
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, hard)), hard))
    taken = [os.open(os.devnull, os.O_RDONLY)]
    try:
        while taken[-1] < 1_024:
            taken.append(os.dup(taken[0]))
        yield
    finally:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def named(request: pytest.FixtureRequest, fixture: str) -> str:
    """Ask for a URL by its fixture's name, so that a run of the SQLite half starts no server."""
    url = request.getfixturevalue(fixture)
    assert isinstance(url, str)
    return url


def pytest_configure() -> None:
    """Forget the settings of whoever runs the tests: they are about QueueCTL, not about them."""
    # A shell that runs the tests in the background has them ignore Ctrl-C, and every program that
    # they start with them.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in list(os.environ):
        if name.startswith("QUEUECTL_") and not name.startswith("QUEUECTL_TEST_"):
            del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    pieces = [ROOT / piece for piece in LONGEST_FIRST]

    def place(item: pytest.Item) -> int:
        found = (n for n, piece in enumerate(pieces) if item.path.is_relative_to(piece))
        return next(found, len(pieces))

    items.sort(key=place)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that says this platform cannot run it."""
    if platform := foreign_platform(item):
        pytest.skip(f"not on {platform}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that is skipped in CI: there a missing part is an error, not an excuse."""
    report = yield
    expected_failure = hasattr(report, "wasxfail")
    if IN_CI and report.skipped and not expected_failure and not foreign_platform(item):
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that skips itself in CI."""
    report = yield
    if IN_CI and report.skipped:
        refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a report of a skip into one of a failure that names the reason of the skip."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid} was skipped in CI, where nothing may be: {reason}"


def foreign_platform(item: pytest.Item) -> str | None:
    """Name the mark `not_on` that keeps *item* from this platform, if one does."""
    for mark in item.iter_markers("not_on"):
        for platform in mark.args:
            if sys.platform.startswith(platform):
                return str(platform)
    return None
