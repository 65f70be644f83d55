"""Runs one act of the store under strace, which kills it or fails a call at the storage.

Run as a program of its own, since it forks. `python -m tests.store.faults ACT FOLDER` kills ACT at
each of its storage calls in turn and checks each time what is left; with a third word, as in
`fdatasync:error=EIO:when=1`, it does that to it once.
"""

import contextlib
import ctypes
import json
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from queuectl_store import ManualClock, StoreError, connect
from tests.store.acts import ACTS, Act, check

CALLS = "pwrite64,write,fdatasync,fsync,fcntl,ftruncate,openat,unlink,rename,mmap"
MOST_POINTS = 200
_PR_SET_PTRACER, _ANYONE = 0x59616D61, -1
_KILLED = -9


def kill_everywhere(act: Act, folder: Path) -> tuple[int, list[str]]:
    """Return how many kill points *act* has, and what was wrong after any of them."""
    template = folder / "template"
    prepare(act, template)
    violations: list[str] = []
    for n in range(1, MOST_POINTS):
        place = folder / "place"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(template, place)
        said, code = strike(act, place, f"{CALLS}:signal=KILL:when={n}")
        violations += [f"call {n}, said {said}: {wrong}" for wrong in checked(act, place, said)]
        if code == 0:
            return n - 1, violations
        if code != _KILLED:
            violations.append(f"call {n}: ended with {code}")
    return MOST_POINTS, violations


def prepare(act: Act, place: Path) -> None:
    """Make the store that *act* begins with; in a fork, so that no connection is inherited."""
    child = os.fork()
    if child == 0:
        with leaving():
            with connect(str(place / "queue.db"), clock=ManualClock()) as store:
                act.prepare(store)
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status == 0, "the store could not be prepared"


def strike(act: Act, place: Path, fault: str) -> tuple[list[str], int]:
    """Run *act* on the store in *place* with *fault*; return what it acknowledged and its code."""
    reading, writing = os.pipe()
    go_reading, go_writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go_writing)  # its other end is the word to go
        with leaving():
            perform(act, place, say=writing, go=go_reading)
    os.close(writing)
    os.close(go_reading)
    with open(reading, encoding="utf-8") as said:
        assert said.readline() == "ready\n"
        tracer = attach(child, place, fault)
        os.close(go_writing)
        words = said.read().split()
    _, status = os.waitpid(child, 0)
    tracer.communicate(timeout=10)
    return words, os.waitstatus_to_exitcode(status)


def perform(act: Act, place: Path, *, say: int, go: int) -> None:
    """Open the store, wait for the tracer, and tell each thing that returned."""
    with contextlib.suppress(AttributeError, OSError):
        # Where only a parent may trace, let anyone.
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_long(_ANYONE), 0, 0, 0)
    clock = ManualClock()
    with connect(str(place / "queue.db"), clock=clock) as store:
        store.settings.unset("queue")  # opens the connection that writes, and writes nothing
        clock.advance(ms=act.later_ms)
        os.write(say, b"ready\n")
        while os.read(go, 1):
            pass
        try:
            act.perform(store, lambda word: os.write(say, f"{word}\n".encode()))
        except StoreError as error:
            os.write(say, f"{type(error).__name__}\n".encode())
        os._exit(0)


def attach(child: int, place: Path, fault: str) -> "subprocess.Popen[str]":
    """Set strace on *child*, for calls on the files of the store alone."""
    files = [str(place), *(str(place / f"queue.db{end}") for end in ("", "-wal", "-shm"))]
    files += [str(place / "queue.db.wake")]
    paths = [word for file in files for word in ("-P", file)]
    calls = fault.partition(":")[0]
    command = ["strace", "-f", *paths, "-e", f"trace={calls}", "-e", f"inject={fault}"]
    tracer = subprocess.Popen(
        [*command, "-o", os.devnull, "-p", str(child)], stderr=subprocess.PIPE, text=True
    )
    assert tracer.stderr is not None
    line = tracer.stderr.readline()
    if "attached" not in line:
        raise SystemExit(f"strace: {line}{tracer.communicate()[1]}")
    return tracer


def checked(act: Act, place: Path, said: list[str]) -> list[str]:
    """Look at the store as the next process finds it; in a fork, as one keeps no connections."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with leaving():
            clock = ManualClock()
            clock.advance(ms=act.later_ms)
            with connect(str(place / "queue.db"), clock=clock) as store:
                wrong = check(act, store, said)
            os.write(writing, json.dumps(wrong).encode())
            os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as answer:
        text = answer.read()
    os.waitpid(child, 0)
    wrong_things: list[str] = json.loads(text) if text else ["the checker itself ended"]
    return wrong_things


@contextlib.contextmanager
def leaving() -> Iterator[None]:
    """Let nothing out of a forked child but its exit."""
    try:
        yield
    except BaseException:  # noqa: BLE001 (said aloud, and the process ends)
        traceback.print_exc()
    finally:
        os._exit(70)


def main() -> None:
    """Print what was found as JSON."""
    act, folder = ACTS[sys.argv[1]], Path(sys.argv[2])
    if len(sys.argv) == 3:
        points, violations = kill_everywhere(act, folder)
        print(json.dumps({"points": points, "violations": violations}))
        return
    place = folder / "place"
    place.mkdir()
    prepare(act, place)
    said, code = strike(act, place, sys.argv[3])
    print(json.dumps({"said": said, "code": code, "violations": checked(act, place, said)}))


if __name__ == "__main__":
    main()
