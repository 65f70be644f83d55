"""Whether a path is on a file system that SQLite's locks and shared memory do not survive."""

import os
import re

MOUNTS = "/proc/self/mountinfo"
NETWORK = frozenset(
    {
        "9p",
        "afs",
        "ceph",
        "cifs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
    }
)


def network_filesystem(path: str | os.PathLike[str]) -> str | None:
    """Return the kind of network file system that *path* is on; None for a local or unknown one."""
    if str(path).startswith("\\\\"):
        return "a Windows share"
    try:
        with open(MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            mounts = file.read()
    except OSError:
        return None
    kind = kind_of_mount(mounts, os.path.realpath(path))
    return kind if kind in NETWORK else None


def kind_of_mount(mounts: str, path: str | os.PathLike[str]) -> str | None:
    """Return the file system type of the mount that holds *path*.

    Args:
        mounts: The text of mountinfo (proc(5)): later lines hide earlier ones.
    """
    best, kind, place = -1, None, f"{os.fspath(path)}/"
    for line in mounts.splitlines():
        mount, _, rest = line.partition(" - ")
        point = _unescaped(mount.split(" ")[4]).rstrip("/") + "/"
        if place.startswith(point) and len(point) >= best:
            best, kind = len(point), rest.split(" ")[0]
    return kind


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
