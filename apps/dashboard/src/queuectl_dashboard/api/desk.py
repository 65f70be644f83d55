"""What the handlers of one request have at hand: the store, and what is made of its jobs."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.audit import Audit
from queuectl_dashboard.callers import Caller
from queuectl_dashboard.masking import output_of
from queuectl_dashboard.pulse import Pulse
from queuectl_dashboard.redaction import HIDDEN, Redaction
from queuectl_dashboard.roles import Role
from queuectl_dashboard.tokenbook import TokenBook
from queuectl_store import (
    DeadGroup,
    Hook,
    Job,
    JobFilter,
    JobId,
    Store,
    Verb,
    attempt_document,
    event_document,
    hook_document,
    job_document,
    run_rules_document,
)
from queuectl_store.events import Event
from queuectl_store.job import Attempt
from queuectl_store.values import dataclass
from queuectl_worker import LogFolder, RunOutput, log_root

NOBODY = Caller(name="", role=Role.METRICS, address="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One request's view of the store.

    Attributes:
        caller: Who sent the request.
        key: The caller's idempotency key, if it gave one.
    """

    store: Store
    redaction: Redaction
    pulse: Pulse
    tokens: TokenBook
    audit: Audit
    caller: Caller = NOBODY
    key: str | None = None

    @property
    def logs(self) -> LogFolder:
        """Where output lies."""
        return LogFolder(log_root(self.store, self.store.settings.all().get("log_dir")))

    def output(self, job: Job, run: Attempt | None = None) -> RunOutput:
        """Return what a run of *job* (None: the latest) printed, as it may be shown."""
        return output_of(self.store, self.logs, job, run, self.redaction)

    def job(self, job_id: int) -> Job:
        """Return one job; its secrets are left in, since handlers work on it.

        Raises:
            UnknownJob: There is none of that id.
        """
        return self.store.reader.get(JobId(job_id))

    def attempts(self, job_id: JobId) -> list[Attempt]:
        """Return a job's ended runs as they may be shown, oldest first."""
        return list(map(self.redaction.of_attempt, self.store.reader.attempts(job_id)))

    def documents(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """Return the JSON job of each of *jobs*, without what is secret."""
        reasons, logs = self.store.reader.reasons(jobs), self.logs
        return [
            job_document(
                self.redaction.of_job(job),
                reason=self.redaction.of_text(reasons.get(job.id)),
                log=_path(logs.for_run(job)),
            )
            for job in jobs
        ]

    def document(self, job_id: int) -> dict[str, Any]:
        """Return one JSON job as it is now.

        Raises:
            UnknownJob: There is none of that id.
        """
        return self.documents([self.job(job_id)])[0]

    def event(self, event: Event) -> dict[str, Any]:
        """Return one fact of the event log."""
        return shown_event(event, self.redaction)

    def deeds(self, *, limit: int, before: int | None) -> list[dict[str, Any]]:
        """Return lines of the audit log, newest first, as they may be shown by now."""
        found = self.audit.newest(limit=limit, before=before)
        return [{**row, "detail": self.redaction.of(row["detail"])} for row in found]

    def dead_groups(self, chosen: JobFilter | None = None) -> list[DeadGroup]:
        """Group the dead jobs by their fault, the most frequent first."""
        groups = self.store.dead.groups(chosen)
        return [replace(each, error=self.redaction.of_text(each.error)) for each in groups]

    def hook_document(self, hook: Hook) -> dict[str, Any]:
        """Return a hook's JSON document."""
        told = hook_document(hook)
        texts = ("job_name", "tags", "target", "note")
        return {**told, **{name: self.redaction.of(told[name]) for name in texts}}

    def refuse_hidden(self, change: msgspec.Struct) -> None:
        """Refuse a change that was made of what is shown in place of a value.

        Raises:
            BadInput: It would write that over the value.
        """
        if self.redaction.is_in(msgspec.structs.asdict(change)):
            raise BadInput(
                f"{HIDDEN} stands for a value that is not shown and cannot be written back; "
                "leave the field as it is, or write all of it anew"
            )

    def full_document(self, job: Job) -> dict[str, Any]:
        """Return all that is known of a job."""
        [document] = self.documents([job])
        attempts = [run_document(each) for each in self.attempts(job.id)]
        facts = {"run": job.token, "fingerprint": job.fingerprint, "attempts": attempts}
        return {**document, **run_rules_document(job), **facts}


def run_document(attempt: Attempt) -> dict[str, Any]:
    """Return the JSON attempt, with the number that tells runs apart."""
    return {"run": attempt.token, **attempt_document(attempt)}


def shown_event(event: Event, redaction: Redaction) -> dict[str, Any]:
    """Return one fact of the event log, without what is secret."""
    return {"id": event.id, **event_document(event), "note": _note(event, redaction)}


def _note(event: Event, redaction: Redaction) -> str | None:
    if event.verb is not Verb.EDIT or event.note is None:
        return redaction.of_text(event.note)
    # It tells what was there before, arguments too.
    return json.dumps(redaction.of(json.loads(event.note)))


def _path(log: Path | None) -> str | None:
    return str(log) if log is not None and log.exists() else None
