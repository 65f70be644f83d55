"""All routes of the API, in the order of its document."""

from queuectl_dashboard.api import (
    access,
    dead,
    groups,
    hooks,
    jobs,
    newhook,
    newjob,
    output,
    queues,
    resources,
    schedules,
    series,
    settings,
    stats,
    verbs,
    words,
    workers,
)
from queuectl_dashboard.api.routes import Route

_TOPICS = (
    *(jobs.topic, output.topic, newjob.topic, verbs.topic, dead.topic, groups.topic),
    *(queues.topic, resources.topic, schedules.topic, workers.topic),
    *(
        hooks.topic,
        newhook.topic,
        settings.topic,
        stats.topic,
        series.topic,
        words.topic,
        access.topic,
    ),
)

ROUTES: tuple[Route, ...] = tuple(route for topic in _TOPICS for route in topic.routes)
