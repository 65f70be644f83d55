"""The numbers of a QueueCTL store."""

from importlib import import_module
from typing import Any

from queuectl_metrics.activity import Activity, Moves, activity, total
from queuectl_metrics.series import Point, Summary, Window, summaries, window, windows

__all__ = [
    "Activity",
    "Exporter",
    "Exposition",
    "Moves",
    "Point",
    "StoreCollector",
    "Summary",
    "Window",
    "activity",
    "make_wsgi_app",
    "serving",
    "summaries",
    "total",
    "window",
    "windows",
]

# Who looks at a store's numbers does not wait for the library that exposes them.
_PLACE_OF = {
    "Exporter": "exposition",
    "Exposition": "exposition",
    "StoreCollector": "collector",
    "make_wsgi_app": "web",
    "serving": "web",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_PLACE_OF[name]}"), name)
    globals()[name] = value
    return value
