import string
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queuectl_store import (
    Argv,
    Backoff,
    InvalidJob,
    JobState,
    ManualClock,
    NewJob,
    Shell,
    Store,
    Task,
    Warn,
    connect,
    run_rules_document,
)
from tests.conformance.story import a_job, enqueue_one, job, story_of

HOSTILE = [
    "plain",
    "two words",
    "'single' \"double\"",
    "$(touch x); `id` && %PATH%",
    "new\nline\ttab",
    "-leading",
    "",
    "ünïcode ☃ 🎉",
    "\udcff\udc80 not UTF-8",
    "\u202e\u2066\x1b[31m",
    "a" * 10_000,
]


def test_jobs_get_ids_in_order_and_begin_pending(store: Store) -> None:
    ids = store.enqueue([a_job("one"), a_job("two"), a_job("three")])

    assert ids == [1, 2, 3]
    assert [each.work for each in store.reader.find(ids)] == [
        Shell(script="one"),
        Shell(script="two"),
        Shell(script="three"),
    ]
    assert {each.state for each in store.reader.find(ids)} == {JobState.PENDING}
    assert story_of(store, ids[0]) == ["enqueue"]


def test_a_batch_larger_than_one_statement_keeps_its_order(store: Store) -> None:
    ids = store.enqueue([a_job(f"echo {n}") for n in range(2_500)])

    assert ids == sorted(ids)
    assert job(store, ids[2_499]).work == Shell(script="echo 2499")


def test_every_field_comes_back_as_it_was_given(store: Store, clock: ManualClock) -> None:
    given_job = NewJob(
        work=Task(name="mail.send", args=(1, "a", None), kwargs={"x": [1.5, {"y": True}]}),
        queue="mail/eu:1",
        priority=-7,
        name="welcome ☃",
        tags={"customer": "ünïcode", "k": ""},
        cwd="/tmp/\udcff",
        env={"A": "b\nc"},
        run_at=clock.wall_ms() + 5,
        max_retries=9,
        timeout_ms=1234,
        backoff=Backoff(base=3, max_s=60, jitter=0),
        exit_retry=frozenset({75, 111}),
        exit_dead=frozenset(),
        input="a\0☃\udcff",
        key="order-17",
    )

    stored = job(store, store.enqueue([given_job])[0])

    for field in ("work", "queue", "priority", "name", "tags", "cwd", "env", "run_at"):
        assert getattr(stored, field) == getattr(given_job, field), field
    for field in (
        "max_retries",
        "timeout_ms",
        "backoff",
        "exit_retry",
        "exit_dead",
        "key",
        "input",
    ):
        assert getattr(stored, field) == getattr(given_job, field), field
    assert stored.created_at == clock.wall_ms()


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_words_of_a_command_come_back_exactly(store: Store, text: str) -> None:
    ids = store.enqueue(
        [NewJob(work=Argv(argv=("printf", text, "", text))), NewJob(work=Shell(script=text))]
    )

    argv, shell = store.reader.find(ids)
    assert argv.work == Argv(argv=("printf", text, "", text))
    assert shell.work == Shell(script=text)


ANY_WORD = st.text(st.characters(blacklist_characters="\0", blacklist_categories=())).filter(
    lambda word: not any("\ud800" <= c <= "\udbff" for c in word)
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.lists(ANY_WORD, min_size=1, max_size=4).filter(lambda words: words[0] != ""))
def test_any_words_come_back_exactly(store: Store, words: list[str]) -> None:
    job_id = store.enqueue([NewJob(work=Argv(argv=tuple(words)))])[0]

    assert job(store, job_id).work == Argv(argv=tuple(words))


def test_the_same_key_again_finds_the_first_job(store: Store) -> None:
    first = store.enqueue([a_job("one", key="k1"), a_job("two", key="k2")])

    again = store.enqueue([a_job("two", key="k2"), a_job("new", key="k3"), a_job("one", key="k1")])

    assert again == [first[1], 3, first[0]]
    assert story_of(store, first[0]) == ["enqueue"]
    assert len(store.reader.events()) == 3


def test_one_key_from_many_threads_makes_one_job(store_url: str) -> None:
    def enqueue(_: int) -> int:
        with connect(store_url) as own:
            return own.enqueue([a_job(key="same")])[0]

    connect(store_url).close()
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(enqueue, range(16)))

    assert len(ids) == 1


def test_equal_environments_are_stored_once(store: Store) -> None:
    ids = store.enqueue(
        [a_job(environment={"A": "1", "B": "2"}), a_job(environment={"B": "2", "A": "1"})]
    )
    later = enqueue_one(store, environment={"A": "1", "B": "2"})
    other = enqueue_one(store, environment={"A": "\udcff"})

    same = {each.environment_id for each in store.reader.find([*ids, later])}
    different = job(store, other).environment_id
    assert len(same) == 1
    assert different not in same
    assert different is not None
    assert store.environment(different) == {"A": "\udcff"}


def test_a_delay_counts_from_the_enqueue_and_a_held_job_waits(
    store: Store, clock: ManualClock
) -> None:
    ids = store.enqueue([a_job(delay_ms=5_000), a_job(run_at=42), a_job(hold=True)])

    delayed, past, held = store.reader.find(ids)
    assert (delayed.state, delayed.run_at) == (JobState.SCHEDULED, clock.wall_ms() + 5_000)
    assert (past.state, past.run_at) == (JobState.SCHEDULED, 42)
    assert held.state is JobState.HELD


def test_ids_are_never_used_again(store: Store, store_url: str) -> None:
    before = enqueue_one(store)
    store.close()

    with connect(store_url) as again:
        after = enqueue_one(again)

    assert after == before + 1


BAD = {
    "NUL in argv": NewJob(work=Argv(argv=("a", "b\0c"))),
    "no program": NewJob(work=Argv(argv=())),
    "empty program": NewJob(work=Argv(argv=("", "x"))),
    "blank script": NewJob(work=Shell(script=" \n")),
    "NUL in script": NewJob(work=Shell(script="a\0")),
    "NUL in cwd": NewJob(work=Shell(script="x"), cwd="/\0"),
    "NUL in env": NewJob(work=Shell(script="x"), env={"A": "\0"}),
    "empty queue": a_job(queue=""),
    "queue of 101": a_job(queue="q" * 101),
    "queue with newline": a_job(queue="a\nb"),
    "queue with lone surrogate": a_job(queue="a\ud800"),
    "tag with lone surrogate": a_job(tags={"a": "\ud800"}),
    "name with NUL": a_job(name="a\0"),
    "empty name": a_job(name=""),
    "name of 1001": a_job(name="n" * 1_001),
    "priority beyond 32 bits": a_job(priority=2**31),
    "negative retries": a_job(max_retries=-1),
    "negative timeout": a_job(timeout_ms=-1),
    "exit code 0": a_job(exit_retry=frozenset({0})),
    "exit code beyond 32 bits": a_job(exit_dead=frozenset({2**32})),
    "negative delay": a_job(delay_ms=-1),
    "delay beyond 64 bits": a_job(delay_ms=2**63),
    "year 10000": a_job(run_at=253_402_300_800_000),
    "before 1970": a_job(run_at=-1),
    "delay and run_at": a_job(run_at=1, delay_ms=1),
    "backoff NaN": a_job(backoff=Backoff(base=float("nan"))),
    "jitter 2": a_job(backoff=Backoff(jitter=2)),
    "payload over the limit": a_job("x" * 1_048_577),
    "NaN argument": NewJob(work=Task(name="t", args=(float("nan"),))),
    "argument beyond JSON": NewJob(work=Task(name="t", args=(object(),))),
    "empty task": NewJob(work=Task(name="")),
    "memory of a task": NewJob(work=Task(name="t"), memory=2**30),
    "split output of a task": NewJob(work=Task(name="t"), split_output=True),
    "less memory than a program needs": a_job(memory=1_000),
    "memory beyond 64 bits": a_job(memory=2**63),
    "a signal nobody can catch": a_job(timeout_ms=9, warn=Warn(signal="KILL", before_ms=1)),
    "a signal that is none": a_job(timeout_ms=9, warn=Warn(signal="NONE", before_ms=1)),
    "a warning without a limit": a_job(timeout_ms=0, warn=Warn(signal="USR1", before_ms=1)),
    "a warning before the start": a_job(timeout_ms=9, warn=Warn(signal="USR1", before_ms=9)),
    "a warning at the limit": a_job(timeout_ms=9, warn=Warn(signal="USR1", before_ms=0)),
}


def test_what_a_run_may_use_comes_back_as_it_was_given(store: Store) -> None:
    warn = Warn(signal="USR1", before_ms=1_500)
    given_job = a_job(memory=3 << 29, timeout_ms=60_000, warn=warn, split_output=True)

    stored = job(store, store.enqueue([given_job])[0])

    assert (stored.memory, stored.warn, stored.split_output) == (3 << 29, warn, True)
    document = run_rules_document(stored)
    shown = (document["memory"], document["warning"], document["split_output"])
    assert shown == (3 << 29, "USR1@1.5", True)


@pytest.mark.parametrize("what", BAD)
def test_a_bad_job_is_refused_with_its_place_and_nothing_is_stored(store: Store, what: str) -> None:
    with pytest.raises(InvalidJob) as caught:
        store.enqueue([a_job(), BAD[what], a_job()])

    assert caught.value.index == 1
    assert len(str(caught.value).splitlines()) == 1
    assert store.reader.counts() == {}
    assert store.reader.events() == []


def test_edge_values_are_stored_exactly(store: Store) -> None:
    jobs = [
        a_job(run_at=0),
        a_job(run_at=253_402_300_799_999),
        a_job(priority=2**31 - 1, max_retries=1_000_000),
        a_job(queue="q" * 100, name="n" * 1_000),
        a_job(string.printable),
    ]

    stored = store.reader.find(store.enqueue(jobs))

    assert [each.run_at for each in stored[:2]] == [0, 253_402_300_799_999]
    assert (stored[2].priority, stored[2].max_retries) == (2**31 - 1, 1_000_000)
    assert (stored[3].queue, stored[3].name) == ("q" * 100, "n" * 1_000)
    assert stored[4].work == Shell(script=string.printable)


def test_of_two_jobs_with_one_key_in_one_batch_the_first_is_stored(store: Store) -> None:
    jobs = [a_job("first", key="k"), a_job("other"), a_job("second", key="k")]

    ids = store.enqueue(jobs)

    assert ids == [1, 2, 1]
    assert [job(store, job_id).command for job_id in (1, 2)] == ["first", "other"]


def test_the_same_job_again_follows_what_has_changed_meanwhile(store: Store) -> None:
    """What jobs alike share is kept between enqueues: neither a setting nor a mapping may be."""
    resources = {"gpu": 1}
    store.admin.set_resource("gpu", 8)
    new = a_job(resources=resources)

    (first,) = store.enqueue([new])
    resources["gpu"] = 2
    (second,) = store.enqueue([new])
    store.settings.set("max_retries", "7")
    (third,) = store.enqueue([new])

    stored = store.reader.find([first, second, third])
    assert [dict(each.resources) for each in stored] == [{"gpu": 1}, {"gpu": 2}, {"gpu": 2}]
    assert [each.max_retries for each in stored] == [3, 3, 7]


@pytest.mark.parametrize(
    "said",
    [
        {"timeout_ms": 5_000},
        {"environment": {"A": "1"}},
        {"name": "n"},
        {"concurrency_key": "k"},
        {"resources": {"gpu": 1}},
        {"run_at": 1_900_000_000_000},
        {"delay_ms": 60_000},
    ],
    ids=lambda said: next(iter(said)),
)
def test_a_job_that_says_one_thing_more_than_a_bare_one_keeps_it(
    store: Store, said: dict[str, object]
) -> None:
    store.admin.set_resource("gpu", 8)
    bare, more = (enqueue_one(store), enqueue_one(store, **said))

    plain, told = store.reader.find([bare, more])

    assert (plain.timeout_ms, plain.name, plain.run_at, dict(plain.resources)) == (
        *(None, None, None, {}),
    )
    assert (plain.environment_id, plain.concurrency_key) == (None, None)
    match said:
        case {"environment": variables}:
            assert told.environment_id is not None
            assert store.environment(told.environment_id) == variables
        case {"delay_ms": int(delay_ms)}:
            assert told.run_at == told.created_at + delay_ms
        case _:
            assert {name: getattr(told, name) for name in said} == said
