"""What is in the wheels and the source archives: all that belongs there and nothing else."""

import tarfile
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path, PurePosixPath

import pytest

from scripts.bootstrap import ROOT
from scripts.versions import members

PROJECTS = members(ROOT)
VERSION = PROJECTS["queuectl"]["version"]
# What pytest finds of the worker, without importing that.
BESIDE = {"queuectl-worker": ["queuectl_pytest"]}
MODULES = {name: name.replace("-", "_") for name in PROJECTS}

every_project = pytest.mark.parametrize("project", sorted(PROJECTS))


def wheel_of(dist: Path, project: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(dist / f"{MODULES[project]}-{VERSION}-py3-none-any.whl")


def metadata_of(dist: Path, project: str) -> Message:
    with wheel_of(dist, project) as wheel:
        path = f"{MODULES[project]}-{VERSION}.dist-info/METADATA"
        return message_from_string(wheel.read(path).decode())


def source_folder(module: str) -> Path:
    (folder,) = ROOT.glob(f"*/*/src/{module}")
    return folder


def source_files(project: str) -> set[str]:
    return files_of(MODULES[project])


def files_of(module: str) -> set[str]:
    folder = source_folder(module)
    files = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder.parent).as_posix() for path in files}
    return {name for name in names if "__pycache__" not in name}


def test_there_is_a_wheel_and_a_source_archive_of_each_project(dist: Path) -> None:
    expected = {
        f"{module}-{VERSION}{ending}"
        for module in MODULES.values()
        for ending in ("-py3-none-any.whl", ".tar.gz")
    }

    assert {path.name for path in dist.iterdir() if not path.name.startswith(".")} == expected


@every_project
def test_a_wheel_holds_the_files_of_its_module_and_no_others(dist: Path, project: str) -> None:
    with wheel_of(dist, project) as wheel:
        names = {name for name in wheel.namelist() if not name.endswith("/")}
    of_module = {name for name in names if name.startswith(f"{MODULES[project]}/")}

    assert of_module == source_files(project)
    assert f"{MODULES[project]}/py.typed" in of_module
    assert {PurePosixPath(name).parts[0] for name in names - of_module} == {
        f"{MODULES[project]}-{VERSION}.dist-info",
        *BESIDE.get(project, ()),
    }


@every_project
def test_a_module_has_no_file_that_an_editor_or_a_run_left(project: str) -> None:
    left = {".bak", ".db", ".log", ".orig", ".pyc", ".rej", ".swp", ".tmp"}

    strays = [name for name in source_files(project) if PurePosixPath(name).suffix in left]

    assert strays == []


@every_project
def test_a_wheel_says_its_licence_and_carries_its_text(dist: Path, project: str) -> None:
    with wheel_of(dist, project) as wheel:
        text = wheel.read(f"{MODULES[project]}-{VERSION}.dist-info/licenses/LICENSE").decode()

    assert metadata_of(dist, project)["License-Expression"] == "MIT"
    assert text == (ROOT / "LICENSE").read_text(encoding="utf-8")


@every_project
def test_a_wheel_pins_its_siblings_to_the_version_built_with_it(dist: Path, project: str) -> None:
    required = metadata_of(dist, project).get_all("Requires-Dist") or []

    siblings = [line.partition(";")[0].strip() for line in required if line.startswith("queuectl")]

    assert all(line.endswith(f"=={VERSION}") for line in siblings)


@every_project
def test_a_source_archive_holds_what_the_wheel_is_built_from(dist: Path, project: str) -> None:
    top = f"{MODULES[project]}-{VERSION}"
    # uv_build rewrites the project file and keeps the original beside it.
    around = {"LICENSE", "PKG-INFO", "README.md", "pyproject.toml", "pyproject.toml.orig"}

    with tarfile.open(dist / f"{top}.tar.gz") as archive:
        names = {member.name for member in archive if member.isfile()}

    modules = [MODULES[project], *BESIDE.get(project, ())]
    sources = {f"src/{name}" for module in modules for name in files_of(module)}
    assert names == {f"{top}/{name}" for name in around | sources}
