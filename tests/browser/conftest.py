"""One Chromium for the session, and for each test a new dashboard and a browser without cookies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from tests.browser.chromium import Browser, Dashboard, NoChromium, chromium, dashboard
from tests.browser.stories import everything


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    try:
        with chromium(tmp_path_factory.mktemp("chromium")) as opened:
            yield opened
    except NoChromium as missing:
        pytest.skip(str(missing))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Dashboard]:
    with dashboard(tmp_path / "queue.db") as served:
        yield served


@pytest.fixture
def browser(
    driver: webdriver.Chrome, site: Dashboard, request: pytest.FixtureRequest
) -> Iterator[Browser]:
    """Open a new tab on *site*; what it showed in the end is kept where CI wants that."""
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    opened = Browser(driver, site)
    yield opened
    opened.shot(request.node.name)
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    driver.close()
    driver.switch_to.window(first)


@pytest.fixture(scope="module")
def stage(driver: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One dashboard with everything in it, for tests that change nothing."""
    with dashboard(tmp_path_factory.mktemp("stage") / "queue.db") as site:
        everything(site.store)
        first = driver.current_window_handle
        driver.switch_to.new_window("tab")
        browser = Browser(driver, site)
        browser.log_in()
        yield browser
        driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        driver.close()
        driver.switch_to.window(first)
