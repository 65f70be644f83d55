"""What a client of PostgreSQL sends, read as far as to know which transactions it commits."""

_WRITES = (b"INSERT", b"UPDATE", b"DELETE", b"WITH")


class SeenCommits:
    """Counts commits in what goes to the server; also of what is one by going out at once."""

    def __init__(self) -> None:
        self._unread = b""
        self._has_begun = self._is_open = False
        self._texts: dict[bytes, bytes] = {}
        self._asked: list[bytes] = []

    def feed(self, piece: bytes) -> int:
        """Take what was sent; return how many transactions it asks to commit."""
        self._unread += piece
        count = 0
        # The first messages, up to the one that tells the version, have no byte for their kind.
        while len(self._unread) >= 4 + self._has_begun:
            size = int.from_bytes(self._unread[self._has_begun :][:4], "big") + self._has_begun
            if len(self._unread) < size:
                break
            message, self._unread = self._unread[:size], self._unread[size:]
            if self._has_begun:
                count += self._read(message[:1], message[5:])
            else:
                self._has_begun = message[4:6] == b"\0\x03"
        return count

    def _read(self, kind: bytes, body: bytes) -> int:
        if kind == b"P":
            name, text = body.split(b"\0")[:2]
            self._texts[name] = text
        elif kind == b"B":
            self._asked.append(self._texts[body.split(b"\0")[1]])
        elif kind == b"Q":
            self._asked.append(body.rstrip(b"\0"))
        return self._ended() if kind in b"QS" else 0

    def _ended(self) -> int:
        asked, self._asked = self._asked, []
        count, writes = 0, False
        for text in asked:
            if text.startswith(b"BEGIN"):
                self._is_open = True
            elif text.startswith((b"COMMIT", b"ROLLBACK")) and b" TO " not in text:
                count += text == b"COMMIT"
                self._is_open = False
            elif not self._is_open:
                writes |= text.startswith(_WRITES)
        return count + writes
