"""Where task processes come in: a socket in a private folder, and a secret that only they know."""

import os
import secrets
import shutil
import socket
import tempfile

from queuectl_worker.executors.pool.link import Link, Message

Newcomer = tuple[int, Link, list[Message]]


class Entrance:
    """Accepts task processes without waiting for any."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="queuectl-pool-")  # for the owner alone
        self._path = os.path.join(self._folder, "s")
        self._secret = secrets.token_hex(16)
        self._strangers: list[Link] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self._path)
        self._listener.listen(64)
        self._listener.setblocking(False)  # noqa: FBT003  # its only argument, by place alone

    def invitation(self, number: int) -> Message:
        """Return what the process of that number needs to come in."""
        return {"socket": self._path, "secret": self._secret, "number": number}

    def filenos(self) -> list[int]:
        """Return the descriptors that are readable when somebody comes."""
        return [self._listener.fileno(), *(link.fileno() for link in self._strangers)]

    def newcomers(self) -> list[Newcomer]:
        """Return those who have said who they are: number, link, and what else they said."""
        self._accept()
        found: list[Newcomer] = []
        for link in list(self._strangers):
            said = link.receive(wait=False)
            if said or link.is_closed:
                self._strangers.remove(link)
                if said and secrets.compare_digest(str(said[0].get("secret")), self._secret):
                    found.append((int(said[0]["number"]), link, said[1:]))
                else:
                    link.close()
        return found

    def close(self) -> None:
        """Let nobody in any more."""
        for link in self._strangers:
            link.close()
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self) -> None:
        while True:
            try:
                end, _ = self._listener.accept()
            except BlockingIOError:
                return
            self._strangers.append(Link(end))
