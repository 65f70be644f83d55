"""The numbers of a QueueCTL store."""

from queuectl_metrics.activity import Activity, Moves, activity, total
from queuectl_metrics.collector import StoreCollector
from queuectl_metrics.exposition import Exporter, Exposition

__all__ = [
    "Activity",
    "Exporter",
    "Exposition",
    "Moves",
    "StoreCollector",
    "activity",
    "total",
]
