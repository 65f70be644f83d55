"""A program with tasks, as a task process imports it: which store it works on, its tests say."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

from queuectl_worker import Context, GiveUp, Middleware, Queue, current
from tests.waiting import eventually

STORE = "QUEUECTL_TEST_SHOP"
LOADS_S = "QUEUECTL_TEST_SHOP_LOADS_S"
HELPER = "QUEUECTL_TEST_SHOP_HELPER"
ATTEMPT: ContextVar[str] = ContextVar("attempt", default="none")


class Named(Middleware):
    """Notes around each attempt where it runs."""

    @contextmanager
    def attempt(self, context: Context) -> Iterator[None]:
        ATTEMPT.set(f"{os.getpid()} {context.job.id}")
        yield
        ATTEMPT.set("none")


# As a program does that imports much.
time.sleep(float(os.environ.get(LOADS_S, "0")))
# As a program does that keeps a process for all its tasks.
if helper := os.environ.get(HELPER):
    subprocess.Popen(["sh", "-c", f"echo $$ > {helper}; exec sleep 600"])
queue = Queue(os.environ.get(STORE, "shop.db"), middleware=[Named()])


@queue.task(max_retries=0)
def add(a: int, b: int) -> int:
    print("adding", a, b)
    return a + b


@queue.task(max_retries=0)
def around() -> tuple[str, int]:
    return ATTEMPT.get(), os.getpid()


@queue.task(max_retries=0)
async def double(n: int) -> int:
    await asyncio.sleep(0)
    return 2 * n


@queue.task(max_retries=0)
def fail() -> None:
    print("on stderr", file=sys.stderr)
    raise ValueError("no good")


@queue.task(max_retries=0)
def large(size: int) -> str:
    return "x" * size


@queue.task(max_retries=5)
def hopeless() -> None:
    raise GiveUp("no such account")


@queue.task(max_retries=0)
def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@queue.task(max_retries=0)
def leave(code: int) -> None:
    os._exit(code)


@queue.task(max_retries=0)
def interrupt() -> None:
    raise KeyboardInterrupt


@queue.task(max_retries=0)
async def cancel_itself() -> None:
    raise asyncio.CancelledError


@queue.task(max_retries=0)
def fork_and_return() -> int:
    os.fork()
    return os.getpid()


@queue.task(max_retries=0, timeout=0.3)
def spin() -> None:
    count = 0
    try:
        while True:
            count += 1
    finally:
        print("told to end")


@queue.task(max_retries=0)
def be_told_to_end() -> None:
    """Get the signal that a worker sends before it kills, and go on."""
    count = 0
    try:
        signal.raise_signal(getattr(signal, "SIGBREAK", signal.SIGTERM))
        while True:
            count += 1
    finally:
        print("told to end")


@queue.task(max_retries=0)
def fill(megabytes: int) -> None:
    """Print so much, between two lines."""
    print("first")
    for _ in range(megabytes):
        print("x" * (1 << 20))
    print("last")


@queue.task(max_retries=0)
def pid() -> int:
    return os.getpid()


@queue.task(max_retries=0)
def report(ctx: Context) -> bool:
    return ctx.progress(30, "of it")


@queue.task(max_retries=0)
def say(text: str) -> None:
    print(text)


@queue.task(max_retries=0)
def say_by_another(text: str) -> None:
    """Let another process print *text*, which inherits this one's output."""
    subprocess.run([sys.executable, "-c", "import sys; print(sys.argv[1])", text], check=True)


@queue.task(max_retries=0)
def say_and_wait(text: str, go_on: Path) -> None:
    """Print *text*, and a last line once the file *go_on* is there."""
    print(text, flush=True)
    eventually(go_on.exists, within=60, what="the word to go on")
    print("last")


@queue.task(max_retries=0)
def brood(folder: Path) -> None:
    """Run for ever, with a child that does too."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (folder / "pids").write_text(f"{os.getpid()} {child.pid}")
    time.sleep(600)


@queue.task(max_retries=0)
def leave_running(script: str, *, keep: bool = False) -> int:
    """Start *script*, wait until it has made the file `there`, and return."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder, "there")
        subprocess.Popen(["sh", "-c", script], env={**os.environ, "THERE": str(there)})
        eventually(there.exists, within=30, what="the script")
    if keep:
        current().keep_children()
    return os.getpid()


@queue.task(max_retries=0)
def share_memory() -> int:
    """Do what makes multiprocessing start its resource tracker."""
    shared = SharedMemory(create=True, size=1)
    shared.close()
    shared.unlink()
    return os.getpid()


@queue.task(max_retries=0)
def meet(folder: Path, name: str, others: int) -> None:
    """End well only if so many *others* run at the same time: each waits until all are there."""
    (folder / name).touch()
    eventually(lambda: len(list(folder.iterdir())) > others, within=30, what="the others")


@queue.task(max_retries=0)
async def meet_politely(folder: Path, name: str, others: int) -> None:
    """As `meet`, and let other coroutines of the worker run meanwhile."""
    await asyncio.to_thread(meet, folder, name, others)
