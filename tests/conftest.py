import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import browsing, database, needs, network, ordering, turns

chrome, visit = browsing.chrome, browsing.visit

SERVER = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    # Nothing of what is imported and collected is garbage.
    gc.disable()
    # How long an example takes says how busy the machine is, nothing of the code.
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")
    # Playwright keeps an event loop in the thread that also makes the rows.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    if not config.option.collectonly and not config.option.help:
        config.stash[SERVER] = database.open_database()


def pytest_unconfigure(config: pytest.Config) -> None:
    database.close_database()
    turns.forget_turns()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.stash.get(SERVER, 'none')}; chromium: {needs.chromium() or 'NOT FOUND'}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    needs.leave_out_or_fail(items)
    if hasattr(config, "workerinput"):
        ordering.longest_files_first(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Every full collection would read the modules and the thousands of tests again: a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    with turns.turn(item):
        return (yield)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if needs.MISSING in item.stash:
        pytest.fail(item.stash[needs.MISSING], pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        skipped[reason] = skipped.get(reason, 0) + 1
    for reason, count in skipped.items():
        terminalreporter.write_line(f"LEFT OUT: {count} tests, {reason}", yellow=True, bold=True)


@pytest.fixture(autouse=True, scope="session")
def _closed_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        network.close_network(patch)
        yield


@pytest.fixture(autouse=True, scope="session")
def _quick_database() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        database.empty_only_what_was_written(patch)
        database.drop_whoever_is_connected(patch)
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; tests that take it carry the marker `browser`."""
    found = needs.chromium()
    if found is None:
        pytest.fail("no Chromium: the test lacks the marker « browser »")
    return found


@pytest.fixture(scope="session")
def shared() -> Path:
    """The official schemas beside the checkout; tests that take it carry the marker `shared`."""
    return needs.SHARED
