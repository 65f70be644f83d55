"""Tables: aligned and coloured for a person at a terminal, tab-separated for a pipe."""

import shutil
from collections.abc import Mapping, Sequence

from queuectl.safe import safe_text
from queuectl.terminal import Terminal
from queuectl_store.values import dataclass

_GAP = "  "
_NARROWEST = 12
# A column that may be cut is not cut further than this for the sake of one that may be left out.
_READABLE = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A piece of text and its style."""

    text: str
    style: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A heading; *right* aligns numbers, *flexible* may be cut to fit the screen.

    Attributes:
        spare: Above 0 it is left out where the screen is too narrow, the highest first.
    """

    title: str
    right: bool = False
    flexible: bool = False
    spare: int = 0


Row = Sequence[Cell]


def print_table(terminal: Terminal, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Print *rows*: as a table that fits the terminal; in a pipe in full and without headings."""
    if terminal.is_screen:
        print_aligned(terminal, columns, rows)
        return
    for row in rows:
        terminal.line("\t".join(safe_text(cell.text) for cell in row))


def print_aligned(terminal: Terminal, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Print *rows* under headings, in a pipe too."""
    for line in aligned_lines(terminal, columns, rows):
        terminal.line(line)


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


def aligned_lines(terminal: Terminal, columns: Sequence[Column], rows: Sequence[Row]) -> list[str]:
    """Return headings and rows as aligned lines; on a terminal none is wider than it."""
    # Imported here: a pipe needs none of it. Only rich's measuring is used: its tables take
    # seconds for a few thousand rows.
    from rich.cells import cell_len

    heading = [Cell(text=column.title, style="dim") for column in columns]
    lines = [
        heading,
        *(
            [Cell(text=terminal.printable(safe_text(c.text)), style=c.style) for c in row]
            for row in rows
        ),
    ]
    wanted = [max(cell_len(line[index].text) for line in lines) for index in range(len(columns))]
    if terminal.is_screen:
        screen = shutil.get_terminal_size().columns
        kept = _affordable(wanted, columns, screen)
        columns, wanted = [columns[i] for i in kept], [wanted[i] for i in kept]
        lines = [[line[i] for i in kept] for line in lines]
        wanted = _fitted(wanted, columns, screen)
    return [
        _GAP.join(
            _cell(terminal, *parts) for parts in zip(line, columns, wanted, strict=True)
        ).rstrip()
        for line in lines
    ]


def _affordable(wanted: Sequence[int], columns: Sequence[Column], screen: int) -> list[int]:
    """Return which columns are shown: the spare ones as far as the screen has room for them."""
    least = [
        min(width, _READABLE) if column.flexible else width
        for width, column in zip(wanted, columns, strict=True)
    ]
    kept = list(range(len(columns)))
    while sum(least[i] for i in kept) + len(_GAP) * (len(kept) - 1) > screen:
        spare = max(kept, key=lambda i: columns[i].spare)
        if not columns[spare].spare:
            break
        kept.remove(spare)
    return kept


def _fitted(wanted: Sequence[int], columns: Sequence[Column], screen: int) -> list[int]:
    """Narrow the flexible columns, the widest first, until the table fits the screen."""
    widths = list(wanted)
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - screen
    while excess > 0:
        flexible = [i for i, c in enumerate(columns) if c.flexible and widths[i] > _NARROWEST]
        if not flexible:
            break
        widest = max(flexible, key=lambda index: widths[index])
        others = [widths[index] for index in flexible if index != widest]
        cut = min(excess, max(1, widths[widest] - max([_NARROWEST, *others])))
        widths[widest] -= cut
        excess -= cut
    return widths


def _cell(terminal: Terminal, cell: Cell, column: Column, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    text = cell.text
    if cell_len(text) > width:
        mark = "…" if terminal.printable("…") == "…" else "..."
        text = set_cell_size(text, width - len(mark)) + mark
    padding = " " * (width - cell_len(text))
    painted = terminal.paint(text, cell.style)
    return padding + painted if column.right else painted + padding
