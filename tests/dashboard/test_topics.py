"""Queues, schedules, workers, groups, hooks, settings, output and numbers through the API."""

from typing import Any

import pytest

from queuectl_store import HookOn, HookRule, NewHook, NewJob, Shell, Store, Task, webhook_job
from tests.dashboard.site import Site
from tests.dashboard.stories import claim_all, write_log


def enqueue(store: Store, count: int = 1, **facts: Any) -> None:
    store.enqueue([NewJob(work=Shell(script="true"), **facts) for _ in range(count)])


def test_a_queue_is_paused_limited_and_resumed(store: Store, site: Site) -> None:
    enqueue(store, queue="mail/eu")

    paused = site.call("/queues/mail/eu/pause", "POST").json
    change = {"concurrency": 2, "rate": "10/m", "burst": 3, "settings": {"max_retries": "7"}}
    limited = site.call("/queues/mail/eu", "PATCH", change).json
    freed = site.call("/queues/mail/eu", "PATCH", {"rate": None, "settings": {"max_retries": None}})
    resumed = site.call("/queues/mail/eu/resume", "POST").json

    assert (paused["state"], resumed["state"]) == ("paused", "active")
    assert (limited["concurrency"], limited["rate"], limited["burst"]) == (2, "10/m", 3)
    assert limited["settings"] == {"max_retries": "7"}
    assert (freed.json["rate"], freed.json["concurrency"], freed.json["settings"]) == (None, 2, {})
    assert [each["name"] for each in site.call("/queues", "GET").json["queues"]] == ["mail/eu"]


@pytest.mark.parametrize(
    "change",
    [
        {"concurrency": 0},
        {"rate": "fast"},
        {"burst": 3},
        {"settings": {"max_retries": "many"}},
        {"settings": {"lease": "9s"}},
        {"speed": 1},
    ],
)
def test_a_limit_that_makes_no_sense_changes_nothing(
    store: Store, site: Site, change: dict[str, Any]
) -> None:
    answer = site.call("/queues/mail", "PATCH", {"key_concurrency": 3, **change})

    assert answer.status == 422
    assert store.reader.queues() == []


def test_a_schedule_is_added_paused_run_and_removed(store: Store, site: Site) -> None:
    job = {"command": "true", "name": "nightly"}

    added = site.call("/schedules", "POST", {"name": "a/b", "cron": "0 3 * * *", "job": job})
    paused = site.call("/schedules/a/b/pause", "POST").json
    run = site.call("/schedules/a/b/run", "POST").json
    shown = site.call("/schedules/a/b", "GET").json
    slots = site.call("/schedules/a/b/next?limit=3", "GET").json["slots"]
    removed = [site.call("/schedules/a/b", "DELETE").status for _ in range(2)]

    assert (added.status, added.json["job"]["command"]) == (201, "true")
    assert added.headers["location"] == "/api/v1/schedules/a/b"
    assert (paused["paused"], run["name"]) == (True, "nightly")
    assert [slot["outcome"] for slot in shown["slots"]] == ["manual"]
    assert [slot[11:] for slot in slots] == ["03:00:00.000Z"] * 3
    assert removed == [204, 404]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"cron": "61 * * * *"}, 422),
        ({"cron": "* * * * *", "every": "1m"}, 422),
        ({}, 422),
        ({"cron": "* * * * *", "tz": "Mars/Olympus"}, 422),
        ({"every": "1m", "job": {"command": "true", "key": "k"}}, 422),
    ],
)
def test_a_schedule_that_would_never_fire_is_refused(
    site: Site, wrong: dict[str, Any], status: int
) -> None:
    spec = {"name": "s", "job": {"command": "true"}, **wrong}

    assert site.call("/schedules", "POST", spec).status == status


def test_a_schedule_is_changed_and_keeps_what_is_not_named(site: Site) -> None:
    site.call("/schedules", "POST", {"name": "s", "every": "1h", "job": {"command": "old"}})

    change = {"cron": "0 4 * * *", "tz": "Europe/Berlin", "overlap": "skip"}
    changed = site.call("/schedules/s", "PATCH", change).json
    job = site.call("/schedules/s", "PATCH", {"job": {"argv": ["new"]}}).json["job"]

    assert (changed["cron"], changed["every"], changed["overlap"]) == ("0 4 * * *", None, "skip")
    assert (changed["job"]["command"], job["argv"]) == ("old", ["new"])
    assert site.call("/schedules/s", "PATCH", {"cron": "nonsense"}).status == 422
    assert site.call("/schedules/x", "PATCH", {"tz": "UTC"}).status == 404


def test_an_edit_of_a_schedules_job_keeps_what_a_form_does_not_show(
    store: Store, site: Site
) -> None:
    job = {"task": "mail.send", "kwargs": {"password": "s3cr3t"}, "env": {"A": "1"}, "name": "old"}
    site.call("/schedules", "POST", {"name": "s", "every": "1h", "job": {**job, "timeout": "5m"}})

    edit = {"queue": "mail", "priority": "high", "name": "", "timeout": 0, "max_retries": 1}
    answer = site.call("/schedules/s", "PATCH", {"edit": edit})

    made = store.schedules.get("s").job()
    assert answer.status == 200
    assert (made.queue, made.priority, made.name, made.timeout_ms) == ("mail", 10, None, None)
    assert (made.max_retries, dict(made.env)) == (1, {"A": "1"})
    assert made.work == Task(name="mail.send", kwargs={"password": "s3cr3t"})


@pytest.mark.parametrize(
    "edit",
    [{"args": [1]}, {"command": "a", "task": "b"}, {"timeout": "soon"}, {"queue": "\0"}],
)
def test_an_edit_of_a_schedules_job_that_makes_no_sense_changes_nothing(
    store: Store, site: Site, edit: dict[str, Any]
) -> None:
    site.call("/schedules", "POST", {"name": "s", "every": "1h", "job": {"command": "old"}})
    before = store.schedules.get("s")

    answers = [
        site.call("/schedules/s", "PATCH", {"edit": edit, "tz": "Europe/Berlin"}).status,
        site.call("/schedules/s", "PATCH", {"edit": {}, "job": {"command": "new"}}).status,
    ]

    assert answers == [422, 422]
    assert store.schedules.get("s") == before


def test_a_webhook_is_added_and_its_address_is_in_no_answer_nor_the_log(site: Site) -> None:
    address = "https://hooks.example/services/s3cr3t"

    made = site.call("/hooks", "POST", {"name": "chat", "webhook": address, "on": ["dead"]})
    again = site.call("/hooks", "POST", {"name": "chat", "webhook": address})
    log = site.call("/audit", "GET").text

    assert (made.status, again.status) == (201, 409)
    assert made.json["secret"].startswith("whsec_")
    assert "s3cr3t" not in made.text + log + site.call("/hooks", "GET").text


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"webhook": "https://a.example", "command": "true"},
        {"webhook": "http://127.0.0.1/x"},
        {"webhook": "http://[::ffff:169.254.169.254]/"},
        {"webhook": "file:///etc/passwd"},
        {"webhook": "https://user:word@a.example/"},
        {"command": " "},
        {"command": "true", "on": []},
        {"command": "true", "on": ["born"]},
        {"command": "true", "after_failures": 2, "on": ["held"]},
    ],
)
def test_a_hook_that_could_never_deliver_is_refused(
    store: Store, site: Site, wrong: dict[str, Any]
) -> None:
    assert site.call("/hooks", "POST", {"name": "h", **wrong}).status == 422
    assert store.hooks.all() == []


def test_a_resource_is_set_listed_and_forgotten(store: Store, site: Site) -> None:
    made = site.call("/resources/gpu", "PUT", {"capacity": 2}).json
    enqueue(store, 2, resources={"gpu": 1})
    claim_all(store)
    [listed] = site.call("/resources", "GET").json["resources"]
    removed = [site.call("/resources/gpu", "DELETE").status for _ in range(2)]

    assert (made["capacity"], made["free"]) == (2, 2)
    assert (listed["free"], listed["used"]) == (0, [0, 1])
    assert removed == [204, 404]
    assert site.call("/resources/no%20such", "PUT", {"capacity": 1}).status == 422


def test_workers_are_listed_and_asked_to_be_quiet_and_to_stop(store: Store, site: Site) -> None:
    enqueue(store)
    claim_all(store)

    [worker] = site.call("/workers", "GET").json["workers"]
    quiet = [site.call("/workers/quiet", "POST").json for _ in range(2)]
    assert quiet == [{"asked": [worker["id"]]}, {"asked": []}]
    assert site.call("/workers", "GET").json["workers"][0]["state"] == "quiet"
    asked = site.call("/workers/stop", "POST", {"ids": [worker["id"], 99]}).json

    assert (worker["running"], worker["alive"]) == (1, True)
    assert asked == {"asked": [worker["id"]]}
    assert site.call("/workers", "GET").json["workers"][0]["state"] == "stopping"


def test_a_groups_graph_has_its_jobs_and_the_parents_outside(store: Store, site: Site) -> None:
    enqueue(store)
    site.call("/jobs", "POST", {"command": "true", "group": "g", "after": 1})
    site.call("/jobs", "POST", {"command": "true", "group": "g", "after": [1, 2]})

    graph = site.call("/groups/g/graph", "GET").json

    assert sorted(job["id"] for job in graph["jobs"]) == [1, 2, 3]
    edges = {(edge["parent"], edge["child"]) for edge in graph["edges"]}
    assert (edges, graph["is_cut"]) == ({(1, 2), (1, 3), (2, 3)}, False)
    assert site.call("/groups", "GET").json["groups"][0]["counts"] == {"blocked": 2}


def test_a_hook_is_tested_and_its_deliveries_listed(store: Store, site: Site) -> None:
    rule = HookRule(on=frozenset({HookOn.DEAD}))
    store.hooks.add(
        NewHook(name="pager", rule=rule, job=webhook_job(), url="https://h.example/x?s3cr3t")
    )

    job = site.call("/hooks/pager/test", "POST").json
    deliveries = site.call("/hooks/pager/deliveries", "GET").json["jobs"]

    assert [each["id"] for each in deliveries] == [job["id"]]
    assert "s3cr3t" not in site.call("/hooks", "GET").text
    assert site.call("/hooks/pager/pause", "POST").json["paused"] is True
    assert [site.call("/hooks/pager", "DELETE").status for _ in range(2)] == [204, 404]


def test_a_setting_tells_where_it_comes_from(store: Store, site: Site) -> None:
    before = site.call("/settings/max_retries", "GET").json
    changed = site.call("/settings/max_retries", "PUT", {"value": "5"}).json
    wrong = site.call("/settings/max_retries", "PUT", {"value": "many"}).status
    after = site.call("/settings/max_retries", "DELETE").json

    assert (before["origin"], before["value"]) == ("default", "3")
    assert (changed["origin"], changed["value"]) == ("store", "5")
    assert (wrong, after["origin"]) == (422, "default")
    assert site.call("/settings/nothing", "GET").status == 404
    assert len(site.call("/settings", "GET").json["settings"]) > 20


def test_output_is_read_by_its_ends_and_in_stretches(store: Store, site: Site) -> None:
    enqueue(store)
    [claim] = claim_all(store)
    write_log(store, claim, "".join(f"line {n}\n" for n in range(1, 6)).encode() + b"\xff\x1b[1m")

    def read(query: str) -> Any:
        return site.call(f"/jobs/1/logs{query}", "GET").json

    assert read("?tail=2")["text"] == "line 5\n\ufffd\x1b[1m"
    assert read("?head=2")["text"] == "line 1\nline 2\n"
    stretch = read("?from=7&to=13")
    assert (stretch["text"], stretch["from"], stretch["to"]) == ("line 2", 7, 13)
    assert read("")["text"].startswith("line 1\n")
    assert (read("")["is_over"], read("?run=1")["run"]) == (False, 1)
    assert read("?from=99&to=120")["text"] == ""


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?tail=2&head=2", 400),
        ("?tail=0", 400),
        ("?tail=-1", 400),
        ("?from=-1", 400),
        ("?to=99999999999999999999", 400),
        ("?run=7", 404),
        ("?stream=stdin", 400),
        ("?colour=1", 400),
        ("?tail=1&tail=2", 400),
    ],
)
def test_output_that_there_is_not_is_a_clients_error(
    store: Store, site: Site, query: str, status: int
) -> None:
    enqueue(store)

    assert site.call(f"/jobs/1/logs{query}", "GET").status == status


def test_a_download_has_a_safe_name_and_no_rights(store: Store, site: Site) -> None:
    enqueue(store, name='"; filename="evil.html')
    [claim] = claim_all(store)
    write_log(store, claim, b"<script>alert(1)</script>\xff")

    answer = site.call("/jobs/1/logs/download", "GET")

    assert answer.body == b"<script>alert(1)</script>\xff"
    assert answer.headers["content-disposition"] == 'attachment; filename="job-1-1.log"'
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert site.call("/jobs/1/logs/download?stream=stderr", "GET").status == 404


def test_the_numbers_add_up(store: Store, site: Site) -> None:
    enqueue(store, 2, queue="a")
    enqueue(store, 1, queue="b")
    claim_all(store)

    stats = site.call("/stats", "GET").json

    assert (stats["counts"]["running"], stats["counts"]["dead"]) == (3, 0)
    assert stats["queues"] == {"a": {"running": 2}, "b": {"running": 1}}
    assert (stats["workers"], stats["running"], stats["minute"]["started"]) == (1, 3, 3)


def test_a_series_has_a_point_for_each_step(store: Store, site: Site) -> None:
    enqueue(store, 3, queue="mail")
    claim_all(store)

    series = site.call("/series?seconds=600&queue=mail", "GET").json
    other = site.call("/series?seconds=600&queue=none", "GET").json

    assert (series["step"], len(series["points"])) == (60, 11)
    assert sum(point["enqueued"] for point in series["points"]) == 3
    assert series["points"][-1]["depth"] == {"running": 3}
    assert sum(point["waits"]["count"] for point in series["points"]) == 3
    assert sum(point["enqueued"] for point in other["points"]) == 0


@pytest.mark.parametrize(
    "query", ["step=61", "step=0", "seconds=0", "seconds=172801", "queue=a&task=b", "days=1e9"]
)
def test_a_series_that_cannot_be_had_is_refused(site: Site, query: str) -> None:
    assert site.call(f"/series?{query}", "GET").status == 400


def test_the_feed_goes_on_where_it_was_left(store: Store, site: Site) -> None:
    enqueue(store)
    first = site.call("/events", "GET").json
    enqueue(store)

    then = site.call(f"/events?after={first['cursor']}", "GET").json

    assert [event["job"] for event in first["events"] + then["events"]] == [1, 2]
    assert (then["events"][0]["verb"], then["is_pruned"]) == ("enqueue", False)
    assert site.call("/events?after=nonsense", "GET").status == 400


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=1e9",
        "before=0",
        "before=99999999999999999999",
        "state=done",
        "since=yesterday",
        "since=2030-01-01T00:00:00",
        "tag=novalue",
        "days=3",
        "limit=1&limit=2",
        "search=" + "x" * 1_001,
    ],
)
def test_a_query_that_means_nothing_is_refused(site: Site, query: str) -> None:
    answer = site.call(f"/jobs?{query}", "GET")

    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")


def test_every_filter_narrows(store: Store, site: Site) -> None:
    enqueue(store, queue="mail", name="n", tags={"k": "v"}, group="g")
    enqueue(store, hold=True)

    def found(query: str) -> list[int]:
        return [job["id"] for job in site.call(f"/jobs?{query}", "GET").json["jobs"]]

    assert found("") == [2, 1]
    for query in ("queue=mail", "name=n", "tag=k=v", "group=g", "state=pending", "search=N"):
        assert found(query) == [1], query
    assert found("state=held&state=dead") == [2]
    assert found("since=1h") == [2, 1]
    assert found("fingerprint=none") == []


def test_what_a_search_may_name_is_told_without_secrets(store: Store, site: Site) -> None:
    enqueue(store, queue="mail", tags={"team": "a", "api_token": "s3cr3t"})
    store.enqueue([NewJob(work=Task(name="mail.send"))])

    words = site.call("/words", "GET").json

    assert words["queues"] == ["default", "mail"]
    assert words["tasks"] == ["mail.send"]
    assert words["tags"] == ["api_token=[hidden]", "team=a"]
    assert "dead" in words["states"]
