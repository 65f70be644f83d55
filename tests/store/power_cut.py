"""What a disk may hold after a power cut: a trace of a workload, and every cut through it.

What was not flushed when the power went may be there, or not, or in part, in any order; so may a
name that was made or removed in a folder that was not flushed since. The model is harsher than
most file systems are. Found in nothing but strace's account of the calls.
"""

import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.bootstrap import ROOT

SECTOR = 512  # what a disk writes whole or not at all
CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename,fallocate"
_CALL = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_FD = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at an offset of a file."""

    file: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resize:
    """A file made longer or shorter."""

    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Flush:
    """Everything of one file is on the disk; None is the names in the folder."""

    file: int | None


@dataclass(frozen=True, slots=True)
class Name:
    """A name that now stands for a file, or for none."""

    name: str
    file: int | None


@dataclass(frozen=True, slots=True)
class Ack:
    """The workload said that a call returned, and the digest of what is stored."""

    digest: str


Op = Write | Resize | Flush | Name | Ack


def trace(command: Sequence[str], folder: Path, into: Path) -> list[Op]:
    """Run *command*, which writes in *folder* alone, and return what it did there in order."""
    strace = ["strace", "--seccomp-bpf", "-f", "-y", "-xx", "-s", "10000000"]
    arguments = ["-e", f"trace={CALLS}", "-o", str(into), sys.executable, *command]
    done = subprocess.run([*strace, *arguments], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    with into.open("rb") as lines:
        return list(_Reader(folder).read(line.decode("ascii") for line in lines))


class _Reader:
    def __init__(self, folder: Path) -> None:
        self._folder, self._files = str(folder), dict[str, int]()
        self._made = 0

    def read(self, lines: Iterator[str]) -> Iterator[Op]:
        for line in lines:
            if (call := _CALL.match(line)) and int(call[3]) >= 0:
                yield from self._op(call[1], call[2])

    def _op(self, call: str, arguments: str) -> Iterator[Op]:
        match call:
            case "write" if arguments.startswith("1<"):
                yield from _acks(_text(arguments))
            case "openat" if "O_CREAT" in arguments:
                yield from self._make(self._name(_text(arguments).decode()))
            case "unlink":
                if (name := self._name(_text(arguments).decode())) in self._files:
                    del self._files[name]
                    yield Name(name, None)
            case "pwrite64" | "ftruncate" | "fsync" | "fdatasync" | "write":
                yield from self._to_a_file(call, arguments)
            case "rename" | "fallocate" if self._folder.encode() in _text(arguments):
                raise AssertionError(f"no model of {call} yet")

    def _to_a_file(self, call: str, arguments: str) -> Iterator[Op]:
        fd = _FD.match(arguments)
        path = _bytes(fd[2]).decode() if fd else ""
        if path == self._folder:
            yield Flush(None)
        elif (file := self._files.get(self._name(path))) is not None:
            match call:
                case "pwrite64":
                    yield Write(file, int(arguments.rsplit(", ", 1)[1]), _text(arguments))
                case "ftruncate":
                    yield Resize(file, int(arguments.rsplit(", ", 1)[1]))
                case "fsync" | "fdatasync":
                    yield Flush(file)
                case _:
                    raise AssertionError(f"no model of {call} on {path} yet")

    def _make(self, name: str) -> Iterator[Op]:
        if name and name not in self._files:
            self._made += 1
            self._files[name] = self._made
            yield Name(name, self._made)

    def _name(self, path: str) -> str:
        """Name a file of the folder that survives a cut: shared memory does not."""
        folder, _, name = path.rpartition("/")
        return name if folder == self._folder and not name.endswith("-shm") else ""


@dataclass(slots=True)
class Disk:
    """What is certain, and what is still on its way."""

    files: dict[int, bytearray] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    on_the_way: dict[int | None, list[Write | Resize | Name]] = field(default_factory=dict)

    def do(self, op: Op) -> None:
        """Let the next thing happen."""
        match op:
            case Write(file=file) | Resize(file=file):
                self.on_the_way.setdefault(file, []).append(op)
            case Name():
                self.on_the_way.setdefault(None, []).append(op)
            case Flush(file=file):
                for late in self.on_the_way.pop(file, ()):
                    _apply(late, self.files, self.names)
            case Ack():
                return

    def cut(self, rng: random.Random) -> dict[str, bytes]:
        """Return the files that may be found after a cut now, by name."""
        files = {file: bytearray(found) for file, found in self.files.items()}
        names = dict(self.names)
        kept, is_torn = rng.choice([(0.0, False), (0.5, False), (0.5, True), (1.0, False)])
        for ops in self.on_the_way.values():
            for op in ops:
                if rng.random() >= kept:
                    continue
                for piece in _torn(op, rng) if is_torn and isinstance(op, Write) else [op]:
                    _apply(piece, files, names)
        return {name: bytes(files.get(file, b"")) for name, file in names.items()}


def _torn(op: Write, rng: random.Random) -> Iterator[Write]:
    for start in range(0, len(op.data), SECTOR):
        if rng.random() < 0.5:
            yield Write(op.file, op.offset + start, op.data[start : start + SECTOR])


def _apply(op: Write | Resize | Name, files: dict[int, bytearray], names: dict[str, int]) -> None:
    match op:
        case Name(name=name, file=None):
            names.pop(name, None)
        case Name(name=name, file=int() as file):
            names[name] = file
        case Resize(file=file, size=size):
            _fit(files.setdefault(file, bytearray()), size)
            del files[file][size:]
        case Write(file=file, offset=offset, data=data):
            found = files.setdefault(file, bytearray())
            _fit(found, offset + len(data))
            found[offset : offset + len(data)] = data


def _fit(found: bytearray, size: int) -> None:
    found.extend(bytes(max(0, size - len(found))))


def _acks(text: bytes) -> Iterator[Ack]:
    if text.startswith(b"ACK "):
        yield Ack(text.split()[1].decode())


def _text(arguments: str) -> bytes:
    found = _TEXT.search(arguments)
    assert found is not None, arguments
    assert not found[2], "strace cut a text short"
    return _bytes(found[1])


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))
