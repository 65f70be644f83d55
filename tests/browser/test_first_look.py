"""A person opens the printed link and sees what is enqueued."""

from queuectl_store import NewJob, Shell
from tests.browser.chromium import Browser

# Keeps the events that are told of from now on, by whichever line.
WATCH = """
    window.told = [];
    const listening = (Line) => class extends Line {
      constructor(...of) {
        super(...of);
        this.addEventListener("message", ({ data }) => {
          const message = JSON.parse(data);
          if (message.type === "events") window.told.push(...message.events);
        });
      }
    };
    window.WebSocket = listening(WebSocket);
    window.EventSource = listening(EventSource);
"""


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


def test_a_page_misses_nothing_while_the_dashboard_is_away(browser: Browser) -> None:
    """The session and the place in the feed outlive a restart with the same token."""
    browser.site.stop()
    browser.site.start()  # on a port that is named: only such a one is come back to
    browser.site.store.enqueue([NewJob(work=Shell(script="echo before"))])
    browser.log_in()
    browser.open("/jobs")
    browser.see("#live[data-state=live]")
    browser.run(WATCH)
    browser.site.stop()
    browser.see("#live[data-state=lost]")
    missed = browser.site.store.enqueue([NewJob(work=Shell(script="echo meanwhile"))])

    browser.site.start()

    browser.see("#live[data-state=live][data-line=socket]", within=60)
    browser.see_text("echo meanwhile")
    told = browser.run("return window.told")
    assert [event["job"] for event in told] == list(missed), "what was missed is told"


def test_a_page_is_locked_when_the_dashboard_comes_back_with_another_token(
    browser: Browser,
) -> None:
    browser.log_in()
    browser.site.stop()
    browser.see("#live[data-state=lost]")
    browser.site.token = "another-token-that-only-the-tests-know"

    browser.site.start()

    browser.see_text("This dashboard is locked", within=40)
