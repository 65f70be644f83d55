"""What the logs of those who called the store, held against the store, may not say."""

from collections import defaultdict
from collections.abc import Iterator

from queuectl_store import Event, Verb
from tests.crash.history import Evidence, JobHistory
from tests.crash.journal import Call, Run
from tests.crash.slot_rules import is_of

REVIVES = ("retry", "rerun")


def call_complaints(evidence: Evidence) -> Iterator[str]:
    """Apply every rule about calls; no calls, no complaints."""
    if not evidence.calls:
        return
    for rule in RULES:
        yield from rule(evidence)


def _unexplained(evidence: Evidence) -> Iterator[str]:
    """No caller meets an error that nothing explains."""
    for call in evidence.calls:
        if call.answer == "wrong":
            yield f"{call.actor} was told {call.said!r} when it asked to {call.verb}"


def _keys(evidence: Evidence) -> Iterator[str]:
    """I2, I3: nothing is there that nobody asked for, and one key is one job for everybody."""
    asked = {key for call in evidence.calls for key in call.keys}
    there: dict[str, list[int]] = defaultdict(list)
    for history in evidence.histories:
        there[history.job.key].append(history.job.id)
        is_of_a_schedule = any(is_of(history, beat) for beat in evidence.beats)
        if history.job.key not in asked and not is_of_a_schedule:
            yield f"job {history.job.id} was asked for by nobody"
    for call in evidence.calls:
        for key, told in zip(call.keys, call.ids, strict=False):
            if there[key] != [told]:
                yield f"{call.actor} was told that {key} is job {told}; it is {there[key]}"


def _claims(evidence: Evidence) -> Iterator[str]:
    """I5, I6: each claim was given to one caller, who asked for as many and had a lease."""
    log = {
        (each.job.id, token): event
        for each in evidence.histories
        for token, event in enumerate(_claim_events(each), 1)
    }
    given: set[Run] = set()
    for call in _ok(evidence, "claim"):
        if len(call.runs) > call.asked:
            yield f"{call.actor} asked for {call.asked} jobs and was given {len(call.runs)}"
        for run in call.runs:
            if run in given:
                yield f"the claim {run} was given out twice"
            if run not in log or log[run].worker_id != call.worker_id:
                yield f"the claim {run} of worker {call.worker_id} is not in the log"
            given.add(run)


def _claim_events(history: JobHistory) -> list[Event]:
    return [event for event in history.events if event.verb is Verb.CLAIM]


def _finishes(evidence: Evidence) -> Iterator[str]:
    """I7, I8: a result that was taken is recorded, and none is taken once the job is another's."""
    attempts = {(each.job.id, a.token): a for each in evidence.histories for a in each.attempts}
    reclaimed = _next_claims(evidence)
    tried: set[tuple[int | None, Run]] = set()
    for call in evidence.calls:
        for run, state in call.recorded.items():
            row = attempts.get(run)
            mine = row is not None and row.worker_id == call.worker_id
            is_kept = mine and row is not None and row.state in (state, "cancelled")
            again = (call.worker_id, run) in tried
            tried.add((call.worker_id, run))
            if call.answer == "ok" and run not in call.refused:
                if not is_kept:
                    yield f"{call.actor} was told that {run} is {state}, the store has {row}"
                if not again and reclaimed.get(run, call.began) < call.began:
                    yield f"{call.actor} recorded {run} after the next claim was given out"
            elif call.answer == "ok" and is_kept:
                yield f"{call.actor} was refused {run}, which is recorded as {state}"


def _next_claims(evidence: Evidence) -> dict[Run, int]:
    """Return when the claim that came after each run was acknowledged."""
    return {
        (job_id, token - 1): call.ended
        for call in _ok(evidence, "claim")
        for job_id, token in call.runs
    }


def _leases(evidence: Evidence) -> Iterator[str]:
    """I6: nobody is rescued whose lease still runs; who was rescued neither renews nor claims."""
    until: dict[int | None, int] = {}
    taken: set[int | None] = set()
    for call in evidence.calls:
        holder = call.worker_id
        if call.answer == "unknown" and call.verb in ("renew", "register", "unregister"):
            until.pop(holder, None)  # from here on nobody knows when it ends
        if call.answer != "ok":
            continue
        if call.verb in ("register", "renew"):
            if holder in taken:
                yield f"worker {holder} renewed a lease that was taken"
            until[holder] = call.lease_ms + call.lease_length_ms
        elif call.verb == "unregister":
            until[holder] = call.lease_ms
        elif call.verb == "claim" and call.runs and until.get(holder, 2**63) <= call.lease_ms:
            yield f"worker {holder} claimed {call.runs} after its lease"
        elif call.verb == "rescue":
            yield from _rescued(evidence, call, until)
            taken |= {_holder(evidence, run) for run in call.runs}


def _rescued(evidence: Evidence, call: Call, until: dict[int | None, int]) -> Iterator[str]:
    for run in call.runs:
        holder = _holder(evidence, run)
        if until.get(holder, 0) > call.lease_ms:
            yield f"{run} was rescued {until[holder] - call.lease_ms} ms before its lease ended"


def _holder(evidence: Evidence, run: Run) -> int | None:
    [history] = [each for each in evidence.histories if each.job.id == run[0]]
    claims = _claim_events(history)
    return claims[run[1] - 1].worker_id if 0 < run[1] <= len(claims) else None


def _cancels(evidence: Evidence) -> Iterator[str]:
    """P9: a job whose cancel was acknowledged does not run again, unless a person says so."""
    cancelled: set[int] = set()
    for call in evidence.calls:
        if call.verb in REVIVES:
            cancelled -= set(call.ids)
        elif call.verb == "cancel" and call.answer == "ok":
            cancelled |= set(call.ids)
        elif call.verb == "claim" and call.answer == "ok":
            for job_id, token in call.runs:
                if job_id in cancelled:
                    yield f"job {job_id} ran under token {token} after it was cancelled"


RULES = (_unexplained, _keys, _claims, _finishes, _leases, _cancels)


def _ok(evidence: Evidence, verb: str) -> Iterator[Call]:
    return (call for call in evidence.calls if call.verb == verb and call.answer == "ok")
