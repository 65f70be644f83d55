"""Install the workspace into this checkout with nothing but Python at hand.

`scripts/demo`, `scripts/test` and `scripts/bench` begin here. Old Pythons have to read
this file far enough to say that they are too old, so nothing above that check, and no
syntax anywhere in it, may be newer than Python 3.6.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - the whole point is to run on these
    sys.stderr.write(
        f"QueueCTL needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.\n"
        "Install a newer one and start the script with it: python3.13 scripts/test\n"
    )
    sys.exit(2)

import ssl
import tomllib

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
PROGRAMS = "Scripts" if os.name == "nt" else "bin"
EXE = ".exe" if os.name == "nt" else ""


class InstallError(Exception):
    """Something that the installation needs is missing; the text says what to do."""


def install(*, for_development: bool) -> None:
    """Bring `.venv` up to date with the lock file, or end the program and say why not.

    Args:
        for_development: Install the tools of the gates too. Without it they are left
            alone if they are there, so that `demo` after `test` removes nothing.
    """
    try:
        uv = find_uv()
    except InstallError as error:
        sys.exit(str(error))
    if not VENV.exists():
        sys.stderr.write("Installing into .venv; only the first time takes long ...\n")
    scope = [] if for_development else ["--no-dev", "--inexact"]
    command = [uv, "sync", "--locked", "--all-packages", "--compile-bytecode", "--quiet", *scope]
    if outlast(subprocess.Popen(command, cwd=ROOT, env=environment())) != 0:
        sys.exit("The installation stopped; uv's reason is above. Mend it and start again.")


def environment() -> dict[str, str]:
    """Make the settings that keep uv to this checkout and to the Python that runs this."""
    settings = dict(os.environ)
    settings.pop("VIRTUAL_ENV", None)
    settings["UV_PYTHON"] = getattr(sys, "_base_executable", sys.executable)
    settings["UV_PYTHON_DOWNLOADS"] = "never"
    settings["UV_PROJECT_ENVIRONMENT"] = str(VENV)
    if trusts_own_certificates():
        # As pip does: uv's own list knows nothing of a company's proxy that signs for others.
        settings.setdefault("UV_SYSTEM_CERTS", "true")
    if not os.access(Path.home(), os.W_OK):
        settings.setdefault("UV_CACHE_DIR", str(TOOLS / "cache"))
    return settings


def trusts_own_certificates() -> bool:
    """Tell whether this system keeps a list of whom it trusts; a bare container has none."""
    known = ssl.get_default_verify_paths()
    return sys.platform in ("win32", "darwin") or bool(known.cafile or known.capath)


def find_uv() -> str:
    """Give the path of a uv that is new enough, and install one if there is none."""
    floor = required_uv()
    on_path = shutil.which("uv")
    if on_path and version_of(on_path) >= numbers(floor):
        return on_path
    own = TOOLS / f"uv-{floor}"
    program = str(own / PROGRAMS / f"uv{EXE}")
    if not version_of(program):
        install_uv(own, program, version=floor)
    return program


def required_uv() -> str:
    """Read the oldest uv that may be used, which is also the one to install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["tool"]["uv"]["required-version"]).lstrip(">=~ ")


def version_of(uv: str) -> tuple[int, ...]:
    """Ask *uv* for its version; one that does not run has version ()."""
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    return numbers(answer.stdout.split()[1])


def numbers(version: str) -> tuple[int, ...]:
    """Split a version into what can be compared: 0.13.9 into (0, 13, 9)."""
    return tuple(int(part) for part in version.split("+")[0].split(".") if part.isdigit())


def install_uv(folder: Path, program: str, *, version: str) -> None:
    """Install uv into *folder*, by a virtual environment or else by pip alone."""
    sys.stderr.write(f"Getting uv {version} for this checkout ...\n")
    wanted = f"uv=={version}"
    own_python = str(folder / PROGRAMS / f"python{EXE}")
    in_venv = [
        [sys.executable, "-m", "venv", str(folder)],
        [own_python, "-m", "pip", "install", "--quiet", wanted],
    ]
    # A bare Debian python3 has no ensurepip and so makes no such environment; pip may be there.
    by_pip = [[sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), wanted]]
    for commands in (in_venv, by_pip):
        shutil.rmtree(folder, ignore_errors=True)
        said = attempt(commands)
        if version_of(program):
            return
    raise InstallError(
        f"uv {version} could not be installed: {said or 'it does not run here'}\n"
        "Install python3-venv (Debian: apt install python3-venv) or uv, then start again."
    )


def attempt(commands: list[list[str]]) -> str:
    """Run *commands* until one fails, and give the last line that it said."""
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = (done.stdout + done.stderr).split("\n")
        if done.returncode != 0:
            return next((line for line in reversed(lines) if line.strip()), "no reason given")
    return ""


def program(name: str) -> str:
    """Give the path of a program of the workspace's environment."""
    return str(VENV / PROGRAMS / f"{name}{EXE}")


def become(command: list[str]) -> None:
    """Go on as *command*, which gets the signals and whose exit code is ours."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    # Windows has no exec: stay as a parent that leaves Ctrl-C to the child.
    sys.exit(outlast(subprocess.Popen(command)))


def outlast(child: "subprocess.Popen[bytes]") -> int:
    """Wait for *child* and give its exit code; Ctrl-C reaches the child too and is its affair."""
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue
