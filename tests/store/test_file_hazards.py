"""What may happen to a SQLite file besides SQLite."""

from pathlib import Path

import pytest

from queuectl_store import NewJob, Shell, StoreDamaged, StoreUnreachable, connect
from queuectl_store.engines import filesystem

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:5 / /net rw,relatime shared:2 - nfs4 server:/export rw
24 23 0:6 / /net/local\\040disk rw,relatime - ext4 /dev/sdb rw
25 22 0:7 / /over rw,relatime - ext4 /dev/sdc rw
26 22 0:8 / /over rw,relatime master:3 - cifs //server/share rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/queue.db", "ext4"),
        ("/net/queue.db", "nfs4"),
        ("/network/queue.db", "ext4"),
        ("/net/local disk/queue.db", "ext4"),
        ("/over/queue.db", "cifs"),
    ],
)
def test_the_innermost_and_latest_mount_decides(path: str, kind: str) -> None:
    assert filesystem.kind_of_mount(MOUNTS, Path(path)) == kind


@pytest.mark.not_on("win32", "darwin")
def test_a_store_on_a_network_file_system_is_refused_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"23 22 0:5 / {tmp_path} rw - nfs4 server:/export rw\n", "utf-8")
    monkeypatch.setattr(filesystem, "MOUNTS", mounts)

    with pytest.raises(StoreUnreachable, match="network file system \\(nfs4\\)"):
        connect(str(tmp_path / "queue.db"))

    assert not (tmp_path / "queue.db").exists()


@pytest.mark.not_on("win32")
@pytest.mark.parametrize("fate", ["deleted", "replaced"])
def test_a_store_that_is_taken_away_stops_its_users(tmp_path: Path, fate: str) -> None:
    path = tmp_path / "queue.db"
    with connect(str(path)) as store:
        store.enqueue([NewJob(work=Shell(script="true"))])
        store.maintain()

        path.rename(tmp_path / "old.db")
        if fate == "replaced":
            path.write_bytes(b"")

        with pytest.raises(StoreDamaged, match="moved, deleted or replaced"):
            store.maintain()
