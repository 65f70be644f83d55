"""Starting one command, and telling apart why it could not be started."""

from __future__ import annotations

import errno
import os
import signal
import stat
import time

from . import protocol

_HOST_PROBLEMS = frozenset(
    (
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EAGAIN,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EIO,
        errno.ETXTBSY,
    )
)
NO_INTERPRETER = "names an interpreter in its first line that does not exist"
DEFAULT_PATH = b"/usr/local/bin:/usr/bin:/bin"
_REMEMBER_SECONDS = 1.0
_FIRST_LINE_BYTES = 128


class SpawnError(Exception):
    """The command was not started: `problem` is one of protocol's, `message` is for people."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message


def host_problem(error: OSError, doing: str) -> SpawnError:
    """Describe a failure that the job is not to blame for."""
    return SpawnError(protocol.RESOURCES, f"{doing}: {error.strerror}")


class Programs:
    """Finds programs on a PATH, and remembers the last ones for a second.

    A long PATH costs as much as the rest of a start together. A shell remembers until it ends;
    a worker lives too long for that.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[bytes, bytes], bytes] = {}
        self._forget_at = 0.0

    def find(self, name: bytes, path: bytes) -> bytes:
        """Do what execvp does, but say what was wrong with the only candidate there was.

        Raises:
            SpawnError: There is no such program, or it may not be executed.
        """
        if (now := time.monotonic()) >= self._forget_at:
            self._found.clear()
            self._forget_at = now + _REMEMBER_SECONDS
        program = self._found.get((name, path))
        if program is None:
            program = look_for(name, path)
            if program.startswith(b"/"):
                self._found[name, path] = program
        return program


def look_for(name: bytes, path: bytes, cwd: bytes = b"") -> bytes:
    """Find a program as execvp does in the folder *cwd*; empty is the current one.

    Raises:
        SpawnError: There is no such program, or it may not be executed.
    """
    if b"/" in name:
        return _pick([name], f"the program {_show(name)} does not exist", cwd)
    # An empty entry means the current folder, as in every shell.
    entries = path.split(b":") if name else []
    candidates = [os.path.join(entry or b".", name) for entry in entries]
    return _pick(candidates, f"no program named {_show(name)} on the PATH of the job", cwd)


def _pick(candidates: list[bytes], missing: str, cwd: bytes) -> bytes:
    blocked = None
    for candidate in candidates:
        reason = _judge(os.path.join(cwd, candidate))
        if reason == "":
            return candidate
        if reason is not None and blocked is None:
            message = f"{_show(candidate)} {reason}"
            blocked = SpawnError(protocol.NOT_EXECUTABLE, message)
    raise blocked or SpawnError(protocol.NOT_FOUND, missing)


def spawn(
    argv: tuple[bytes, ...],
    *,
    cwd: bytes,
    env: dict[bytes, bytes],
    stdin: int,
    output: int,
    errors: int,
    programs: Programs,
) -> int:
    """Start *argv* in *cwd*, a session of its own, and return its pid.

    The child has three descriptors and the signal dispositions of a fresh login.

    Raises:
        SpawnError: Nothing was started.
    """
    _enter(cwd)
    program = programs.find(argv[0] if argv else b"", env.get(b"PATH", DEFAULT_PATH))
    try:
        return _start(program, argv, env, (stdin, output, errors))
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise _explain(error, program) from error
    except ValueError as error:
        # A NUL byte, or a variable without a name: no system call could carry it.
        raise SpawnError(
            protocol.NOT_EXECUTABLE, f"{_show(program)} cannot be run like this: {error}"
        ) from error
    return _start_script(program, argv, env, (stdin, output, errors))


def _enter(cwd: bytes) -> None:
    try:
        os.chdir(cwd)
    except OSError as error:
        if error.errno in _HOST_PROBLEMS:
            raise host_problem(error, f"the folder {_show(cwd)} could not be entered") from error
        what = {
            errno.ENOENT: "does not exist",
            errno.ENOTDIR: "is not a folder",
            errno.EACCES: "may not be entered",
        }.get(error.errno or 0, f"cannot be entered ({error.strerror})")
        raise SpawnError(protocol.NO_FOLDER, f"the folder {_show(cwd)} {what}") from error
    except ValueError as error:
        raise SpawnError(protocol.NO_FOLDER, f"no folder is named {_show(cwd)}") from error


def _judge(candidate: bytes) -> str | None:
    """Return why *candidate* cannot be executed: empty if it can, None if it is not there."""
    try:
        mode = os.stat(candidate).st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(mode):
        return "is a folder, not a program"
    return "" if os.access(candidate, os.X_OK) else "is not executable (chmod +x makes it so)"


def _start(
    program: bytes, argv: tuple[bytes, ...], env: dict[bytes, bytes], fds: tuple[int, int, int]
) -> int:
    try:
        return os.posix_spawn(
            program,
            argv,
            env,
            file_actions=(
                (os.POSIX_SPAWN_DUP2, fds[0], 0),
                (os.POSIX_SPAWN_DUP2, fds[1], 1),
                (os.POSIX_SPAWN_DUP2, fds[2], 2),
            ),
            setsid=True,
            setsigmask=(),
            setsigdef=_IGNORED,
        )
    except NotImplementedError:
        return fork_and_exec(program, argv, env, fds)


def _start_script(
    program: bytes, argv: tuple[bytes, ...], env: dict[bytes, bytes], fds: tuple[int, int, int]
) -> int:
    """Run a text file that has no #! line by the shell, as execvp and every shell do."""
    if _is_binary(program):
        raise SpawnError(
            protocol.NOT_EXECUTABLE,
            f"{_show(program)} is no program for this machine (exec format error)",
        )
    try:
        return _start(b"/bin/sh", (b"/bin/sh", program, *argv[1:]), env, fds)
    except OSError as error:
        raise _explain(error, program) from error


def _is_binary(program: bytes) -> bool:
    """Tell whether a file is no text, by the test of the shells: a NUL in its first line."""
    try:
        with open(program, "rb") as file:
            return b"\0" in file.readline(_FIRST_LINE_BYTES)
    except OSError:
        return False


def fork_and_exec(
    program: bytes, argv: tuple[bytes, ...], env: dict[bytes, bytes], fds: tuple[int, int, int]
) -> int:
    """Start a child where posix_spawn cannot make a session (before glibc 2.26, macOS 10.15)."""
    answer, report = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            for target, fd in enumerate(fds):
                os.dup2(fd, target)
            for signum in _IGNORED:
                signal.signal(signum, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            os.execve(program, argv, env)  # noqa: S606  a job asks for a shell if it wants one
        except OSError as error:
            os.write(report, b"%d" % (error.errno or errno.EIO))
        finally:
            os._exit(127)
    os.close(report)
    problem = os.read(answer, 16)  # empty once the exec has closed the other end
    os.close(answer)
    if problem:
        os.waitpid(pid, 0)
        raise OSError(int(problem), os.strerror(int(problem)))
    return pid


def _explain(error: OSError, program: bytes) -> SpawnError:
    if error.errno in _HOST_PROBLEMS:
        return host_problem(error, f"{_show(program)} could not be started")
    if error.errno == errno.ENOENT:
        reason = NO_INTERPRETER
    elif error.errno == errno.E2BIG:
        reason = "was given more arguments and environment than the system takes"
    else:
        reason = f"cannot be executed: {error.strerror}"
    return SpawnError(protocol.NOT_EXECUTABLE, f"{_show(program)} {reason}")


def _show(name: bytes) -> str:
    return repr(os.fsdecode(name))


def _ignored_signals() -> list[int]:
    """List what this process ignores: an ignored signal would stay ignored in every job.

    Python ignores SIGPIPE and SIGXFSZ; `nohup` and a shell's `&` add others.
    """
    return [
        signum for signum in signal.valid_signals() if signal.getsignal(signum) is signal.SIG_IGN
    ]


_IGNORED = _ignored_signals()
