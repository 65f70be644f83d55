"""`queuectl metrics rules` and `metrics grafana`: what Prometheus and Grafana are to be given."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from queuectl.exits import CommandError, UsageProblem
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl_metrics.monitoring import RULE_FILES, grafana_dashboard, rule_file


def rules(
    ctx: typer.Context,
    *,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="Where the files are written.")
    ] = None,
    runbooks: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Under which the project's docs/ can be read."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are there already.")
    ] = False,
) -> None:
    """Write the Prometheus rules: recording rules, and the alerts made of them.

    \b
    Examples:
      queuectl metrics rules
      queuectl metrics rules /etc/prometheus/rules
      queuectl metrics rules . --runbooks https://wiki.example.org/queuectl

    Without a folder all are printed, as one file. With --json: one object, files by name.
    """
    session: Session = ctx.obj
    try:
        texts = {f"queuectl-{name}": rule_file(name, runbooks=runbooks) for name in RULE_FILES}
    except ValueError as error:
        raise UsageProblem(f"--runbooks {error}") from error
    if folder is not None:
        texts = {str(folder / name): text for name, text in texts.items()}
        _write(texts, force=force)
    if session.json:
        session.terminal.document({"files": texts})
        return
    if folder is None:
        session.terminal.line(_as_one(texts))
    else:
        for name in texts:
            session.terminal.line(safe_text(name))


def _as_one(texts: Mapping[str, str]) -> str:
    """Join rule files: Prometheus takes one document a file, with one list of groups."""
    head, *others = (f"# --- {name}\n{text}" for name, text in texts.items())
    return "\n".join([head, *(text.replace("groups:\n", "", 1) for text in others)])


def grafana(ctx: typer.Context) -> None:
    """Print the Grafana dashboard, for Grafana's import.

    \b
    Examples:
      queuectl metrics grafana > queuectl.json
      queuectl metrics grafana --json | jq '.panels[].title'

    With --json: the same on one line.
    """
    session: Session = ctx.obj
    text = grafana_dashboard()
    if session.json:
        session.terminal.document(json.loads(text))
    else:
        session.terminal.line(text.rstrip("\n"))


def _write(texts: dict[str, str], *, force: bool) -> None:
    """Write the files, all or none of them where one is there already."""
    paths = [Path(name) for name in texts]
    if not force and (there := [path for path in paths if path.exists()]):
        raise UsageProblem(f"{str(there[0])!r} is there already; --force replaces it")
    try:
        for path in paths:
            path.write_text(texts[str(path)], encoding="utf-8", newline="\n")
    except OSError as error:
        raise CommandError(f"cannot write the rules: {error}") from error
