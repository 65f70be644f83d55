"""`enqueue --each`: an item is an item, whatever it looks like."""

import io
import os
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl.each import Template
from queuectl.exits import UsageProblem
from queuectl.intake import read_items
from queuectl.tally import Tally
from queuectl_store import Argv, JobId, Shell
from tests.cli.inprocess import Inside
from tests.cli.program import Program
from tests.cli.terminal import on_terminal

AWKWARD = [
    *(b"a b.wav", b"it's.wav", b'"q".wav', b"new\nline.wav", b"-rf.wav", b"--json", b"$(id).wav"),
    *(
        b"caf\xe9 \xff.wav",
        "naïve 🧨.wav".encode(),
        b"{.}",
        b"{}",
        b"#x",
        b" lead",
        b"*?[a]",
        b"\\",
    ),
]


def script(template: str, item: str, index: int = 1) -> str:
    work = Template(template, has_shell=True).spec_of_line((index, item.encode())).work
    assert isinstance(work, Shell)
    return work.script


@pytest.mark.parametrize(
    ("template", "item", "made"),
    [
        ("convert {} {.}.png", "dir/a b.jpg", "convert 'dir/a b.jpg' 'dir/a b'.png"),
        ("x {/} {//} {/.} {#}", "dir/a.tar.gz", "x a.tar.gz dir a.tar 1"),
        ("x {//}", "a", "x ."),
        ("x {.}", ".bashrc", "x .bashrc"),
        ("gzip -k", "a b", "gzip -k 'a b'"),
        ("awk '{print $1}' {}", "f", "awk '{print $1}' f"),
        ("x {}", "{.}", "x '{.}'"),
        ("echo ${HOME} {}", "f", "echo ${HOME} f"),
    ],
)
@pytest.mark.not_on("win32")
def test_places_are_filled_once_with_quoted_items(template: str, item: str, made: str) -> None:
    assert script(template, item) == made


@pytest.mark.parametrize("template", ["echo '{}'", 'echo "x {.}"', "echo 'a'\"{/}\"", " "])
def test_a_place_in_quotes_is_refused(template: str) -> None:
    with pytest.raises(UsageProblem, match="--each"):
        Template(template)


@given(st.text(st.characters(exclude_characters="\0"), min_size=1))
def test_a_shell_reads_back_the_item(item: str) -> None:
    assert shlex.split(script("x {}", item.encode("utf-8", "replace").decode()))[1:] == [
        item.encode("utf-8", "replace").decode()
    ]


def test_without_a_shell_the_words_are_filled() -> None:
    template = Template("convert {} 'a b' {.}.png", has_shell=False)

    work = template.spec_of_line((1, b"x & y.jpg")).work

    assert work == Argv(argv=("convert", "x & y.jpg", "a b", "x & y.png"))


@given(
    items=st.lists(st.binary(min_size=1).map(lambda raw: raw.replace(b"\0", b"x"))),
    ends=st.booleans(),
)
def test_items_that_end_in_nul_are_whole(items: list[bytes], ends: bool) -> None:
    text = b"\0".join(items) + (b"\0" if ends and items else b"")

    found = list(read_items(io.BytesIO(text), b"\0"))

    assert found == list(enumerate(items, start=1))


@pytest.mark.not_on("win32")
def test_awkward_names_arrive_as_they_are(queuectl: Program) -> None:
    show = "printf '%s\\0' {} {.}"
    queuectl.must("enqueue", "--each", show, "--", *AWKWARD)
    listed = b"\0".join(AWKWARD)
    queuectl.must("enqueue", "--null", "--each", show, stdin=listed)
    queuectl.must("worker", "start", "--burst", "-q")

    logs = queuectl.must("logs", f"1-{2 * len(AWKWARD)}", "--json").documents

    printed = [log["output"].encode("utf-8", "surrogateescape") for log in logs]
    expected = [item + b"\0" + os.path.splitext(item)[0] + b"\0" for item in AWKWARD]
    assert printed == [*expected, *expected]


@pytest.mark.not_on("win32")
def test_awkward_words_and_an_array(queuectl: Program) -> None:
    words = [b"sh", b"-c", b'printf "%s\\0" "$QUEUECTL_ARRAY_INDEX" "$@"', b"sh", *AWKWARD]
    queuectl.must("enqueue", "--array", "3-4", "--", *words)
    queuectl.must("worker", "start", "--burst", "-q")

    logs = queuectl.must("logs", "1-2", "--json").documents

    printed = [log["output"].encode("utf-8", "surrogateescape") for log in logs]
    assert printed == [b"\0".join([index, *AWKWARD, b""]) for index in (b"3", b"4")]


def test_items_come_from_lines_and_a_dry_run_shows_the_commands(inside: Inside) -> None:
    (inside.folder / "names").write_bytes(b"a b\n\n#c\n")

    shown = inside.must("enqueue", "--each", "gzip {}", "--from", "names", "--dry-run")
    inside.must("enqueue", "--each", "gzip {}", "--from", "names", "--queue", "z")
    inside.must("enqueue", "--each", "gzip {}", stdin=b"d\n")

    assert shown.text.splitlines() == ["gzip 'a b'", "gzip '#c'"]
    jobs = inside.must("list", "--json").documents
    assert [(job["command"], job["queue"]) for job in jobs] == [
        ("gzip d", "default"),
        ("gzip '#c'", "z"),
        ("gzip 'a b'", "z"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["--each", "x {}", "--from", "-", "a"],
        ["--each", "x {}", "--array", "0-9", "a"],
        ["--each", "x {}", "--key", "k", "a"],
        ["--each", "x '{}'", "a"],
        ["--each", "x {}"],
        ["--null", "true"],
    ],
)
def test_what_does_not_go_together_is_refused(inside: Inside, words: list[str]) -> None:
    assert inside("enqueue", *words).code == 2


@pytest.mark.parametrize("late", ["--dry-run", "-n", "--queue=z", "--wait"])
def test_an_option_among_the_items_is_refused_unless_they_are_marked(
    inside: Inside, late: str
) -> None:
    refused = inside("enqueue", "--each", "rm -- {}", "a", late)
    inside.must("enqueue", "--each", "rm -- {}", "--", "a", late)

    assert refused.code == 2
    assert f"options come before the items, and '{late}' stands among them" in refused.err
    jobs = inside.must("list", "--json").documents
    assert [job["command"] for job in jobs] == [f"rm -- {late}", "rm -- a"]


def test_a_tally_keeps_spans_and_gives_back_the_ids() -> None:
    tally = Tally()

    for ids in ([1, 2, 3], [4], [9, 10], [7]):
        tally.add([JobId(each) for each in ids], 10)

    assert list(tally.ids()) == [1, 2, 3, 4, 9, 10, 7]
    assert tally.count == 7
    assert len(tally._spans) == 3


@pytest.mark.not_on("win32")
def test_a_person_sees_how_many_are_in_and_how_fast(queuectl: Program) -> None:
    lines = queuectl.folder / "lines"
    lines.write_bytes(b"true\n" * 3_000)

    code, shown = on_terminal(queuectl, "enqueue", "--from", str(lines))

    assert code == 0
    assert "/s" in shown
    assert "3,000 jobs are enqueued (ids 1-3000, lines up to 3,000)" in shown


@pytest.mark.not_on("win32", "darwin")
def test_a_long_input_takes_no_more_memory_than_a_short_one(queuectl: Program) -> None:
    """The ids of all jobs alone would take 8 MB more."""
    peaks = [_peak_kib(queuectl, count) for count in (2_000, 60_000)]

    assert peaks[1] - peaks[0] < 8_000, peaks


def _peak_kib(queuectl: Program, count: int) -> int:
    lines = queuectl.folder / f"{count}.txt"
    lines.write_bytes(b"true\n" * count)
    watch = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True,"
        " stdout=subprocess.DEVNULL);"
        " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = queuectl.command("enqueue", "--from", str(lines), "--json")
    python = Path(str(command[0])).with_name("python")
    ended = subprocess.run(
        [python, "-c", watch, *command],
        capture_output=True,
        cwd=queuectl.folder,
        env=queuectl.environ,
        check=True,
    )
    return int(ended.stdout)
