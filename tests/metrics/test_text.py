"""What is written out is, character for character, what the client library would write."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from queuectl_metrics import Exporter, StoreCollector, text
from queuectl_metrics.family import Distributions, Family, Series
from queuectl_store import BOUNDS_MS, Histogram, NewJob, Shell, Store, connect
from tests.conformance.story import a_worker

PLAIN = "text/plain"
OPEN = "application/openmetrics-text"
ODD = ("plain", 'qu"ote', "back\\slash", "new\nline", "żółć ☃", "", "a,b={}%s")
NUMBERS = (0, 1, 999_999, 1_000_000, 12_345_678_901, 0.1, 1e-9, 1.5e300, -2, float("inf"))
KEPT = (
    "",
    "application/openmetrics-text; version=1.0.0; escaping=allow-utf-8",
    "application/openmetrics-text; version=1.0.0, text/plain; version=0.0.4",
    "text/plain; version=1.0.0; escaping=allow-utf-8",
)
CHANGED = (
    "application/openmetrics-text; version=1.0.0; escaping=dots",
    "text/plain; version=1.0.0; escaping=values",
)


class Given(Collector):
    """The client library's view of *families*."""

    def __init__(self, families: list[Family], *, created: bool) -> None:
        self.families, self.created = families, created

    def collect(self) -> Iterator[Metric]:
        return (family.metric(created=self.created) for family in self.families)


def by_the_library(families: list[Family], accept: str) -> bytes:
    is_open = accept.startswith(OPEN)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Given(families, created=is_open))
    encode, _ = choose_encoder(accept)
    return encode(registry)


@pytest.fixture
def families() -> list[Family]:
    values = [
        ((name, f"v{name}"), n, 1_700_000_000.5) for name, n in zip(ODD, NUMBERS, strict=False)
    ]
    histograms = [
        (("q", name), Histogram(tuple(n + i for i in range(len(BOUNDS_MS) + 1)), n * 1_000), 1.25)
        for name, n in zip(ODD, (0, 1, 999_990, 5_000_000, 2, 3, 4), strict=True)
    ]
    return [
        Series("numbers", 'All\nkinds \\ of "them".', values=[((), n, None) for n in NUMBERS]),
        Series(
            "labelled", "Two.", "gauge", ("queue", "a"), values=[(v, n, None) for v, n, _ in values]
        ),
        Series("counted", "Since then.", "counter", ("queue", "outcome"), values=list(values)),
        Series("named", "Facts.", "info", ("version", "engine"), values=[(("1", "x"), 1, None)]),
        Series("nothing", "No series yet.", "counter", ("queue",)),
        Distributions("took_seconds", "How long.", ("queue", "outcome"), histograms),
    ]


@pytest.mark.parametrize("accept", [PLAIN, OPEN])
def test_odd_names_and_numbers_are_written_as_the_library_writes_them(
    families: list[Family], accept: str
) -> None:
    write = text.open_metrics if accept == OPEN else text.plain

    assert write(families) == by_the_library(families, accept)


@pytest.mark.parametrize("accept", [PLAIN, OPEN])
def test_a_store_is_written_as_the_library_writes_it(sqlite_url: str, accept: str) -> None:
    with connect(sqlite_url) as store:
        store.enqueue([NewJob(work=Shell(script="true"), queue=queue) for queue in ("a", "b")])
        store.claim(a_worker(store), limit=1)
        families = list(StoreCollector(store).families())
    write = text.open_metrics if accept == OPEN else text.plain

    assert write(families) == by_the_library(families, accept)


@pytest.mark.parametrize("accept", KEPT)
def test_the_format_is_the_one_that_the_library_would_choose(store: Store, accept: str) -> None:
    assert Exporter(store).expose(accept).content_type == choose_encoder(accept)[1]


@pytest.mark.parametrize("accept", CHANGED)
def test_names_are_never_escaped_and_the_answer_says_so(store: Store, accept: str) -> None:
    exposition = Exporter(store).expose(accept)

    assert exposition.content_type.endswith("escaping=underscores")
    assert b"\nqueuectl_store_up 1.0\n" in exposition.body


def test_the_buckets_of_a_histogram_grow(store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script="true")) for _ in range(9)])
    store.claim(a_worker(store), limit=9)

    lines = Exporter(store).expose().body.decode().splitlines()
    counts = [float(line.split()[1]) for line in lines if "job_wait_seconds_bucket" in line]

    assert len(counts) == len(BOUNDS_MS) + 1
    assert all(less <= more for less, more in pairwise(counts))
    assert counts[-1] == 9


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with connect(sqlite_url) as opened:
        yield opened
