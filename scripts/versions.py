"""Check that the five packages have one version and pin one another to exactly that.

The workspace itself never notices a stale pin: lock, sync and run take the sibling from the
checkout whatever its version. Only the wheel that somebody installs fails.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[^]]*\])?\s*(?P<bounds>[^;]*)")


def main() -> int:
    """Print what is out of step; give 1 if anything is."""
    complaints = list(judge(members(ROOT)))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


def members(root: Path) -> dict[str, dict[str, Any]]:
    """Read the project table of each member of the workspace, by the name of the project."""
    paths = sorted([*root.glob("packages/*/pyproject.toml"), *root.glob("apps/*/pyproject.toml")])
    tables = [tomllib.loads(path.read_text(encoding="utf-8"))["project"] for path in paths]
    return {table["name"]: table for table in tables}


def judge(projects: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Say of each version and each pin that differs from the rest what it should be."""
    expected = projects["queuectl"]["version"]
    for name, project in projects.items():
        if project["version"] != expected:
            yield f"{name} is {project['version']}, queuectl is {expected}; make them equal"
        for requirement in requirements(project):
            match = REQUIREMENT.match(requirement)
            if match is None or match["name"] not in projects:
                continue
            if match["bounds"].strip() != f"=={expected}":
                yield f"{name} requires {requirement!r}; pin it to =={expected}"


def requirements(project: dict[str, Any]) -> list[str]:
    """List what a project requires, its extras included."""
    extras = project.get("optional-dependencies", {}).values()
    return [*project.get("dependencies", []), *(line for extra in extras for line in extra)]


if __name__ == "__main__":
    sys.exit(main())
