"""What a person does on the pages, and what becomes of it in the store."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver.common.keys import Keys

from queuectl_store import Dead, JobFilter, JobId, NewJob, Shell, Store, Succeeded, connect
from tests.browser.chromium import Browser, Dashboard, chromium
from tests.browser.hands import click, fill, press
from tests.browser.stories import everything, finish, register, write_log
from tests.dashboard.site import serving
from tests.waiting import eventually


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Dashboard]:
    """Serve it from this process: a start of Python for each test would take the longest."""
    path = tmp_path / "queue.db"
    with connect(str(path)) as store, serving(store) as served:
        yield Dashboard(path=path, store=store, port=served.port)


def states(store: Store) -> list[str]:
    """Return the states of all jobs, oldest first."""
    return [job.state.value for job in store.reader.page(JobFilter(), limit=500)][::-1]


def expect(browser: Browser, *wanted: str) -> None:
    """Wait until the jobs are in these states."""
    eventually(
        lambda: states(browser.site.store) == list(wanted),
        within=20,
        what=f"the states {wanted}",
    )


def enqueue(browser: Browser, *scripts: str, hold: bool = False) -> list[JobId]:
    return list(
        browser.site.store.enqueue([NewJob(work=Shell(script=each), hold=hold) for each in scripts])
    )


def test_a_selection_is_held_by_keys_alone_and_let_go_again(browser: Browser) -> None:
    enqueue(browser, "a", "b", "c")
    browser.log_in()
    press(browser, "g", "j")
    browser.see("body[data-page=jobs] #live[data-state=live]")

    press(browser, "j", "x", "j", "x")
    browser.see_text("2 jobs selected")
    browser.see("[data-bulk=hold]").send_keys(Keys.ENTER)
    browser.see_text("Hold 2 jobs?")
    browser.see("#confirm-yes").send_keys(Keys.ENTER)

    expect(browser, "pending", "held", "held")
    browser.see(".toast button").send_keys(Keys.ENTER)
    expect(browser, "pending", "pending", "pending")


def test_all_that_match_are_cancelled_after_their_number_was_said(browser: Browser) -> None:
    enqueue(browser, *(f"needle {n}" for n in range(120)), "hay")
    browser.log_in()
    browser.open("/jobs?search=needle")

    click(browser, "tr[data-id] input[name=pick]")
    click(browser, "#picked-all")
    click(browser, "[data-bulk=cancel]")
    browser.see_text("Cancel 120 jobs?")
    click(browser, "#confirm-yes")
    browser.see(".toast .deadline")
    assert "cancelled" not in states(browser.site.store)
    click(browser, ".toast button:nth-of-type(2)")

    expect(browser, *["cancelled"] * 120, "pending")


def test_a_deed_is_taken_back_before_its_deadline(browser: Browser) -> None:
    [job] = enqueue(browser, "a")
    browser.log_in()
    browser.open(f"/jobs/{job}")

    click(browser, "[data-verb=cancel]")
    click(browser, ".toast button")

    eventually(lambda: not browser.find(".toast"), within=20, what="the notice to go")
    assert states(browser.site.store) == ["pending"]


def test_a_job_is_made_edited_held_and_deleted(browser: Browser) -> None:
    browser.log_in()

    press(browser, "n")
    browser.see("#new-job[open] textarea").send_keys("echo 'made here'")
    browser.find("#new-job input[name=tags]")[0].send_keys("team=video")
    browser.find("#new-job input[name=hold]")[0].click()
    browser.find("#new-job button.primary")[0].click()
    expect(browser, "held")
    browser.open("/jobs/1")
    click(browser, "#open-edit")
    name = browser.see("#edit-job[open] input[name=name]")
    name.send_keys("renamed")
    browser.find("#edit-job button.primary")[0].click()
    browser.see_text("renamed")
    click(browser, "[data-verb=release]")
    expect(browser, "pending")
    click(browser, "[data-verb=cancel]")
    click(browser, ".toast:last-child button:nth-of-type(2)")
    expect(browser, "cancelled")
    click(browser, "[data-verb=remove]")
    click(browser, "#confirm-yes")

    eventually(lambda: states(browser.site.store) == [], within=20, what="the job to be gone")


def test_a_kind_of_error_is_retried_at_a_pace(browser: Browser) -> None:
    everything(browser.site.store)
    before = states(browser.site.store).count("dead")
    [group] = [g for g in browser.site.store.dead.groups() if g.error == "exit code 7"]
    browser.log_in()
    browser.open("/dead")

    browser.see(f"#rate-{group.fingerprint}").send_keys("10/m")
    click(browser, f"#fault-{group.fingerprint} [data-many=retry]")
    browser.see_text(f"Retry {group.count} jobs?")
    assert "No more than 10/m of them start" in browser.see("#confirm[open]").text
    click(browser, "#confirm-yes")
    click(browser, ".toast button:nth-of-type(2)")

    eventually(
        lambda: states(browser.site.store).count("dead") == before - group.count,
        within=20,
        what="the group to be retried",
    )


def test_queues_schedules_workers_and_settings_obey(browser: Browser) -> None:
    store = browser.site.store
    everything(store)
    browser.log_in()

    browser.open("/queues")
    click(browser, "#queue-mail [data-verb=pause]")
    eventually(
        lambda: {q.name: q.state.value for q in store.reader.queues()}["mail"] == "paused",
        within=20,
        what="the queue to be paused",
    )
    click(browser, "#queue-mail [data-opens=limits]")
    field = browser.see("#limits[open] input[name=rate]")
    field.send_keys("100/m")
    browser.find("#limits button.primary")[0].click()
    eventually(
        lambda: {q.name: str(q.limits.rate) for q in store.reader.queues()}["mail"] == "100/m",
        within=20,
        what="the rate",
    )

    browser.open("/schedules")
    click(browser, "[data-verb=run]")
    eventually(lambda: store.schedules.get("nightly").last_job_id, within=20, what="its job")
    click(browser, "[data-verb=pause]")
    eventually(lambda: store.schedules.get("nightly").paused, within=20, what="the pause")

    browser.open("/workers")
    click(browser, "[data-verb=quiet]")
    click(browser, "#confirm-yes")
    browser.see(".worker .s-quiet")
    assert store.reader.workers()[0].state == "quiet"
    click(browser, "[data-verb=stop]")
    click(browser, "#confirm-yes")
    eventually(
        lambda: store.reader.workers()[0].state == "stopping", within=20, what="the worker to stop"
    )

    browser.open("/settings")
    click(browser, "#change-max_retries")
    field = browser.see("#setting[open] input[name=value]")
    field.clear()
    field.send_keys("7")
    browser.find("#setting button.primary")[0].click()
    eventually(
        lambda: store.settings.all().get("max_retries") == "7", within=20, what="the setting"
    )
    browser.open("/audit")
    browser.see_text("change_setting")


def test_a_webhook_is_added_tested_and_paused_and_its_secret_is_shown_once(
    browser: Browser,
) -> None:
    hooks = browser.site.store.hooks
    browser.log_in()
    press(browser, "g", "h")
    browser.see_text("No hook yet")

    click(browser, "#open-new-hook")
    fill(browser, "new-hook", name="pager", webhook="https://hooks.example/x", queues="a b")
    fill(browser, "new-hook", tags="team=video")
    click(browser, "#new-hook [name=on][value=held]")
    click(browser, "#new-hook .primary")

    secret = browser.see("#once[open] #once-text").text
    hook = hooks.get("pager")
    assert secret.startswith("whsec_")
    assert sorted(hook.rule.on) == ["dead", "held"]
    assert (hook.rule.queues, dict(hook.rule.tags)) == ({"a", "b"}, {"team": "video"})
    press(browser, Keys.ESCAPE)
    browser.see("#hook-pager")
    assert secret not in browser.driver.page_source

    click(browser, "#hook-pager [data-verb=test]")
    browser.see("#hook-pager .slots-past a")
    click(browser, "#hook-pager [data-verb=pause]")
    eventually(lambda: hooks.get("pager").paused, within=20, what="the pause")
    browser.open("/hooks/pager")
    browser.see("#deliveries tr[data-id]")
    click(browser, "[data-verb=resume]")
    eventually(lambda: not hooks.get("pager").paused, within=20, what="the hook to go on")
    click(browser, "[data-verb=remove]")
    click(browser, "#confirm-yes")
    eventually(lambda: hooks.all() == [], within=20, what="the hook to be gone")


def test_a_hook_that_makes_no_sense_is_refused_in_its_form(browser: Browser) -> None:
    browser.log_in()
    browser.open("/hooks")

    click(browser, "#open-new-hook")
    fill(browser, "new-hook", name="pager", webhook="http://127.0.0.1/x")
    click(browser, "#new-hook .primary")
    browser.see_text("private network")
    click(browser, "#new-hook [name=way][value=command]")
    fill(browser, "new-hook", command="mail me")
    click(browser, "#new-hook .primary")

    browser.see("#hook-pager")
    assert browser.site.store.hooks.get("pager").url is None


def test_a_token_is_made_for_a_role_used_and_taken_back(browser: Browser) -> None:
    browser.log_in()
    browser.open("/tokens")

    click(browser, "#open-new-token")
    fill(browser, "new-token", name="wall", role="viewer")
    click(browser, "#new-token .primary")
    secret = browser.see("#once[open] #once-text").text
    click(browser, "#once form .primary")
    browser.see("#token-wall")
    answers = [_status_with(browser, secret)]
    click(browser, "#token-wall [data-verb=take-back]")
    click(browser, "#confirm-yes")
    eventually(lambda: not browser.find("#token-wall"), within=20, what="it to leave the list")

    answers.append(_status_with(browser, secret))
    assert answers == [200, 401]
    assert not browser.find("#token-dashboard [data-verb]"), "the link's own stays"


def test_a_schedule_is_added_and_edited_in_its_page(browser: Browser) -> None:
    schedules = browser.site.store.schedules
    browser.log_in()
    browser.open("/schedules")

    click(browser, "#open-new-schedule")
    fill(browser, "new-schedule", name="nightly", cron="30 2 * * *", tz="Europe/Berlin")
    fill(browser, "new-schedule", **{"job.shell": "backup --all", "job.tags": "team=ops"})
    fill(browser, "new-schedule", overlap="the slot is left out")
    click(browser, "#new-schedule .primary")
    browser.see("#schedule-nightly")
    made = schedules.get("nightly")
    assert (made.cron, made.tz, made.overlap) == ("30 2 * * *", "Europe/Berlin", "skip")
    assert made.job().work == Shell(script="backup --all")

    click(browser, "#schedule-nightly [data-opens=edit-schedule]")
    browser.see("#edit-schedule[open]")
    click(browser, "#edit-schedule [name=when][value=every]")
    fill(browser, "edit-schedule", every="90m", **{"edit.timeout": "1h"})
    click(browser, "#edit-schedule .primary")
    browser.see_text("every 1h 30m")

    changed = schedules.get("nightly")
    assert (changed.cron, changed.every_ms, changed.overlap) == (None, 5_400_000, "skip")
    assert changed.job().work == Shell(script="backup --all")
    assert (changed.job().timeout_ms, changed.job().tags) == (3_600_000, {"team": "ops"})


def _status_with(browser: Browser, secret: str) -> int:
    """Return how the API answers to who shows *secret*."""
    status = browser.driver.execute_async_script(
        "fetch('/api/v1/jobs', {headers: {Authorization: `Bearer ${arguments[0]}`}})"
        ".then((answer) => arguments[1](answer.status))",
        secret,
    )
    return int(status)


def test_a_running_jobs_output_comes_in_colours_and_is_searched(browser: Browser) -> None:
    store = browser.site.store
    [job] = enqueue(browser, "make")
    [claim] = store.claim(register(store), limit=1)
    write_log(store, claim, b"\x1b[1;31mstep 1\x1b[0m\n10%\r50%\r99%\n<b>step 2</b>\n")
    browser.log_in()

    browser.open(f"/jobs/{job}")

    assert browser.see(".log .ink-red").text == "step 1"
    browser.see_text("<b>step 2</b>")
    assert "50%" not in browser.text()
    write_log(store, claim, b"\x1b[1;31mstep 1\x1b[0m\n10%\r50%\r99%\n<b>step 2</b>\nstep 3\n")
    browser.see_text("step 3")
    browser.see("#log-search").send_keys("step")
    browser.see_text("3 lines")


def test_what_one_browser_does_another_one_shows(browser: Browser, tmp_path: Path) -> None:
    [job] = enqueue(browser, "shared work")
    browser.log_in()
    browser.open("/jobs")
    browser.see(f"#job-{job}[data-state=pending]")

    with chromium(tmp_path / "other") as driver:
        other = Browser(driver, browser.site)
        other.log_in()
        other.open(f"/jobs/{job}")
        click(other, "[data-verb=hold]")

    browser.see(f"#job-{job}[data-state=held]")


def test_a_viewer_is_shown_no_verbs(browser: Browser) -> None:
    everything(browser.site.store)
    browser.log_in()
    made = browser.driver.execute_async_script(
        "fetch('/api/v1/tokens', {method: 'POST', headers: {'Content-Type': 'application/json'},"
        "body: JSON.stringify({name: 'wall', role: 'viewer'})})"
        ".then((answer) => answer.json()).then(arguments[0])"
    )
    browser.run("return fetch('/logout', {method: 'POST'})")
    browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    browser.driver.get(f"{browser.site.url}#token={made['token']}")
    browser.driver.refresh()
    browser.see_text("viewer")

    for page in (
        "/",
        "/jobs",
        "/jobs/1",
        "/dead",
        "/queues",
        "/schedules",
        "/workers",
        "/hooks",
        "/settings",
    ):
        browser.open(page)
        browser.see("#live[data-state=live]")
        verbs = "[data-verb], [data-many], [data-bulk], [data-opens], input[name=pick]"
        assert browser.find(verbs) == [], page


def test_keys_are_listed_the_theme_is_kept_and_search_is_a_key_away(browser: Browser) -> None:
    enqueue(browser, "a")
    browser.log_in()

    press(browser, "?")
    browser.see("#help[open]")
    press(browser, Keys.ESCAPE)
    light = browser.run("return getComputedStyle(document.body).backgroundColor")
    press(browser, "t", "t")
    dark = browser.run("return getComputedStyle(document.body).backgroundColor")
    press(browser, "/")
    browser.see("body[data-page=jobs]")

    assert light != dark
    eventually(
        lambda: browser.run("return document.activeElement.id") == "search",
        within=20,
        what="the search to have the focus",
    )
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == dark
    press(browser, Keys.ESCAPE, "j", Keys.ENTER)
    browser.see_text("Job 1")


def test_a_search_completes_and_takes_filters(browser: Browser) -> None:
    store = browser.site.store
    store.enqueue([NewJob(work=Shell(script="echo a"), queue="mail", tags={"team": "video"})])
    store.enqueue([NewJob(work=Shell(script="echo a"), queue="mail", hold=True)])
    store.enqueue([NewJob(work=Shell(script="echo b"), queue="bulk")])
    browser.log_in()
    browser.open("/jobs")

    press(browser, "/")
    field = browser.see("#search")
    field.send_keys("echo qu")
    browser.see("#search-words option[value='echo queue:mail']")
    field.send_keys("eue:mail team=")
    browser.see("#search-words option[value='echo queue:mail tag:team=video']")
    field.clear()
    field.send_keys("echo queue:mail tag:team=video", Keys.ENTER)

    browser.see("#job-1")
    assert not browser.find("#job-2, #job-3")
    query = parse_qs(urlsplit(browser.driver.current_url).query)
    assert query == {"search": ["echo"], "queue": ["mail"], "tag": ["team=video"]}


def test_a_failed_run_is_compared_with_a_good_one_of_its_like(browser: Browser) -> None:
    store = browser.site.store
    _good, bad = store.enqueue([NewJob(work=Shell(script="make"), max_retries=0)] * 2)
    worker = register(store)
    claims = store.claim(worker, limit=2)
    write_log(store, claims[0], b"start\nall is well\nend\n")
    write_log(store, claims[1], b"start\nno such file\nend\n")
    finish(store, worker, claims, [Succeeded(), Dead(reason="exit code 2")])
    browser.log_in()

    browser.open(f"/jobs/{bad}/compare")

    browser.see_text("+ no such file")
    browser.see_text("− all is well")
