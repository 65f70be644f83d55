"""Stores with one defect each, made by a small change of the real code while a test runs."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from itertools import count
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.sql import visitors

from queuectl_store import database, keeping, turn
from queuectl_store.claiming import Taken, Wish
from queuectl_store.engines.transaction import Transaction
from queuectl_store.enqueue import calls, enqueuing
from queuectl_store.ledger import recorded
from queuectl_store.limits import usage
from queuectl_store.rollups import folding, tally
from queuectl_store.schedules import catchup, firing
from queuectl_store.sql import admin, claim, hot, upkeep
from queuectl_store.sql.hot import ENDED
from queuectl_store.sql.plain import admin as plain_admin
from queuectl_store.sql.statement import Statement
from queuectl_store.sql.tables import jobs
from queuectl_store.states import Verb
from scripts import plain_sql

Mutant = Callable[[pytest.MonkeyPatch], None]
S = TypeVar("S", bound=sa.sql.base.Executable)

MUTANTS: dict[str, Mutant] = {}


def mutant(make: Mutant) -> Mutant:
    MUTANTS[make.__name__] = make
    return make


def swap(statement: S, old: str, new: str) -> S:
    """Return *statement* with the condition whose text is *old* replaced by the text *new*."""
    swapped = 0

    def replacement(element: Any, **_: Any) -> Any:
        nonlocal swapped
        if isinstance(element, sa.sql.elements.BinaryExpression) and text_of(element) == old:
            swapped += 1
            return sa.literal_column(f"({new})", sa.Boolean())
        return None

    changed: Any = visitors.replacement_traverse(statement, {}, replacement)
    assert swapped, f"no condition {old!r} in {statement}"
    return changed  # type: ignore[no-any-return]


def put(patch: pytest.MonkeyPatch, place: str, statement: Any) -> None:
    """Let the store run *statement* in place of the one at *place*."""
    module, _, name = place.partition(":")
    plain = import_module(f"queuectl_store.sql.plain.{module}")
    patch.setattr(plain, name, named(place, statement))


def named(place: str, statement: Any) -> Statement:
    """Return *statement* as the one at *place* is written in the folder of texts."""
    made: Statement = eval(plain_sql.written(place, statement), {"Statement": Statement})
    made._built = statement
    return made


def text_of(element: Any) -> str:
    with suppress(sa.exc.CompileError):
        return " ".join(str(element).split())
    return ""


@mutant
def finish_forgets_the_token(patch: pytest.MonkeyPatch) -> None:
    put(patch, "hot:FINISH", swap(hot.FINISH, "queuectl_jobs.token = ended.token", "1=1"))


@mutant
def finish_forgets_the_state(patch: pytest.MonkeyPatch) -> None:
    put(patch, "hot:FINISH", swap(hot.FINISH, "queuectl_jobs.state = 'running'", "1=1"))


@mutant
def finish_never_refuses(patch: pytest.MonkeyPatch) -> None:
    record = turn._record

    def never_refuses(*arguments: Any, **more: Any) -> turn.Recorded:
        return record(*arguments, **more)._replace(refused=[])

    patch.setattr(turn, "_record", never_refuses)


@mutant
def finish_refuses_what_it_has_recorded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(turn, "_not_recorded", lambda _c, _w, refused: refused)


@mutant
def finish_loses_one_of_a_batch(patch: pytest.MonkeyPatch) -> None:
    record = turn._record

    def loses_one(
        c: Any, times: Any, worker: Any, finishes: Sequence[Any], **more: Any
    ) -> turn.Recorded:
        kept = finishes[:-1] if len(finishes) > 1 else finishes
        return record(c, times, worker, kept, **more)

    patch.setattr(turn, "_record", loses_one)


@mutant
def claim_takes_what_runs(patch: pytest.MonkeyPatch) -> None:
    states = "queuectl_jobs.state IN ('pending', 'running')"
    put(patch, "claim:CLAIM", swap(claim.CLAIM, "queuectl_jobs.state = 'pending'", states))


@mutant
def claim_takes_what_is_held(patch: pytest.MonkeyPatch) -> None:
    states = "queuectl_jobs.state IN ('pending', 'held')"
    put(patch, "claim:CLAIM", swap(claim.CLAIM, "queuectl_jobs.state = 'pending'", states))


@mutant
def claim_gives_more_than_was_asked(patch: pytest.MonkeyPatch) -> None:
    take = turn.claim

    def generous(c: Any, times: Any, worker: Any, wish: Wish, **more: Any) -> Taken:
        asked = wish._replace(limit=wish.limit + (wish.limit > 0))
        return take(c, times, worker, asked, **more)

    patch.setattr(turn, "claim", generous)


@mutant
def claim_counts_the_attempt_twice(patch: pytest.MonkeyPatch) -> None:
    put(patch, "claim:CLAIM", claim.CLAIM.values(attempt=jobs.c.attempt + 2))


@mutant
def claim_lets_one_too_many_run(patch: pytest.MonkeyPatch) -> None:
    starts = usage.Usage.starts

    def lax(self: usage.Usage, queue: str) -> int | None:
        most = starts(self, queue)
        return None if most is None else most + 1

    patch.setattr(usage.Usage, "starts", lax)


@mutant
def acknowledges_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    commit = database._commit

    def hopeful(
        connection: Transaction, done: Callable[[], None], errors: tuple[type[Exception], ...]
    ) -> None:
        with suppress(Exception):
            commit(connection, done, errors)

    patch.setattr(database, "_commit", hopeful)


@mutant
def release_lowers_the_token(patch: pytest.MonkeyPatch) -> None:
    lower = sa.case((ENDED.c.verb == "give_back", jobs.c.token - 1), else_=jobs.c.token)
    put(patch, "hot:FINISH", hot.FINISH.values(token=lower))


@mutant
def release_uses_the_attempt(patch: pytest.MonkeyPatch) -> None:
    put(patch, "hot:FINISH", hot.FINISH.values(attempt=jobs.c.attempt))


@mutant
def rerun_begins_tokens_again(patch: pytest.MonkeyPatch) -> None:
    move = admin.MOVES[Verb.RERUN].values(token=0)
    patch.setitem(plain_admin.MOVES, "rerun", named("admin:MOVES.rerun", move))


@mutant
def rescue_takes_from_the_living(patch: pytest.MonkeyPatch) -> None:
    lease = "queuectl_workers.lease_until <= lease_now"
    put(patch, "upkeep:EXPIRE_WORKERS", always(upkeep.EXPIRE_WORKERS, lease))


@mutant
def rescue_counts_no_crash(patch: pytest.MonkeyPatch) -> None:
    put(patch, "hot:FINISH", hot.FINISH.values(crashes=jobs.c.crashes))


@mutant
def renewal_revives_a_lease_that_was_taken(patch: pytest.MonkeyPatch) -> None:
    states = "queuectl_workers.state IN ('running', 'stopping')"
    put(patch, "upkeep:RENEW", swap(upkeep.RENEW, states, "1=1"))


@mutant
def stage_is_too_early(patch: pytest.MonkeyPatch) -> None:
    put(patch, "upkeep:STAGE", always(upkeep.STAGE, "queuectl_jobs.run_at <= now"))


@mutant
def stage_forgets_the_event(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keeping, "write_moves", lambda *_: None)


@mutant
def enqueue_ignores_keys(patch: pytest.MonkeyPatch) -> None:
    prepare, numbers = enqueuing.prepare, count()

    def forgetful(new: Sequence[Any], **more: Any) -> Any:
        return prepare([replace(job, key=f"{job.key}#{next(numbers)}") for job in new], **more)

    patch.setattr(enqueuing, "prepare", forgetful)


@mutant
def enqueue_confuses_the_ids(patch: pytest.MonkeyPatch) -> None:
    keep = calls.store
    patch.setattr(calls, "store", lambda *arguments: keep(*arguments)[::-1])


@mutant
def a_cancelled_run_runs_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(turn, "_heeding_cancels", lambda _c, finishes: finishes)


@mutant
def fire_loses_one_of_several_slots(patch: pytest.MonkeyPatch) -> None:
    plan = catchup.plan

    def forgetful(*arguments: Any, **more: Any) -> catchup.Plan:
        whole = plan(*arguments, **more)
        return replace(whole, fire=whole.fire[1:] if len(whole.fire) > 1 else whole.fire)

    patch.setattr(catchup, "plan", forgetful)


@mutant
def fire_makes_a_second_job_of_a_slot(patch: pytest.MonkeyPatch) -> None:
    begin, numbers = firing.begun, count()

    def twice(connection: Any, enqueue: Any, schedule: Any, slot: int, *more: Any) -> firing.Mark:
        new = firing.job_of(schedule.job(), name=schedule.name, schedule_id=schedule.id, slot=slot)
        if next(numbers) % 5 == 0:
            enqueue(connection, replace(new, key=f"again.{slot}"))
        return begin(connection, enqueue, schedule, slot, *more)

    patch.setattr(firing, "begun", twice)


@mutant
def fire_is_too_early(patch: pytest.MonkeyPatch) -> None:
    plan = catchup.plan

    def eager(*arguments: Any, now: int, **more: Any) -> catchup.Plan:
        return plan(*arguments, now=now + 3_000, **more)

    patch.setattr(catchup, "plan", eager)


@mutant
def count_takes_one_outcome_for_another(patch: pytest.MonkeyPatch) -> None:
    """The depths stay right: what the attempts' rows say is not asked for those."""
    patch.setattr(tally, "recorded", lambda outcome, **_: recorded(outcome, crashed=False))


@mutant
def count_adds_what_was_counted_before(patch: pytest.MonkeyPatch) -> None:
    claimed = tally.claimed
    last = [tally.Tally()]

    def again(claims: Any) -> tally.Tally:
        found = claimed(claims)
        waits = {kind: n for kind, n in last[0].counts.items() if kind.bucket > 0}
        last[0] = tally.Tally(found.counts)
        for kind, (n, ms) in waits.items():
            # It moves nothing, so that no depth tells of it.
            found.add(kind._replace(source="", target=""), n, ms)
        return found

    patch.setattr(tally, "claimed", again)


@mutant
def fold_takes_the_new_for_the_whole(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(folding, "add", lambda to, more: to.update(more))


def always(statement: S, old: str) -> S:
    """Let a condition on the clock, which has no text of its own, hold always."""
    column, operator, _ = old.split()
    swapped = 0

    def replacement(element: Any, **_: Any) -> Any:
        nonlocal swapped
        if isinstance(element, sa.sql.elements.BinaryExpression) and (
            str(element.left) == column and element.operator.__name__ == {"<=": "le"}[operator]
        ):
            swapped += 1
            return sa.literal_column("(1=1)", sa.Boolean())
        return None

    changed: Any = visitors.replacement_traverse(statement, {}, replacement)
    assert swapped, f"no condition {old!r}"
    return changed  # type: ignore[no-any-return]
