"""Which variables a command sees: picked when it is enqueued, completed when it runs."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import translate
from functools import lru_cache

from queuectl_store import Claim, Trace

PRIVATE_PREFIX = "QUEUECTL_"


def pick_environment(environ: Mapping[str, str], patterns: Iterable[str]) -> dict[str, str]:
    """Return the variables whose names match one of *patterns*, but none of QueueCTL's own.

    Patterns are those of the shell (`LC_*`), matched with case: `env_pass` says what it says.
    """
    matches = _matcher(tuple(patterns))
    return {
        name: value
        for name, value in environ.items()
        if matches(name) and not name.startswith(PRIVATE_PREFIX)
    }


def without_private(variables: Mapping[str, str]) -> dict[str, str]:
    """Return *variables* without QueueCTL's settings: a store's password may be among them."""
    return {k: v for k, v in variables.items() if not k.startswith(PRIVATE_PREFIX)}


def run_variables(claim: Claim) -> dict[str, str]:
    """Return what is set for this one run, on top of the job's environment.

    Of each resource it tells the indexes that the run has: QUEUECTL_RESOURCE_GPU=0,2. A job that
    belongs to a trace finds it in TRACEPARENT.
    """
    job = claim.job
    return {
        **job.env,
        **_trace_variables(job.trace),
        **{resource_variable(name): _list(ids) for name, ids in job.allotted.items()},
        "QUEUECTL_JOB_ID": str(job.id),
        "QUEUECTL_ATTEMPT": str(job.attempt),
        "QUEUECTL_QUEUE": job.queue,
        "QUEUECTL_TOKEN": str(claim.token),
        "QUEUECTL_IDEMPOTENCY_KEY": job.key,
    }


def _trace_variables(trace: Trace | None) -> dict[str, str]:
    return {} if trace is None else {n.upper(): text for n, text in trace.headers().items()}


def resource_variable(name: str) -> str:
    """Name the variable that tells which units of a resource a run has."""
    return f"{PRIVATE_PREFIX}RESOURCE_{name.upper().replace('-', '_')}"


def _list(indexes: Sequence[int]) -> str:
    return ",".join(map(str, indexes))


@lru_cache(maxsize=8)
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], re.Match[str] | None]:
    combined = re.compile("|".join(translate(pattern) for pattern in patterns) or r"(?!)")
    return combined.match
