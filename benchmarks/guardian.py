"""Commands per second through the guardian against `xargs -P`, in turn, on this machine.

Run it as `python3 scripts/bench guardian [--jobs N] [--slots N] [--rounds N]`. Trust the ratio.
"""

import argparse
import os
import select
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from queuectl_worker.guardian import Ended, Guardian, Launch, Started

_COMMAND = (b"sh", b"-c", b"true")
# What the worker keeps ahead of the slots.
_WINDOW = 48


def main() -> None:
    """Measure both in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2_000)
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ours, rivals, latencies = [], [], []
    for _ in range(options.rounds):
        rivals.append(options.jobs / xargs_seconds(options.jobs, options.slots))
        with tempfile.TemporaryDirectory() as folder:
            guardian = Guardian(slots=options.slots, spool=Path(folder, "spool"))
            guardian.start()
            ours.append(options.jobs / guardian_seconds(guardian, options.jobs, Path(folder)))
            latencies += one_by_one_ms(guardian, Path(folder))
            guardian.close()
    print_table(ours, rivals, latencies)


def xargs_seconds(jobs: int, slots: int) -> float:
    """Time xargs over the same commands."""
    began = time.perf_counter()
    subprocess.run(
        ["xargs", f"-P{slots}", "-n1", "sh", "-c", "true"],
        input=b"x\n" * jobs,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def guardian_seconds(guardian: Guardian, jobs: int, folder: Path) -> float:
    """Time the guardian, fed as a worker feeds it: a window ahead, refilled at half."""
    env_ref = guardian.define_env(dict(os.environb))
    # Made before: what a worker spends on a job's description is not the guardian's.
    launches = [launch(key, env_ref, folder) for key in range(jobs)]
    began = time.perf_counter()
    launched = ended = 0
    while ended < jobs:
        if launched - ended <= _WINDOW // 2 and launched < jobs:
            upto = min(jobs, ended + _WINDOW)
            guardian.launch(launches[launched:upto])
            launched = upto
        select.select([guardian], [], [])
        ended += sum(isinstance(report, Ended) for report in guardian.receive())
    return time.perf_counter() - began


def one_by_one_ms(guardian: Guardian, folder: Path, *, jobs: int = 100) -> list[float]:
    """Time single commands on an idle guardian, launch to report."""
    env_ref = guardian.define_env(dict(os.environb))
    times = []
    for key in range(jobs):
        began = time.perf_counter()
        guardian.launch([launch(key, env_ref, folder, argv=(b"true",))])
        waits = True
        while waits:
            select.select([guardian], [], [])
            waits = all(isinstance(report, Started) for report in guardian.receive())
        times.append((time.perf_counter() - began) * 1000)
    return times


def launch(key: int, env_ref: int, folder: Path, argv: tuple[bytes, ...] = _COMMAND) -> Launch:
    """Describe one silent command."""
    return Launch(
        key=key,
        argv=argv,
        cwd=b"/",
        env_ref=env_ref,
        env={b"QUEUECTL_JOB_ID": b"%d" % key},
        log=os.fsencode(folder / "logs" / str(key)),
        timeout_ms=60_000,
        kill_grace_ms=1_000,
    )


def print_table(ours: list[float], rivals: list[float], latencies: list[float]) -> None:
    """Print one line a measure."""
    ratios = [mine / other for mine, other in zip(ours, rivals, strict=True)]
    latencies.sort()
    print(f"{'way':<12}{'commands/s':>12}{'ratio':>8}")
    print(f"{'xargs':<12}{statistics.median(rivals):>12,.0f}{1:>8.2f}")
    print(f"{'guardian':<12}{statistics.median(ours):>12,.0f}{statistics.median(ratios):>8.2f}")
    middle, late = latencies[len(latencies) // 2], latencies[len(latencies) * 95 // 100]
    print(f"latency of one `true`: p50 {middle:.2f} ms, p95 {late:.2f} ms")


if __name__ == "__main__":
    main()
