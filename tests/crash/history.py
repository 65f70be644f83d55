"""The checker: reads what happened from the store and the witness, and says what may not be."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from queuectl_store import FINAL, TRANSITIONS, Attempt, Event, Job, JobFilter, JobState, Store, Verb

RECORDED = {
    Verb.SUCCEED: {"succeeded"},
    Verb.BACK_OFF: {"failed", "crashed"},
    Verb.DIE: {"failed", "crashed"},
    Verb.GIVE_BACK: {"released"},
    Verb.SNOOZE: {"snoozed"},
    Verb.STOP: {"cancelled"},
}
UNUSED = {Verb.GIVE_BACK, Verb.SNOOZE, Verb.STOP}
PAGE = 1_000


class Said(NamedTuple):
    """A line of the witness: what one run of a job said."""

    job_id: int
    token: int
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHistory:
    """All there is about one job."""

    job: Job
    events: Sequence[Event]
    attempts: Sequence[Attempt]
    said: Sequence[Said]


def read_witness(path: Path) -> list[Said]:
    """Return what runs said, in the order in which they said it."""
    found = []
    for line in path.read_text().splitlines():
        run, job_id, token, word, _pid = line.split(" ")
        assert run == "RUN"
        found.append(Said(int(job_id), int(token), word))
    return found


def read_histories(store: Store, witness: Path) -> list[JobHistory]:
    """Return the history of every job in the store."""
    events: dict[int, list[Event]] = defaultdict(list)
    for event in every_event(store):
        events[event.job_id].append(event)
    said: dict[int, list[Said]] = defaultdict(list)
    for each in read_witness(witness):
        said[each.job_id].append(each)
    return [
        JobHistory(
            job=job,
            events=events[job.id],
            attempts=store.reader.attempts(job.id),
            said=said[job.id],
        )
        for job in store.reader.page(JobFilter(), limit=1_000_000)
    ]


def every_event(store: Store) -> Iterator[Event]:
    """Walk through the whole event log."""
    page = store.reader.feed(limit=PAGE)
    while page.events:
        yield from page.events
        page = store.reader.feed(page.cursor, limit=PAGE)


def complaints(histories: Sequence[JobHistory], acknowledged: Collection[int]) -> list[str]:
    """Say what of the promises does not hold; nothing is the answer that is hoped for."""
    lost = _lost(histories, acknowledged)
    found = [f"job {each} was acknowledged and is not there" for each in lost]
    for history in histories:
        rules = (_end, _moves, _tokens, _endings, _begins, _success, _overlaps)
        found += [f"job {history.job.id} {text}" for rule in rules for text in rule(history)]
    return found


def _lost(histories: Sequence[JobHistory], acknowledged: Collection[int]) -> list[int]:
    return sorted(set(acknowledged) - {history.job.id for history in histories})


def _end(history: JobHistory) -> Iterator[str]:
    """It is final; where it is dead, three workers died of it."""
    job = history.job
    if job.state not in FINAL:
        yield f"is {job.state}, which is not final"
    if job.state is JobState.DEAD and (job.note, job.crashes) != ("crashed worker", 3):
        yield f"is dead after {job.crashes} crashes, for {job.note!r}"


def _moves(history: JobHistory) -> Iterator[str]:
    """The log starts at the enqueue, each move is allowed, and the attempts add up."""
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
    """Every claim raised the token by one, and every token has one ended attempt."""
    tokens = [attempt.token for attempt in history.attempts]
    claims = sum(event.verb is Verb.CLAIM for event in history.events)
    if tokens != list(range(1, claims + 1)) or history.job.token != claims:
        yield f"has token {history.job.token}, {claims} claims and attempts under tokens {tokens}"


def _endings(history: JobHistory) -> Iterator[str]:
    """The attempts and the log tell the same story: who ran it, and how each run ended."""
    claims = [event for event in history.events if event.verb is Verb.CLAIM]
    ends = [event for event in history.events if event.verb in RECORDED]
    for claim, end, attempt in zip(claims, ends, history.attempts, strict=False):
        if attempt.state not in RECORDED[end.verb]:
            yield f"token {attempt.token} is {attempt.state}, the log says {end.verb}"
        if not attempt.worker_id == claim.worker_id == end.worker_id:
            yield f"token {attempt.token} changed hands"
        if attempt.number != claim.attempt:
            yield f"token {attempt.token} is attempt {attempt.number}, the log says {claim.attempt}"


def _begins(history: JobHistory) -> Iterator[str]:
    """No token runs twice, and none runs that was never given out."""
    begins = Counter(said.token for said in history.said if said.word == "begin")
    for token, times in begins.items():
        if times > 1:
            yield f"began {times} times under token {token}"
        if not 1 <= token <= history.job.token:
            yield f"began under token {token}, which no claim gave"


def _success(history: JobHistory) -> Iterator[str]:
    """A success is recorded once, and the run that is credited with it came to its end once."""
    succeeded = [attempt for attempt in history.attempts if attempt.state == "succeeded"]
    if len(succeeded) != (history.job.state is JobState.SUCCEEDED):
        yield f"is {history.job.state} with {len(succeeded)} recorded successes"
    for attempt in succeeded:
        ends = [said for said in history.said if said[1:] == (attempt.token, "end")]
        if len(ends) != 1:
            yield f"succeeded under token {attempt.token}, which ended {len(ends)} times"


def _overlaps(history: JobHistory) -> Iterator[str]:
    """Runs of one job come one after the other: nobody speaks after his successor began."""
    newest = 0
    for said in history.said:
        if said.token < newest:
            yield f"token {said.token} said {said.word} after token {newest} had begun"
        newest = max(newest, said.token)
