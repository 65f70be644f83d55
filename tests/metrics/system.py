"""A running QueueCTL for Prometheus to look at: stores, workers and exporters as processes."""

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from queuectl_store import connect
from tests.cli.program import Program


@contextmanager
def process(program: Program, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command beside the block."""
    started = program.start(*words)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGCONT)
            started.terminate()
        try:
            started.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            started.kill()
            started.communicate()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """A dashboard that serves /metrics of one store."""

    target: str
    server: subprocess.Popen[bytes]


def exporters(stack: ExitStack, homes: Mapping[str, Program]) -> dict[str, Exporter]:
    """Serve the metrics of every home's store until *stack* is left; they start side by side."""
    words = ("--json", "dashboard", "--port", "0", "--metrics-public")
    servers = {name: enter(stack, program, *words) for name, program in homes.items()}
    return {
        name: Exporter(target=_target(server), server=server) for name, server in servers.items()
    }


def _target(server: subprocess.Popen[bytes]) -> str:
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line, server.communicate()[1]
    return urlsplit(json.loads(line)["url"]).netloc


def home(folder: Path, **variables: str) -> Program:
    """Make a home with a store."""
    folder.mkdir(parents=True)
    program = Program(folder=folder, variables=variables)
    connect(program.environ["QUEUECTL_DB"]).close()
    return program


def enter(stack: ExitStack, program: Program, *words: str) -> subprocess.Popen[bytes]:
    """Run a command until *stack* is left."""
    return stack.enter_context(process(program, *words))
