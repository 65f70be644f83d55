"""Jobs that are made from another one."""

from dataclasses import replace

from queuectl_store import NewJob, Task
from queuectl_store.alike import doing


def test_a_job_alike_is_what_replacing_its_work_gives() -> None:
    new = NewJob(
        work=Task(name="first"), queue="mail", priority=3, tags={"a": "b"}, delay_ms=5, key=None
    )
    work = Task(name="second", kwargs={"n": 1})
    made = doing(work, new)
    assert type(made) is NewJob
    assert made == replace(new, work=work)
    assert new.work == Task(name="first")
