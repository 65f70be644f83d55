"""What pages compute before they are rendered: bars, pictures, differences, histories."""

from functools import partial

from queuectl_dashboard.comparing import Line, difference
from queuectl_dashboard.graphing import draw
from queuectl_dashboard.history import moments
from queuectl_dashboard.redaction import Redaction
from queuectl_dashboard.runs import Run, runs_of
from queuectl_dashboard.shares import shares
from queuectl_dashboard.shell import RAIL
from queuectl_store import (
    Dead,
    Dependency,
    Finish,
    HookOn,
    HookRule,
    JobId,
    JobState,
    NewHook,
    NewJob,
    RunFacts,
    Shell,
    Store,
    webhook_job,
)
from queuectl_worker import LogFolder, RunOutput, log_root
from tests.dashboard.site import PAGE, TOKEN, Site
from tests.dashboard.stories import claim_all, finish, look, write_log


def test_the_pieces_of_a_bar_fill_it_and_the_smallest_one_can_be_seen() -> None:
    made = shares({JobState.RUNNING: 1, JobState.PENDING: 1_000_000}, RAIL)

    assert [share.state for share in made] == [JobState.RUNNING, JobState.PENDING]
    assert made[0].width > 1
    assert abs(sum(share.width for share in made) - 100) < 0.1


def test_a_queue_without_jobs_has_an_empty_bar() -> None:
    assert shares({}, RAIL) == []


def test_a_job_is_drawn_right_of_all_that_it_follows(store: Store) -> None:
    [first] = store.enqueue([NewJob(work=Shell(script="first"))])
    [second] = store.enqueue([NewJob(work=Shell(script="second"), after=_after(first))])
    [third] = store.enqueue([NewJob(work=Shell(script="third"), after=_after(first, second))])

    picture = draw(store.reader.find([third, first, second]))

    x = {node.job.id: node.x for node in picture.nodes}
    assert x[first] < x[second] < x[third]
    assert len(picture.edges) == 3
    assert picture.width > max(x.values())


def test_a_long_chain_is_drawn_without_recursion(store: Store) -> None:
    chain = [store.enqueue([NewJob(work=Shell(script="0"))])[0]]
    for n in range(1, 150):
        chain += store.enqueue([NewJob(work=Shell(script=str(n)), after=_after(chain[-1]))])

    picture = draw(store.reader.find(chain))

    assert len({node.x for node in picture.nodes}) == 150


def test_a_history_is_told_newest_first_with_the_time_between(store: Store) -> None:
    [job] = store.enqueue([NewJob(work=Shell(script="a"), hold=True)])
    store.admin.release([job])

    told = moments(store.reader.events(job_id=job), Redaction())

    assert [each.words for each in told] == ["released", "enqueued"]
    assert told[0].after_ms is not None
    assert told[1].after_ms is None


def test_two_runs_differ_in_the_lines_that_only_one_of_them_printed(store: Store) -> None:
    good, bad = _two_runs(store, b"start\nwell\nend\n", b"start\nbroken\nend\n")

    assert difference(good, bad) == [
        Line("same", "start"),
        Line("gone", "well"),
        Line("added", "broken"),
        Line("same", "end"),
    ]


def test_runs_that_printed_the_same_do_not_differ(store: Store) -> None:
    good, bad = _two_runs(store, b"same\n", b"same\n")

    assert difference(good, bad) == []


def test_a_job_that_never_failed_has_nothing_to_compare(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="a"))])

    assert "nothing to compare" in look(site, "/jobs/1/compare").text


def test_every_page_teaches_what_to_type_where_it_has_nothing_to_show(site: Site) -> None:
    lines = {
        "/dead": "queuectl dlq list",
        "/queues": "queuectl queue set",
        "/schedules": "queuectl schedule add",
        "/workers": "queuectl worker start",
        "/groups": "queuectl enqueue --group",
        "/hooks": "queuectl hook add",
    }

    shown = {path: look(site, path).text for path in lines}

    assert [path for path, line in lines.items() if line not in shown[path]] == []


def test_a_group_that_there_is_not_is_not_found(site: Site) -> None:
    assert look(site, "/groups/nowhere").status == 404


def test_a_hook_says_what_narrows_it_and_hides_where_a_webhook_leads(
    store: Store, site: Site
) -> None:
    rule = HookRule(on=frozenset({HookOn.DEAD}), queues=frozenset({"mail"}), tags={"team": "a"})
    url = "https://hooks.example/services/s3cr3t"
    store.hooks.add(NewHook(name="pager", rule=rule, job=webhook_job(), url=url, secret=b"k" * 32))
    delivery = store.hooks.test("pager")

    pages = [look(site, path).text for path in ("/hooks", "/hooks/pager")]

    for page in pages:
        assert "queue mail" in page
        assert "team=a" in page
        assert "https://hooks.example/" in page
        assert "s3cr3t" not in page
        assert f"/jobs/{delivery}" in page
        assert "no live worker serves" in page
    assert look(site, "/hooks/nobody").status == 404


def test_deliveries_are_listed_a_page_at_a_time(store: Store, site: Site) -> None:
    rule = HookRule(on=frozenset({HookOn.DEAD}))
    store.hooks.add(NewHook(name="h", rule=rule, job=NewJob(work=Shell(script="true"))))
    for _ in range(60):
        store.hooks.test("h")

    first = look(site, "/hooks/h").text
    second = look(site, "/hooks/h?before=11").text

    assert first.count('<tr id="job-') == 50
    assert "/hooks/h?before=11" in first
    assert second.count('<tr id="job-') == 10
    assert look(site, "/hooks/h?before=x").status == 400


def test_only_admins_see_the_page_of_tokens_and_no_page_shows_one(site: Site) -> None:
    made = site.call("/tokens", "POST", {"name": "wall", "role": "viewer"}).json["token"]

    page = look(site, "/tokens").text
    others = site.ask("/tokens", headers={**PAGE, "Authorization": f"Bearer {made}"})

    assert 'id="token-wall"' in page
    assert made not in page
    assert TOKEN not in page
    assert others.status == 403


def _after(*parents: JobId) -> tuple[tuple[Dependency, ...], ...]:
    return tuple((Dependency(parent=parent),) for parent in parents)


def _two_runs(store: Store, first: bytes, second: bytes) -> tuple[Run, Run]:
    store.enqueue([NewJob(work=Shell(script="make"), max_retries=0)] * 2)
    claims = claim_all(store)
    for claim, output in zip(claims, (first, second), strict=True):
        write_log(store, claim, output)
    facts = RunFacts(started_at=store.reader.now_ms())
    finish(store, claims, Finish(claim=claims[0], outcome=Dead(reason="exit code 1"), facts=facts))
    outputs = partial(RunOutput, store, LogFolder(log_root(store)))
    runs = [
        runs_of(store.reader.get(claim.job.id), store.reader.attempts(claim.job.id), outputs)[0]
        for claim in claims
    ]
    return runs[0], runs[1]
