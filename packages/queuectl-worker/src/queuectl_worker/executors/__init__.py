"""What runs claimed jobs, as the runner sees it: commands, functions, coroutines.

Runs are named by their claim: (job id, token). No two claims ever share one. A name is imported
when it is first asked for: who runs commands does not wait for event loops and process pools.
"""

from importlib import import_module

_PLACES = {
    "aside": "AsideExecutor",
    "command": "CommandExecutor",
    "coroutine": "CoroutineExecutor",
    "mixed": "MixedExecutor",
    "pool.recycling": "Recycling",
    "pool.process": "ProcessExecutor",
    "protocol": (
        "Completed Ending Executor RunEnded RunKey RunRecalled RunReport RunStarted Stopped"
        " Unserved Unstartable key_of"
    ),
    "thread": "ThreadExecutor",
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names.split()}

__all__ = sorted(_PLACE_OF)


def __getattr__(name: str) -> object:
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_PLACE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
