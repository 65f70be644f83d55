"""The store's metrics as text, in the format that the scraper asks for."""

import gzip
from typing import NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder, gzip_accepted

from queuectl_metrics.collector import StoreCollector
from queuectl_store import Store


class Exposition(NamedTuple):
    """One scrape's answer; *content_encoding* is `gzip` or nothing."""

    body: bytes
    content_type: str
    content_encoding: str | None = None

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers of an HTTP response."""
        headers = [("Content-Type", self.content_type), ("Content-Length", str(len(self.body)))]
        if self.content_encoding is not None:
            headers.append(("Content-Encoding", self.content_encoding))
        return [*headers, ("Vary", "Accept, Accept-Encoding")]


class Exporter:
    """Writes out one store's metrics; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        # Registries of our own: the client's default one is global and adds the process's numbers.
        self._plain = CollectorRegistry(auto_describe=False)
        self._plain.register(StoreCollector(store, created=False))
        # In the plain format a `_created` would be one more gauge for each series.
        self._open = CollectorRegistry(auto_describe=False)
        self._open.register(StoreCollector(store))

    def expose(self, accept: str = "", accept_encoding: str = "") -> Exposition:
        """Write out all metrics, as OpenMetrics or compressed where the headers ask for it."""
        encode, content_type = choose_encoder(accept)
        is_open = content_type.startswith("application/openmetrics-text")
        body = encode(self._open if is_open else self._plain)
        if accept_encoding and gzip_accepted(accept_encoding):
            return Exposition(gzip.compress(body, compresslevel=1), content_type, "gzip")
        return Exposition(body, content_type)
