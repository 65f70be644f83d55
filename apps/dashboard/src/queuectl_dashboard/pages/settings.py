"""The settings that all programs of the store share, and the log of what was done through pages."""

from flask import render_template, request

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.filters import read_before
from queuectl_store import SETTINGS

_DEEDS = 100


def settings_page(desk: Desk) -> str:
    """Render every setting with its value and where that comes from."""
    return render_template(
        "settings.html", settings=SETTINGS.values(), said=desk.store.settings.all()
    )


def audit_page(desk: Desk) -> str:
    """Render who did what, newest first."""
    before = read_before(request.args)
    found = desk.audit.newest(limit=_DEEDS + 1, before=before)
    return render_template(
        "audit.html",
        now=desk.store.reader.now_ms(),
        deeds=found[:_DEEDS],
        older=found[_DEEDS - 1]["id"] if len(found) > _DEEDS else None,
        before=before,
    )
