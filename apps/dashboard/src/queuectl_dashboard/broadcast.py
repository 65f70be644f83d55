"""The one reader of the event feed for all open pages: each message is made once, and kept a while.

A follower has a place among the kept messages, not a queue of its own: one that is too slow finds
its place gone and is told to look again, and nothing piles up for it.
"""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Event, Thread, current_thread
from typing import Any

from queuectl_store import Cursor, InvalidCursor, Job, JobId, Page, Store, StoreError
from queuectl_store.events import Event as Fact
from queuectl_store.values import dataclass

WATCH_S = 0.02
# However long it takes to ask a database: no more than this part of the time.
WATCH_SHARE = 40
KEPT = 64
# More at once are not told one by one: whoever looks again is quicker.
MOST_EVENTS = 200
MOST_JOBS = 50
# A store that is written to all the time is not looked at each time.
OTHER_S = 1.0
FLOOD_S = 0.5

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What followers are sent; *cursor* is the place in the feed after it, where it has one."""

    text: str
    cursor: Cursor | None = None


class Writing:
    """Makes messages.

    Args:
        of_jobs: Returns the JSON jobs of some jobs.
        of_event: Returns the JSON document of one event.
    """

    def __init__(
        self,
        store: Store,
        of_jobs: Callable[[Sequence[Job]], list[dict[str, Any]]],
        of_event: Callable[[Fact], dict[str, Any]],
    ) -> None:
        self._store, self._of_jobs, self._of_event = store, of_jobs, of_event

    def events(self, page: Page) -> Message:
        """Tell what happened, with the jobs as they are now where they are few."""
        ids = list(dict.fromkeys(event.job_id for event in page.events))
        few = len(ids) <= MOST_JOBS
        jobs = self._of_jobs(self._store.reader.find(list(map(JobId, ids)))) if few else None
        events = [self._of_event(event) for event in page.events]
        return _message("events", page.cursor, events=events, jobs=jobs)

    @staticmethod
    def hello(cursor: Cursor) -> Message:
        """Tell where the feed is."""
        return _message("hello", cursor)

    @staticmethod
    def resync(cursor: Cursor) -> Message:
        """Ask to look again at everything: too much happened, or it can be told no more."""
        return _message("resync", cursor)


CHANGED = Message(text='{"type": "changed"}')
HEARTBEAT = Message(text='{"type": "heartbeat"}')


class Broadcaster:
    """Reads the feed of a store, in a thread that lives while somebody follows."""

    def __init__(self, store: Store, writing: Writing) -> None:
        self._store, self._writing = store, writing
        self._turn = Condition()
        self._followers: set[Follower] = set()
        self._kept: deque[Message] = deque(maxlen=KEPT)
        self._sent = 0
        self._cursor: Cursor | None = None
        self._thread: Thread | None = None
        self._pause_s = WATCH_S

    def follow(self, wake: Event) -> "Follower":
        """Set *wake* after each message from now on."""
        with self._turn:
            if self._thread is None:
                # Read before the thread starts: what comes from now on is not missed.
                self._cursor = self._store.reader.newest_events(0).cursor
                self._thread = Thread(target=self._watch, name="dashboard-live", daemon=True)
                self._thread.start()
            assert self._cursor is not None
            follower = Follower(self, wake, place=self._sent, cursor=self._cursor)
            self._followers.add(follower)
            return follower

    def leave(self, follower: "Follower") -> None:
        """Leave *follower* alone from now on."""
        with self._turn:
            self._followers.discard(follower)
            self._turn.notify_all()

    def since(self, place: int) -> tuple[list[Message], int]:
        """Return the messages after *place*, and the place after them."""
        with self._turn:
            missed = self._sent - place
            if missed > len(self._kept):
                assert self._cursor is not None
                return [self._writing.resync(self._cursor)], self._sent
            return list(self._kept)[len(self._kept) - missed :], self._sent

    def caught_up(self, cursor: Cursor) -> Message | None:
        """Return what happened since *cursor*; None where nothing did."""
        try:
            page = self._store.reader.feed(cursor, limit=MOST_EVENTS)
        except InvalidCursor:
            return self._writing.resync(self._store.reader.newest_events(0).cursor)
        if page.is_pruned or len(page.events) == MOST_EVENTS:
            return self._writing.resync(self._store.reader.newest_events(0).cursor)
        return self._writing.events(page) if page.events else None

    def _watch(self) -> None:
        seen: int | None = None
        told_at, has_more = 0.0, False
        try:
            while self._is_wanted():
                version = self._version()
                if version not in {seen, None}:
                    seen, message = version, self._news()
                    has_more = has_more or message is None
                    if message is not None:
                        self._tell(message)
                # Leases and the like change too, all the time: this is told of now and then.
                if has_more and time.monotonic() - told_at > OTHER_S:
                    told_at, has_more = time.monotonic(), False
                    self._tell(CHANGED)
        finally:
            # Should it ever fail, the next page that opens starts another.
            with self._turn:
                if self._thread is current_thread():
                    self._thread = None

    def _version(self) -> int | None:
        began = time.monotonic()
        try:
            return self._store.reader.version()
        except StoreError as error:
            log.warning("store cannot be followed", extra={"error": str(error)})
            return None
        finally:
            self._pause_s = max(WATCH_S, WATCH_SHARE * (time.monotonic() - began))

    def _news(self) -> Message | None:
        try:
            page = self._store.reader.feed(self._cursor, limit=MOST_EVENTS)
            if not page.events:
                return None
            if len(page.events) < MOST_EVENTS:
                return self._writing.events(page)
            time.sleep(FLOOD_S)
            return self._writing.resync(self._store.reader.newest_events(0).cursor)
        except InvalidCursor:  # the store was restored from a backup
            return self._writing.resync(self._store.reader.newest_events(0).cursor)
        except StoreError as error:
            log.warning("feed cannot be read", extra={"error": str(error)})
            return None

    def _tell(self, message: Message) -> None:
        with self._turn:
            self._kept.append(message)
            self._sent += 1
            self._cursor = message.cursor or self._cursor
            for follower in self._followers:
                follower.wake.set()

    def _is_wanted(self) -> bool:
        with self._turn:
            if self._followers:
                self._turn.wait(self._pause_s)
            if not self._followers:
                self._thread = None
            return bool(self._followers)


class Follower:
    """One page's place among the messages.

    Attributes:
        cursor: The place in the feed from which it follows.
    """

    def __init__(
        self, broadcaster: Broadcaster, wake: Event, *, place: int, cursor: Cursor
    ) -> None:
        self._broadcaster, self._place = broadcaster, place
        self.wake, self.cursor = wake, cursor

    def first(self, after: Cursor | None) -> list[Message]:
        """Return what it is sent first: what it missed since *after*, or where the feed is.

        An event may come a second time in a later message; its id tells.
        """
        hello = Writing.hello(self.cursor)
        missed = None if after is None else self._broadcaster.caught_up(after)
        return [hello] if missed is None else [hello, missed]

    def take(self) -> list[Message]:
        """Return what has come since the last time."""
        messages, self._place = self._broadcaster.since(self._place)
        return messages

    def leave(self) -> None:
        """Follow no longer."""
        self._broadcaster.leave(self)


def _message(kind: str, cursor: Cursor, **facts: Any) -> Message:
    return Message(text=json.dumps({"type": kind, "cursor": cursor, **facts}), cursor=cursor)
