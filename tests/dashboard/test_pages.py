"""What the pages show."""

import re

import pytest

from queuectl_store import (
    Dead,
    Finish,
    JobId,
    NewJob,
    RunFacts,
    Shell,
    Store,
    Succeeded,
    Task,
)
from queuectl_worker.output import LogFolder, log_root
from tests.dashboard.site import PAGE, Answer, Site
from tests.dashboard.stories import claim_all, finish, look, write_log


def shown_ids(answer: Answer) -> list[int]:
    return [int(number) for number in re.findall(r'id="job-(\d+)"', answer.text)]


def test_an_empty_store_teaches_the_commands_to_begin_with(site: Site) -> None:
    page = look(site, "/jobs").text

    assert "queuectl enqueue" in page
    assert "queuectl worker start" in page


def test_a_filter_without_a_match_says_so_and_gives_the_same_in_a_terminal(site: Site) -> None:
    page = look(site, "/jobs?state=dead&queue=mail").text

    assert "No job matches" in page
    assert "queuectl list --state dead --queue mail" in page


def test_the_list_shows_newest_first_and_pages_back(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script=f"echo {n}")) for n in range(7)])

    first = look(site, "/jobs?limit=3")
    older = look(site, "/jobs?limit=3&before=5")

    assert shown_ids(first) == [7, 6, 5]
    assert "limit=3&amp;before=5" in first.text
    assert shown_ids(look(site, "/jobs/rows?limit=3&before=5")) == [4, 3, 2]
    assert shown_ids(older) == [4, 3, 2]


def test_filters_narrow_the_list(store: Store, site: Site) -> None:
    store.enqueue(
        [
            NewJob(work=Shell(script="echo needle"), queue="mail", tags={"team": "a"}),
            NewJob(work=Shell(script="echo hay"), name="nightly", hold=True),
            NewJob(work=Task(name="mail.send"), delay_ms=3_600_000),
        ]
    )

    found = {
        query: shown_ids(look(site, f"/jobs?{query}"))
        for query in (
            "search=NEEDLE",
            "queue=mail",
            "tag=team%3Da",
            "name=nightly",
            "state=held",
            "task=mail.send",
            "state=held&state=scheduled",
            "since=1h",
            "search=&queue=&since=",
        )
    }

    assert found == {
        "search=NEEDLE": [1],
        "queue=mail": [1],
        "tag=team%3Da": [1],
        "name=nightly": [2],
        "state=held": [2],
        "task=mail.send": [3],
        "state=held&state=scheduled": [3, 2],
        "since=1h": [3, 2, 1],
        "search=&queue=&since=": [3, 2, 1],
    }


def test_the_list_tells_how_many_there_are_where_that_is_counted(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="a"), queue="mail", hold=n < 2) for n in range(5)])
    store.enqueue([NewJob(work=Shell(script="a"))])

    told = {
        query: re.findall(r'data-total="(\d+)"', look(site, f"/jobs{query}").text)
        for query in ("", "?queue=mail", "?queue=mail&state=held", "?state=dead", "?search=a")
    }

    assert told == {
        "": ["6"],
        "?queue=mail": ["5"],
        "?queue=mail&state=held": ["2"],
        "?state=dead": ["0"],
        "?search=a": [],
    }


@pytest.mark.parametrize(
    "query",
    [
        "state=ded",
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=x",
        "before=0",
        "before=-1",
        "tag=x",
        "before=99999999999999999999",
        "since=soon",
        "since=-1",
        "colour=red",
        "search=%00",
        "tag==x",
        "limit=" + "9" * 5000,
        "since=" + "9" * 400,
        "since=1e9d",
    ],
)
def test_a_query_that_means_nothing_is_refused_with_what_would(site: Site, query: str) -> None:
    for path in ("/jobs", "/jobs/rows", "/api/v1/jobs"):
        answer = site.ask(f"{path}?{query}")

        assert (answer.status, answer.json["status"]) == (400, 400)
        assert len(answer.json["detail"]) > 10


@pytest.mark.parametrize(
    "path",
    [
        "/jobs/0",
        "/jobs/-1",
        "/jobs/1.0",
        "/jobs/x",
        "/jobs/99",
        "/jobs/9223372036854775808",
        f"/jobs/{'9' * 5000}",
        "/jobs/1/log/1",
        "/jobs/..%2f..%2fetc/log/1",
        "/jobs/1%00",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert look(site, path).status == 404


def test_a_job_page_tells_its_runs_and_the_end_of_its_output(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="make all"), max_retries=0)])
    [claim] = claim_all(store)
    write_log(store, claim, b"\x1b[32mstep 1\x1b[0m\r\n10%\r50%\r100%\n" + b"<last>")
    facts = RunFacts(exit_code=2, error="exit code 2", started_at=store.reader.now_ms())
    finish(store, [claim], Finish(claim=claim, outcome=Dead(reason="exit code 2"), facts=facts))

    page = look(site, "/jobs/1").text

    assert "make all" in page
    assert "exit code 2" in page
    assert "<code>step 1\n100%\n&lt;last&gt;</code>" in page


def test_a_whole_log_is_downloaded_byte_for_byte_and_is_never_a_page(
    store: Store, site: Site
) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])
    [claim] = claim_all(store)
    output = b"<script>alert(1)</script>\x00\xff\x1b[31m\r\n" * 5_000
    write_log(store, claim, output)
    facts = RunFacts(started_at=store.reader.now_ms())
    finish(store, [claim], Finish(claim=claim, outcome=Succeeded(), facts=facts))

    answer = site.ask("/jobs/1/log/1")

    assert answer.body == output
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="job-1-1.log"'
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


@pytest.mark.not_on("win32")
def test_a_log_that_is_a_link_is_not_followed(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])
    [claim] = claim_all(store)
    write_log(store, claim, b"")
    path = LogFolder(log_root(store)).for_run(store.reader.get(JobId(1)))
    assert path is not None
    path.unlink()
    path.symlink_to("/etc/passwd")

    assert site.ask("/jobs/1/log/1").status == 404
    assert "root:" not in look(site, "/jobs/1").text


def test_pages_ask_no_other_host_and_hold_no_inline_code(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])

    for page in (
        look(site).text,
        look(site, "/jobs").text,
        look(site, "/jobs/1").text,
        site.ask("/", headers=PAGE).text,
    ):
        assert not re.search(r"(?:src|href|action)=\"(?!/|#|\")", page)
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|javascript:", page)


def test_static_files_are_kept_for_ever_under_a_name_that_changes_with_them(site: Site) -> None:
    [path] = re.findall(r'href="(/static/app\.[0-9a-f]{12}\.css)"', look(site).text)

    answer = site.ask(path, headers={})

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
