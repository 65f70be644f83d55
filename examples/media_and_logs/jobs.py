"""One job for each file, and what has to come of it."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sources import LogFile, Picture

_STEPS = Path(__file__).resolve().parent / "steps"
_THUMBNAIL_PIXELS = 96
# Real work would wait longer between its tries; nobody wants to watch an example wait.
_SHORT_BACKOFF = {"backoff_base": 1.5, "backoff_max": 0.3}

ONCE = range(1, 2)
TWICE = range(2, 3)
MORE_THAN_ONCE = range(2, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The job succeeds, and unpacking *output* gives *source*."""

    source: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The job succeeds, and *output* equals *source*."""

    source: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """The job succeeds, and *output* is the thumbnail of *source*."""

    source: Picture
    output: str
    pixels: int = _THUMBNAIL_PIXELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Dies:
    """The job ends in the dead letter queue and leaves no file.

    Attributes:
        error: The error of its last attempt.
        says: A word in its output; different versions of a program word the rest differently.
    """

    error: str
    says: str = ""


Expected = Packed | Copied | Shrunk | Dies


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A job as it is enqueued, and what has to come of it.

    Attributes:
        work: A program with its arguments, or one shell command.
        tries: How many attempts it may take.
        options: Further keys of the job spec.
        lock: A file that keeps the job from succeeding until it is gone.
    """

    name: str
    queue: str
    work: Sequence[str] | str
    expected: Expected
    tries: range = ONCE
    options: dict[str, Any] = field(default_factory=dict)
    lock: str | None = None

    def spec(self) -> dict[str, Any]:
        """Return the job spec, a line of what `queuectl enqueue --from` reads."""
        work = self.work if isinstance(self.work, str) else list(self.work)
        plain = {"timeout": "60s", "max_retries": 1, **_SHORT_BACKOFF}
        return {"command": work, "name": self.name, "queue": self.queue, **plain, **self.options}


def every_item(logs: Sequence[LogFile], images: Sequence[Picture]) -> list[Item]:
    """Return the jobs: one a file, then those that cannot succeed."""
    good = [*(_log_item(n, log.path) for n, log in enumerate(logs)), *map(_picture_item, images)]
    return [*good, *_doomed_items()]


def _log_item(number: int, path: str) -> Item:
    match number % 40:
        case 5:
            return _locked_item(path)
        case 15 | 35:
            return _upload_item(path)
        case even if even % 2 == 0:
            return _packed_by_program(path)
        case _:
            return _packed_by_shell(path)


def _packed_by_program(path: str) -> Item:
    return Item(
        name=f"pack {path}",
        queue="pack",
        # -f: a job may run again after its worker died, and must not stumble over its own output.
        work=[*_gzip(), "-kf", path] if _has_gzip() else [*_gzip(), path],
        options={"tags": {"kind": "log"}},
        expected=Packed(source=path, output=f"{path}.gz"),
    )


def _packed_by_shell(path: str) -> Item:
    output = f"packed/{Path(path).name}.gz"
    packer = f"{_words(_gzip())} -c" if _has_gzip() else f"{_words(_gzip())} -"
    return Item(
        name=f"pack {path}",
        queue="pack",
        work=f"{packer} < {_words([path])} > {_words([output])}",
        options={"tags": {"kind": "log"}},
        expected=Packed(source=path, output=output),
    )


def _locked_item(path: str) -> Item:
    """Pack a log that is still written to: the job asks to be tried again until that is over."""
    output, lock = f"packed/{Path(path).name}.gz", f"{path}.lock"
    return Item(
        name=f"pack {path}",
        queue="pack",
        work=_step("pack_closed.py", path, output),
        options={"tags": {"kind": "log"}, "priority": "high", "max_retries": 8},
        expected=Packed(source=path, output=output),
        tries=MORE_THAN_ONCE,
        lock=lock,
    )


def _upload_item(path: str) -> Item:
    output = f"bucket/{Path(path).name}"
    return Item(
        name=f"upload {path}",
        queue="network",
        work=_step("upload.py", path, output),
        options={"tags": {"kind": "log"}, "priority": "high", "max_retries": 3},
        expected=Copied(source=path, output=output),
        tries=TWICE,
    )


def _picture_item(picture: Picture) -> Item:
    output = f"thumbs/{Path(picture.path).name}.png"
    return Item(
        name=f"shrink {picture.path}",
        queue="thumbs",
        work=_step("thumb.py", picture.path, output, str(_THUMBNAIL_PIXELS)),
        options={"tags": {"kind": "image"}, "priority": "low"},
        expected=Shrunk(source=picture, output=output),
    )


def _doomed_items() -> Iterator[Item]:
    for name, word in (
        ("cut.png", "truncated"),
        ("cut.jpg", "truncated"),
        ("empty.png", "identify"),
        ("words.jpg", "identify"),
        ("gone.png", "No such file"),
    ):
        path = f"images/{name}"
        work = _step("thumb.py", path, f"thumbs/{name}.png", str(_THUMBNAIL_PIXELS))
        # The script ends with 100: a broken image does not get better by trying again.
        yield _doomed("shrink", path, "thumbs", work, Dies(error="exit code 100", says=word))
    test = "{} -t < {}" if _has_gzip() else "{} -d - < {}"
    for name in ("words.gz", "cut.gz"):
        path = f"logs/{name}"
        script = test.format(_words(_gzip()), _words([path]))
        yield _doomed("test", path, "pack", script, Dies(error="exit code 1"), tries=TWICE)
    gone = "logs/gone.log"
    pack = [*_gzip(), "-k", gone] if _has_gzip() else [*_gzip(), gone]
    yield _doomed("pack", gone, "pack", pack, Dies(error="exit code 1", says=gone), tries=TWICE)
    hangs = [sys.executable, "-c", "import time; print('waiting', flush=True); time.sleep(600)"]
    error = Dies(error="timed out after 1s", says="waiting")
    yield _doomed("ask", "a silent host", "network", hangs, error, timeout="1s", max_retries=0)
    missing = Dies(error="no program named 'no-such-optimizer' on the PATH of the job")
    yield _doomed("optimize", "images", "thumbs", ["no-such-optimizer", "images"], missing)


def _doomed(
    verb: str,
    path: str,
    queue: str,
    work: Sequence[str] | str,
    expected: Dies,
    *,
    tries: range = ONCE,
    **options: Any,
) -> Item:
    tags = {"kind": "broken"}
    return Item(
        name=f"{verb} {path}",
        queue=queue,
        work=work,
        options={"tags": tags, **options},
        expected=expected,
        tries=tries,
    )


def _step(script: str, *arguments: str) -> list[str]:
    return [sys.executable, str(_STEPS / script), *arguments]


def _has_gzip() -> bool:
    return shutil.which("gzip") is not None


def _gzip() -> list[str]:
    """Give the program that packs: where there is no gzip, as on Windows, Python's own."""
    return ["gzip"] if _has_gzip() else [sys.executable, "-m", "gzip"]


def _words(words: Sequence[str]) -> str:
    """Quote *words* for the shell that runs the job."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
