"""A person opens the printed link and sees what is enqueued."""

from queuectl_store import NewJob, Shell
from tests.browser.chromium import Browser


def test_the_link_logs_in_and_a_job_that_is_enqueued_shows(browser: Browser) -> None:
    browser.log_in()
    assert browser.driver.current_url == browser.site.url
    browser.open("/jobs")
    browser.see("#live[data-state=live]")

    browser.site.store.enqueue([NewJob(work=Shell(script="echo hello"), name="greeting")])

    browser.see_text("echo hello")
    assert browser.complaints() == []


def test_a_browser_without_the_link_sees_nothing(browser: Browser) -> None:
    browser.site.store.enqueue([NewJob(work=Shell(script="echo secret"))])

    browser.open("/")

    browser.see_text("This dashboard is locked")
    assert "echo secret" not in browser.text()


def test_the_page_goes_on_when_the_dashboard_comes_back(browser: Browser) -> None:
    """Sessions end with the dashboard: the page asks for the link again, and loses nothing else."""
    browser.log_in()
    browser.site.stop()
    browser.see("#live[data-state=lost]")

    browser.site.start()

    browser.see_text("This dashboard is locked", within=40)
