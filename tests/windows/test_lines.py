"""Command lines of Windows: what a program, cmd and a batch file make of them."""

import pytest

from queuectl_worker.guardian import SpawnProblem
from queuectl_worker.windows.lines import CannotRun, complete, line


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["a"], "a"),
        (["a", ""], 'a ""'),
        (["a", "b c"], 'a "b c"'),
        (["a", 'b"c'], r"a b\"c"),
        (["a", "b c\\"], r'a "b c\\"'),
        (["a", "b\\"], "a b\\"),
        (["a", "%PATH%", "&", "^"], "a %PATH% & ^"),
    ],
)
def test_a_program_gets_its_arguments_as_they_are(argv: list[str], expected: str) -> None:
    assert line(r"C:\bin\a.exe", argv) == expected


def test_a_script_stays_as_it_was_typed_between_two_quotes() -> None:
    script = 'echo "a b" & type "c:\\x y.txt" > out'

    assert line(r"C:\cmd.exe", ["cmd", "/d", "/s", "/c", script]) == f'cmd /d /s /c "{script}"'


@pytest.mark.parametrize("word", ['"', "%", "&", "|", "<", ">", "^", "!", "\n", "\r"])
@pytest.mark.parametrize("program", [r"C:\a.bat", r"C:\A.CMD"])
def test_a_batch_file_gets_no_argument_that_cmd_would_change(program: str, word: str) -> None:
    assert line(program, ["a", "plain words"]) == 'a "plain words"'

    with pytest.raises(CannotRun, match="use a shell command") as refused:
        line(program, ["a", f"x{word}y"])

    assert refused.value.problem is SpawnProblem.NOT_EXECUTABLE


def test_what_programs_need_is_added_and_nothing_else() -> None:
    ours = {"SYSTEMROOT": "w", "TEMP": "t", "SECRET": "s"}

    assert complete({"Temp": "own", "A": "1"}, ours) == {"SYSTEMROOT": "w", "Temp": "own", "A": "1"}
