"""Jobs that are to follow others of the same call, however those end: checked, told, tied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from queuectl_store.enqueue import enqueuing
from queuectl_store.enqueue.enqueuing import Stored
from queuectl_store.errors import InvalidJob
from queuectl_store.graph import dependencies, groups
from queuectl_store.graph.group import NewGroup
from queuectl_store.job import NewJob
from queuectl_store.relations import Dependency, Needs

PARENT_ID = "QUEUECTL_PARENT_ID"
GROUP = "QUEUECTL_GROUP"


def check(jobs: Sequence[NewJob], followers: Mapping[int, NewJob]) -> None:
    """Refuse what cannot follow the job at its place in *jobs*.

    Raises:
        InvalidJob: `index` says behind which.
    """
    for n, last in followers.items():
        if not 0 <= n < len(jobs):
            raise InvalidJob(f"there is no job at place {n} for another one to follow")
        with dependencies.at(n):
            groups.check_last(last)
            enqueuing.checked(last, n)


def told_of_its_group(group: NewGroup) -> NewGroup:
    """Return *group*, whose completion job finds its name in QUEUECTL_GROUP."""
    if (last := group.on_finish) is None:
        return group
    return replace(group, on_finish=replace(last, env={**last.env, GROUP: group.name}))


def due(followers: Mapping[int, NewJob], stored: Stored) -> Iterator[NewJob]:
    """Yield those whose parents were stored now, tied to them; a repeated call has them already."""
    for n in sorted(followers.keys() & stored.places):
        parent, last = stored.ids[n], followers[n]
        yield replace(
            last,
            key=f"finish.{parent}",
            env={**last.env, PARENT_ID: str(parent)},
            after=((Dependency(parent=parent, needs=Needs.END),),),
        )
