"""Every page in a real browser: for everybody, at phone width, and with hostile text in it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from selenium import webdriver

from queuectl_store import JobFilter, JobState
from tests.browser.chromium import Browser, dashboard
from tests.browser.stories import everything

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
# WCAG 2.2 AA, as axe names its parts.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    *("/", "/jobs", "/jobs?state=dead", "/jobs?search=nothing-like-it", "/dead", "/queues"),
    *("/schedules", "/workers", "/groups", "/groups/release", "/settings", "/audit"),
    *("/hooks", "/hooks/pager", "/tokens"),
    *("/jobs/{dead}", "/jobs/{running}", "/jobs/{dead}/compare"),
)


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


def address(stage: Browser, page: str) -> str:
    """Fill ids in, of jobs in those states."""
    for state in (JobState.DEAD, JobState.RUNNING):
        [job] = stage.site.store.reader.page(JobFilter(states=(state,)), limit=1)
        page = page.replace(f"{{{state.value}}}", str(job.id))
    return page


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(stage: Browser, rules: list[str]) -> list[str]:
    """Return what axe finds wrong with the page by *rules*."""
    if not stage.run("return Boolean(window.axe)"):
        stage.run(axe())
    found = stage.driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {runOnly: arguments[0], resultTypes: ['violations']})"
        ".then(({violations}) => done(violations),"
        " (error) => done([{id: String(error), nodes: []}]));",
        rules,
    )
    return [
        f"{each['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for each in found
        for node in each["nodes"] or [{"html": ""}]
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_for_everybody_and_says_hostile_text_as_text(stage: Browser, page: str) -> None:
    stage.open(address(stage, page))
    stage.see("#live[data-state=live]")

    wrong = violations(stage, RULES)
    stage.shot(f"page{page.replace('/', '-').replace('?', '-')}")
    stage.run("document.documentElement.dataset.theme = 'dark'")
    wrong += violations(stage, ["wcag2aa"])
    stage.shot(f"page{page.replace('/', '-').replace('?', '-')}-dark")

    assert wrong == []
    assert stage.run("return window.__pwned") is None
    assert stage.complaints() == []


def test_no_page_is_wider_than_a_phone(stage: Browser) -> None:
    metrics = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    stage.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    wide = {}
    for page in PAGES:
        stage.open(address(stage, page))
        stage.see("#live[data-state=live]")
        wide[page] = stage.run("return document.documentElement.scrollWidth")
        stage.shot(f"phone{page.replace('/', '-').replace('?', '-')}")

    assert {page: width for page, width in wide.items() if width > 360} == {}
