"""The program: parses, runs one command, turns its end into an exit code and a line for people."""

import gc
import sys
from collections.abc import Sequence

from queuectl import __version__

# Between two looks for garbage; Python's own number is 700.
_OBJECTS = 50_000


def main() -> None:
    """Run the program with the process's arguments and exit."""
    words = sys.argv[1:]
    # Answered before anything is imported: it is what scripts and prompts ask all the time.
    if words == ["--version"]:
        print(__version__)  # noqa: T201
        return
    if "worker" in words:
        from queuectl import early

        if early.starts_worker(words):
            early.end_well_on_signals()
    # Nearly all that a short command makes are modules, which are no garbage: looking for some in
    # them, on the way and at the end, was an eighth of its time.
    gc.set_threshold(_OBJECTS)
    code = run(words)
    gc.freeze()
    sys.exit(code)


def run(words: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    if words[:1] == ["__complete"]:
        from queuectl.complete import complete

        return complete(list(words[1:]))
    if "enqueue" in words or "add" in words:
        from queuectl.quick import quickly

        return quickly(list(words), otherwise=run_fully)
    return run_fully(words)


def run_fully(words: Sequence[str]) -> int:
    """Run any command line and return its exit code."""
    from queuectl.failures import guarded
    from queuectl.root import invoke

    return guarded(lambda: invoke(words))
