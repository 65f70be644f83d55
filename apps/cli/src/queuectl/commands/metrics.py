"""`queuectl metrics`: the numbers behind the dashboard, and what Prometheus and Grafana need."""

import typer

from queuectl.commands import monitoring

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""The rules and the dashboard that Prometheus and Grafana are given.

docs/operations/monitoring.md says how they fit together.""",
)
app.command("rules")(monitoring.rules)
app.command("grafana")(monitoring.grafana)
