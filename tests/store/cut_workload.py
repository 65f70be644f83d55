"""What the store does before the power is cut. `python -m tests.store.cut_workload FILE DURABILITY`

After each call that returned it says on standard output `ACK` and the digest of all that is
stored, so that whoever rebuilds a disk can tell which of these states it holds. It ends without
closing anything.
"""

import os
import sys

from queuectl_store import JobId, ManualClock, Retry, Store, Succeeded, connect
from tests.conformance.story import a_job, a_worker, ended, vanished
from tests.store.dump import digest_of

ROUNDS = 12
LEASE_MS = 10_000
CHECKPOINT_EVERY = 5


def main() -> None:
    path, durability = sys.argv[1:3]
    clock = ManualClock()
    with connect(path, clock=clock, durability=durability) as store:  # type: ignore[arg-type]
        acknowledge(path)
        for n in range(ROUNDS):
            live_through(store, n, clock, path)
        os._exit(0)


def live_through(store: Store, n: int, clock: ManualClock, path: str) -> None:
    """Let a few jobs live through all that the hot path does with them."""
    worker = a_worker(store, lease_ms=LEASE_MS)
    acknowledge(path)
    store.enqueue([a_job(f"echo {n} {'x' * (n * 900)}", priority=i % 3) for i in range(4)])
    acknowledge(path)
    store.enqueue([a_job(delay_ms=1, environment={"N": str(n)})])
    acknowledge(path)
    claims = store.claim(worker, limit=3)
    acknowledge(path)
    ends = [ended(claim, Succeeded()) for claim in claims[:2]]
    ends += [ended(claim, Retry(delay_ms=1, reason="exit code 1")) for claim in claims[2:]]
    more = store.exchange(worker, ends, limit=2).claims
    acknowledge(path)
    store.release(worker, [(claim.job.id, claim.token) for claim in more[:1]], reason="stop")
    acknowledge(path)
    clock.advance(ms=LEASE_MS)
    store.stage()
    acknowledge(path)
    store.rescue(vanished)
    acknowledge(path)
    store.admin.hold([JobId(4 * n + 1), JobId(4 * n + 2)])
    acknowledge(path)
    store.settings.set("concurrency", str(n + 1))
    acknowledge(path)
    if n % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1:
        store._database.engine.checkpoint()  # type: ignore[attr-defined]
        acknowledge(path)


def acknowledge(path: str) -> None:
    os.write(1, f"ACK {digest_of(path)}\n".encode())


if __name__ == "__main__":
    main()
