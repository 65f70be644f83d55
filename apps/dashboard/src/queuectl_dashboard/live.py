"""The sockets: one tells what happens to jobs, one follows a run's output; and the same by events.

Each socket's own thread is its only writer, since wsproto is not thread-safe. What is sent comes
from broadcast.py; nothing is taken from a client.
"""

import logging
import time
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore, Event
from typing import Any

from flask import Blueprint, Flask, Response, g, request
from flask_sock import Sock
from werkzeug.exceptions import ServiceUnavailable

from queuectl_dashboard.broadcast import HEARTBEAT, Broadcaster, Follower
from queuectl_dashboard.callers import Caller, caller_of
from queuectl_dashboard.feeding import OutputFeed
from queuectl_dashboard.handshake import (
    ANSWER_S,
    Socket,
    check_handshake,
    end_soon,
    prepare,
    send_whole,
    wanted_cursor,
)

OpenOutput = Callable[..., OutputFeed]

# Below the server's cap on requests, so that open pages leave room for others.
SOCKET_CAP = 512
MESSAGE_LIMIT = 1024
HEARTBEAT_S = 20.0
# So often a socket looks whether its caller may still listen.
LOOK_S = 1.0
# An event stream ends before the server's limit for a request; the browser comes back by itself.
STREAM_S = 45.0
EVENT_STREAM = "text/event-stream"

UNWANTED_MESSAGE = 1008
NO_LONGER_ALLOWED = 1008

log = logging.getLogger(__name__)


class Admission:
    """Slots for live pages. What has one gives it back, however it ends."""

    def __init__(self, cap: int) -> None:
        self._slots = BoundedSemaphore(cap)

    def take(self) -> None:
        """Take a slot, or answer that there is none."""
        if not self._slots.acquire(blocking=False):
            raise ServiceUnavailable("as many pages as possible are live; others poll")

    def give_back(self) -> None:
        """Let another page have it."""
        self._slots.release()


def add_live(
    app: Flask, broadcaster: Broadcaster, output: OpenOutput, *, socket_cap: int = SOCKET_CAP
) -> None:
    """Give *app* its sockets and the event stream, for *socket_cap* pages at once.

    Args:
        output: Opens the output of a job's attempt.
    """
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": MESSAGE_LIMIT}
    admission = Admission(socket_cap)
    blueprint = Blueprint("live", __name__)
    _guard(blueprint, admission, output)
    _add_sockets(blueprint, broadcaster)
    app.register_blueprint(blueprint)
    app.register_blueprint(_stream(broadcaster, admission))


def _guard(blueprint: Blueprint, admission: Admission, output: OpenOutput) -> None:
    """Refuse before the handshake what would have to be refused: after it nobody hears why."""

    @blueprint.before_request
    def admit() -> None:
        check_handshake(request.environ)
        g.caller = caller_of(request.environ)
        g.cursor = wanted_cursor(request.args)
        if "job_id" in (request.view_args or {}):
            g.output = output(**(request.view_args or {}))
        admission.take()
        g.has_slot = True
        prepare(request.environ)

    @blueprint.teardown_request
    def give_back(_error: BaseException | None) -> None:
        if g.pop("has_slot", False):
            admission.give_back()
            end_soon(request.environ)


def _add_sockets(blueprint: Blueprint, broadcaster: Broadcaster) -> None:
    sock = Sock()

    @sock.route("/ws", bp=blueprint)  # type: ignore[untyped-decorator]
    def follow_jobs(ws: Socket) -> None:
        follower = broadcaster.follow(ws.event)
        try:
            _guarded(ws, lambda: _tell_events(ws, follower))
        finally:
            follower.leave()

    @sock.route("/ws/logs/<id:job_id>/<id:attempt>", bp=blueprint)  # type: ignore[untyped-decorator]
    def follow_output(ws: Socket, job_id: int, attempt: int) -> None:  # noqa: ARG001
        feed: OutputFeed = g.output
        try:
            _guarded(ws, lambda: _tell_output(ws, feed))
        finally:
            feed.close()


def _stream(broadcaster: Broadcaster, admission: Admission) -> Blueprint:
    blueprint = Blueprint("stream", __name__)

    @blueprint.get("/api/v1/live")
    def follow_stream() -> Response:
        given = request.headers.get("Last-Event-ID") or None
        after = wanted_cursor({"cursor": given} if given else request.args)
        caller = caller_of(request.environ)
        if request.method == "HEAD":
            # Its answer has no body, so it needs no slot, nor has the next request to wait for one.
            return Response(content_type=EVENT_STREAM)
        admission.take()
        wake = Event()
        try:
            follower = broadcaster.follow(wake)
        except BaseException:
            admission.give_back()
            raise
        answer = Response(_as_events(follower, after, caller), content_type=EVENT_STREAM)
        # Called however the answer ends, begun or not.
        answer.call_on_close(follower.leave)
        answer.call_on_close(admission.give_back)
        return answer

    return blueprint


def _guarded(ws: Socket, tell: Callable[[], None]) -> None:
    send_whole(ws)
    try:
        tell()
    except OSError:
        # The client took nothing for too long, or is gone: a new socket begins afresh.
        log.debug("live page dropped")
    if not ws.connected:
        # The library says that the client closes, or breaks the rules, before it has answered; what
        # the server sends of its own at the end of the call must not come before that.
        ws.thread.join(ANSWER_S)


def _tell_events(ws: Socket, follower: Follower) -> None:
    messages = follower.first(g.cursor)
    spoke = time.monotonic()
    while _may_go_on(ws):
        if not messages and time.monotonic() - spoke > HEARTBEAT_S:
            messages = [HEARTBEAT]
        for message in messages:
            ws.send(message.text)
            spoke = time.monotonic()
        ws.event.wait(LOOK_S)
        ws.event.clear()
        messages = follower.take()


def _tell_output(ws: Socket, feed: OutputFeed) -> None:
    spoke = time.monotonic()
    while _may_go_on(ws):
        told = feed.news()
        if not told and time.monotonic() - spoke > HEARTBEAT_S:
            told = [HEARTBEAT.text]
        for text in told:
            ws.send(text)
            spoke = time.monotonic()
        if feed.is_over:
            ws.close(1000, "the run has ended")
            return
        if not told:
            ws.event.wait(feed.pause_s)
            ws.event.clear()


def _may_go_on(ws: Socket) -> bool:
    if not ws.connected:
        return False
    if ws.input_buffer:
        ws.close(UNWANTED_MESSAGE, "this socket takes no messages")
        return False
    if not g.caller.is_welcome():
        ws.close(NO_LONGER_ALLOWED, "the token was taken back, or the session has ended")
        return False
    return True


def _as_events(follower: Follower, after: Any, caller: Caller) -> Iterator[str]:
    ends = time.monotonic() + STREAM_S
    yield "retry: 1000\n\n"
    quiet = 0
    messages = follower.first(after)
    while time.monotonic() < ends and caller.is_welcome():
        for message in messages:
            place = "" if message.cursor is None else f"id: {message.cursor}\n"
            yield f"{place}data: {message.text}\n\n"
        if not messages and (quiet := quiet + 1) % 10 == 0:
            yield ": nothing yet\n\n"
        follower.wake.wait(LOOK_S)
        follower.wake.clear()
        messages = follower.take()
