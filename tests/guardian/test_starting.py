"""How commands start: what they are given, and what is said when they cannot start."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from queuectl_worker.guardian import Ended, NotStarted, SpawnProblem, Started

from .desk import Desk
from .waiting import eventually

SHOW = """
import json, os, sys
fds = sorted(int(fd) for fd in os.listdir("/proc/self/fd"))
print(json.dumps({
    "argv": [os.fsencode(a).hex() for a in sys.argv[1:]],
    "env": {k.decode(): v.decode() for k, v in os.environb.items()},
    "cwd": os.getcwd(),
    "fds": [fd for fd in fds if os.path.exists(f"/proc/self/fd/{fd}")],
    "stdin": os.readlink("/proc/self/fd/0"),
    "leads": os.getsid(0) == os.getpid(),
}))
"""


def show(desk: Desk, *argv: str | bytes, **options: object) -> dict[str, object]:
    """Run a program that prints what it was given."""
    ended = desk.run(sys.executable, "-S", "-c", SHOW, *argv, **options)
    assert ended.exit_code == 0
    seen: dict[str, object] = json.loads(desk.log(ended.key).read_text())
    return seen


def refusal(desk: Desk, *argv: str | bytes, **options: object) -> NotStarted:
    return desk.until(NotStarted, desk.launch(*argv, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [0, 1, 2, 75, 100, 126, 127, 128, 255])
def test_exit_code_is_reported_as_it_was(desk: Desk, code: int) -> None:
    ended = desk.run("sh", "-c", f"exit {code}")

    assert (ended.exit_code, ended.signal) == (code, None)


def test_all_exit_codes_come_back_in_one_batch(desk: Desk) -> None:
    keys = [desk.launch("sh", "-c", f"exit {code}") for code in range(256)]

    codes = [desk.until(Ended, key).exit_code for key in keys]

    assert codes == list(range(256))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGSEGV", "SIGINT", "SIGPIPE", "SIGXFSZ"])
def test_a_command_that_a_signal_ends_reports_the_signal(desk: Desk, name: str) -> None:
    signum = int(getattr(signal, name))

    ended = desk.run("sh", "-c", f"kill -{signum} $$")

    assert (ended.exit_code, ended.signal) == (None, signum)


def test_hostile_arguments_arrive_byte_for_byte(desk: Desk) -> None:
    hostile = [b"", b" ", b"\xff\xfe", b"a\nb", b"$(id)", b"'\"", bytes(range(1, 256)), b"-c"]

    seen = show(desk, *hostile)

    assert seen["argv"] == [word.hex() for word in hostile]


def test_the_environment_is_the_given_one_and_the_tag(desk: Desk) -> None:
    given = {b"PATH": b"/usr/bin:/bin", b"EMPTY": b"", b"WORD": b"a b"}

    seen = show(desk, env=given)

    env = dict(seen["env"])  # type: ignore[call-overload]
    env.pop("LC_CTYPE", None)  # Python itself sets it in the C locale
    tag = env.pop("QUEUECTL_RUN")
    assert env == {name.decode(): value.decode() for name, value in given.items()}
    assert tag.split(":")[1] == "1"


def test_a_command_has_three_descriptors_and_leads_a_session(desk: Desk) -> None:
    seen = show(desk)

    assert seen["fds"] == [0, 1, 2]
    assert seen["stdin"] == "/dev/null"
    assert seen["leads"] is True


def test_a_command_ignores_and_blocks_no_signal(desk: Desk) -> None:
    ended = desk.run("cat", "/proc/self/status")

    lines = desk.log(ended.key).read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    # glibc's posix_spawn always ignores its own two, 32 and 33, which no program can use.
    own = 1 << 31 | 1 << 32
    assert int(status["SigIgn"], 16) & ~own == 0
    assert int(status["SigBlk"], 16) == 0


def test_a_command_that_is_forked_blocks_no_signal_either(tmp_path: Path) -> None:
    """Where posix_spawn cannot make a session; the guardian itself blocks SIGCHLD."""
    output = tmp_path / "status"
    script = f"""if True:
        import os, signal
        from queuectl_worker.guardian.spawn import fork_and_exec
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        with open({str(output)!r}, "wb") as out:
            fds = (0, out.fileno(), out.fileno())
            os.waitpid(fork_and_exec(b"/bin/cat", (b"cat", b"/proc/self/status"), {{}}, fds), 0)
    """

    subprocess.run([sys.executable, "-c", script], check=True, stdin=subprocess.DEVNULL)

    lines = output.read_text("utf-8").splitlines()
    assert int(dict(line.split(":", 1) for line in lines)["SigBlk"], 16) == 0


def test_a_command_runs_in_its_folder(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()

    seen = show(desk, cwd=folder)

    assert seen["cwd"] == str(folder)


def test_a_program_that_is_nowhere_on_the_path_is_not_found(desk: Desk) -> None:
    refused = refusal(desk, "no-such-program-here")

    assert refused.problem is SpawnProblem.NOT_FOUND
    assert refused.message == "no program named 'no-such-program-here' on the PATH of the job"


def test_a_path_that_does_not_exist_is_not_found(desk: Desk) -> None:
    assert refusal(desk, "./nothing").problem is SpawnProblem.NOT_FOUND


def test_the_path_of_the_job_decides_and_not_the_workers(desk: Desk, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "only-here", "#!/bin/sh\nexit 7\n")

    ended = desk.run("only-here", env={b"PATH": os.fsencode(tmp_path / "bin")})

    assert ended.exit_code == 7
    assert refusal(desk, "only-here").problem is SpawnProblem.NOT_FOUND


def test_a_path_with_a_slash_is_relative_to_the_jobs_folder(desk: Desk, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "tool", "#!/bin/sh\nexit 8\n")

    assert desk.run("bin/tool", cwd=tmp_path).exit_code == 8


def test_a_file_without_the_execute_bit_is_not_executable(desk: Desk, tmp_path: Path) -> None:
    program(tmp_path / "plain", "#!/bin/sh\n", mode=0o644)

    refused = refusal(desk, "./plain", cwd=tmp_path)

    assert refused.problem is SpawnProblem.NOT_EXECUTABLE
    assert refused.message == "'./plain' is not executable (chmod +x makes it so)"


def test_a_later_executable_on_the_path_wins_over_a_plain_file(desk: Desk, tmp_path: Path) -> None:
    program(tmp_path / "a" / "tool", "", mode=0o644)
    program(tmp_path / "b" / "tool", "#!/bin/sh\nexit 9\n")

    path = os.fsencode(f"{tmp_path}/a:{tmp_path}/b")

    assert desk.run("tool", env={b"PATH": path}).exit_code == 9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#!/no/such/interpreter\n", "names an interpreter in its first line that does not exist"),
        ("\x7fELF\x02\x01\0\0", "is no program for this machine (exec format error)"),
        ("\0", "is no program for this machine (exec format error)"),
    ],
)
def test_a_file_that_the_system_cannot_run_says_why(
    desk: Desk, tmp_path: Path, text: str, says: str
) -> None:
    program(tmp_path / "odd", text)

    refused = refusal(desk, "./odd", cwd=tmp_path)

    assert refused.problem is SpawnProblem.NOT_EXECUTABLE
    assert refused.message == f"'./odd' {says}"


def test_a_script_without_a_first_line_runs_in_the_shell(desk: Desk, tmp_path: Path) -> None:
    program(tmp_path / "script", 'echo "$0 $1"; exit 3\n')

    ended = desk.run("./script", "word", cwd=tmp_path)

    assert ended.exit_code == 3
    assert desk.log(ended.key).read_text() == "./script word\n"


def test_a_folder_is_not_a_program(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    assert refusal(desk, "./folder", cwd=tmp_path).problem is SpawnProblem.NOT_EXECUTABLE


def test_a_missing_folder_is_named(desk: Desk, tmp_path: Path) -> None:
    refused = refusal(desk, "true", cwd=tmp_path / "gone")

    assert refused.problem is SpawnProblem.NO_FOLDER
    assert refused.message == f"the folder '{tmp_path}/gone' does not exist"


def test_a_file_as_the_folder_is_no_folder(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert refusal(desk, "true", cwd=tmp_path / "file").problem is SpawnProblem.NO_FOLDER


@pytest.mark.parametrize("argv", [("true", b"a\0b"), ("",), ()])
def test_what_no_system_call_can_carry_is_refused(desk: Desk, argv: tuple[str, ...]) -> None:
    refused = refusal(desk, *argv)

    assert refused.problem in (SpawnProblem.NOT_EXECUTABLE, SpawnProblem.NOT_FOUND)


def test_too_many_arguments_are_refused_and_the_next_job_runs(desk: Desk) -> None:
    refused = refusal(desk, "true", "x" * 300_000)

    assert refused.problem is SpawnProblem.NOT_EXECUTABLE
    assert refused.message.endswith(
        "was given more arguments and environment than the system takes"
    )
    assert desk.run("true").exit_code == 0


def test_a_folder_that_leads_nowhere_is_named(desk: Desk, tmp_path: Path) -> None:
    # Nobody enters a link that leads to itself, root included.
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    refused = refusal(desk, "true", cwd=loop)

    assert refused.problem is SpawnProblem.NO_FOLDER
    assert refused.message.startswith(f"the folder '{loop}' cannot be entered")


def test_commands_start_in_the_order_of_launch(desk: Desk) -> None:
    order = desk.folder / "order"
    gate = desk.folder / "gate"
    # With one of the two slots taken, each command ends before the next one starts.
    blocker = desk.sh(f"until [ -e {gate} ]; do sleep 0.01; done")
    keys = [desk.sh(f"echo {n} >> {order}") for n in range(30)]
    desk.until(Ended, keys[-1])
    gate.touch()
    desk.until(Ended, blocker)

    assert order.read_text().split() == [str(n) for n in range(30)]


def test_no_more_commands_than_slots_run_at_once(desk: Desk, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    keys = [desk.sh(f"until [ -e {gate} ]; do sleep 0.01; done") for _ in range(3)]
    desk.until(Started, keys[1])
    running = [report.key for report in desk.reports if isinstance(report, Started)]

    gate.touch()

    assert running == keys[:2]
    assert desk.until(Ended, keys[2]).exit_code == 0


def test_usage_and_times_are_measured(desk: Desk) -> None:
    script = "x = bytearray(60_000_000)\nfor _ in range(3_000_000): pass"

    ended = desk.run(sys.executable, "-S", "-c", script)

    assert ended.max_rss > 60_000_000
    assert 20 <= ended.cpu_ms <= ended.run_ms + 20


def test_no_descriptors_left_is_the_hosts_fault_and_passes(desk: Desk) -> None:
    """A printing job keeps its spool file, and the next one cannot be opened under the limit."""
    import resource

    desk.run("true")
    before = resource.prlimit(desk.guardian.pid, resource.RLIMIT_NOFILE)
    desk.run("echo", "takes the only spool file")
    resource.prlimit(desk.guardian.pid, resource.RLIMIT_NOFILE, (12, before[1]))

    refused = refusal(desk, "true")
    resource.prlimit(desk.guardian.pid, resource.RLIMIT_NOFILE, before)

    assert refused.problem is SpawnProblem.RESOURCES
    assert "no file for the output could be made" in refused.message
    assert desk.run("true").exit_code == 0


def program(path: Path, text: str, *, mode: int = 0o755) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    eventually(path.exists, within=20, what="the program")
