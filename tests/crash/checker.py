"""The checker of every crash test: says what of the promises does not hold in what happened.

The numbers I1 to I17 are those of the invariants in docs/guarantees.md.
"""

from collections import Counter
from collections.abc import Iterator

from queuectl_store import FINAL, TRANSITIONS, Attempt, Event, JobState, Verb
from tests.crash.call_rules import call_complaints
from tests.crash.count_rules import count_complaints
from tests.crash.history import Evidence, JobHistory
from tests.crash.slot_rules import slot_complaints

RECORDED = {
    Verb.SUCCEED: {"succeeded"},
    Verb.BACK_OFF: {"failed", "crashed"},
    Verb.DIE: {"failed", "crashed"},
    Verb.GIVE_BACK: {"released"},
    Verb.SNOOZE: {"snoozed"},
    Verb.STOP: {"cancelled", "crashed"},
}
UNUSED = {Verb.GIVE_BACK, Verb.SNOOZE, Verb.STOP}
AFRESH = {Verb.RETRY, Verb.RERUN}
MOVES_ITS_TIME = {Verb.BACK_OFF, Verb.SNOOZE, *AFRESH}


def complaints(evidence: Evidence) -> list[str]:
    """Say what of the promises does not hold; nothing is the answer that is hoped for."""
    found = list(evidence.damage)
    found += [f"job {each} was acknowledged and is not there" for each in _lost(evidence)]
    found += _miscounted(evidence)
    found += _over_limits(evidence)
    found += slot_complaints(evidence)
    found += count_complaints(evidence)
    found += call_complaints(evidence)
    for history in evidence.histories:
        texts = [*_of_its_end(history, evidence), *_of_its_time(history, evidence)]
        texts += [text for rule in RULES for text in rule(history)]
        found += [f"job {history.job.id} {text}" for text in texts]
    return found


def _lost(evidence: Evidence) -> list[int]:
    """I1: what was acknowledged is there."""
    return sorted(set(evidence.acknowledged) - {each.job.id for each in evidence.histories})


def _miscounted(evidence: Evidence) -> Iterator[str]:
    """I14: the store's own counts are those of its rows."""
    if evidence.counts is None:
        return
    counted: Counter[tuple[str, JobState]] = Counter()
    for history in evidence.histories:
        counted[history.job.queue, history.job.state] += 1
    told = {
        (queue, state): n
        for queue, states in evidence.counts.items()
        for state, n in states.items()
        if n
    }
    if told != counted:
        yield f"the store counts {told}, its rows are {dict(counted)}"


def _over_limits(evidence: Evidence) -> Iterator[str]:
    """I12: never do more jobs of a queue run than its limit allows."""
    running: Counter[str] = Counter()
    for event, queue in sorted(
        ((event, each.job.queue) for each in evidence.histories for event in each.events),
        key=lambda pair: pair[0].id,
    ):
        limit = (evidence.limits or {}).get(queue)
        running[queue] += (event.verb is Verb.CLAIM) - (event.verb in RECORDED)
        if limit is not None and event.verb is Verb.CLAIM and running[queue] > limit:
            yield f"{running[queue]} jobs of {queue} ran at once; its limit is {limit}"


def _of_its_end(history: JobHistory, evidence: Evidence) -> Iterator[str]:
    """I1, I13: it is final; where it is dead for its crashes, three workers died of it."""
    job = history.job
    if job.state not in FINAL:
        yield f"is {job.state}, which is not final"
    crashed = (job.note, job.crashes) == ("crashed worker", 3)
    if job.state is JobState.DEAD and not evidence.may_die and not crashed:
        yield f"is dead after {job.crashes} crashes, for {job.note!r}"


def _of_its_time(history: JobHistory, evidence: Evidence) -> Iterator[str]:
    """I11: no run says anything once its time limit and the grace after it are over."""
    if history.job.timeout_ms is None:
        return
    longest = history.job.timeout_ms / 1000 + evidence.kill_grace_s + 2
    began = {said.token: said.at_s for said in history.said if said.word == "begin"}
    for said in history.said:
        lasted = said.at_s - began.get(said.token, said.at_s)
        if lasted > longest:
            yield f"said {said.word} under token {said.token} after {lasted:.1f} s"


def _moves(history: JobHistory) -> Iterator[str]:
    """I4, I8, I14: the log starts at the enqueue, each move is allowed, and it adds up."""
    if not history.events:
        yield "has no events"
        return
    first, *others = history.events
    if first.verb is not Verb.ENQUEUE:
        yield f"began with {first.verb}"
    state, used = first.state, 0
    for event in others:
        move = TRANSITIONS[event.verb]
        if not move.allows(state, event.state):
            yield f"went from {state} to {event.state} by {event.verb}"
        used += 1 if event.verb is Verb.CLAIM else -1 if event.verb in UNUSED else 0
        if event.attempt != used:
            yield f"counts {event.attempt} attempts after {event.verb}, not {used}"
        state = event.state
    if (state, used) != (history.job.state, history.job.attempt):
        yield f"is {history.job.state} ({history.job.attempt}), its log says {state} ({used})"


def _tokens(history: JobHistory) -> Iterator[str]:
    """I5: every claim raised the token by one, and every token has one ended attempt."""
    tokens = [attempt.token for attempt in history.attempts]
    claims = sum(event.verb is Verb.CLAIM for event in history.events)
    if tokens != list(range(1, claims + 1)) or history.job.token != claims:
        yield f"has token {history.job.token}, {claims} claims and attempts under tokens {tokens}"


def _endings(history: JobHistory) -> Iterator[str]:
    """I6, I8: the attempts and the log tell the same story: who ran it, how each run ended."""
    for claim, end, attempt in _runs(history):
        if attempt.state not in RECORDED[end.verb]:
            yield f"token {attempt.token} is {attempt.state}, the log says {end.verb}"
        if not attempt.worker_id == claim.worker_id == end.worker_id:
            yield f"token {attempt.token} changed hands"
        if attempt.number != claim.attempt:
            yield f"token {attempt.token} is attempt {attempt.number}, the log says {claim.attempt}"


def _crashes(history: JobHistory) -> Iterator[str]:
    """I8: every vanished worker counts, since a person last retried the job."""
    ends = {end.id: attempt for _, end, attempt in _runs(history)}
    crashes = 0
    for event in history.events:
        if event.verb in AFRESH:
            crashes = 0
        crashes += event.id in ends and ends[event.id].state == "crashed"
    if crashes != history.job.crashes:
        yield f"counts {history.job.crashes} crashes, its attempts say {crashes}"


def _patience(history: JobHistory) -> Iterator[str]:
    """I9, I10: it was not staged before its time, nor before its backoff was over."""
    last = next((event for event in reversed(history.events) if event.verb is Verb.STAGE), None)
    if last is None or history.job.run_at is None:
        return
    moved = any(event.verb in MOVES_ITS_TIME and event.id > last.id for event in history.events)
    if not moved and last.at < history.job.run_at:
        yield f"was staged {history.job.run_at - last.at} ms before its time"


def _begins(history: JobHistory) -> Iterator[str]:
    """I16: no token runs twice, and none runs that was never given out."""
    begins = Counter(said.token for said in history.said if said.word == "begin")
    for token, times in begins.items():
        if times > 1:
            yield f"began {times} times under token {token}"
        if not 1 <= token <= history.job.token:
            yield f"began under token {token}, which no claim gave"


def _success(history: JobHistory) -> Iterator[str]:
    """I4, I16: a success is recorded once, and its run came to its end once."""
    reruns = sum(event.verb is Verb.RERUN for event in history.events)
    succeeded = [attempt for attempt in history.attempts if attempt.state == "succeeded"]
    is_over = history.job.state is JobState.SUCCEEDED
    if not is_over <= len(succeeded) <= is_over + reruns:
        yield f"is {history.job.state} with {len(succeeded)} recorded successes"
    for attempt in succeeded:
        ends = [said for said in history.said if said[1:3] == (attempt.token, "end")]
        if len(ends) != 1:
            yield f"succeeded under token {attempt.token}, which ended {len(ends)} times"


def _overlaps(history: JobHistory) -> Iterator[str]:
    """Runs of one job come one after the other: nobody speaks after his successor began."""
    newest = 0
    for said in history.said:
        if said.token < newest:
            yield f"token {said.token} said {said.word} after token {newest} had begun"
        newest = max(newest, said.token)


RULES = (_moves, _tokens, _endings, _crashes, _patience, _begins, _success, _overlaps)


def _runs(history: JobHistory) -> Iterator[tuple[Event, Event, Attempt]]:
    claims = [event for event in history.events if event.verb is Verb.CLAIM]
    ends = [event for event in history.events if event.verb in RECORDED]
    return zip(claims, ends, history.attempts, strict=False)
