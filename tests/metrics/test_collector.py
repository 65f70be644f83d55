"""What Prometheus is told, read back by Prometheus's own parser."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as open_metrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from queuectl_metrics import Exporter
from queuectl_metrics.collector import capped
from queuectl_store import JobState, NewJob, NewWorker, Shell, Store, connect

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


def test_the_size_of_a_file_is_told_and_that_of_a_server_is_not_guessed(store: Store) -> None:
    size = value(scrape(Exporter(store)), "queuectl_store_size_bytes")

    if store.path is None:
        assert size is None
    else:
        assert size is not None
        assert size >= Path(store.path).stat().st_size > 0


def test_the_program_and_its_database_are_named(store: Store) -> None:
    samples = scrape(Exporter(store))

    database = "sqlite" if store.path else "postgresql"
    assert value(samples, "queuectl_build_info", version="0.1.0", database=database) == 1
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
    assert {name for name, _ in after} == {"queuectl_store_up", "queuectl_build_info"}


def test_open_metrics_is_given_to_those_who_ask(store: Store) -> None:
    enqueue(store, 1)

    exposition = Exporter(store).expose("application/openmetrics-text; version=1.0.0")

    assert exposition.content_type.startswith("application/openmetrics-text")
    names = {family.name for family in open_metrics_families(exposition.body.decode())}
    assert "queuectl_jobs" in names


def test_more_queues_than_the_cap_are_added_up_as_other() -> None:
    counts = {f"q{n:05}": {JobState.PENDING: 1, JobState.DEAD: 2} for n in range(10_000)}

    result = capped(counts)

    assert len(result) == 200
    assert result["other"] == {JobState.PENDING: 9_801, JobState.DEAD: 19_602}


def test_a_queue_of_that_name_is_not_lost_beside_the_others() -> None:
    result = capped({"a": {}, "other": {JobState.DEAD: 1}, "z": {JobState.DEAD: 2}}, cap=2)

    assert result == {"a": {}, "other": {JobState.DEAD: 3}}
