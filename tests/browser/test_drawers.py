"""Every drawer and dialog on a phone and on a desk: for everybody, and as wide as it may be."""

from collections.abc import Iterator

import pytest

from queuectl_store import JobFilter, JobState
from tests.browser.chromium import Browser
from tests.browser.hands import click, fill, press
from tests.browser.wcag import RULES, violations

# Where it opens, by what, and which dialog that is.
BY_BUTTON = (
    ("/", "[data-opens=new-job]", "new-job"),
    ("/jobs/{dead}", "#open-edit", "edit-job"),
    ("/jobs/{held}", "#open-edit", "edit-job"),
    ("/schedules", "[data-opens=new-schedule]", "new-schedule"),
    ("/schedules", "[data-opens=edit-schedule]", "edit-schedule"),
    ("/hooks", "[data-opens=new-hook]", "new-hook"),
    ("/queues", "[data-opens=limits]", "limits"),
    ("/settings", "[data-opens=setting]", "setting"),
    ("/tokens", "[data-opens=new-token]", "new-token"),
    ("/dead", "[data-many=retry]", "confirm"),
    ("/workers", "[data-verb=stop-now]", "confirm"),
)


@pytest.fixture(params=["phone", "desk"])
def sized(stage: Browser, request: pytest.FixtureRequest) -> Iterator[Browser]:
    if request.param == "phone":
        stage.be_a_phone()
    yield stage
    stage.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def go(browser: Browser, page: str) -> None:
    for state in (JobState.DEAD, JobState.HELD):
        [job] = browser.site.store.reader.page(JobFilter(states=(state,)), limit=1)
        page = page.replace(f"{{{state.value}}}", str(job.id))
    browser.open(page)
    browser.see("#live[data-state=live]")


def wrong_with(browser: Browser, dialog: str, name: str) -> list[str]:
    """Say what is wrong with an open dialog, light and dark, once it has slid in."""
    browser.see(f"#{dialog}[open]")
    browser.run(
        "return Promise.all(document.getElementById(arguments[0]).getAnimations()"
        ".map((each) => each.finished))",
        dialog,
    )
    found = []
    for theme, rules in (("light", RULES), ("dark", ["wcag2aa"])):
        browser.run("document.documentElement.dataset.theme = arguments[0]", theme)
        found += violations(browser, rules)
        browser.shot(f"{name}-{theme}")
    box = browser.run(
        "const it = document.getElementById(arguments[0]), box = it.getBoundingClientRect();"
        "return {wide: it.scrollWidth > it.clientWidth, left: box.left, right: box.right,"
        " bottom: box.bottom, width: innerWidth, height: innerHeight,"
        " drawer: it.classList.contains('drawer')}",
        dialog,
    )
    if box["wide"] or box["left"] < 0 or box["right"] > box["width"]:
        found.append(f"wider than its place: {box}")
    if box["bottom"] > box["height"]:
        found.append(f"higher than its place: {box}")
    if box["drawer"] and box["width"] == 360 and box["left"] > 0:
        found.append(f"a phone has no room to give away: {box}")
    return found


@pytest.mark.parametrize(("page", "button", "dialog"), BY_BUTTON)
def test_a_dialog_is_for_everybody(sized: Browser, page: str, button: str, dialog: str) -> None:
    go(sized, page)

    click(sized, button)

    name = f"dialog-{dialog}-{page.strip('/').partition('/')[0]}-{sized.run('return innerWidth')}"
    assert wrong_with(sized, dialog, name) == []
    assert sized.complaints() == []


@pytest.mark.parametrize("dialog", ["new-job", "edit-schedule", "new-hook", "edit-job"])
def test_a_drawer_begins_where_text_is_typed(stage: Browser, dialog: str) -> None:
    """And not at the first of its radios, which need not be the chosen one."""
    [page, button] = next(each[:2] for each in BY_BUTTON if each[2] == dialog)
    go(stage, page)

    click(stage, button)
    stage.see(f"#{dialog}[open]")

    focused = (
        "const it = document.activeElement; return it.type + ' ' + Boolean(it.closest('dialog'))"
    )
    assert stage.run(focused) in {"textarea true", "text true"}


def test_the_list_of_keys_is_for_everybody(sized: Browser) -> None:
    go(sized, "/")

    press(sized, "?")

    assert wrong_with(sized, "help", f"dialog-help-{sized.run('return innerWidth')}") == []


def test_a_secret_that_is_shown_once_is_for_everybody(sized: Browser) -> None:
    go(sized, "/tokens")
    name = f"for-{sized.run('return innerWidth')}"

    click(sized, "[data-opens=new-token]")
    fill(sized, "new-token", name=name, role="viewer")
    sized.find("#new-token button.primary")[0].click()

    assert wrong_with(sized, "once", f"dialog-once-{name}") == []


def test_acting_on_a_selection_is_for_everybody(sized: Browser) -> None:
    go(sized, "/jobs")

    for box in range(2):
        sized.run("document.querySelectorAll('#list tbody input')[arguments[0]].click()", box)
    click(sized, "#picked [data-bulk=cancel]")

    name = f"dialog-confirm-jobs-{sized.run('return innerWidth')}"
    assert wrong_with(sized, "confirm", name) == []


def test_settings_and_groups_can_be_read_on_a_phone(stage: Browser) -> None:
    """A value is on one line, and a group's name is whole."""
    stage.be_a_phone()
    go(stage, "/settings")
    lines = "return document.querySelector('#setting-backoff_max td code').getClientRects().length"
    assert stage.run(lines) == 1

    go(stage, "/groups")
    cut = "return [...document.querySelectorAll('#groups .c-name')].filter("
    cut += "(it) => it.scrollWidth > it.clientWidth).length"
    assert stage.run(cut) == 0
    stage.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
