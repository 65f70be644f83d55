"""Hold files and functions of the product to a size that a reader takes in at once.

A file has at most 300 lines; a function at most 25 lines of code, where its signature,
its docstring, comments and blank lines do not count. `sizes.toml` lists the exceptions,
each with its reason; an exception that is no longer needed fails too.
"""

import ast
import io
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 300
LONGEST_FUNCTION = 25
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print what breaks the rule; give 1 if anything does."""
    excused = tomllib.loads((ROOT / "scripts/sizes.toml").read_text(encoding="utf-8"))
    complaints = list(judge(ROOT, excused))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


def judge(root: Path, excused: dict[str, str]) -> Iterator[str]:
    """Say of each thing that is too long, and of each needless exception, what is wrong."""
    too_long = dict(oversized(root))
    for thing, complaint in too_long.items():
        if thing not in excused:
            yield complaint
    for thing, reason in excused.items():
        if thing not in too_long:
            yield f"scripts/sizes.toml: {thing!r} is not too long; take it off the list"
        elif not reason.strip():
            yield f"scripts/sizes.toml: {thing!r} needs a reason"


def oversized(root: Path) -> Iterator[tuple[str, str]]:
    """Find each file and function that is too long: its name for the list, and a complaint."""
    for path in sorted([*root.glob("packages/*/src/**/*.py"), *root.glob("apps/*/src/**/*.py")]):
        name = path.relative_to(root).as_posix()
        source = path.read_text(encoding="utf-8")
        lines = len(source.splitlines())
        if lines > LONGEST_FILE:
            yield name, f"{name}: {lines} lines, at most {LONGEST_FILE}; split it"
        for function, line, length in function_lengths(source):
            if length > LONGEST_FUNCTION:
                complaint = f"{length} lines of code in {function}, at most {LONGEST_FUNCTION}"
                yield f"{name}::{function}", f"{name}:{line}: {complaint}; split it"


def function_lengths(source: str) -> Iterator[tuple[str, int, int]]:
    """Give the dotted name, the line and the number of lines of code of each function."""
    lines_of_code = code_lines(source)
    for prefix, function in functions(ast.parse(source), ()):
        body = function.body[1:] if ast.get_docstring(function) is not None else function.body
        if body:
            first, last = body[0].lineno, function.end_lineno or body[-1].lineno
            count = sum(first <= line <= last for line in lines_of_code)
            yield ".".join([*prefix, function.name]), function.lineno, count


def functions(node: ast.AST, prefix: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Function]]:
    """Walk the functions below *node*, each with the names that lead to it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield prefix, child
        names = (child.name,) if isinstance(child, Function | ast.ClassDef) else ()
        yield from functions(child, prefix + names)


def code_lines(source: str) -> set[int]:
    """Give the numbers of the lines that hold more than a comment; a long string counts whole."""
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in LAYOUT:
            found.update(range(token.start[0], token.end[0] + 1))
    return found


if __name__ == "__main__":
    sys.exit(main())
