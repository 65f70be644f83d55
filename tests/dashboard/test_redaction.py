"""What nobody is shown stays unseen, on every route, by every socket, in every answer."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from queuectl_dashboard.redaction import HIDDEN, Redaction
from queuectl_store import (
    Argv,
    Dead,
    Dependency,
    Finish,
    HookOn,
    HookRule,
    NewHook,
    NewJob,
    NewSchedule,
    Outcome,
    Retry,
    RunFacts,
    Shell,
    Store,
    Succeeded,
    Task,
    Unique,
)
from tests.dashboard.site import BEARER, PAGE, Answer, Site, serving
from tests.dashboard.stories import claim_all, finish, write_log
from tests.dashboard.test_live import opened

NAMED = Redaction(("*password*", "*iban*"), ("*iban*",))
SECRET = "DE89370400440532013000"
SAID = f"iban={SECRET}"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("pay --iban DE89 --to eve", "pay --iban [hidden] --to eve"),
        ("curl -d 'iban=DE 89' bank", "curl -d 'iban=[hidden]' bank"),
        ("IBAN='DE 89' pay", "IBAN=[hidden] pay"),
        (
            'curl -d \'{"iban": "DE 89", "to": "eve"}\'',
            'curl -d \'{"iban": [hidden], "to": "eve"}\'',
        ),
        ("ask the iban of eve", "ask the iban of eve"),
    ],
)
def test_a_text_says_everything_but_the_named_value(said: str, shown: str) -> None:
    assert NAMED.of_text(said) == shown


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (("pay", "--iban", "DE 89", "eve"), ("pay", "--iban", HIDDEN, "eve")),
        (("pay", "--iban=DE 89", "eve"), ("pay", f"--iban={HIDDEN}", "eve")),
        (("env", "IBAN=DE\n89", "pay"), ("env", f"IBAN={HIDDEN}", "pay")),
        (("sh", "-c", "pay --iban DE89"), ("sh", "-c", f"pay --iban {HIDDEN}")),
        (("pay", "iban", "DE89"), ("pay", "iban", "DE89")),
    ],
)
def test_a_command_of_words_hides_whole_words(
    argv: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    assert NAMED.of_work(Argv(argv=argv)) == Argv(argv=shown)


def test_a_value_of_json_hides_texts_inside_it_too() -> None:
    value = {"password": 1, "deep": [{"say": "iban: DE89"}, "iban=x y"], "n": 5}

    assert NAMED.of(value) == {
        "password": HIDDEN,
        "deep": [{"say": f"iban: {HIDDEN}"}, f"iban={HIDDEN} y"],
        "n": 5,
    }


def secrets_everywhere(store: Store) -> None:
    """Put the secret wherever a job, a schedule or a hook can say it, in every kind of state."""
    tags = {"iban": SECRET, "say": SAID}
    many = {"name": SAID, "cwd": f"/tmp/{SAID}", "tags": tags, "max_retries": 0}
    works = [
        Shell(script=f"pay --iban {SECRET} && echo '{SAID} {SECRET}'"),
        Argv(argv=("pay", "--iban", SECRET, SAID)),
        Task(name="pay", args=(SAID, ["--iban", SECRET]), kwargs={"iban": SECRET, "say": SAID}),
    ]
    jobs = [NewJob(work=work, **many) for work in works for _ in range(3)]
    store.enqueue([*jobs, NewJob(work=works[0], max_retries=3, unique=Unique(key=SAID))])
    claims = claim_all(store)
    for claim in claims:
        write_log(store, claim, f"{SAID}\n".encode())
        store.set_progress(claim.job.id, claim.token, f"42 {SAID}")
    good = Succeeded(result=json.dumps({"iban": SECRET, "say": [SAID]}))
    ends: list[Outcome] = [Dead(reason=SAID), good, good]
    for claim, end in zip(claims[:-2], [*ends, *ends, *ends], strict=False):
        error = SAID if isinstance(end, Dead) else None
        told = RunFacts(error=error, started_at=store.reader.now_ms())
        finish(store, [claim], Finish(claim=claim, outcome=end, facts=told))
    told = RunFacts(error=SAID, started_at=store.reader.now_ms())
    end = Finish(claim=claims[-1], outcome=Retry(delay_ms=3_600_000, reason=SAID), facts=told)
    finish(store, [claims[-1]], end)
    held, edited, cancelled = store.enqueue([NewJob(work=works[0], group="g", **many)] * 3)
    store.enqueue([NewJob(work=works[1], group="g", after=((Dependency(parent=held),),), **many)])
    store.admin.hold([held], reason=SAID)
    store.admin.cancel([cancelled], reason=SAID)
    del edited
    store.schedules.add(
        NewSchedule(name="nightly", job=NewJob(work=works[0], **many), cron="30 2 * * *")
    )
    rule = HookRule(on=frozenset(HookOn), name=SAID, tags=tags)
    hook = store.hooks.add(NewHook(name="pager", rule=rule, job=NewJob(work=works[0])))
    store.hooks.test("pager")
    store.hooks.give_up(hook.id, SAID)


@pytest.fixture
def hiding(store: Store, brief_streams: None) -> Iterator[Site]:
    secrets_everywhere(store)
    with serving(store, hidden=("*iban*",)) as site:
        yield site


def every_read(site: Site) -> Iterator[tuple[str, Answer]]:
    """Read every address of the URL map, for each job, as a program and as a browser."""
    ids = [job["id"] for job in site.call("/jobs?limit=200", "GET").json["jobs"]]
    for rule in site.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint.startswith(("static", "live.")):
            continue
        for job_id in ids if "job_id" in rule.arguments else [0]:
            path = rule.rule.replace("<id:job_id>", str(job_id)).replace("<id:token>", "1")
            path = path.replace("<id:attempt>", "1")
            names = {"/schedules": "nightly", "/hooks": "pager", "/groups": "g"}
            name = next((names[key] for key in names if key in path), "lease")
            path = path.replace("<name:name>", name)
            assert "<" not in path, rule.rule
            for headers in (BEARER, {**BEARER, **PAGE}):
                yield path, site.ask(path, headers=headers)


def test_no_address_shows_what_is_hidden(hiding: Site) -> None:
    told = list(every_read(hiding))

    assert [path for path, answer in told if SECRET[3:9] in answer.text] == []
    assert {answer.status for _, answer in told} <= {200, 404}
    assert sum("[hidden]" in answer.text for _, answer in told) > 50


def test_no_socket_and_no_answer_of_a_verb_shows_what_is_hidden(hiding: Site, store: Store) -> None:
    spec = {"shell": f"pay --iban {SECRET}", "name": SAID, "tags": {"say": SAID}}
    unique = {**spec, "unique": SAID, "on_duplicate": "reject"}
    asked: list[tuple[str, str, Any]] = [
        ("/jobs", "POST", spec),
        ("/jobs", "POST", unique),
        ("/jobs/14/cancel", "POST", {"reason": SAID}),
        ("/jobs/12", "PATCH", {"shell": f"pay {SAID} again", "tags": {"say": SAID}}),
        ("/jobs/12/hold", "POST", {"reason": SAID}),
        ("/jobs/1/retry", "POST", None),
        ("/jobs/2/rerun", "POST", None),
        ("/jobs/retry", "POST", {"all": True, "dry_run": True}),
        ("/dead/retry", "POST", {"all": True}),
        ("/schedules/nightly/run", "POST", None),
        ("/schedules/nightly", "PATCH", {"edit": spec}),
        ("/schedules/no", "PATCH", {"edit": spec}),
        ("/hooks/pager/pause", "POST", None),
        ("/hooks", "POST", {"name": "more", "on": ["dead"], "command": f"pay {SAID}"}),
        ("/audit", "GET", None),
    ]
    with opened(hiding, BEARER) as page:
        page.of_type("hello")
        answers = [hiding.call(path, method, body) for path, method, body in asked]
        store.enqueue([NewJob(work=Shell(script="the last one"))])
        told = [page.of_type("events")]
        while "the last one" not in json.dumps(told[-1]):
            told.append(page.of_type("events"))

    shown = [answer.text for answer in answers]
    assert [text for text in [*shown, json.dumps(told)] if SECRET[3:9] in text] == []
    refused = {path: answer.status for (path, *_), answer in zip(asked, answers, strict=True)}
    assert {path: status for path, status in refused.items() if status > 201} == {
        "/jobs": 409,
        "/schedules/no": 404,
    }
    assert "pay" in json.dumps(told)
    assert [row["action"] for row in answers[-1].json["actions"]]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/jobs/12", {"shell": "pay --iban [hidden] && echo more"}),
        ("/jobs/12", {"tags": {"iban": "[hidden]"}}),
        ("/schedules/nightly", {"edit": {"shell": "pay --iban [hidden]"}}),
    ],
)
def test_what_stands_for_a_hidden_value_is_not_written_over_it(
    hiding: Site, path: str, change: dict[str, Any]
) -> None:
    refused = hiding.call(path, "PATCH", change)

    assert refused.status == 422
    assert "[hidden]" in refused.json["detail"]


def test_a_command_is_compared_with_its_like_although_it_is_hidden(
    hiding: Site, store: Store
) -> None:
    """The good run is found by what the job really runs, not by what is shown of it."""
    work = Shell(script=f"transfer --iban {SECRET}")
    store.enqueue([NewJob(work=work, max_retries=0, priority=99 - n) for n in range(2)])
    good, bad = (claim for claim in claim_all(store) if claim.job.work == work)
    facts = RunFacts(started_at=store.reader.now_ms())
    finish(store, [good], Finish(claim=good, outcome=Succeeded(), facts=facts))
    facts = RunFacts(error="exit code 1", started_at=store.reader.now_ms())
    finish(store, [bad], Finish(claim=bad, outcome=Dead(reason="exit code 1"), facts=facts))

    page = hiding.ask(f"/jobs/{bad.job.id}/compare", headers={**BEARER, **PAGE}).text

    assert f"/jobs/{good.job.id}" in page
    assert SECRET[3:9] not in page
