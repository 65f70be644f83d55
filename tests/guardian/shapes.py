"""Fifty shapes of process trees: each a command whose processes all carry a mark.

A shape is a line of shell with the mark as `$1`, or a program in Python with the mark as its first
argument. Its count is how many marked processes stand once it is complete.
"""

import sys
from typing import NamedTuple

NAP = "sleep 300"
MARKED = f"sh -c '{NAP}; true' sh $1"
CLEAN = "env -i PATH=$PATH"


class Shape(NamedTuple):
    """One shape; *is_python* says what its text is."""

    text: str
    count: int
    is_python: bool = False

    def argv(self, mark: str) -> tuple[str, ...]:
        """Return the command that makes it."""
        if self.is_python:
            return (sys.executable, "-S", "-c", PRELUDE + self.text, mark)
        return ("sh", "-c", self.text, "sh", mark)


# Every process of a program has its arguments, and so the mark.
PRELUDE = """
import ctypes, fcntl, os, signal, subprocess, sys, threading, time
libc = ctypes.CDLL(None)
def nap():
    while True:
        time.sleep(300)
def child(body=nap):
    pid = os.fork()
    if pid == 0:
        body()
        os._exit(0)
    return pid
def daemon(body=nap):
    def middle():
        os.setsid()
        child(body)
    os.waitpid(child(middle), 0)
def every_signal(what):
    for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, 32, 33}:
        signal.signal(number, what)
def stand_still():
    os.kill(os.getpid(), signal.SIGSTOP)
    nap()
"""

SHELL = {
    "alone": Shape(NAP, 1),
    "child": Shape(f"{MARKED} & wait", 3),
    "pipeline": Shape(f"{NAP} | {NAP} | cat | cat", 5),
    "subshells in subshells": Shape(f"( ( ( ({MARKED}; :); :); :); :)", 6),
    "own process group": Shape(f"set -m; {MARKED} & {MARKED} & wait", 5),
    "nohup": Shape(f"nohup {MARKED} >/dev/null 2>&1 & wait", 3),
    "own session": Shape(f"setsid {MARKED} & wait", 3),
    "sessions in sessions": Shape(f"setsid sh -c 'setsid {NAP} & wait' sh $1 & wait", 3),
    "double fork": Shape(f"(setsid {MARKED} &); {NAP}", 4),
    "double fork in every second": Shape(f"(setsid {MARKED} &); (setsid {MARKED} &); {NAP}", 6),
    "no environment": Shape(f"{CLEAN} {MARKED} & wait", 2),
    "no environment, own session": Shape(f"{CLEAN} setsid {MARKED} & wait", 2),
    "no environment, own session, no parent": Shape(f"({CLEAN} setsid {MARKED} &); {NAP}", 3),
    "another run's tag": Shape(f"(QUEUECTL_RUN=x:1:999 setsid {MARKED} &); {NAP}", 4),
    "ends at the first signal, children do not": Shape(f"(trap '' TERM; {MARKED}) & wait", 3),
    "ignores TERM, HUP and INT": Shape(f"trap '' TERM HUP INT; {MARKED} & {NAP}; {NAP}", 4),
    "stopped": Shape(f"sh -c 'kill -STOP $$; {NAP}' sh $1 & wait", 2),
    "stopped daemon that ignores TERM": Shape(
        f"(trap '' TERM; setsid sh -c 'kill -STOP $$; {NAP}' sh $1 &); {NAP}", 3
    ),
    "starts another at TERM": Shape(f"trap '{NAP} & {NAP}' TERM; {MARKED} & wait; wait", 3),
    "restarts its child": Shape(f"trap '' TERM; while :; do {MARKED}; done", 3),
    "burns the processor": Shape("trap '' TERM; nice -n 19 sh -c 'while :; do :; done' sh $1", 1),
    "prints without end": Shape("trap '' TERM; yes $1", 2),
    "waits for a pipe that nobody opens": Shape("mkfifo p; trap '' TERM; cat < p & wait; wait", 2),
    "in a folder that is gone": Shape(f"mkdir d; cd d; rmdir ../d; setsid {MARKED} & wait", 3),
    "namespaces of its own, where allowed": Shape(
        f"unshare -U true && u='unshare -Upf'; $u setsid {MARKED} & wait", 3
    ),
}

PYTHON = {
    "two hundred deep": (
        "def dig(n): child(lambda: dig(n - 1)) if n else None; nap()\ndig(200)",
        201,
    ),
    "two hundred wide": ("for _ in range(200): child()\nnap()", 201),
    "a daemon by the book": (
        (
            "def body():\n    os.chdir('/'); os.umask(0); os.closerange(0, 256); nap()\n"
            "daemon(body); nap()"
        ),
        2,
    ),
    "a daemon that ignores all": (
        "def body():\n    every_signal(signal.SIG_IGN); nap()\ndaemon(body); nap()",
        2,
    ),
    "every signal ignored": ("every_signal(signal.SIG_IGN)\nchild(); nap()", 2),
    "every signal blocked": (
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\nchild(); nap()",
        2,
    ),
    "every signal handled and forgotten": ("every_signal(lambda *_: None)\nchild(); nap()", 2),
    "forks at TERM": (
        "signal.signal(signal.SIGTERM, lambda *_: child(lambda: (os.setsid(), nap())))\nnap()",
        1,
    ),
    "becomes another program at TERM": (
        (
            "signal.signal(signal.SIGTERM, lambda *_: os.execv('/bin/sh', "
            "['sh', '-c', 'trap \"\" TERM; sleep 300; :', sys.argv[1]]))\nnap()"
        ),
        1,
    ),
    "traced and stopped": (
        "def traced():\n    libc.ptrace(0, 0, 0, 0); stand_still()\nchild(traced); nap()",
        2,
    ),
    "traced by an ignorer": (
        "every_signal(signal.SIG_IGN)\npid = child()\nlibc.ptrace(16, pid, 0, 0); nap()",
        2,
    ),
    "traces itself through its child": (
        (
            "libc.prctl(0x59616d61, -1, 0, 0, 0)\nme = os.getpid()\n"
            "def tracer():\n    libc.ptrace(0x4206, me, 0, 0); nap()\nchild(tracer); nap()"
        ),
        2,
    ),
    "twenty threads": (
        (
            "for _ in range(20): threading.Thread(target=nap, daemon=True).start()\n"
            "threading.Thread(target=child).start(); nap()"
        ),
        2,
    ),
    "first thread ended": (
        "threading.Thread(target=nap).start(); child()\nlibc.pthread_exit(None)",
        1,  # it has no arguments any more
    ),
    "children of a thread": (
        "threading.Thread(target=lambda: [daemon() for _ in range(3)]).start(); nap()",
        4,
    ),
    "never reaps": ("for _ in range(50): child(lambda: None)\nchild(); nap()", 2),
    "a subreaper of its own": (
        "libc.prctl(36, 1, 0, 0, 0)\nfor _ in range(3): daemon()\nnap()",
        4,
    ),
    "a terminal of its own": (
        (
            "import pty\nif pty.fork()[0] == 0:\n"
            "    signal.signal(signal.SIGHUP, signal.SIG_IGN); child()\nnap()"
        ),
        3,
    ),
    "waits for a lock": (
        (
            "f = open('lock', 'w'); fcntl.flock(f, 2)\n"
            "child(lambda: fcntl.flock(open('lock', 'w'), 2)); nap()"
        ),
        2,
    ),
    "under another name": (
        (
            "def renamed():\n    libc.prctl(15, b'[kworker/0:1]', 0, 0, 0); nap()\n"
            "daemon(renamed); nap()"
        ),
        2,
    ),
    "an environment of a hundred kilobytes": (
        (
            "os.environ['BIG'] = 'x' * 100_000\n"
            "subprocess.Popen(['sleep', '300'], start_new_session=True); nap()"
        ),
        2,
    ),
    "a hundred megabytes": ("x = bytearray(10**8)\ndaemon(); nap()", 2),
    "runs from parent to child": (
        (
            # Where there is no room for one more process now, there is a moment later.
            "def hop():\n    while True:\n        try:\n            if os.fork(): os._exit(0)\n"
            "        except OSError: pass\n        time.sleep(0.01)\n"
            "daemon(hop); nap()"
        ),
        2,
    ),
    "two that restart one another": (
        (
            "every_signal(signal.SIG_IGN); signal.signal(signal.SIGCHLD, signal.SIG_DFL)\n"
            "def pair():\n    os.setsid()\n    while True:\n"
            "        os.waitpid(child(lambda: (os.setsid(), nap())), 0)\n"
            "child(pair); child(pair); nap()"
        ),
        5,
    ),
    "forks without end": (
        "while True:\n    child(lambda: (os.setsid(), nap()))\n    time.sleep(0.005)",
        20,
    ),
}

SHAPES = SHELL | {name: Shape(*what, is_python=True) for name, what in PYTHON.items()}
