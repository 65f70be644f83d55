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


ALONE = """
import json, runpy, sys
from importlib.metadata import distributions

try:
    runpy.run_path({script!r}, run_name="__main__")
except SystemExit as ended:
    print(json.dumps({{
        "code": ended.code,
        "modules": sorted({{name.partition(".")[0] for name in sys.modules}}),
        "installed": sorted(each.metadata["Name"].lower() for each in distributions()),
    }}))
"""
NOT_THE_WORKERS = {
    *("queuectl", "queuectl_dashboard", "queuectl_metrics"),
    *("queuectl-dashboard", "queuectl-metrics", "prometheus-client", "prometheus_client"),
    *("flask", "werkzeug", "jinja2", "typer", "click", "rich", "platformdirs"),
}


def test_a_project_that_embeds_the_worker_gets_nothing_else(
    worker_alone: Installation, tmp_path: Path
) -> None:
    script = str(ROOT / "examples" / "word_count.py")

    said = worker_alone.run("python", "-c", ALONE.format(script=script), cwd=tmp_path)

    told = json.loads(said.splitlines()[-1])
    assert "6 words" in said
    assert told["code"] == 0
    assert {"queuectl_worker", "queuectl_store"} <= set(told["modules"])
    assert {"queuectl-worker", "queuectl-store"} <= set(told["installed"])
    assert not NOT_THE_WORKERS & set(told["modules"])
    assert not NOT_THE_WORKERS & set(told["installed"])


def test_the_page_of_the_worker_shows_a_program_that_runs(
    worker_alone: Installation, tmp_path: Path
) -> None:
    page = (ROOT / "packages" / "queuectl-worker" / "README.md").read_text("utf-8")
    shown = page.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "mail.py").write_text(shown, "utf-8")

    said = worker_alone.run("python", "mail.py", cwd=tmp_path)

    assert said == "sent 2 to ann@example.org\n"
