"""Reads the project's Markdown: which files there are, their links, headings and code."""

import re
from pathlib import Path

from scripts.bootstrap import ROOT

FENCE = re.compile(r"^ {0,3}(```+|~~~+)[^\n]*\n.*?^ {0,3}\1", re.MULTILINE | re.DOTALL)
SHELL_BLOCK = re.compile(
    r"^ {0,3}```(?:sh|bash|shell|console|powershell|pwsh)\n(.*?)^ {0,3}```",
    re.MULTILINE | re.DOTALL,
)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
FOLDERS = ("docs", "packages", "apps", "examples", "benchmarks")


def documents() -> list[Path]:
    """List the Markdown files that the project ships, in the order of their names."""
    below = [path for name in FOLDERS for path in (ROOT / name).rglob("*.md")]
    return sorted([*ROOT.glob("*.md"), *below])


def links(text: str) -> list[str]:
    """List the targets of the links in *text*; what stands in code is no link."""
    prose = CODE.sub("", FENCE.sub("", text))
    return [inline or reference for inline, reference in LINK.findall(prose)]


def anchors(text: str) -> set[str]:
    """Give the fragments that headings of *text* answer to, by the rule that code hosts use."""
    found: set[str] = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        again = sum(anchor == plain or anchor.startswith(f"{plain}-") for anchor in found)
        found.add(f"{plain}-{again}" if plain in found else plain)
    return found | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


def shell_lines(text: str) -> list[str]:
    """List the lines of the shell blocks in *text*, prompts taken off, comments left out."""
    lines = [line.strip() for block in SHELL_BLOCK.findall(text) for line in block.splitlines()]
    plain = [re.sub(r"^(\$|PS>|>) ", "", line) for line in lines]
    return [line for line in plain if line and not line.startswith("#")]
