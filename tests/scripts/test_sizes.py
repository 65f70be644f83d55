"""The gate on sizes counts what a reader has to read, and its list of exceptions stays true."""

from pathlib import Path

from scripts import sizes


def product_file(root: Path, source: str) -> None:
    path = root / "packages" / "x" / "src" / "x" / "module.py"
    path.parent.mkdir(parents=True)
    path.write_text(source)


def function_of(lines: int) -> str:
    return "def long():\n" + "    x = 1\n" * lines


def test_a_function_at_the_limit_passes_and_one_line_more_is_named(tmp_path: Path) -> None:
    product_file(
        tmp_path, function_of(25) + "\n\nclass C:\n    def m(self):\n" + "        y = 1\n" * 26
    )

    complaints = list(sizes.judge(tmp_path, {}))

    assert complaints == [
        "packages/x/src/x/module.py:30: 26 lines of code in C.m, at most 25; split it"
    ]


def test_comments_blank_lines_and_the_docstring_are_free(tmp_path: Path) -> None:
    free = '    """One.\n\n    Two.\n    """\n\n' + "    # why\n\n" * 40
    product_file(tmp_path, "def short():\n" + free + "    x = 1\n" * 25)

    assert list(sizes.judge(tmp_path, {})) == []


def test_every_line_of_a_long_string_counts(tmp_path: Path) -> None:
    product_file(tmp_path, 'def sql():\n    return """\n' + "    SELECT 1\n" * 30 + '    """\n')

    assert len(list(sizes.judge(tmp_path, {}))) == 1


def test_a_file_over_the_limit_is_named(tmp_path: Path) -> None:
    product_file(tmp_path, "x = 1\n" * 301)

    assert list(sizes.judge(tmp_path, {})) == [
        "packages/x/src/x/module.py: 301 lines, at most 300; split it"
    ]


def test_an_exception_excuses_what_it_names(tmp_path: Path) -> None:
    product_file(tmp_path, function_of(26))

    assert list(sizes.judge(tmp_path, {"packages/x/src/x/module.py::long": "a table"})) == []


def test_an_exception_without_need_or_reason_fails(tmp_path: Path) -> None:
    product_file(tmp_path, function_of(26))
    excused = {"packages/x/src/x/module.py::long": " ", "packages/x/src/x/gone.py": "was long"}

    complaints = list(sizes.judge(tmp_path, excused))

    assert [complaint.rpartition("; ")[2] for complaint in complaints] == [
        "scripts/sizes.toml: 'packages/x/src/x/module.py::long' needs a reason",
        "take it off the list",
    ]
