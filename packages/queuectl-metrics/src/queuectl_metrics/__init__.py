"""The numbers of a QueueCTL store."""

from importlib import import_module
from typing import Any

from queuectl_metrics.activity import Activity, Moves, activity, total

__all__ = [
    "Activity",
    "Exporter",
    "Exposition",
    "Moves",
    "StoreCollector",
    "activity",
    "total",
]

# Who looks at a store's numbers does not wait for the library that exposes them.
_PLACE_OF = {
    "Exporter": "exposition",
    "Exposition": "exposition",
    "StoreCollector": "collector",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_PLACE_OF[name]}"), name)
    globals()[name] = value
    return value
