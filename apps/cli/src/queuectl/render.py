"""Tables: aligned and coloured for a person at a terminal, tab-separated for a pipe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from queuectl.safe import safe_text
from queuectl.terminal import Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A piece of text and its style."""

    text: str
    style: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A heading; *right* aligns numbers, *flexible* may be cut to fit the screen."""

    title: str
    right: bool = False
    flexible: bool = False


Row = Sequence[Cell]


def print_table(terminal: Terminal, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Print *rows*; on a terminal as a table that fits it, in a pipe in full and without headings."""
    if terminal.is_screen:
        _print_aligned(terminal, columns, rows)
        return
    for row in rows:
        terminal.line("\t".join(safe_text(cell.text) for cell in row))


def without_empty(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[list[Column], list[Row]]:
    """Leave out the columns in which no row has anything to say."""
    used = [index for index in range(len(columns)) if any(row[index].text for row in rows)]
    return [columns[index] for index in used], [[row[index] for index in used] for row in rows]


def print_facts(terminal: Terminal, facts: Mapping[str, Cell | str | None]) -> None:
    """Print names and values, one a line; what is absent is left out."""
    shown = {name: fact for name, fact in facts.items() if fact not in (None, "")}
    width = max(map(len, shown), default=0)
    for name, fact in shown.items():
        cell = fact if isinstance(fact, Cell) else Cell(text=fact or "")
        text = terminal.paint(safe_text(cell.text), cell.style)
        terminal.line(f"{terminal.paint(name.ljust(width), 'dim')}  {text}")


def _print_aligned(terminal: Terminal, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    # Imported here: a pipe needs none of it, and it is half of a short command's start.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=None,
            min_width=None if column.flexible else len(column.title),
        )
    for row in rows:
        # Text, never str: stored text must not be read as rich's markup.
        table.add_row(*(Text(safe_text(cell.text), style=cell.style or "") for cell in row))
    console = Console(no_color=not terminal.color, highlight=False, emoji=False, markup=False)
    console.print(table)
