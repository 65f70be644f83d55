"""The store's metrics as text, in the format that the scraper asks for."""

import gzip
from typing import NamedTuple

from prometheus_client.exposition import choose_encoder, gzip_accepted
from prometheus_client.openmetrics.exposition import ALLOWUTF8, UNDERSCORES

from queuectl_metrics import text
from queuectl_metrics.collector import StoreCollector
from queuectl_store import Store

_ESCAPING = "; escaping="


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
        self._collector = StoreCollector(store)

    def expose(self, accept: str = "", accept_encoding: str = "") -> Exposition:
        """Write out all metrics, as OpenMetrics or compressed where the headers ask for it."""
        content_type = _content_type(accept)
        is_open = content_type.startswith("application/openmetrics-text")
        write = text.open_metrics if is_open else text.plain
        body = write(self._collector.families())
        if accept_encoding and gzip_accepted(accept_encoding):
            return Exposition(gzip.compress(body, compresslevel=1), content_type, "gzip")
        return Exposition(body, content_type)


def _content_type(accept: str) -> str:
    _, content_type = choose_encoder(accept)
    kind, mark, escaping = content_type.partition(_ESCAPING)
    # Our names need no escaping; the schemes that would change even such ones are not for us.
    return f"{kind}{mark}{escaping if escaping == ALLOWUTF8 else UNDERSCORES}" if mark else kind
