"""One metric with all its series, apart from how it is told.

The client library makes an object of each sample; of 200 queues with their histograms that takes
longer than reading the store. So it gets these only where it is to write them out itself.
"""

from collections.abc import Sequence
from dataclasses import field
from itertools import accumulate
from typing import Literal

from prometheus_client.metrics_core import Metric

from queuectl_store import BOUNDS_MS, Histogram
from queuectl_store.values import dataclass

# How the label `le` says the upper bound of each bucket.
BOUNDS = (*(str(bound / 1000) for bound in BOUNDS_MS), "+Inf")
# What a name has at its end in each of its samples.
SUFFIX = {"gauge": "", "counter": "_total", "info": "_info"}


@dataclass(frozen=True, slots=True)
class Series:
    """Some values of *kind*, each with the labels that tell them apart.

    Attributes:
        name: Without the suffix of its kind.
        values: The labels' values, the number, and since when it was counted, in seconds.
    """

    name: str
    text: str
    kind: Literal["gauge", "counter", "info"] = "gauge"
    labels: tuple[str, ...] = ()
    values: list[tuple[Sequence[str], float, float | None]] = field(default_factory=list)

    def add(self, labels: Sequence[str], value: float, *, since: float | None = None) -> None:
        """Tell one more value."""
        self.values.append((labels, value, since))

    def metric(self, *, created: bool) -> Metric:
        """Return it as the client library knows it; *created*: with the times of `_created`."""
        metric = Metric(self.name, self.text, self.kind)
        for values, value, since in self.values:
            labels = dict(zip(self.labels, values, strict=True))
            metric.add_sample(self.name + SUFFIX[self.kind], labels, value)
            if created and since is not None:
                metric.add_sample(f"{self.name}_created", labels, since)
        return metric


@dataclass(frozen=True, slots=True)
class Distributions:
    """Some histograms, in seconds, each with the labels that tell them apart."""

    name: str
    text: str
    labels: tuple[str, ...]
    values: list[tuple[Sequence[str], Histogram, float | None]] = field(default_factory=list)

    def add(self, labels: Sequence[str], value: Histogram, *, since: float | None = None) -> None:
        """Tell one more."""
        self.values.append((labels, value, since))

    def metric(self, *, created: bool) -> Metric:
        """Return it as the client library knows it; *created*: with the times of `_created`."""
        metric = Metric(self.name, self.text, "histogram")
        for values, histogram, since in self.values:
            labels = dict(zip(self.labels, values, strict=True))
            for bound, count in zip(BOUNDS, accumulate(histogram.buckets), strict=True):
                metric.add_sample(f"{self.name}_bucket", labels | {"le": bound}, count)
            metric.add_sample(f"{self.name}_count", labels, histogram.count)
            metric.add_sample(f"{self.name}_sum", labels, histogram.total_ms / 1000)
            if created and since is not None:
                metric.add_sample(f"{self.name}_created", labels, since)
        return metric


Family = Series | Distributions


def gauge(name: str, text: str, value: float) -> Series:
    """Return a gauge with one value and no labels."""
    return Series(name, text, values=[((), value, None)])
