"""Whatever a caller passes is refused in our terms or kept exactly; never half, and never a
driver's exception. After a refusal not a row of any table has changed."""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from queuectl_store import (
    Argv,
    Backoff,
    Dead,
    Dependency,
    InvalidJob,
    InvalidSetting,
    JobFilter,
    JobId,
    ManualClock,
    NewJob,
    NewWorker,
    Retry,
    Snoozed,
    Store,
    StoreError,
    Succeeded,
    Task,
    Unique,
    UnknownJob,
    WorkerId,
    attempt_document,
    job_document,
)
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one, job, states
from tests.store.dump import Dump, dump_of
from tests.store.schema import opened

NUL, CONTROL = "a\0b", "\x01\x1b[31m\x7f\x9b\r\n\t"
LONE, BYTE = "\ud800", "\udcff"  # half a character; a byte that is not UTF-8
LONG, HUGE = "x" * 10_000, "x" * 10_000_000
TEXTS = {
    "empty": "",
    "space": " ",
    "NUL": NUL,
    "control characters": CONTROL,
    "lone surrogate": LONE,
    "byte": BYTE,
    "right to left": "\u202e\u2066",
    "10,000 characters": LONG,
    "10 MB": HUGE,
    "quotes": "'; DROP TABLE queuectl_jobs; -- %s %(x)s :x ? {} \\",
}
NUMBERS: list[Any] = [
    *(0, 1, -1, 2**31 - 1, 2**31, -(2**31), 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64, 10**400),
    *(True, 1.5, math.nan, math.inf, -math.inf),
]
DAY_MS = 86_400_000
INSTANTS = {
    "year 1": -62_135_596_800_000,
    "1969": -1,
    "1970": 0,
    "9999": 253_402_300_799_999,
    "10000": 253_402_300_800_000,
}


def nested(depth: int, made_of: type[list[Any]] | type[dict[str, Any]]) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value] if made_of is list else {"a": value}
    return value


def task(*args: Any, **kwargs: Any) -> NewJob:
    return NewJob(work=Task(name="t", args=args, kwargs=kwargs))


BY_TEXT: dict[str, Callable[[str], NewJob]] = {
    "script": a_job,
    "argv": lambda text: NewJob(work=Argv(argv=("true", text))),
    "program": lambda text: NewJob(work=Argv(argv=(text,))),
    "task": lambda text: NewJob(work=Task(name=text)),
    "argument": task,
    "named argument": lambda text: task(**{text: text}),
    "queue": lambda text: a_job(queue=text),
    "name": lambda text: a_job(name=text),
    "key": lambda text: a_job(key=text),
    "tag": lambda text: a_job(tags={text: "v"}),
    "value of a tag": lambda text: a_job(tags={"k": text}),
    "cwd": lambda text: a_job(cwd=text),
    "variable": lambda text: a_job(env={text: "v"}),
    "value of a variable": lambda text: a_job(env={"K": text}),
    "environment": lambda text: a_job(environment={text: "v"}),
    "value in the environment": lambda text: a_job(environment={"K": text}),
}
BY_TEXT |= {
    "concurrency key": lambda text: a_job(concurrency_key=text),
    "resource": lambda text: a_job(resources={text: 1}),
    "unique key": lambda text: a_job(unique=Unique(key=text)),
    "group": lambda text: a_job(group=text),
    "parent": lambda text: a_job(after=((Dependency(parent=text),),)),
}
BY_NUMBER: dict[str, Callable[[Any], NewJob]] = {
    "priority": lambda number: a_job(priority=number),
    "max_retries": lambda number: a_job(max_retries=number),
    "timeout_ms": lambda number: a_job(timeout_ms=number),
    "delay_ms": lambda number: a_job(delay_ms=number),
    "run_at": lambda number: a_job(run_at=number),
    "backoff base": lambda number: a_job(backoff=Backoff(base=number)),
    "backoff max": lambda number: a_job(backoff=Backoff(max_s=number)),
    "jitter": lambda number: a_job(backoff=Backoff(jitter=number)),
    "time of a unique key": lambda number: a_job(
        unique=Unique(key=f"{number}"[:50], lasts_ms=number)
    ),
    "parent": lambda number: a_job(after=((Dependency(parent=number),),)),
    "exit code": lambda number: a_job(exit_retry=frozenset({number})),
    "slots": lambda number: a_job(slots=number),
    "amount of a resource": lambda number: a_job(resources={"gpu": number}),
    "argument": task,
    "deep argument": lambda number: task(a=[{"b": number}]),
}
ARGUMENTS: dict[str, NewJob] = {
    "list 60 deep": task(nested(60, list)),
    "list 1,000 deep": task(nested(1_000, list)),
    "object 1,000 deep": task(nested(1_000, dict)),
    "list 100,000 deep": task(nested(100_000, list)),
    "the same key twice": task({1: "a", "1": "b"}),
    "a number as a key": task({"a": {1: "a"}}),
    "nothing as a key": task({None: "a"}),
    "bytes": task(b"a"),
    "a set": task({1}),
    "an object": task(object()),
    "10 MB": task(HUGE),
    "many": task(*range(100_000)),
    "minus zero": task(-0.0),
    "the smallest float": task(5e-324, 1.7976931348623157e308),
}
PICKY = {"queue", "script", "concurrency key", "resource", "unique key", "group", "parent"}
FIELDS = (
    *("queue", "priority", "name", "tags", "cwd", "env", "max_retries", "timeout_ms"),
    *("slots", "concurrency_key", "resources", "exit_retry"),
)
# What must not be taken although it could be kept: no worker could run it, or it says nothing.
REFUSED = {
    *(f"{field}: NUL" for field in BY_TEXT if "argument" not in field),
    *(f"{field}: 10 MB" for field in BY_TEXT),
    *(f"{field}: empty" for field in ("script", "program", "task", "queue", "name", "key", "tag")),
    *("variable: empty", "queue: lone surrogate", "name: lone surrogate", "tag: byte"),
    *(f"{field}: 10,000 characters" for field in ("queue", "name", "key", "tag", "task")),
    *(f"{field}: {number}" for field in BY_NUMBER for number in (math.nan, math.inf, -math.inf)),
    *(f"priority: {number}" for number in (2**31, 2**63, 10**400, 1.5, True)),
    *(f"run_at: {name}" for name in ("year 1", "1969", "10000")),
    *("list 1,000 deep", "object 1,000 deep", "list 100,000 deep", "the same key twice"),
    *("a number as a key", "bytes", "a set", "10 MB"),
}
TAKEN = {
    *(f"{field}: control characters" for field in BY_TEXT if field not in PICKY),
    *(f"{field}: byte" for field in ("script", "argv", "cwd", "value of a variable")),
    *("run_at: 1970", "run_at: 9999", "argument: 9223372036854775808", "list 60 deep"),
    *("minus zero", "the smallest float", "value of a tag: empty", "argument: NUL"),
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a call: refused with this error, or kept; and what was wrong with that."""

    error: StoreError | None
    wrong: str


@pytest.fixture
def dump(store: Store, store_url: str) -> Iterator[Callable[[], Dump]]:
    """Give all rows of all tables."""
    with opened(store_url) as connection:
        yield lambda: dump_of(connection)


def enqueue_all(
    store: Store, dump: Callable[[], Dump], jobs: dict[str, NewJob]
) -> dict[str, Tried]:
    """Enqueue each of *jobs* by itself, and say what became of it."""
    before = dump()
    tried = {}
    for name, new in jobs.items():
        tried[name] = try_one(store, dump, new, before)
        before = dump() if tried[name].error is None else before
    return tried


def try_one(store: Store, dump: Callable[[], Dump], new: NewJob, before: Dump) -> Tried:
    try:
        job_id = store.enqueue([a_job("true"), new, a_job("true")])[1]
    except InvalidJob as error:
        is_short = len(str(error)) < 1_000 and "\n" not in str(error) and error.index == 1
        is_clean = dump() == before
        return Tried(error, "" if is_short and is_clean else f"{is_short=} {is_clean=}")
    except Exception as error:  # noqa: BLE001 (whatever it is, it is wrong)
        return Tried(None, f"{type(error).__name__}: {error}"[:300])
    return Tried(None, "; ".join(differences(store, job_id, new)))


def meant(new: NewJob, field: str) -> Any:
    """What *field* of *new* stands for: an unsaid number of retries, and no limit of time."""
    value = getattr(new, field)
    if field == "max_retries" and value is None:
        return 3
    return None if field == "timeout_ms" and value == 0 else value


def differences(store: Store, job_id: JobId, new: NewJob) -> Iterator[str]:
    """Compare what is read back with what was given, also as a document."""
    stored = job(store, job_id)
    for field in FIELDS:
        if not same(getattr(stored, field), meant(new, field)):
            yield f"{field} came back as {getattr(stored, field)!r}"[:300]
    if not same(stored.work, new.work) or not same(stored.backoff, new.backoff):
        yield f"came back as {stored.work!r}, {stored.backoff!r}"[:300]
    if new.run_at is not None and stored.run_at != new.run_at:
        yield f"run_at came back as {stored.run_at!r}"
    if new.key is not None and stored.key != new.key:
        yield f"key came back as {stored.key!r}"
    if new.environment is not None:
        assert stored.environment_id is not None
        if store.environment(stored.environment_id) != new.environment:
            yield "the environment came back otherwise"
    json.dumps(job_document(stored))


def same(one: object, other: object) -> bool:
    """Tell whether they are equal, and of one type: 1 is not True, nor 1.0, nor is -0.0 0.0."""
    return one == other and repr(one) == repr(other)


def verdict(tried: dict[str, Tried]) -> tuple[dict[str, str], set[str], set[str]]:
    """Return what was wrong; what was taken that must be refused; what was refused wrongly."""
    wrong = {name: each.wrong for name, each in tried.items() if each.wrong}
    refused = {name for name, each in tried.items() if each.error is not None}
    taken = tried.keys() - refused
    return wrong, taken & REFUSED, refused & TAKEN


@pytest.mark.parametrize("field", BY_TEXT)
def test_any_text_in_a_job_is_refused_or_comes_back_exactly(
    store: Store, dump: Callable[[], Dump], field: str
) -> None:
    jobs = {f"{field}: {name}": BY_TEXT[field](text) for name, text in TEXTS.items()}

    assert verdict(enqueue_all(store, dump, jobs)) == ({}, set(), set())


def test_any_number_in_a_job_is_refused_or_comes_back_exactly(
    store: Store, dump: Callable[[], Dump]
) -> None:
    jobs = {
        f"{field}: {short(number)}": make(number)
        for field, make in BY_NUMBER.items()
        for number in NUMBERS
    }
    jobs |= {f"run_at: {name}": a_job(run_at=ms) for name, ms in INSTANTS.items()}

    assert verdict(enqueue_all(store, dump, jobs)) == ({}, set(), set())


def test_any_arguments_are_refused_or_come_back_exactly(
    store: Store, dump: Callable[[], Dump]
) -> None:
    assert verdict(enqueue_all(store, dump, ARGUMENTS)) == ({}, set(), set())


def test_a_payload_over_the_limit_names_the_limit_and_what_to_do(store: Store) -> None:
    with pytest.raises(InvalidJob, match=r"10,000,0\d\d bytes.*limit is 1,048,576.*file"):
        store.enqueue([a_job(HUGE)])


def test_a_job_of_the_deepest_arguments_can_be_claimed_from_any_depth(store: Store) -> None:
    """What was stored on a shallow stack must be read on a deep one."""
    (job_id,) = store.enqueue([task(nested(60, list))])
    worker = a_worker(store)

    def at_depth(depth: int) -> Any:
        return at_depth(depth - 1) if depth else claim_one(store, worker)

    assert at_depth(500).job.id == job_id


def test_an_id_that_no_job_has_is_unknown_whatever_its_size(
    store: Store, dump: Callable[[], Dump]
) -> None:
    kept = enqueue_one(store)
    worker = a_worker(store)
    before = dump()

    for number in [2**31, 2**63 - 1, 2**63, 2**64, 10**400, -1, -(2**63) - 1]:
        wild = JobId(number)
        with pytest.raises(UnknownJob):
            store.reader.get(wild)
        assert [each.id for each in store.reader.find([wild, kept])] == [kept]
        assert store.reader.attempts(wild) == []
        assert store.reader.events(job_id=wild) == []
        assert len(store.reader.events(after=number)) == (number < 0)
        assert len(store.reader.page(JobFilter(), before=wild)) == (number > 0)
        for verb in ("cancel", "hold", "release", "retry", "rerun"):
            moved = getattr(store.admin, verb)([wild])
            assert [type(each) for each in moved.refused] == [UnknownJob]
        assert store.admin.stop_workers([WorkerId(number)]) == []
        assert store.release(worker, [(wild, number)], reason="x") == 0
        assert store.set_progress(wild, number, "x") is False
    assert dump() == before


def test_a_limit_of_any_size_is_no_error(store: Store) -> None:
    job_id = enqueue_one(store, delay_ms=0)

    assert store.stage(limit=2**63) == 1
    for limit in [2**31, 2**63, 2**64]:
        assert store.stage(limit=limit) == 0
        assert len(store.reader.page(JobFilter(), limit=limit)) == 1
        assert len(store.reader.events(limit=limit)) == 2
        assert store.rescue(lambda claim: ended(claim, Dead(reason="x")), limit=limit) == []
    assert [claim.job.id for claim in store.claim(a_worker(store), limit=2**64)] == [job_id]


@pytest.mark.parametrize("kind", [Retry, Snoozed])
def test_a_delay_of_any_length_ends_before_the_year_10000(
    store: Store, clock: ManualClock, kind: type[Retry] | type[Snoozed]
) -> None:
    """A task may ask for any; a worker that could not record it would be stuck with it."""
    delays = [-1, 2**31, 10**15, 2**63 - 1, 2**63, 10**400]
    ids = store.enqueue([a_job() for _ in delays])
    worker = a_worker(store)

    for claim, ms in zip(store.claim(worker, limit=len(delays)), delays, strict=True):
        outcome = Retry(delay_ms=ms, reason="x") if kind is Retry else Snoozed(delay_ms=ms)
        assert store.finish(worker, [ended(claim, outcome)]) == []

    for stored in store.reader.find(ids):
        assert stored.run_at is not None
        assert clock.wall_ms() <= stored.run_at <= INSTANTS["9999"]
        assert json.dumps(job_document(stored))


def test_measurements_of_any_size_do_not_keep_an_end_from_being_recorded(store: Store) -> None:
    numbers = [2**31, 2**63 - 1, 2**63, 2**64, -(2**63) - 1]
    ids = store.enqueue([a_job() for _ in numbers])
    worker = a_worker(store)
    names = ("exit_code", "signal", "max_rss", "cpu_ms", "log_bytes", "started_at")
    claims = store.claim(worker, limit=len(ids))

    ends = [
        ended(claim, Succeeded(), **dict.fromkeys(names, number))
        for claim, number in zip(claims, numbers, strict=True)
    ]
    assert store.finish(worker, ends) == []

    assert states(store, ids) == ["succeeded"] * len(ids)
    for job_id in ids:
        (attempt,) = store.reader.attempts(job_id)
        assert json.dumps(attempt_document(attempt))


def test_any_text_of_a_run_is_recorded(store: Store) -> None:
    """What a run says must not keep its end, or its neighbours', from being recorded."""
    ids = store.enqueue([a_job() for _ in TEXTS])
    worker = a_worker(store)

    for claim, text in zip(store.claim(worker, limit=len(ids)), TEXTS.values(), strict=True):
        assert store.set_progress(claim.job.id, claim.token, text)
        assert store.finish(worker, [ended(claim, Dead(reason=text), error=text)]) == []
        store.admin.rerun([claim.job.id])
        store.admin.hold([claim.job.id], reason=text)

    assert states(store, ids) == ["held"] * len(ids)
    assert all(json.dumps(job_document(each)) for each in store.reader.find(ids))
    assert all(store.reader.events(job_id=each)[-1].verb == "hold" for each in ids)


@pytest.mark.parametrize("text", [json.dumps({"a": NUL}), json.dumps(LONE, ensure_ascii=False)])
def test_any_result_is_recorded_and_means_what_it_meant(store: Store, text: str) -> None:
    (job_id,) = store.enqueue([a_job()])
    worker = a_worker(store)

    store.finish(worker, [ended(claim_one(store, worker), Succeeded(result=text))])

    assert json.loads(job(store, job_id).result or "") == json.loads(text)


def test_any_text_can_be_looked_for(store: Store, dump: Callable[[], Dump]) -> None:
    enqueue_one(store)
    worker = a_worker(store)
    before = dump()

    for wild in TEXTS.values():
        for chosen in (
            JobFilter(queues=[wild]),
            JobFilter(name=wild),
            JobFilter(task=wild),
            JobFilter(tags={wild: "v"}),
            JobFilter(tags={"k": wild}),
        ):
            assert store.reader.page(chosen) == []
        store.reader.page(JobFilter(search=wild))
        assert not store.reader.work_left([wild])
        assert store.claim(worker, limit=1, queues=[wild]) == []
    assert dump() == before


def test_any_text_in_a_setting_is_refused_or_comes_back_exactly(
    store: Store, dump: Callable[[], Dump]
) -> None:
    refused = []
    for name in ("queue", "log_dir", "env_pass", "concurrency"):
        for what, text in TEXTS.items():
            before = dump()
            with suppress(InvalidSetting):
                store.settings.set(name, text)
                assert store.settings.all()[name] == text
                continue
            refused.append((name, what))
            assert dump() == before
    assert ("log_dir", "NUL") in refused
    assert ("env_pass", "10 MB") in refused
    assert ("log_dir", "10,000 characters") not in refused


def test_a_refused_setting_is_told_of_in_a_short_line(store: Store) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        store.settings.set("concurrency", HUGE)

    assert len(str(refusal.value)) < 300
    assert "\n" not in str(refusal.value)


def test_a_worker_may_introduce_itself_with_anything(store: Store) -> None:
    for number in NUMBERS[4:12]:
        for name in ("pid", "concurrency", "lease_ms"):
            fields: dict[str, Any] = {"pid": 1, "concurrency": 1, "lease_ms": 3_000, name: number}
            new = NewWorker(host=NUL + LONE, version=NUL + CONTROL, queues=(LONE,), **fields)
            store.renew(store.register(new))

    workers = store.reader.workers(all=True)
    assert json.dumps([[each.pid, each.concurrency] for each in workers])
    assert {each.host for each in workers} == {"a\\x00b\\ud800"}


def short(number: Any) -> str:
    text = str(number)
    return text if len(text) < 40 else f"10**{len(text) - 1}"
