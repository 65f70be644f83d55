"""The frame of every page: where one can go, by which keys, and what is seen beside each page."""

from typing import Any, NamedTuple

from flask import Flask, g, request

from queuectl_dashboard.callers import caller_of
from queuectl_dashboard.roles import read_role
from queuectl_metrics import total
from queuectl_store import JobState, Store

# The order in which people look: what is going on, what is wrong, what waits, what is over.
RAIL = (
    JobState.RUNNING,
    JobState.PENDING,
    JobState.RETRYING,
    JobState.SCHEDULED,
    JobState.BLOCKED,
    JobState.HELD,
    JobState.DEAD,
    JobState.SUCCEEDED,
    JobState.CANCELLED,
)

# A bar of what is over would leave no room for what is not.
LIVE = tuple(state for state in RAIL if state not in {JobState.SUCCEEDED, JobState.CANCELLED})


# Offered by forms; a store may have a queue for each customer.
_QUEUE_NAMES = 100


class PageLink(NamedTuple):
    """A page of the navigation; *key* follows a `g`, *badge* is the state whose count it shows."""

    name: str
    path: str
    words: str
    key: str
    badge: JobState | None = None


PAGES = (
    PageLink("overview", "/", "Overview", "o"),
    PageLink("jobs", "/jobs", "Jobs", "j"),
    PageLink("dead", "/dead", "Dead letters", "d", JobState.DEAD),
    PageLink("queues", "/queues", "Queues", "q"),
    PageLink("schedules", "/schedules", "Schedules", "s"),
    PageLink("workers", "/workers", "Workers", "w"),
    PageLink("groups", "/groups", "Groups", "r"),
    PageLink("hooks", "/hooks", "Hooks", "h"),
    PageLink("settings", "/settings", "Settings", "e"),
)

KEYS = (
    ("?", "this list"),
    ("/", "search jobs"),
    ("n", "new job"),
    ("j", "next line"),
    ("k", "line before"),
    ("Enter", "open the line"),
    ("x", "select the line"),
    ("Esc", "close, or drop the selection"),
    ("p", "pause, go on"),
    ("t", "light, dark, system"),
    *((f"g {page.key}", page.words.lower()) for page in PAGES),
)


def add_shell(app: Flask, store: Store) -> None:
    """Give all templates of *app* what the frame shows of *store*."""

    def depths() -> dict[str, dict[JobState, int]]:
        if "depths" not in g:
            g.depths = store.reader.counts()
        found: dict[str, dict[JobState, int]] = g.depths
        return found

    def counts() -> dict[JobState, int]:
        if "counts" not in g:
            g.counts = total(depths())
        found: dict[JobState, int] = g.counts
        return found

    app.jinja_env.globals |= {
        "feed_cursor": lambda: g.feed_cursor,
        "base": lambda: request.script_root,
        "keys": KEYS,
        "nav_counts": counts,
        "pages": PAGES,
        "queue_names": lambda: sorted(depths())[:_QUEUE_NAMES],
        "rail": RAIL,
        "store_url": store.url,
    }

    @app.context_processor
    def caller() -> dict[str, Any]:
        found = caller_of(request.environ)
        role = found.role
        return {"caller": found, "role": role.word, "may": lambda word: role >= read_role(word)}
