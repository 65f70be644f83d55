"""The tasks that every worker has: they deliver what hooks are to tell."""

import json
import time
from collections.abc import Iterable
from typing import Any

from queuectl_store import Hook, NewJob, Store
from queuectl_store.hooks.happening import headline
from queuectl_store.hooks.hook import DESKTOP_TASK, WEBHOOK_TASK, shown_url
from queuectl_store.job import HOOK_QUEUE
from queuectl_worker.context import Context
from queuectl_worker.errors import InvalidTask
from queuectl_worker.hooks.address import PrivateAddress
from queuectl_worker.hooks.desktop import NoNotifier, NotShown, notify
from queuectl_worker.hooks.posting import Answer, NoAnswer, post
from queuectl_worker.hooks.signing import signed_headers
from queuectl_worker.middleware import Chain
from queuectl_worker.options import Options
from queuectl_worker.queued import QueuedJob
from queuectl_worker.tasks import Registry, TaskFunction
from queuectl_worker.wishes import GiveUp, Retry

GONE = 410
_BUSY = (429, 503)
_PLAIN = Chain(())


def deliveries(store: Store) -> Registry:
    """Return the tasks that deliver for the hooks of *store*."""

    def webhook(hook: int, event: dict[str, Any], context: Context) -> None:
        found = store.hooks.find(hook)
        if found is None or found.url is None:
            raise GiveUp("its hook was removed")
        if found.note is not None:
            raise GiveUp(f"its hook is paused: {found.note}")
        _judge(store, found, _sent(found, event, message_id=context.idempotency_key))

    def desktop(hook: int, event: dict[str, Any]) -> None:
        del hook
        try:
            notify(headline(event))
        except NoNotifier as error:
            raise GiveUp(str(error)) from error
        except NotShown as error:
            raise Retry(reason=str(error)) from error

    registry, sender = Registry(), _NoSender()
    for name, function in ((WEBHOOK_TASK, webhook), (DESKTOP_TASK, desktop)):
        registry.add(TaskFunction(function, sender, name=name, aliases=(), options=Options()))
    return registry


def _sent(hook: Hook, event: dict[str, Any], *, message_id: str) -> Answer:
    assert hook.url is not None
    body = json.dumps(event, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "QueueCTL"}
    if hook.secret is not None:
        now = int(time.time())
        headers |= signed_headers(hook.secret, message_id=message_id, at=now, body=body)
    try:
        return post(hook.url, body, headers, allow_private=hook.allow_private)
    except PrivateAddress as error:
        raise GiveUp(str(error)) from error
    except NoAnswer as error:
        raise Retry(reason=str(error)) from error


def _judge(store: Store, hook: Hook, answer: Answer) -> None:
    assert hook.url is not None
    if 200 <= answer.status < 300:
        return
    said = f"{shown_url(hook.url)} answered {answer.status} {answer.reason}".strip()[:300]
    if answer.status == GONE:
        store.hooks.give_up(hook.id, said)
        raise GiveUp(said)
    raise Retry(after=answer.retry_after_s if answer.status in _BUSY else None, reason=said)


class _NoSender:
    """Nobody enqueues these but the store itself."""

    def send(self, *_: Iterable[NewJob], **__: Any) -> list[QueuedJob]:
        """Refuse.

        Raises:
            InvalidTask: Always.
        """
        raise InvalidTask("deliveries are made by hooks; `queuectl hook test` makes one")

    takes_calls = False

    def send_calls(self, *_: Any) -> list[QueuedJob]:
        """Refuse, as `send` does.

        Raises:
            InvalidTask: Always.
        """
        return self.send()

    async def send_calls_async(self, *_: Any) -> list[QueuedJob]:
        """Refuse, as `send` does."""
        return self.send()

    async def send_async(self, *_: Iterable[NewJob], **__: Any) -> list[QueuedJob]:
        """Refuse, as `send` does."""
        return self.send()

    @property
    def default_queue(self) -> str:
        """The queue of hooks."""
        return HOOK_QUEUE

    @property
    def middleware(self) -> Chain:
        """Nothing of a program's."""
        return _PLAIN
