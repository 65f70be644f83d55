"""A store in which there is something of everything, hostile text included."""

from collections.abc import Sequence

from queuectl_store import (
    Claim,
    Dead,
    Dependency,
    Finish,
    HookOn,
    HookRule,
    NewHook,
    NewJob,
    NewSchedule,
    NewWorker,
    Outcome,
    Retry,
    RunFacts,
    Shell,
    Store,
    Succeeded,
    Task,
    WorkerId,
    webhook_job,
)
from queuectl_worker.output import LogFolder, log_root

HOSTILE = (
    "<script>window.__pwned=1</script>",
    '"><img src=x onerror=window.__pwned=1>',
    "' autofocus onfocus=window.__pwned=1 x='",
    "</code></pre><svg onload=window.__pwned=1>",
    "javascript:window.__pwned=1",
    "{{ 7 * 191 }}",
    "\u202efdp.exe",
    "\x1b]8;;javascript:window.__pwned=1\x07link\x1b]8;;\x07",
    "مرحبا 🎉 " + "long" * 60,
)


def everything(store: Store) -> None:
    """Put jobs of most states there, failures of two kinds, a graph, a schedule and a worker."""
    store.enqueue([NewJob(work=Shell(script=f"echo {n}"), queue="mail") for n in range(4)])
    store.enqueue([hostile(text) for text in HOSTILE])
    worker = register(store)
    claims = store.claim(worker, limit=50)
    for claim in claims:
        write_log(store, claim, f"\x1b[31mred\x1b[0m {claim.job.name or ''}\n".encode())
    error = "exit code 7"
    ends: list[Outcome] = [Succeeded(), Retry(delay_ms=3_600_000, reason=error)]
    ends += [Dead(reason=error)] * 2 + [Dead(reason=HOSTILE[0])] * (len(claims) - 5)
    finish(store, worker, claims[:-1], ends)
    store.set_progress(claims[-1].job.id, claims[-1].token, "42 " + HOSTILE[0])
    [first] = store.enqueue([NewJob(work=Shell(script="build"), group="release", hold=True)])
    store.enqueue(
        [NewJob(work=Shell(script="ship"), group="release", after=((Dependency(parent=first),),))]
    )
    store.enqueue([NewJob(work=Shell(script="later"), delay_ms=3_600_000)])
    store.schedules.add(
        NewSchedule(name="nightly", job=NewJob(work=Shell(script="backup")), cron="30 2 * * *")
    )
    store.admin.set_queue("mail", concurrency=3)
    hooks(store)


def hooks(store: Store) -> None:
    """Put a webhook there that was told something, and a paused command of hostile words."""
    rule = HookRule(on=frozenset({HookOn.DEAD}), queues=frozenset({"mail"}), after_failures=3)
    url = "https://hooks.example/services/of-a-secret-path"
    store.hooks.add(NewHook(name="pager", rule=rule, job=webhook_job(), url=url, secret=b"s" * 32))
    store.hooks.test("pager")
    text = HOSTILE[0]
    rule = HookRule(on=frozenset(HookOn), name=text, tags={"team": text})
    hook = store.hooks.add(NewHook(name="words", rule=rule, job=NewJob(work=Shell(script=text))))
    store.hooks.give_up(hook.id, text)


def finish(
    store: Store, worker: WorkerId, claims: Sequence[Claim], ends: Sequence[Outcome]
) -> None:
    """End runs, each its own way."""
    now = store.reader.now_ms()
    store.finish(
        worker,
        [
            Finish(claim=claim, outcome=end, facts=RunFacts(error=_error(end), started_at=now))
            for claim, end in zip(claims, ends, strict=True)
        ],
    )


def write_log(store: Store, claim: Claim, output: bytes) -> None:
    """Write what a run printed where its worker would."""
    path = LogFolder(log_root(store)).for_run(store.reader.get(claim.job.id))
    assert path is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(output)


def _error(end: Outcome) -> str | None:
    return getattr(end, "reason", None)


def hostile(text: str) -> NewJob:
    """Make a job that says *text* wherever a job can say something."""
    if text.startswith("{{"):
        return NewJob(work=Task(name="mail.send", args=(text,), kwargs={text: text}), name=text)
    return NewJob(work=Shell(script=text), name=text, tags={text: text}, cwd=text, max_retries=0)


def register(store: Store, *, slots: int = 50) -> WorkerId:
    """Register a worker that is alive as long as a test."""
    return store.register(
        NewWorker(
            host="render-box", pid=1, concurrency=slots, queues=None, lease_ms=600_000, version="0"
        )
    )
