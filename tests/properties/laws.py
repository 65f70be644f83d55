"""What must hold of the rows alone, whatever was called: laws that know nothing of the model."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from queuectl_store import FINAL, TRANSITIONS, JobState, Verb
from tests.properties.dump import Dump, Row

# These moves give the attempt back that the claim had counted (reliability P7).
GIVES_BACK = {Verb.GIVE_BACK, Verb.SNOOZE, Verb.STOP}
OF_A_PERSON = {Verb.RETRY, Verb.RERUN}


def check(dump: Dump, *, before: Dump, gone: Collection[int]) -> None:
    """Check *dump*, and that nothing but *gone* was lost or went back since *before*."""
    jobs = _by_id(dump["queuectl_jobs"])
    events: dict[int, list[Row]] = defaultdict(list)
    for event in dump["queuectl_events"]:
        events[event["job_id"]].append(event)
    attempts: dict[int, list[Row]] = defaultdict(list)
    for attempt in dump["queuectl_attempts"]:
        attempts[attempt["job_id"]].append(attempt)
    for job in jobs.values():
        _tells_its_story(job, events[job["id"]])
        _has_one_run_a_token(job, attempts[job["id"]])
        assert (job["finished_at"] is not None) == (job["state"] in FINAL), job
    assert set(events) <= set(jobs), "an event of a job that is not there"
    assert set(attempts) <= set(jobs), "an attempt of a job that is not there"
    old = {id_: row for id_, row in _by_id(before["queuectl_jobs"]).items() if id_ not in gone}
    _nothing_went_back(jobs, events, old, before)
    _every_holder_is_known(jobs, _by_id(dump["queuectl_workers"]))


def _by_id(rows: object) -> dict[int, Row]:
    return {row["id"]: row for row in rows}  # type: ignore[attr-defined]


def _tells_its_story(job: Row, events: list[Row]) -> None:
    """The log replayed is the row, and each move is one of the table."""
    assert events, f"job {job['id']} has no events"
    first, *others = events
    assert first["verb"] == Verb.ENQUEUE, f"job {job['id']} began with {first['verb']}"
    state, used, claims = first["state"], 0, 0
    for event in others:
        verb = Verb(event["verb"])
        is_legal = TRANSITIONS[verb].allows(JobState(state), JobState(event["state"]))
        assert is_legal, f"job {job['id']} went by {verb} from {state} to {event['state']}"
        claims += verb is Verb.CLAIM
        used += (verb is Verb.CLAIM) - (verb in GIVES_BACK)
        assert event["attempt"] == used, f"{event} should count {used}"
        state = event["state"]
    assert (state, used, claims) == (job["state"], job["attempt"], job["token"]), job


def _has_one_run_a_token(job: Row, attempts: list[Row]) -> None:
    """Tokens count 1, 2, 3 …; each has one attempt row once its run has ended, and only then."""
    ended = job["token"] - (job["state"] == "running")
    tokens = [attempt["token"] for attempt in attempts]
    assert tokens == list(range(1, ended + 1)), f"{job} has attempts under {tokens}"


def _nothing_went_back(
    jobs: Mapping[int, Row], events: Mapping[int, list[Row]], old: Mapping[int, Row], before: Dump
) -> None:
    length: dict[int, int] = defaultdict(int)
    for event in before["queuectl_events"]:
        length[event["job_id"]] += 1
    for job_id, was in old.items():
        job = jobs.get(job_id)
        assert job is not None, f"job {job_id} is lost"
        assert job["token"] >= was["token"], f"the token of job {job_id} fell"
        assert job["attempt_base"] >= was["attempt_base"], f"{job} lost part of its past"
        new = [Verb(event["verb"]) for event in events[job_id][length[job_id] :]]
        given_back = sum(verb in GIVES_BACK for verb in new)
        assert job["attempt"] >= was["attempt"] - given_back, f"{job} lost attempts by {new}"
        if job["crashes"] < was["crashes"]:
            assert OF_A_PERSON & set(new), f"the crashes of {job} were forgotten by {new}"


def _every_holder_is_known(jobs: Mapping[int, Row], workers: Mapping[int, Row]) -> None:
    for job in jobs.values():
        if job["state"] == "running":
            assert job["worker_id"] in workers, f"{job} runs for a worker that is not there"
