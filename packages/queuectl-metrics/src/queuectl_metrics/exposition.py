"""The store's metrics as text, in the format that the scraper asks for."""

from typing import NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from queuectl_metrics.collector import StoreCollector
from queuectl_store import Store


class Exposition(NamedTuple):
    """One scrape's answer."""

    body: bytes
    content_type: str


class Exporter:
    """Writes out one store's metrics; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        # A registry of our own: the client's default one is global and adds the process's numbers.
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(StoreCollector(store))

    def expose(self, accept: str = "") -> Exposition:
        """Write out all metrics, as OpenMetrics where the *accept* header asks for it."""
        encode, content_type = choose_encoder(accept)
        return Exposition(encode(self._registry), content_type)
