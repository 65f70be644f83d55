"""What the jobs of a schedule may not say of its slots: I15, after Jepsen's checker for Chronos.

The witness is what each job was told, `QUEUECTL_SLOT`; the store's own record of its slots is
not asked.
"""

from collections import Counter
from collections.abc import Iterator

from tests.crash.history import Beat, Evidence, JobHistory


def slot_complaints(evidence: Evidence) -> Iterator[str]:
    """I15: each slot has one job, made when its time had come, and no other job is of it."""
    for beat in evidence.beats:
        mine = [each for each in evidence.histories if is_of(each, beat)]
        made = Counter(each.job.env["QUEUECTL_SLOT"] for each in mine)
        slots = beat.slots
        yield from (f"the slot {each} of {beat.name} has no job" for each in slots.keys() - made)
        for slot, count in made.items():
            if count > 1:
                yield f"the slot {slot} of {beat.name} has {count} jobs"
        for each in mine:
            slot = each.job.env["QUEUECTL_SLOT"]
            at = slots.get(slot)
            if at is None:
                yield f"job {each.job.id} is of {slot}, which is no slot of {beat.name}"
            elif each.job.created_at < at:
                yield f"job {each.job.id} came {at - each.job.created_at} ms before its slot"


def is_of(history: JobHistory, beat: Beat) -> bool:
    return history.job.env.get("QUEUECTL_SCHEDULE") == beat.name
