"""A page that stays open: what it shows by itself, by which way, and what it says of that."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from queuectl_store import NewJob, Shell, connect
from tests.browser.chromium import Browser, Dashboard
from tests.browser.hands import press
from tests.browser.stories import register, write_log
from tests.dashboard.site import Site, serving
from tests.waiting import eventually


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Dashboard, Site]]:
    path = tmp_path / "queue.db"
    with connect(str(path)) as store, serving(store) as site:
        yield Dashboard(path=path, store=store, port=site.port), site


@pytest.fixture
def site(served: tuple[Dashboard, Site]) -> Dashboard:
    return served[0]


class Wall:
    """Refuses what begins so while it stands, as a proxy does that knows no websockets."""

    stands = True


def block(site: Site, *paths: str) -> Wall:
    """Put a wall before *paths*."""
    inner, wall = site.app.wsgi_app, Wall()

    def outer(environ: WSGIEnvironment, start: StartResponse) -> Any:
        if wall.stands and environ["PATH_INFO"].startswith(paths):
            start("403 Forbidden", [("Content-Length", "0")])
            return [b""]
        return inner(environ, start)

    site.app.wsgi_app = outer  # type: ignore[method-assign]
    return wall


IMPATIENT = (
    "const real = window.setTimeout;"
    "window.setTimeout = (act, ms, ...rest) => real(act, ms === 60000 ? 500 : ms, ...rest);"
)
KEEP_SOCKETS = (
    "window.sockets = [];"
    "window.WebSocket = class extends WebSocket {"
    " constructor(...given) { super(...given); sockets.push(this); } };"
)


@contextmanager
def before_pages(browser: Browser, script: str) -> Iterator[None]:
    """Run *script* in each page that is opened meanwhile, before it runs anything of its own."""
    command = "Page.addScriptToEvaluateOnNewDocument"
    made = browser.driver.execute_cdp_cmd(command, {"source": script})
    yield
    browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)


def enqueue(browser: Browser, script: str) -> None:
    browser.site.store.enqueue([NewJob(work=Shell(script=script))])


def open_jobs(browser: Browser) -> None:
    browser.driver.get(browser.site.link)
    browser.see("body[data-page=overview]")
    browser.open("/jobs")


def test_where_sockets_are_blocked_a_page_is_live_by_events(
    browser: Browser, served: tuple[Dashboard, Site]
) -> None:
    block(served[1], "/ws")
    open_jobs(browser)
    browser.see("#live[data-state=live][data-line=events]")

    enqueue(browser, "echo told by events")

    # Within less than the page takes to ask by itself.
    browser.see_text("echo told by events", within=4)
    assert not browser.find("#lost:not([hidden])")


def test_a_page_that_is_live_by_events_takes_the_socket_once_it_passes(
    browser: Browser, served: tuple[Dashboard, Site]
) -> None:
    wall = block(served[1], "/ws")
    with before_pages(browser, IMPATIENT):
        open_jobs(browser)
    browser.see("#live[data-line=events]")
    browser.run(
        "window.lines = []; new MutationObserver(() => lines.push(live.dataset.line))"
        ".observe(live, {attributeFilter: ['data-line']});"
    )

    wall.stands = False

    browser.see("#live[data-state=live][data-line=socket]")
    assert browser.run("return lines") == ["socket"]
    eventually(
        lambda: browser.run(
            "return performance.getEntriesByType('resource')"
            ".filter((each) => each.name.includes('/api/v1/live')).length"
        ),
        within=20,
        what="the stream of events to be ended",
    )
    enqueue(browser, "echo told by the socket")
    browser.see_text("echo told by the socket", within=4)


def test_a_page_that_had_a_socket_is_live_by_events_where_none_passes_any_more(
    browser: Browser, served: tuple[Dashboard, Site]
) -> None:
    """As on a laptop that is carried to a network with a proxy that knows no websockets."""
    wall = block(served[1], "/ws")
    wall.stands = False
    with before_pages(browser, KEEP_SOCKETS):
        open_jobs(browser)
    browser.see("#live[data-line=socket]")

    wall.stands = True
    browser.run("sockets.at(-1).close()")

    browser.see("#live[data-state=live][data-line=events]", within=40)
    enqueue(browser, "echo told by events")
    browser.see_text("echo told by events", within=4)


def test_where_neither_passes_a_page_says_so_and_asks_now_and_then(
    browser: Browser, served: tuple[Dashboard, Site]
) -> None:
    block(served[1], "/ws", "/api/v1/live")
    open_jobs(browser)
    browser.see("#live[data-state=lost]")
    browser.see("#lost:not([hidden])")

    enqueue(browser, "echo asked for")

    browser.see_text("echo asked for")


def test_a_paused_page_stands_still_and_counts_what_waits(browser: Browser) -> None:
    enqueue(browser, "echo before")
    open_jobs(browser)
    browser.see("#live[data-state=live]")

    press(browser, "p")
    browser.see("#live[data-state=paused]")
    for number in range(3):
        enqueue(browser, f"echo meanwhile {number}")
    eventually(
        lambda: browser.find("#waiting")[0].text == "3", within=20, what="three changes to wait"
    )
    assert "meanwhile" not in browser.text()

    browser.find("#pause")[0].click()
    browser.see_text("echo meanwhile 2")
    browser.see("#live[data-state=live]")
    assert browser.find("#waiting")[0].text == ""


def test_where_sockets_are_blocked_output_still_comes(
    browser: Browser, served: tuple[Dashboard, Site]
) -> None:
    block(served[1], "/ws")
    store = browser.site.store
    enqueue(browser, "make")
    [claim] = store.claim(register(store), limit=1)
    write_log(store, claim, b"step 1\n")
    browser.driver.get(browser.site.link)
    browser.see("body[data-page=overview]")
    browser.open(f"/jobs/{claim.job.id}")
    browser.see_text("step 1")

    write_log(store, claim, b"step 1\n\x1b[31mstep 2\x1b[0m\n")

    assert browser.see(".log .ink-red").text == "step 2"
    assert browser.text().count("step 1") == 1
