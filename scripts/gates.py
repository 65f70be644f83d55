"""The gates that a change has to pass, in the order in which they are cheapest to fail."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

import bootstrap

ROOT = bootstrap.ROOT
LAUNCHERS = ("bench", "check", "demo", "test")

# Half of what the tests do is wait: for a lease to end, a worker to look, a process to go.
ON_EVERY_CORE = (
    "-n",
    str((os.cpu_count() or 1) + 1),
    "--dist",
    "loadfile",
    "--no-loadscope-reorder",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A command that has to end with 0."""

    name: str
    command: list[str]
    is_live: bool = False
    """Show the output while it runs; otherwise it is shown only if the gate fails."""


def run_all() -> int:
    """Run the gates until one fails; give its exit code, or 0."""
    if not bootstrap.VENV.exists():
        sys.exit("There is no .venv; `python3 scripts/test` makes it and runs the gates.")
    started = time.monotonic()
    for gate in every_gate():
        if code := run(gate):
            print(f"stopped at {gate.name}")
            return code
    print(f"all gates passed in {time.monotonic() - started:.1f} s")
    return 0


def run(gate: Gate) -> int:
    """Run one gate and print how it went."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as kept:
        sink = None if gate.is_live else kept
        code = bootstrap.outlast(
            subprocess.Popen(gate.command, cwd=ROOT, env=environment(), stdout=sink, stderr=sink)
        )
        kept.seek(0)
        said = kept.read().decode(errors="replace").rstrip()
    if code and said:
        print(said)
    verdict = "FAILED" if code else "ok"
    print(f"{verdict:<7}{gate.name:<12}{time.monotonic() - started:6.1f} s", flush=True)
    return code


def environment() -> dict[str, str]:
    """Put the workspace's programs first, for gates and tests that look for them on PATH."""
    own = str(bootstrap.VENV / bootstrap.PROGRAMS)
    path = os.pathsep.join([own, os.environ.get("PATH", os.defpath)])
    return {**bootstrap.environment(), "PATH": path}


def every_gate() -> Iterator[Gate]:
    """List the gates."""
    python, ruff = bootstrap.program("python"), bootstrap.program("ruff")
    yield Gate(name="lock", command=[bootstrap.find_uv(), "lock", "--check", "--quiet"])
    yield Gate(name="format", command=[ruff, "format", "--check", "."])
    yield Gate(name="lint", command=[ruff, "check", "."])
    yield Gate(
        name="types", command=[python, "-m", "mypy", "--scripts-are-modules", *typed_paths()]
    )
    yield Gate(name="imports", command=[bootstrap.program("lint-imports")])
    yield Gate(name="sizes", command=[python, "scripts/sizes.py"])
    yield Gate(name="versions", command=[python, "scripts/versions.py"])
    yield Gate(name="tests", command=[python, "-m", "pytest", *ON_EVERY_CORE], is_live=True)


def typed_paths() -> list[str]:
    """List what mypy checks: the packages, the programs around them, the pinned public types."""
    sources = sorted([*ROOT.glob("packages/*/src"), *ROOT.glob("apps/*/src")])
    around = [ROOT / name for name in ("scripts", "benchmarks", "tests/typing")]
    launchers = [ROOT / "scripts" / name for name in LAUNCHERS]
    present = [path for path in around if any(path.rglob("*.py"))]
    return [str(path.relative_to(ROOT)) for path in [*sources, *present, *launchers]]
