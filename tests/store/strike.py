"""strace set on one process of ours: it kills it, or fails a call, at its Nth call on some files.

For programs that fork, not for the test process itself: a forked child keeps no connections and
has none of pytest's threads.
"""

import contextlib
import ctypes
import os
import socket
import subprocess
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

CALLS = (
    "pwrite64,write,fdatasync,fsync,fcntl,ftruncate,fallocate,mmap"
    ",openat,mkdir,unlink,unlinkat,rename,link,chmod,fchmod"
)
KILLED = -9
TRACEBACK = 70
_PR_SET_PTRACER, _ANYONE = 0x59616D61, -1
_TRACER_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """What became of a process: what it said, how it ended, and whether it met the fault."""

    said: tuple[str, ...]
    code: int
    met: bool


Body = Callable[["Child"], object]


class Child:
    """The forked process's line to whoever strikes it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def say(self, word: str) -> None:
        self._line.sendall(f"{word}\n".encode())

    def wait(self) -> None:
        """Wait for the word to go on."""
        if not self._line.recv(1):
            os._exit(TRACEBACK)


def strike(body: Body, files: Sequence[Path], fault: str) -> Struck:
    """Fork and run *body*, with *fault* from its word `ready` to its word `acted`."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        with leaving():
            _let_anyone_trace()
            body(Child(theirs))
            os._exit(0)
    theirs.close()
    with ours, ours.makefile(encoding="utf-8") as said, tempfile.NamedTemporaryFile() as trace:
        assert said.readline() == "ready\n", "the process ended before it was ready"
        tracer = attach(child, files, fault, trace.name)
        ours.send(b"g")
        words = list(_until(said, "acted"))
        detach(tracer)
        has_failed_a_call = b"(INJECTED)" in trace.read()
        with contextlib.suppress(OSError):  # it may have been killed
            ours.send(b"g")
        words += _until(said, "")
        _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return Struck(said=tuple(words), code=code, met=has_failed_a_call or code == KILLED)


def attach(child: int, files: Sequence[Path], fault: str, trace: str) -> "subprocess.Popen[str]":
    """Set strace on *child*, for calls on *files* alone."""
    paths = [word for file in files for word in ("-P", str(file))]
    calls = fault.partition(":")[0]
    command = ["strace", "-f", *paths, "-e", f"trace={calls}", "-e", f"inject={fault}"]
    tracer = subprocess.Popen(
        [*command, "-o", trace, "-p", str(child)], stderr=subprocess.PIPE, text=True
    )
    assert tracer.stderr is not None
    line = tracer.stderr.readline()
    if "attached" not in line:
        raise SystemExit(f"strace: {line}{tracer.communicate()[1]}")
    return tracer


def detach(tracer: "subprocess.Popen[str]") -> None:
    """End the tracer; what it traced goes on undisturbed."""
    tracer.terminate()
    tracer.communicate(timeout=_TRACER_S)


def in_a_fork(body: Callable[[], str]) -> str:
    """Return what *body* returns in a process of its own; empty if that ended badly."""
    (text,) = in_forks(lambda _n, _meet: body(), 1)
    return text


def in_forks(body: Callable[[int, Callable[[], None]], str], count: int) -> list[str]:
    """Return what *body* returns in each of *count* processes; empty where it ended badly.

    Args:
        body: Given its number, and a function that returns when all have called it.
    """
    ready_reading, ready_writing = os.pipe()
    go_reading, go_writing = os.pipe()

    def meet() -> None:
        os.write(ready_writing, b"r")
        os.close(go_writing)
        os.read(go_reading, 1)  # its end is the word to go

    children = [_fork(partial(body, n, meet)) for n in range(count)]
    os.close(ready_writing)
    waiting = count
    while waiting and (ready := os.read(ready_reading, waiting)):
        waiting -= len(ready)
    for end in (go_writing, go_reading, ready_reading):
        os.close(end)
    return [_answer(child, pipe) for child, pipe in children]


def _fork(body: Callable[[], str]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with leaving():
            os.close(reading)
            text = body().encode()
            with open(writing, "wb") as answer:
                answer.write(text)
            os._exit(0)
    os.close(writing)
    return child, reading


def _answer(child: int, pipe: int) -> str:
    with open(pipe, encoding="utf-8") as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    return text if status == 0 else ""


@contextlib.contextmanager
def leaving() -> Iterator[None]:
    """Let nothing out of a forked child but its exit."""
    try:
        yield
    except BaseException:  # noqa: BLE001 (said aloud, and the process ends)
        traceback.print_exc()
    finally:
        os._exit(TRACEBACK)


def _until(said: Iterator[str], last: str) -> Iterator[str]:
    for line in said:
        word = line.rstrip("\n")
        if word == last:
            return
        yield word


def _let_anyone_trace() -> None:
    # Where only a parent may trace, its child strace may not.
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_long(_ANYONE), 0, 0, 0)
