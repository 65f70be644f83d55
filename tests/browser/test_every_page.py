"""Every page in a real browser: for everybody, at phone width, and with hostile text in it."""

import pytest

from queuectl_store import JobFilter, JobState
from tests.browser.chromium import Browser
from tests.browser.wcag import RULES, violations

PAGES = (
    *("/", "/jobs", "/jobs?state=dead", "/jobs?search=nothing-like-it", "/dead", "/queues"),
    *("/schedules", "/workers", "/groups", "/groups/release", "/settings", "/audit"),
    *("/hooks", "/hooks/pager", "/tokens"),
    *("/jobs/{dead}", "/jobs/{running}", "/jobs/{dead}/compare"),
)


def address(stage: Browser, page: str) -> str:
    """Fill ids in, of jobs in those states."""
    for state in (JobState.DEAD, JobState.RUNNING):
        [job] = stage.site.store.reader.page(JobFilter(states=(state,)), limit=1)
        page = page.replace(f"{{{state.value}}}", str(job.id))
    return page


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
    stage.be_a_phone()

    wide = {}
    for page in PAGES:
        stage.open(address(stage, page))
        stage.see("#live[data-state=live]")
        wide[page] = stage.run("return document.documentElement.scrollWidth")
        stage.shot(f"phone{page.replace('/', '-').replace('?', '-')}")

    assert {page: width for page, width in wide.items() if width > 360} == {}
