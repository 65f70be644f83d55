"""What the operating system is given."""

import pytest

from queuectl_store import Argv, Shell, Task
from queuectl_worker.executors.commandline import command_line, encode_variables, shell_line


def test_argv_is_given_as_it_is() -> None:
    words = ("printf", "%s", "", " a b ", "$(x)", "é", "\udcff")

    assert command_line(Argv(argv=words)) == (
        *(b"printf", b"%s", b"", b" a b ", b"$(x)", "é".encode(), b"\xff"),
    )


@pytest.mark.not_on("win")
def test_shell_string_is_one_argument_of_the_shell() -> None:
    assert command_line(Shell(script="echo 'a b' | wc")) == (b"/bin/sh", b"-c", b"echo 'a b' | wc")


def test_windows_shell_is_cmd_without_the_registrys_autorun() -> None:
    assert shell_line("dir & echo x", platform="win32") == (
        *("cmd", "/d", "/s", "/c", "dir & echo x"),
    )


def test_task_is_no_command() -> None:
    with pytest.raises(ValueError, match="'mail' is a task"):
        command_line(Task(name="mail"))


def test_variables_keep_bytes_that_are_not_utf8() -> None:
    assert encode_variables({"A": "\udcfe"}) == {b"A": b"\xfe"}
