"""Jobs in the states that tests want, and a browser's look at the pages."""

from collections.abc import Sequence

from queuectl_store import Claim, Finish, NewWorker, Store
from queuectl_worker.output import LogFolder, log_root
from tests.dashboard.site import BEARER, PAGE, Answer, Site

BROWSER = {**BEARER, **PAGE}


def claim_all(store: Store) -> list[Claim]:
    worker = NewWorker(
        host="host", pid=1, concurrency=50, queues=None, lease_ms=600_000, version="0"
    )
    return store.claim(store.register(worker), limit=50)


def finish(store: Store, claims: Sequence[Claim], end: Finish) -> None:
    worker_id = claims[0].job.worker_id
    assert worker_id is not None
    store.finish(worker_id, [end._replace(claim=claim) for claim in claims])


def write_log(store: Store, claim: Claim, output: bytes) -> None:
    job = store.reader.get(claim.job.id)
    path = LogFolder(log_root(store)).for_run(job)
    assert path is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(output)


def look(site: Site, path: str = "/") -> Answer:
    return site.ask(path, headers=BROWSER)
