"""Hooks as a worker serves them: real HTTP on loopback, real commands."""

import base64
import hashlib
import hmac
import json
import os
import socket
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from queuectl_store import (
    HOOK_QUEUE,
    HookOn,
    HookRule,
    Job,
    JobFilter,
    JobState,
    NewHook,
    NewJob,
    Shell,
    Store,
    desktop_job,
    webhook_job,
)
from queuectl_worker import InvalidTask, Queue
from queuectl_worker.hooks.address import is_public
from queuectl_worker.hooks.desktop import notifier
from queuectl_worker.hooks.posting import NoAnswer, post
from queuectl_worker.hooks.signing import read_secret, secret_text, signed_headers
from queuectl_worker.producer import DELIVERIES
from tests.waiting import eventually
from tests.worker.receiver import canary, receiving
from tests.worker.story import AT_ONCE, attempts, burst, enqueue, job, reaches, running, shell

SECRET = b"0123456789abcdef0123456789abcdef"
ENDED = (JobState.SUCCEEDED, JobState.DEAD)
ON_DEAD = HookRule(on=frozenset({HookOn.DEAD}))


def add_webhook(store: Store, url: str, *, retries: int = 0, **fields: Any) -> None:
    new = webhook_job(max_retries=retries, backoff=AT_ONCE)
    usual = {"name": "pager", "rule": ON_DEAD, "secret": SECRET, "allow_private": True}
    store.hooks.add(NewHook(**{**usual, "job": new, "url": url, **fields}))


def delivery(store: Store) -> Job:
    (found,) = store.reader.page(JobFilter(queues=[HOOK_QUEUE]))
    return job(store, found.id)


def test_a_webhook_is_sent_signed_by_the_time_a_burst_ends(store: Store) -> None:
    with receiving() as receiver:
        add_webhook(store, receiver.url)
        (job_id,) = enqueue(store, shell("exit 3", name="night"))

        burst(store)

    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert (told["type"], told["hook"]) == ("job.dead", "pager")
    assert (told["data"]["job"]["id"], told["data"]["job"]["exit_code"]) == (job_id, 3)
    assert headers["content-type"] == "application/json"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mark = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mark}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert delivery(store).state is JobState.SUCCEEDED


def test_a_delivery_waits_for_no_slot(store: Store) -> None:
    with receiving() as receiver, running(store, concurrency=1):
        add_webhook(store, receiver.url)
        enqueue(store, shell("exit 1", priority=1), shell("sleep 300"))

        eventually(lambda: receiver.got, within=20, what="the webhook")


@pytest.mark.not_on("win")
def test_a_delivery_that_hangs_takes_no_slot(store: Store, tmp_path: Path) -> None:
    go = tmp_path / "go"
    with socket.create_server(("127.0.0.1", 0)) as deaf, running(store, concurrency=1):
        add_webhook(store, f"http://127.0.0.1:{deaf.getsockname()[1]}/", name="deaf")
        hang = NewJob(work=Shell(script=f"while [ ! -e {go} ]; do sleep 0.05; done"))
        store.hooks.add(NewHook(name="slow", rule=ON_DEAD, job=hang))
        enqueue(store, *[shell("exit 1")] * (DELIVERIES + 2))

        def hanging() -> int:
            there = store.reader.page(JobFilter(queues=[HOOK_QUEUE], states=[JobState.RUNNING]))
            return len(there)

        eventually(lambda: hanging() >= DELIVERIES, within=20, what="deliveries that hang")
        for _ in range(3):
            (job_id,) = enqueue(store, shell("true"))
            reaches(store, job_id, JobState.SUCCEEDED)
        assert hanging() >= 1
        go.touch()
        eventually(
            lambda: len(store.reader.page(JobFilter(queues=[HOOK_QUEUE], states=ENDED))) >= 20,
            within=60,
            what="every delivery's end",
        )


def test_a_worker_of_a_program_delivers_too(store: Store) -> None:
    with receiving() as receiver:
        add_webhook(store, receiver.url)
        queue = Queue(store)

        @queue.task(max_retries=0)
        def fails() -> None:
            raise ValueError("no")

        fails.enqueue()
        queue.worker(concurrency=2).run(burst=True)

    ((_, body),) = receiver.got
    assert json.loads(body)["data"]["job"]["task"] == "fails"


def test_a_refused_webhook_is_tried_again_under_the_same_id(store: Store) -> None:
    with receiving(500, 302, 204, headers={"Location": "http://127.0.0.1:1/"}) as receiver:
        add_webhook(store, receiver.url, retries=5)
        enqueue(store, shell("exit 1"))

        burst(store)

    found = delivery(store)
    errors = [each.error for each in attempts(store, found.id)]
    server = f"http://127.0.0.1:{receiver.port}/…"
    assert errors == [
        f"{server} answered 500 Internal Server Error",
        f"{server} answered 302 Found",
        None,
    ]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 3


def test_a_busy_server_is_left_alone_for_as_long_as_it_says(store: Store) -> None:
    with receiving(429, headers={"Retry-After": "100"}) as receiver, running(store):
        add_webhook(store, receiver.url, retries=5)
        enqueue(store, shell("exit 1"))
        eventually(lambda: receiver.got, within=20, what="the webhook")
        eventually(lambda: delivery(store).state is JobState.RETRYING, within=20, what="its retry")

    found = delivery(store)
    assert (found.run_at or 0) - found.created_at > 90_000


def test_a_burst_does_not_wait_for_what_cannot_be_told_now(store: Store) -> None:
    add_webhook(store, "http://127.0.0.1:1/")
    store.admin.drain(HOOK_QUEUE)
    (job_id,) = enqueue(store, shell("exit 1"))

    burst(store)

    assert job(store, job_id).state is JobState.DEAD
    assert store.reader.page(JobFilter(queues=[HOOK_QUEUE])) == []


def test_a_server_that_says_gone_is_told_nothing_more(store: Store) -> None:
    with receiving(410) as receiver:
        add_webhook(store, receiver.url, retries=5)
        enqueue(store, shell("exit 1"))
        burst(store)
        enqueue(store, shell("exit 1"))
        burst(store)

    hook = store.hooks.get("pager")
    assert len(receiver.got) == 1
    assert (hook.paused, hook.note) == (True, f"{hook.target} answered 410 Gone")
    assert delivery(store).state is JobState.DEAD


def test_nothing_secret_is_in_what_the_store_shows_of_deliveries(store: Store) -> None:
    with receiving(500) as receiver:
        add_webhook(store, receiver.url, retries=1)
        enqueue(store, shell("exit 1"))
        burst(store)

    found = delivery(store)
    events = store.reader.feed().events
    shown = f"{found} {attempts(store, found.id)} {events} {store.hooks.all()}"
    assert "t0ken" not in shown
    assert SECRET.decode() not in shown
    assert base64.b64encode(SECRET).decode() not in shown


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "0x7f000001",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "localhost",
        "localhost.",
        "[::1]",
    ],
)
def test_a_webhook_into_a_private_network_sends_nothing(store: Store, host: str) -> None:
    with canary() as (port, visits):
        add_webhook(store, f"http://{host}:{port}/", retries=0, allow_private=False)
        enqueue(store, shell("exit 1"))

        burst(store)

    (attempt,) = attempts(store, delivery(store).id)
    assert visits == []
    assert "is in a private network" in (attempt.error or "") or "no address" in (
        attempt.error or ""
    )


def test_a_name_is_judged_by_all_of_its_addresses_and_looked_up_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means another server a moment later, or one of several, leads nowhere."""
    asked = []

    def two(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", (text, port)) for text in ("93.184.215.14", "127.0.0.1")]

    monkeypatch.setattr("queuectl_worker.hooks.address.socket.getaddrinfo", two)
    with canary() as (port, visits):
        add_webhook(store, f"http://rebind.example:{port}/", retries=0, allow_private=False)
        enqueue(store, shell("exit 1"))
        burst(store)

    assert visits == []
    assert asked == ["rebind.example"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("64:ff9b::5db8:d70e", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("::127.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::", False),
        ("ff02::1", False),
    ],
)
def test_an_address_is_public_only_if_all_that_it_stands_for_is(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_server_that_drips_its_answer_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def drip() -> None:
            end, _ = server.accept()
            with end:
                while not over.wait(0.02):
                    try:
                        end.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        try:
            with pytest.raises(NoAnswer, match=r"no answer within 0\.5 s"):
                post(url, b"{}", {}, allow_private=True, limit_s=0.5)
        finally:
            over.set()
            thread.join()


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(NoAnswer, match=r"127\.0\.0\.1: Connection refused"):
        post(f"http://127.0.0.1:{port}/", b"{}", {}, allow_private=True)


def test_the_signature_is_that_of_the_published_example() -> None:
    """The vector of the reference implementations of Standard Webhooks."""
    secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    headers = signed_headers(
        secret,
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert read_secret(secret_text(secret)) == secret


@pytest.mark.parametrize("text", ["", "short", "whsec_!", "x" * 600])
def test_a_secret_that_keeps_nobody_out_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"secret|base64"):
        read_secret(text)


def test_a_command_is_told_on_its_input_and_is_tried_again(store: Store, tmp_path: Path) -> None:
    script = 'cat > told; echo "$QUEUECTL_EVENT_TEXT" >> lines; test $(wc -l < lines) -gt 1'
    work = NewJob(work=Shell(script=script), cwd=str(tmp_path), max_retries=3, backoff=AT_ONCE)
    store.hooks.add(NewHook(name="mail", rule=ON_DEAD, job=work))
    (job_id,) = enqueue(store, shell("exit 1", name="night"))

    burst(store)

    assert json.loads((tmp_path / "told").read_text())["data"]["job"]["id"] == job_id
    line = f"job {job_id} (night) dead: attempt 1 of 1 failed: exit code 1"
    assert (tmp_path / "lines").read_text().splitlines() == [line, line]
    assert [each.state for each in attempts(store, delivery(store).id)] == ["failed", "succeeded"]


def test_a_desktop_without_a_notifier_is_said_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    store.hooks.add(NewHook(name="desk", rule=ON_DEAD, job=desktop_job(max_retries=3)))
    enqueue(store, NewJob(work=Shell(script="exit 1"), max_retries=0))

    burst(store)

    (attempt,) = attempts(store, delivery(store).id)
    assert attempt.error == "notify-send is not installed on this host, and shows them"


def test_a_desktop_is_shown_the_headline(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {tmp_path}/shown\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    store.hooks.add(NewHook(name="desk", rule=ON_DEAD, job=desktop_job(max_retries=0)))
    (job_id,) = enqueue(store, shell("exit 1", name="a\x1b[2Jb"))

    burst(store)

    shown = (tmp_path / "shown").read_text().split("|")
    assert shown[:4] == ["--app-name", "QueueCTL", "--", "QueueCTL"]
    assert shown[4].startswith(f"job {job_id} (a [2Jb) dead")


@pytest.mark.parametrize(
    ("platform", "program"),
    [("linux", "notify-send"), ("darwin", "osascript"), ("win32", "powershell")],
)
def test_each_system_has_its_notifier_and_reads_no_code_from_the_text(
    platform: str, program: str
) -> None:
    text = '"; calc; $(id)'

    words = notifier(text, platform=platform)

    assert words[0] == program
    assert all(word == text or text not in word for word in words)


def test_a_task_cannot_take_a_name_of_ours(store: Store) -> None:
    with pytest.raises(InvalidTask, match="QueueCTL's own"):
        Queue(store).task(name="queuectl.webhook")
