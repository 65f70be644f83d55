"""A hook as it is asked for and as it is stored."""

import re
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import NewType
from urllib.parse import urlsplit

from queuectl_store.errors import InvalidHook
from queuectl_store.job import NewJob, Task
from queuectl_store.states import Verb
from queuectl_store.values import dataclass

HookId = NewType("HookId", int)

WEBHOOK_TASK, DESKTOP_TASK = "queuectl.webhook", "queuectl.desktop"

_NAME = re.compile(r"\w[\w.:-]{0,99}")
_MOST_FAILURES = 1_000_000
_LONGEST_URL = 8_000


class HookKind(StrEnum):
    """How a hook tells."""

    WEBHOOK = "webhook"
    COMMAND = "command"
    DESKTOP = "desktop"


class HookOn(StrEnum):
    """What a hook may be told of."""

    ENQUEUED = "enqueued"
    STARTED = "started"
    SUCCEEDED = "succeeded"
    RETRYING = "retrying"
    DEAD = "dead"
    CANCELLED = "cancelled"
    HELD = "held"


VERBS: Mapping[HookOn, frozenset[Verb]] = MappingProxyType(
    {
        HookOn.ENQUEUED: frozenset({Verb.ENQUEUE}),
        HookOn.STARTED: frozenset({Verb.CLAIM}),
        HookOn.SUCCEEDED: frozenset({Verb.SUCCEED}),
        HookOn.RETRYING: frozenset({Verb.BACK_OFF}),
        HookOn.DEAD: frozenset({Verb.DIE, Verb.GIVE_UP}),
        HookOn.CANCELLED: frozenset({Verb.CANCEL, Verb.STOP}),
        HookOn.HELD: frozenset({Verb.HOLD}),
    }
)
ON = MappingProxyType({verb: on for on, verbs in VERBS.items() for verb in verbs})


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRule:
    """Which events a hook is told of; every field narrows.

    Attributes:
        after_failures: Only once so many matching jobs have died with none that succeeded in
            between; then not again before one has succeeded. None: of each.
    """

    on: frozenset[HookOn]
    queues: frozenset[str] = frozenset()
    name: str | None = None
    task: str | None = None
    group: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    after_failures: int | None = None

    @property
    def verbs(self) -> frozenset[Verb]:
        """The moves that it has to see."""
        on = self.on if self.after_failures is None else self.on | {HookOn.SUCCEEDED}
        return frozenset(verb for each in on for verb in VERBS[each])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHook:
    """A hook that a caller wants.

    Attributes:
        job: What each event makes; see `webhook_job`, `desktop_job`. A command finds the event on
            its standard input and in QUEUECTL_* variables.
        url: Where a webhook is sent.
        secret: What a webhook is signed with: the bytes that both sides know.
        allow_private: The URL may lead into a private network.
    """

    name: str
    rule: HookRule
    job: NewJob
    url: str | None = None
    secret: bytes | None = field(default=None, repr=False)
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A stored hook. Times are UTC milliseconds.

    Attributes:
        template: Its job as text (template.py).
        note: Why it is paused, where nobody asked for that.
        failures: Matching jobs that died since one succeeded, where its rule counts them.
    """

    id: HookId
    name: str
    rule: HookRule
    template: str = field(repr=False)
    url: str | None = field(repr=False)
    secret: bytes | None = field(repr=False)
    allow_private: bool
    paused: bool
    note: str | None
    failures: int
    created_at: int

    @property
    def kind(self) -> HookKind:
        """How it tells."""
        if self.url is not None:
            return HookKind.WEBHOOK
        is_desktop = f'"task":"{DESKTOP_TASK}"' in self.template
        return HookKind.DESKTOP if is_desktop else HookKind.COMMAND

    @property
    def target(self) -> str:
        """Where it leads, for people: of a URL, which may be a secret, the server alone."""
        return self.kind.value if self.url is None else shown_url(self.url)


def webhook_job(**fields: object) -> NewJob:
    """Return the job by which a webhook is sent."""
    return _delivery(WEBHOOK_TASK, fields)


def desktop_job(**fields: object) -> NewJob:
    """Return the job that shows a notification on the desktop of the worker that runs it."""
    return _delivery(DESKTOP_TASK, fields)


def _delivery(task: str, fields: Mapping[str, object]) -> NewJob:
    return NewJob(work=Task(name=task), **fields)  # type: ignore[arg-type]


def shown_url(url: str) -> str:
    """Return *url* without the parts that may be secret."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    rest = "/…" if parts.path not in ("", "/") or parts.query else ""
    return f"{parts.scheme}://{parts.hostname}{port}{rest}"


def check_hook(new: NewHook) -> None:
    """Refuse what no hook can be.

    Raises:
        InvalidHook: The message says why.
    """
    if not _NAME.fullmatch(new.name):
        raise InvalidHook(
            f"the hook name {new.name[:60]!r} is not usable: 1 to 100 letters, digits,"
            " _ . : or -, beginning with a letter or digit"
        )
    if not new.rule.on:
        raise InvalidHook(f"say what it is told of: {', '.join(HookOn)}")
    count = new.rule.after_failures
    if count is not None:
        if not 1 <= count <= _MOST_FAILURES:
            raise InvalidHook(f"failures are counted from 1 to {_MOST_FAILURES}, not {count}")
        if new.rule.on != {HookOn.DEAD}:
            raise InvalidHook("only dead jobs are counted; combine it with dead alone")
    if new.url is not None:
        check_url(new.url)


def check_url(url: str) -> None:
    """Refuse an address that is not plainly one of http.

    Raises:
        InvalidHook: The message says why, without the address, which may be a secret.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it checks it
    except ValueError as error:
        raise InvalidHook("the address of the webhook cannot be read") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidHook("a webhook goes to an address like https://example.org/path")
    if parts.username is not None or parts.password is not None:
        raise InvalidHook("the address of a webhook holds no user or password; use its path")
    if len(url) > _LONGEST_URL or not url.isascii() or any(c <= " " or c == "\x7f" for c in url):
        raise InvalidHook("the address of the webhook has blanks or other odd characters")
