"""Hooks as acts that a fault may strike: what is told after a crash is told once."""

from queuectl_store import (
    Dead,
    HookOn,
    HookRule,
    NewHook,
    Store,
    webhook_job,
)
from tests.conformance.story import a_job, a_worker, ended
from tests.store.act import Say, job_states

JOBS = 3
RULE = HookRule(on=frozenset({HookOn.DEAD}))
HOOK = NewHook(name="h", rule=RULE, job=webhook_job(), url="https://example.org/")


def with_events_to_tell(store: Store) -> None:
    store.hooks.add(HOOK)
    worker = a_worker(store)
    store.enqueue([a_job() for _ in range(JOBS)])
    claims = store.claim(worker, limit=JOBS)
    store.finish(worker, [ended(claim, Dead(reason="no")) for claim in claims])


def dispatch(store: Store, say: Say) -> None:
    store.hooks.dispatch()
    say("dispatched")


def states_now_and_after_another_dispatch(
    store: Store,
) -> tuple[dict[str, int], dict[str, int]]:
    now = job_states(store)
    store.hooks.dispatch()
    return now, job_states(store)


def change_hooks(store: Store, say: Say) -> None:
    store.hooks.add(HOOK)
    say("added")
    store.hooks.pause("h")
    say("paused")


def states_of_hooks(store: Store) -> list[tuple[str, bool]]:
    return [(hook.name, hook.paused) for hook in store.hooks.all()]
