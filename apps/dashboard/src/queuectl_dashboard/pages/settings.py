"""What all programs of the store share, who may do what here, and the log of what was done."""

from flask import render_template, request

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.filters import read_before
from queuectl_dashboard.roles import Role
from queuectl_store import SETTINGS

_DEEDS = 100
_ROLES = {
    Role.METRICS: "Scrapes /metrics, and nothing else.",
    Role.VIEWER: "Looks at everything but tokens and the audit log.",
    Role.OPERATOR: "Acts on what is there: jobs, queues, schedules, hooks and workers.",
    Role.ADMIN: "Decides what is run and by which rules, and deletes: whoever can enqueue runs "
    "anything as the user that the workers run as.",
}


def settings_page(desk: Desk) -> str:
    """Render every setting with its value and where that comes from."""
    return render_template(
        "settings.html", settings=SETTINGS.values(), said=desk.store.settings.all()
    )


def tokens_page(desk: Desk) -> str:
    """Render the tokens, without themselves."""
    return render_template(
        "tokens.html",
        now=desk.store.reader.now_ms(),
        tokens=desk.tokens.all(),
        roles=_ROLES,
    )


def audit_page(desk: Desk) -> str:
    """Render who did what, newest first."""
    before = read_before(request.args)
    found = desk.deeds(limit=_DEEDS + 1, before=before)
    return render_template(
        "audit.html",
        now=desk.store.reader.now_ms(),
        deeds=found[:_DEEDS],
        older=found[_DEEDS - 1]["id"] if len(found) > _DEEDS else None,
        before=before,
    )
