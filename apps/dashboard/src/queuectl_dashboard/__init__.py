"""The QueueCTL web dashboard.

A name is imported when it is first asked for: the command's help does not wait for the web
framework. `__init__.pyi` tells type checkers the same names.
"""

from importlib import import_module

_PLACE_OF = {
    "Access": "access",
    "DashboardServer": "server",
    "Sessions": "sessions",
    "create_app": "app",
}

__all__ = sorted(_PLACE_OF)


def __getattr__(name: str) -> object:
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_PLACE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
