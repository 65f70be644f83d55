"""What the library part raises, besides the store's own errors.

TaskError
├── InvalidTask          a function cannot be a task as it is written
├── UnknownTask          no task of that name is registered here
├── InvalidArguments     the arguments do not fit the task, or JSON cannot carry them
├── UnknownPlugin        no installed package has it, or it cannot be loaded
├── PoolStartError       the processes for tasks could not load the program
├── WaitTimeout          the job had not ended in time
└── JobFailed            the job ended without a result
"""

from queuectl_store import JobId, JobState


class TaskError(Exception):
    """The root of the tree."""


class InvalidTask(TaskError):
    """A function cannot be registered as it is written."""


class UnknownTask(TaskError):
    """No task of that name is registered in this program."""


class InvalidArguments(TaskError):
    """The arguments do not fit the task's signature, or JSON cannot carry them."""


class UnknownPlugin(TaskError):
    """No installed package has the executor, or it cannot be loaded."""


class PoolStartError(TaskError):
    """The processes for tasks could not load the program that they belong to."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the program cannot be loaded in a process for its tasks: {problem}")


class WaitTimeout(TaskError):
    """The job had not reached a final state in time; it goes on."""


class JobFailed(TaskError):
    """The job ended dead or cancelled, so there is no result."""

    def __init__(self, job_id: JobId, state: JobState, reason: str | None) -> None:
        super().__init__(f"job {job_id} is {state}: {reason or 'nobody said why'}")
        self.job_id, self.state, self.reason = job_id, state, reason
