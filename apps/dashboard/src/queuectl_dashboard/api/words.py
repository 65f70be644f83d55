"""What a search may name, for those who type one."""

from typing import Any

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.kinds import Shape
from queuectl_dashboard.api.routes import Topic
from queuectl_store import JobFilter, JobState, Task

topic = Topic("numbers")

_LOOKED_AT = 500
_MOST = 200


class SearchWords(Shape):
    """States and queues that there are; tasks, and tags as KEY=VALUE, of the newest jobs."""

    states: list[JobState]
    queues: list[str]
    tasks: list[str]
    tags: list[str]


@topic.get("/words", answer=SearchWords)
def list_words(desk: Desk) -> dict[str, Any]:
    """Tell what a search may name: at most 200 of each, by name."""
    newest = list(map(desk.redaction.of_job, desk.store.reader.page(JobFilter(), limit=_LOOKED_AT)))
    tasks = {job.work.name for job in newest if isinstance(job.work, Task)}
    tags = {f"{key}={value}" for job in newest for key, value in job.tags.items()}
    return {
        "states": [state.value for state in JobState],
        "queues": sorted(desk.store.reader.counts())[:_MOST],
        "tasks": sorted(tasks)[:_MOST],
        "tags": sorted(tags)[:_MOST],
    }
