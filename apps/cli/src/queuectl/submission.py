"""Bulk enqueue as a person sees it: what lines become, and what is in at the end."""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from queuectl.array import Array, array_jobs
from queuectl.asking import Asked, Defaults, complete, last_job, new_groups, new_job
from queuectl.bar import progress
from queuectl.bulk import enqueue_lines
from queuectl.exits import UsageProblem
from queuectl.intake import Line, Source
from queuectl.session import Session
from queuectl.spec import JobSpec, spec_from_text
from queuectl.tally import Tally, print_ids
from queuectl_store import JobId, NewGroup
from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """How the lines of an input become jobs.

    Attributes:
        spec: What a line says of itself.
        options: What the command line says of all of them.
    """

    spec: Callable[[Line], JobSpec]
    options: JobSpec
    is_atomic: bool = False
    key: str | None = None


def spec_of_line(line: Line) -> JobSpec:
    """Return what a line of a file says: a shell command or a JSON spec."""
    return spec_from_text(line[1].decode("utf-8", "surrogateescape"))


def enqueue_bulk(
    session: Session,
    opened: AbstractContextManager[Source],
    read_defaults: Callable[[], Defaults],
    bulk: Bulk,
) -> Tally:
    """Enqueue a job for each line of *opened* and print the ids.

    Raises:
        UsageProblem: The input cannot be read, or a line is not a job; says what is stored.
        KeyboardInterrupt: After telling what is stored.
    """
    tally = Tally()
    with opened as source, progress(session.terminal, source, tally) as lines:
        # Not before the input is open: a wrong name must not leave a new store.
        store, defaults = session.open_store(), read_defaults()
        ask, last = _reader(bulk, defaults)
        tally.group = None if last is None else last.name
        try:
            enqueue_lines(
                store,
                lines,
                ask,
                is_atomic=bulk.is_atomic,
                key=bulk.key,
                last=last,
                stored=tally.add,
            )
        except UsageProblem as error:
            print_ids(session, tally)
            raise _with_tally(error, tally) from error
        except KeyboardInterrupt:
            print_ids(session, tally)
            session.terminal.say(f"stopped: {tally}")
            raise
    _tell_all(session, tally)
    return tally


def _tell_all(session: Session, tally: Tally) -> None:
    if not tally.count:
        raise UsageProblem("the input has no jobs; nothing is enqueued")
    print_ids(session, tally)
    if session.terminal.talks_to_person:
        session.terminal.say(str(tally))


def _reader(bulk: Bulk, defaults: Defaults) -> tuple[Callable[[Line], Asked], NewGroup | None]:
    """Return what asks for a line's job; and the group of all, if one job is to follow them."""
    options = bulk.options
    if options.on_finish is None:
        return lambda line: complete(bulk.spec(line).overridden_by(options), defaults), None
    whole = replace(options, group=options.group or f"input-{_token(bulk.key)}")
    [last] = new_groups(whole, defaults)
    said = replace(whole, on_finish=None)

    def ask(line: Line) -> Asked:
        spec = bulk.spec(line)
        if spec.on_finish is not None:
            raise UsageProblem("the whole input has --on-finish; a line of it takes none")
        return complete(spec.overridden_by(said), defaults)

    return ask, last


def _token(key: str | None) -> str:
    # The same key is the same input or array: a second call must find the first one's group.
    if not key:
        return secrets.token_hex(5)
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:10]


def _with_tally(error: UsageProblem, tally: Tally) -> UsageProblem:
    problem = str(error).splitlines()[0]
    told = UsageProblem(f"{problem}\n{tally}")
    told.code = error.code
    return told


def enqueue_array(
    session: Session, asked: JobSpec, defaults: Defaults, array: Array
) -> list[JobId]:
    """Enqueue a job for each index, all or none, in a group of their own; print the ids.

    Raises:
        UsageProblem: *asked* names no work.
    """
    group = asked.group or f"array-{_token(asked.key)}"
    job = new_job(replace(asked, group=group), defaults)
    rules = NewGroup(
        name=group,
        concurrency=array.at_once,
        halt=asked.halt,
        on_finish=last_job(asked, defaults),
    )
    ids = session.open_store().enqueue(array_jobs(job, array), group=rules)
    if session.json:
        session.terminal.document({"enqueued": len(ids), "ids": ids, "group": group})
        return ids
    tally = Tally()
    tally.add(ids, len(ids))
    print_ids(session, tally)
    session.terminal.say(
        f"{len(ids):,} jobs are enqueued (ids {ids[0]}-{ids[-1]}) in the group {group}"
    )
    return ids
