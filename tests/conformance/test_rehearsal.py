"""A rehearsal says what an action would do, and undoes it."""

from queuectl_store import JobFilter, JobState, NewJob, Shell, Store
from queuectl_store.relations import Dependency


def test_a_rehearsal_tells_every_move_and_leaves_nothing(store: Store) -> None:
    [parent] = store.enqueue([NewJob(work=Shell(script="true"))])
    child = NewJob(work=Shell(script="true"), after=((Dependency(parent=parent),),))
    [child_id] = store.enqueue([child])
    before = store.reader.page(JobFilter())
    rehearsal = store.rehearsal()

    moved = rehearsal.admin.cancel([parent])

    assert moved.done == (parent,)
    assert [(each.job_id, each.state) for each in rehearsal.changes] == [
        (parent, JobState.CANCELLED),
        (child_id, JobState.CANCELLED),
    ]
    assert store.reader.page(JobFilter()) == before
    assert [event.verb for event in store.reader.newest_events(10).events] == ["enqueue", "enqueue"]
    assert store.admin.cancel([parent]).done == (parent,)


def test_a_rehearsed_removal_keeps_the_job(store: Store) -> None:
    [job_id] = store.enqueue([NewJob(work=Shell(script="true"))])
    store.admin.cancel([job_id])

    assert store.rehearsal().admin.remove([job_id]).done == (job_id,)
    assert store.reader.get(job_id).state is JobState.CANCELLED
