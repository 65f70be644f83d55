"""What is counted though it moves no job."""

from enum import StrEnum


class Fact(StrEnum):
    """What is counted though it moves no job."""

    # A claim whose worker let its lease run out; a worker that did so; a result that came too late.
    LEASE_EXPIRED = "lease_expired"
    WORKER_CRASHED = "worker_crashed"
    RESULT_FENCED = "result_fenced"
    SLOT_MISSED = "slot_missed"
    JOB_DELETED = "job_deleted"
    # A correction of how many jobs a queue has in a state, see recounting.py.
    RECOUNTED = "recounted"
