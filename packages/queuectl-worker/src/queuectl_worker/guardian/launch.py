"""What to run: one command as the worker hands it to the guardian."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One run of one command.

    Attributes:
        key: The caller's number for this run, unique among the live ones.
        argv: Program and arguments; argv[0] is looked up on the PATH of the job's environment.
        cwd: The folder to run in.
        env_ref: An environment registered with `Guardian.define_env`.
        env: Variables added on top of it.
        log: Absolute path at which the output will be found, if there is any.
        timeout_ms: Limit from the spawn, on the monotonic clock; None for no limit.
        kill_grace_ms: Time between SIGTERM and SIGKILL once the limit is reached.
        slots: How many of the guardian's slots it takes.
    """

    key: int
    argv: tuple[bytes, ...]
    cwd: bytes
    env_ref: int
    env: dict[bytes, bytes]
    log: bytes
    timeout_ms: int | None
    kill_grace_ms: int
    slots: int = 1

    def wire(self) -> tuple[object, ...]:
        """Give the fields in the order in which the guardian's `Request` takes them."""
        return (
            self.key,
            self.argv,
            self.cwd,
            self.env_ref,
            self.env,
            self.log,
            self.timeout_ms,
            self.kill_grace_ms,
            self.slots,
        )
