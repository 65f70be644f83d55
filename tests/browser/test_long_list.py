"""The list where there are very many jobs: all can be reached, and few are in the page at once."""

from collections.abc import Iterator

import pytest

from queuectl_store import JobFilter, NewJob, Shell, connect
from tests.browser.chromium import Browser, Dashboard
from tests.dashboard.site import serving
from tests.waiting import eventually

MANY = 100_000
# Elements of the whole page, of which a row has about twenty.
MOST_ELEMENTS = 12_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Serve a store of very many jobs; one in fifty is another one."""
    path = tmp_path_factory.mktemp("long") / "queue.db"
    with connect(str(path)) as store:
        for start in range(0, MANY, 5_000):
            store.enqueue(
                [
                    NewJob(
                        work=Shell(script=f"echo {'odd' if n % 50 == 0 else 'plain'} {n}"),
                        hold=n % 50 == 0,
                    )
                    for n in range(start + 1, start + 5_001)
                ]
            )
        with serving(store) as served:
            yield Dashboard(path=path, store=store, port=served.port)


def settled(browser: Browser) -> list[int]:
    """Wait until no row in view is blank, and return the ids of those that are seen."""
    script = """
        const seen = [...document.querySelectorAll("#list tbody tr")].filter((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return bottom > 0 && top < innerHeight;
        });
        const isBlank = seen.some((row) => row.className === "gap");
        return isBlank ? [] : seen.map((row) => Number(row.dataset.id));
    """
    found: list[int] = eventually(lambda: browser.run(script), within=30, what="rows in view")
    return found


def scroll(browser: Browser, place: str) -> list[int]:
    """Scroll to *place*, an expression of pixels, and return what is seen there."""
    browser.run(f"scrollTo(0, {place})")
    seen = settled(browser)
    assert elements(browser) < MOST_ELEMENTS
    return seen


def elements(browser: Browser) -> int:
    return int(browser.run("return document.querySelectorAll('*').length"))


def test_a_hundred_thousand_jobs_are_scrolled_to_the_end_and_back(browser: Browser) -> None:
    browser.log_in()
    browser.open("/jobs")
    browser.see(f"#job-{MANY}")
    height = browser.run("return document.body.scrollHeight")
    row = browser.run("return document.querySelector('#list tbody tr').offsetHeight")
    assert 0.9 < height / (row * MANY) < 1.1, "the scroll bar tells how many there are"

    eventually(
        lambda: 1 in scroll(browser, "document.body.scrollHeight"), within=30, what="the oldest"
    )
    for share in (0.75, 0.5, 0.25):
        seen = scroll(browser, f"document.body.scrollHeight * {share}")
        assert seen == list(range(seen[0], seen[-1] - 1, -1))
        assert abs(seen[0] / MANY - (1 - share)) < 0.02
    for _ in range(15):
        seen = scroll(browser, "scrollY + innerHeight * 0.8")
        assert seen == list(range(seen[0], seen[-1] - 1, -1))
    for _ in range(15):
        seen = scroll(browser, "scrollY - innerHeight * 0.8")
        assert seen == list(range(seen[0], seen[-1] - 1, -1))
    assert MANY in scroll(browser, "0")

    [new] = browser.site.store.enqueue([NewJob(work=Shell(script="echo one more"))])
    browser.see(f"#job-{new}")


def test_a_filtered_list_is_scrolled_to_its_end(browser: Browser) -> None:
    browser.log_in()
    browser.open("/jobs?search=odd")
    matching = browser.site.store.reader.page(JobFilter(search="odd"), limit=5_000)

    eventually(
        lambda: matching[-1].id in scroll(browser, "document.body.scrollHeight"),
        within=30,
        what="the oldest that matches",
    )
    seen = scroll(browser, "document.body.scrollHeight / 2")
    assert seen == list(range(seen[0], seen[-1] - 1, -50))
    assert matching[0].id in scroll(browser, "0")


def test_new_jobs_push_the_others_down_and_none_is_lost(browser: Browser) -> None:
    """More come at once than a fetch of the page brings."""
    browser.log_in()
    browser.open("/jobs?queue=other")
    browser.see_text("No job matches")
    store = browser.site.store
    first = list(
        store.enqueue([NewJob(work=Shell(script=f"{n}"), queue="other") for n in range(60)])
    )
    browser.see(f"#job-{first[-1]}")
    more = list(
        store.enqueue([NewJob(work=Shell(script=f"{n}"), queue="other") for n in range(180)])
    )
    browser.see(f"#job-{more[-1]}")

    shown = set(settled(browser))
    eventually(
        lambda: shown.update(scroll(browser, "scrollY + innerHeight / 2")) or first[0] in shown,
        within=60,
        what="the oldest of the queue",
    )
    assert shown >= set(first) | set(more)


def test_what_is_not_loaded_yet_takes_no_room_from_the_columns(browser: Browser) -> None:
    """Narrow screens leave columns out; the place of rows to come must not bring them back."""
    browser.log_in()
    browser.open("/jobs")
    browser.see("#list tr.gap")
    settled(browser)

    table, last = browser.run(
        "const right = (it) => it.getBoundingClientRect().right;"
        "return [right(document.querySelector('#list table')),"
        " right(document.querySelector('#list thead .c-when'))]"
    )

    assert table - last < 2
