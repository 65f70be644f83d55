"""What to run: one command as the worker hands it to the guardian."""

from typing import NamedTuple


class Launch(NamedTuple):
    """One run of one command; `Request` is its other end and has the same fields.

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
        memory: Bytes that its whole tree may have resident; 0 for no limit.
        warning: A signal and how many ms ahead of the limit its tree gets it; empty for none.
        errors: Where stderr will be found apart from stdout; empty to have both in *log*.
        input: What it finds on its standard input.
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
    memory: int = 0
    warning: tuple[int, int] | tuple[()] = ()
    errors: bytes = b""
    input: bytes = b""
