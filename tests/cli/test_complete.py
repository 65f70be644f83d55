"""What a shell is offered, and that the scripts ask for it."""

import shutil
import subprocess
from pathlib import Path

import pytest
import tree_sitter_pwsh
from tree_sitter import Language, Parser

from queuectl.commands.completion import SCRIPTS
from queuectl.complete import complete
from scripts import completion_table
from tests.cli.inprocess import Inside
from tests.cli.program import Program
from tests.cli.test_quick_lane import SLOW


@pytest.fixture
def jobs(inside: Inside) -> Inside:
    inside.must("enqueue", "--queue", "mail", "--name", "first", "--", "echo", "a\tb")
    inside.must("enqueue", "--group", "nightly", "sleep 1 && echo done")
    inside.must("queue", "set", "video", "--concurrency", "2")
    inside.must("resource", "set", "gpu", "2")
    inside.must("schedule", "add", "backup", "--every", "1h", "--", "true")
    return inside


def offered(home: Inside, *words: str) -> list[str]:
    return [line.partition("\t")[0] for line in home.must("__complete", *words).text.splitlines()]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["enq"], ["enqueue"]),
        (["worker", "st"], ["start", "stop"]),
        (["dlq", "add", ""], ["2", "1"]),
        (["cancel", ""], ["2", "1"]),
        (["kill", "1"], ["1"]),
        (["cancel", "2,"], ["2,2", "2,1"]),
        (["cancel", "--state", "pe"], ["pending"]),
        (["cancel", "--state", "dead,pe"], ["dead,pending"]),
        (["cancel", "--state=pe"], ["--state=pending"]),
        (["list", "--queue", ""], ["video", "default", "mail"]),
        (["list", "--queue", "v"], ["video"]),
        (["list", "--name", ""], ["first"]),
        (["wait", "--group", ""], ["nightly"]),
        (["resource", "rm", ""], ["gpu"]),
        (["schedule", "show", "b"], ["backup"]),
        (["queue", "pause", "v"], ["video"]),
        (["config", "set", "max_r"], ["max_retries"]),
        (["enqueue", "--priority", "h"], ["high"]),
        (["enqueue", "--on-dep-failure", "h"], ["hold"]),
        (["completion", "z"], ["zsh"]),
        (["enqueue", "--", "l"], [":files"]),
        (["enqueue", "ls", "-"], [":files"]),
        (["run", "ls", ""], [":files"]),
        (["enqueue", "--cwd", ""], [":files"]),
        (["--db", ""], [":files"]),
        (["of-a-plugin", ""], [":files"]),
        (["list", ""], []),
        (["dash"], ["dashboard"]),
        (["dashboard", "--po"], ["--port"]),
    ],
)
def test_the_last_word_is_completed(jobs: Inside, words: list[str], wanted: list[str]) -> None:
    assert offered(jobs, *words) == wanted


def test_options_are_offered_with_what_they_are_for(jobs: Inside) -> None:
    shown = jobs.must("__complete", "cancel", "--dry").text

    assert shown == "--dry-run\tOnly print what would change\n"
    assert {"--db", "--json", "--state", "--help"} <= set(offered(jobs, "cancel", "--"))


def test_a_job_is_shown_on_one_line_with_its_state(jobs: Inside) -> None:
    shown = jobs.must("__complete", "show", "").text

    assert shown == "2\tpending sleep 1 && echo done\n1\tpending echo a b\n"


def test_the_store_that_the_line_names_is_asked(jobs: Inside) -> None:
    other = str(jobs.folder / "other.db")
    jobs.must("--db", other, "enqueue", "true")

    assert offered(jobs, "--db", other, "show", "") == ["1"]
    assert offered(jobs, "--db", str(jobs.folder / "none.db"), "show", "") == []
    assert offered(jobs, "--db", "postgresql://nowhere/x", "show", "") == []
    assert not (jobs.folder / "none.db").exists()


def test_bash_gets_only_what_stands_behind_the_equals_sign(jobs: Inside) -> None:
    assert offered(jobs, "cancel", "--state", "=", "pe") == ["pending"]


@pytest.mark.not_on("win32")
def test_completion_loads_little(queuectl: Program) -> None:
    watch = "import sys; from queuectl.app import run; run(['__complete', 'show', ''])"
    python = Path(str(queuectl.command()[0])).with_name("python")

    ended = subprocess.run(
        [python, "-c", f"{watch}; sys.stderr.write('\\n'.join(sys.modules))"],
        capture_output=True,
        cwd=queuectl.folder,
        env=queuectl.environ,
        check=True,
    )

    assert not set(ended.stderr.decode().splitlines()) & SLOW


@pytest.mark.not_on("win32")
def test_bash_completes_with_the_script(queuectl: Program) -> None:
    queuectl.must("enqueue", "--queue", "mail", "true")
    folder = Path(str(queuectl.command()[0])).parent
    asked = """
        PATH=$1:$PATH; eval "$(queuectl completion bash)"
        COMP_WORDS=(queuectl cancel --queue ma); COMP_CWORD=3; _queuectl; echo "${COMPREPLY[@]}"
        COMP_WORDS=(queuectl show ''); COMP_CWORD=2; _queuectl; echo "${COMPREPLY[@]}"
    """

    ended = subprocess.run(
        ["bash", "-c", asked, "bash", str(folder)],
        capture_output=True,
        cwd=queuectl.folder,
        env=queuectl.environ,
        check=True,
    )

    assert ended.stdout.decode().splitlines() == ["mail", "1"], ended.stderr


# What a shell completes by, told to print it: zsh's own functions need a terminal.
ASK = {
    "zsh": """
        compdef() { : }
        _files() { print files }
        _describe() { print -rl -- ${(P)3} }
        eval "$(queuectl completion zsh)"
        words=(queuectl cancel --queue ma) CURRENT=4; _queuectl
        words=(queuectl show '') CURRENT=3; _queuectl
        words=(queuectl enqueue --queue=m) CURRENT=3; _queuectl
        words=(queuectl enqueue --from x) CURRENT=4; _queuectl
    """,
    "fish": """
        queuectl completion fish | source
        complete -C 'queuectl cancel --queue ma'
        complete -C 'queuectl show '
        complete -C 'queuectl enqueue --queue=m'
        complete -C 'queuectl enqueue --from lo'
    """,
}
OFFERED = {
    "zsh": ["mail", "1:pending echo a\\:b", "--queue=mail", "files"],
    "fish": ["mail", "1\tpending echo a:b", "--queue=mail", "logbook"],
}


def program(shell: str) -> str:
    """Return where *shell* is; a machine without it skips, which CI does not allow."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"install {shell} to run its completion")
    return found


@pytest.mark.parametrize("shell", ASK)
def test_zsh_and_fish_complete_with_the_script(queuectl: Program, shell: str) -> None:
    found = program(shell)
    queuectl.must("enqueue", "--queue", "mail", "--", "echo", "a:b")
    (queuectl.folder / "logbook").touch()
    path = f"{Path(str(queuectl.command()[0])).parent}:{queuectl.environ['PATH']}"

    ended = subprocess.run(
        [found, "-c", ASK[shell]],
        capture_output=True,
        cwd=queuectl.folder,
        env={**queuectl.environ, "PATH": path},
        check=True,
    )

    assert ended.stdout.decode().splitlines() == OFFERED[shell], ended.stderr


@pytest.mark.parametrize(("shell", "check"), [("zsh", "-n"), ("fish", "--no-execute")])
def test_other_shells_take_their_script(shell: str, check: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(SCRIPTS[shell])

    assert subprocess.run([program(shell), check, str(script)], check=False).returncode == 0


def test_powershell_s_script_is_one() -> None:
    """It is read by PowerShell's grammar and not run: no package of PowerShell is to be had."""
    parser = Parser(Language(tree_sitter_pwsh.language()))
    script = SCRIPTS["powershell"]

    assert not parser.parse(script.encode()).root_node.has_error
    assert parser.parse(script.replace("}", ")", 1).encode()).root_node.has_error


def test_a_shell_that_is_not_known_is_told_which_are(inside: Inside) -> None:
    told = inside("completion", "tcsh")

    assert told.code == 2
    assert "bash, zsh, fish, powershell" in told.err
    assert inside.must("completion", "bash", "--json").document["script"] == SCRIPTS["bash"]


def test_an_empty_word_may_be_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    complete(["worker", "__empty__"])

    assert capsys.readouterr().out.startswith("start\t")


def test_the_table_is_current() -> None:
    """If this fails: `.venv/bin/python scripts/completion_table.py`."""
    assert completion_table.TARGET.read_text(encoding="utf-8") == completion_table.page()
