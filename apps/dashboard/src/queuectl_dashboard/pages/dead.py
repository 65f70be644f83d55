"""The dead letters, by the error that they have in common."""

from flask import render_template

from queuectl_dashboard.api.desk import Desk

_GROUPS = 100
_SAMPLES = 6
RATES = ("10/s", "1/s", "10/m", "1/m")


def dead_page(desk: Desk) -> str:
    """Render the groups, the largest first."""
    groups = desk.dead_groups()
    return render_template(
        "dead.html",
        now=desk.store.reader.now_ms(),
        groups=groups[:_GROUPS],
        left=max(0, len(groups) - _GROUPS),
        total=sum(group.count for group in groups),
        samples=_SAMPLES,
        rates=RATES,
    )
