"""Families written out in the formats of Prometheus.

Character for character what the client library writes (a test compares them), at a small part of
its cost: it checks and escapes each label of each line, and a histogram has twenty-two lines.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from prometheus_client.utils import floatToGoString

from queuectl_metrics.family import BOUNDS, SUFFIX, Distributions, Family, Series
from queuectl_store import Histogram

# `le` is the first of any labels of ours, which come by name.
_HEADS = tuple(f'_bucket{{le="{bound}"' for bound in BOUNDS)
# As whole numbers below are written by the library, too.
_LARGE = 1_000_000


def plain(families: Iterable[Family]) -> bytes:
    """Write the plain format, which has no place for the times at which counting began."""
    pieces: list[str] = []
    for family in families:
        name, kind = family.name, "histogram"
        if isinstance(family, Series):
            name += SUFFIX[family.kind]
            kind = "gauge" if family.kind == "info" else family.kind
        text = _escaped(family.text)
        pieces.append(f"# HELP {name} {text}\n# TYPE {name} {kind}\n")
        pieces.extend(_lines(family, created=False))
    return "".join(pieces).encode()


def open_metrics(families: Iterable[Family]) -> bytes:
    """Write OpenMetrics."""
    pieces: list[str] = []
    for family in families:
        name = family.name
        kind = family.kind if isinstance(family, Series) else "histogram"
        pieces.append(f"# HELP {name} {_quoted(family.text)}\n# TYPE {name} {kind}\n")
        pieces.extend(_lines(family, created=True))
    return "".join([*pieces, "# EOF\n"]).encode()


def _lines(family: Family, *, created: bool) -> Iterator[str]:
    write = _labels_of(family.labels)
    since_name = f"{family.name}_created"
    if isinstance(family, Distributions):
        heads = [f"{family.name}{head}," for head in _HEADS]
        for values, histogram, since in family.values:
            labels = write(values)
            yield from _buckets(heads, labels, histogram)
            yield f"{family.name}_count{{{labels}}} {_number(histogram.count)}\n"
            yield f"{family.name}_sum{{{labels}}} {_number(histogram.total_ms / 1000)}\n"
            if created and since is not None:
                yield f"{since_name}{{{labels}}} {_number(since)}\n"
        return
    name = family.name + SUFFIX[family.kind]
    for values, value, since in family.values:
        labels = f"{{{write(values)}}}" if values else ""
        yield f"{name}{labels} {_number(value)}\n"
        if created and since is not None:
            yield f"{since_name}{labels} {_number(since)}\n"


def _buckets(heads: Sequence[str], labels: str, histogram: Histogram) -> Iterator[str]:
    for head, count in zip(heads, accumulate(histogram.buckets), strict=True):
        yield (
            f"{head}{labels}}} {count}.0\n"
            if count < _LARGE
            else (f"{head}{labels}}} {_number(count)}\n")
        )


def _labels_of(names: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """Return what writes the labels *names* with their values, by name as the library does."""
    places = sorted(range(len(names)), key=lambda place: names[place])
    frame = ",".join(f'{names[place]}="%s"' for place in places)
    return lambda values: frame % tuple([_quoted(values[place]) for place in places])


# The names of queues and states come again in each family.
@lru_cache(maxsize=1_000)
def _quoted(value: str) -> str:
    return _escaped(value).replace('"', r"\"")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _number(value: float) -> str:
    if isinstance(value, int) and 0 <= value < _LARGE:
        return f"{value}.0"
    written: str = floatToGoString(value)  # type: ignore[no-untyped-call]
    return written
