"""The wheels alone, without the checkout, are a working QueueCTL."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from scripts.bootstrap import ROOT
from scripts.versions import members
from tests.packaging.conftest import Installation

PROJECTS = sorted(members(ROOT))
VERSION = members(ROOT)["queuectl"]["version"]

WHERE_FROM = """
import json
from importlib.metadata import distribution

print(json.loads(distribution("{project}").read_text("direct_url.json"))["url"])
"""


@pytest.mark.parametrize("project", PROJECTS)
def test_each_project_is_the_one_built_here(
    installation: Installation, dist: Path, tmp_path: Path, project: str
) -> None:
    """The public index has another project called queuectl; it must never be the one tested."""
    url = installation.run("python", "-c", WHERE_FROM.format(project=project), cwd=tmp_path)

    assert url.strip().startswith(f"{dist.as_uri()}/{project.replace('-', '_')}-{VERSION}")


@pytest.mark.parametrize("project", PROJECTS)
def test_each_module_is_imported_from_its_wheel(
    installation: Installation, tmp_path: Path, project: str
) -> None:
    module = project.replace("-", "_")

    path = installation.run(
        "python", "-c", f"import {module} as m; print(m.__file__)", cwd=tmp_path
    )

    assert Path(path.strip()).is_relative_to(installation.folder)


if find_spec("queuectl.app") is not None:

    def test_the_program_says_its_version(installation: Installation, tmp_path: Path) -> None:
        assert VERSION in installation.run("queuectl", "--version", cwd=tmp_path)

    def test_a_job_is_kept_run_and_listed(installation: Installation, tmp_path: Path) -> None:
        def queuectl(*arguments: str) -> str:
            return installation.run("queuectl", "--db", "jobs.db", *arguments, cwd=tmp_path)

        queuectl("enqueue", "--", "python", "-c", "print('hello')")
        queuectl("worker", "start", "--burst")
        (job,) = [json.loads(line) for line in queuectl("list", "--json").splitlines()]

        assert job["state"] == "succeeded"
