"""What Prometheus is told, read back by Prometheus's own parser."""

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as open_metrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from queuectl_metrics import Exporter
from queuectl_metrics.labels import Labels
from queuectl_store import (
    Dead,
    Finish,
    JobState,
    ManualClock,
    NewJob,
    NewSchedule,
    NewWorker,
    Retry,
    RunFacts,
    Shell,
    Store,
    Succeeded,
    connect,
)

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with connect(store_url) as opened:
        yield opened


def scrape(exporter: Exporter) -> Samples:
    text = exporter.expose().body.decode()
    families = text_string_to_metric_families(text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, frozenset(labels.items())))


def enqueue(store: Store, count: int, *, queue: str = "default") -> None:
    store.enqueue([NewJob(work=Shell(script="true"), queue=queue) for _ in range(count)])


def test_jobs_are_counted_by_queue_and_state_with_zeros(store: Store) -> None:
    enqueue(store, 3, queue="mail")

    samples = scrape(Exporter(store))

    assert value(samples, "queuectl_jobs", queue="mail", state="pending") == 3
    assert {value(samples, "queuectl_jobs", queue="mail", state=state) for state in JobState} == {
        0,
        3,
    }


def test_a_scrape_right_after_a_change_shows_it(store: Store) -> None:
    exporter = Exporter(store)
    scrape(exporter)

    enqueue(store, 1)

    assert value(scrape(exporter), "queuectl_jobs", queue="default", state="pending") == 1


def test_workers_and_their_slots_are_told(store: Store) -> None:
    enqueue(store, 3)
    worker = NewWorker(
        host="h", pid=1, concurrency=2, queues=None, lease_ms=600_000, version="0.1.0"
    )
    worker_id = store.register(worker)
    store.register(worker)
    store.claim(worker_id, limit=3)

    samples = scrape(Exporter(store))

    assert value(samples, "queuectl_workers") == 2
    assert value(samples, "queuectl_worker_slots", state="busy") == 2
    assert value(samples, "queuectl_worker_slots", state="free") == 2


def test_the_size_of_the_store_is_told(store: Store) -> None:
    samples = scrape(Exporter(store))
    size = value(samples, "queuectl_store_size_bytes")

    assert size is not None
    if store.path is None:
        tables = store.maintenance.stats().sizes
        assert size >= tables["jobs_bytes"] + tables["events_bytes"] > 0
        assert value(samples, "queuectl_store_free_bytes") is None
    else:
        assert size >= Path(store.path).stat().st_size > 0


def test_the_program_and_its_database_are_named(store: Store) -> None:
    samples = scrape(Exporter(store))

    database = "sqlite" if store.path else "postgresql"
    facts = {"version": "0.1.0", "engine": database, "schema": store.schema}
    assert value(samples, "queuectl_info", **facts) == 1
    assert value(samples, "queuectl_store_up") == 1


def test_a_store_that_cannot_be_read_is_told_and_is_no_error(postgres_server: object) -> None:
    url = postgres_server.create_database()  # type: ignore[attr-defined]
    with connect(url) as store:
        exporter = Exporter(store)
        before = scrape(exporter)
        postgres_server.drop_database(url)  # type: ignore[attr-defined]

        after = scrape(exporter)

    assert value(before, "queuectl_store_up") == 1
    assert value(after, "queuectl_store_up") == 0
    assert value(after, "queuectl_store_errors_total") == 1
    assert {name for name, _ in after} == {
        *("queuectl_store_up", "queuectl_info", "queuectl_store_errors_total"),
        "queuectl_scrape_duration_seconds",
    }


def test_open_metrics_is_given_to_those_who_ask(store: Store) -> None:
    enqueue(store, 1)

    exposition = Exporter(store).expose("application/openmetrics-text; version=1.0.0")

    assert exposition.content_type.startswith("application/openmetrics-text")
    names = {family.name for family in open_metrics_families(exposition.body.decode())}
    assert "queuectl_jobs" in names


def test_more_names_than_the_cap_are_counted_as_other(store: Store) -> None:
    labels: Labels[int] = Labels({f"q{n:05}": n for n in range(10_000)})

    together = labels.together((f"q{n:05}", 1) for n in range(10_000))

    assert len(together) == 200
    assert sum(together["other"]) == labels.folded == 9_801


def test_a_name_like_the_label_of_the_others_is_counted_with_them() -> None:
    labels: Labels[int] = Labels({"a": 1, "b": 2, "other": 3}, cap=2)

    assert [labels.of(name) for name in ("a", "b", "other")] == ["a", "other", "other"]


def test_what_is_counted_is_what_the_store_holds(store: Store) -> None:
    enqueue(store, 5, queue="mail")
    worker = store.register(
        NewWorker(host="h", pid=1, concurrency=9, queues=None, lease_ms=600_000, version="0")
    )
    claims = store.claim(worker, limit=4)
    now = store.reader.now_ms()
    facts = RunFacts(started_at=now - 3_000)
    outcomes = (Succeeded(), Succeeded(), Retry(delay_ms=60_000, reason="no"), Dead(reason="no"))
    ends = [
        Finish(claim=claim, outcome=outcome, facts=facts)
        for claim, outcome in zip(claims, outcomes, strict=True)
    ]
    store.finish(worker, ends)

    samples = scrape(Exporter(store))

    def of_mail(name: str, **labels: str) -> float | None:
        return value(samples, f"queuectl_{name}", queue="mail", **labels)

    assert of_mail("jobs_enqueued_total") == 5
    assert of_mail("attempts_total", outcome="succeeded") == 2
    assert of_mail("attempts_total", outcome="failed") == 2
    assert of_mail("retries_total") == 1
    assert of_mail("jobs_dead_total") == 1
    assert of_mail("jobs_finished_total", state="succeeded") == 2
    assert of_mail("job_wait_seconds_count") == 4
    assert of_mail("attempt_duration_seconds_count", outcome="succeeded") == 2
    assert of_mail("attempt_duration_seconds_bucket", outcome="succeeded", le="2.5") == 0
    assert of_mail("attempt_duration_seconds_bucket", outcome="succeeded", le="+Inf") == 2
    sums = of_mail("attempt_duration_seconds_sum", outcome="succeeded")
    assert sums is not None
    assert sums >= 6
    assert of_mail("queue_served") == 1
    assert of_mail("queue_paused") == 0
    assert value(samples, "queuectl_leases_expired_total") == 0


def test_open_metrics_tell_since_when_there_was_counting(store: Store) -> None:
    enqueue(store, 1)
    now_s = store.reader.now_ms() / 1000

    text = Exporter(store).expose("application/openmetrics-text; version=1.0.0").body.decode()
    created = {
        sample.name: sample.value
        for family in open_metrics_families(text)
        for sample in family.samples
        if sample.name.endswith("_created")
    }

    assert 0 <= now_s - created["queuectl_jobs_enqueued_created"] < 120
    assert "queuectl_job_wait_seconds_created" in created
    assert "_created" not in Exporter(store).expose().body.decode()


def test_the_next_job_of_each_priority_tells_how_long_the_oldest_waits(
    store_url: str,
) -> None:
    clock = ManualClock()
    with connect(store_url, clock=clock) as store:
        store.enqueue([NewJob(work=Shell(script="true"), priority=-5)])
        clock.advance(ms=90_000)
        store.enqueue([NewJob(work=Shell(script="true"), priority=5)])
        store.enqueue([NewJob(work=Shell(script="true"), queue="mail", delay_ms=1_000)])
        clock.advance(ms=10_000)
        store.stage()

        samples = scrape(Exporter(store))

    name = "queuectl_oldest_pending_age_seconds"
    assert value(samples, name, queue="default") == 100
    assert value(samples, name, queue="mail") == 9


def test_schedules_tell_when_they_fire_and_what_they_missed(store_url: str) -> None:
    clock = ManualClock()
    with connect(store_url, clock=clock) as store:
        job = NewJob(work=Shell(script="true"))
        store.schedules.add(NewSchedule(name="tick", job=job, every_ms=60_000))
        clock.advance(ms=200_000)
        late = scrape(Exporter(store))
        store.fire()
        after = scrape(Exporter(store))

    assert value(late, "queuectl_schedule_lag_seconds", schedule="tick") == 140
    assert value(after, "queuectl_schedule_lag_seconds", schedule="tick") == 0
    assert value(after, "queuectl_schedule_missed_total", schedule="tick") == 2
    last = value(after, "queuectl_schedule_last_fire_timestamp_seconds", schedule="tick")
    assert last == clock.now_ms / 1000


def test_a_compressed_answer_reads_the_same(store: Store) -> None:
    enqueue(store, 1)

    exposition = Exporter(store).expose(accept_encoding="gzip, deflate")

    assert exposition.content_encoding == "gzip"
    assert b"queuectl_jobs{" in gzip.decompress(exposition.body)
