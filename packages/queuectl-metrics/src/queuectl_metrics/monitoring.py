"""What ships for those who are on call: Prometheus rules and a Grafana dashboard, as text."""

import re
from importlib.resources import files

RULE_FILES = ("recording.yml", "alerts.yml")
_DOCS = "runbook: docs/"
# What needs no quotes in YAML.
_ADDRESS = re.compile(r"https?://[\w.:/@%+~-]+", re.ASCII)


def rule_file(name: str, *, runbooks: str | None = None) -> str:
    """Return one of `RULE_FILES`, as Prometheus reads it.

    Args:
        runbooks: The address under which the project's docs/ can be read; without it the alerts
            name their pages as they lie in the project.

    Raises:
        ValueError: *runbooks* cannot be the beginning of a link.
    """
    text = files(__package__).joinpath("alerts", name).read_text(encoding="utf-8")
    if runbooks is None:
        return text
    if _ADDRESS.fullmatch(runbooks) is None:
        raise ValueError(f"{runbooks!r} is no address such as https://wiki.example.org/queuectl")
    return text.replace(_DOCS, f"runbook_url: {runbooks.rstrip('/')}/")


def grafana_dashboard() -> str:
    """Return the dashboard as JSON, for Grafana's import."""
    place = files(__package__).joinpath("grafana", "queuectl.json")
    return place.read_text(encoding="utf-8")
