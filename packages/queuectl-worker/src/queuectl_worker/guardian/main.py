"""The guardian process, started by client.py with its socket, slots, folder and limits.

Run by path, so that it starts in milliseconds and stays small: neither queuectl_worker nor a site
package is imported, only the files beside this one and a little of the standard library.
"""

from __future__ import annotations

import gc
import os
import signal
import sys

if not __package__:
    # Relative imports need a package. This one has no __init__: the real one loads the client.
    __package__ = "guardian"
    _folder = type(sys)(__package__)
    _folder.__path__ = [os.path.dirname(os.path.abspath(__file__))]
    sys.modules[__package__] = _folder

from . import keeper, kernel
from .groups import Groups
from .loop import Loop
from .protocol import Channel
from .room import SpoolRoom


def main(socket: str, slots: str, spool: str, cap: str, reserve: str, nonce: str) -> None:
    """Become keeper and guardian, and serve the worker at the other end of *socket*."""
    channel = Channel(int(socket))
    os.setsid()
    # Handlers that do nothing, since jobs would inherit SIG_IGN: only the worker ends a guardian.
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: None)
    room = SpoolRoom(os.fsencode(spool), prefix=nonce.encode(), cap=int(cap), reserve=int(reserve))
    kernel.become_subreaper()
    groups = Groups(nonce)
    forked = keeper.split()
    if forked is not None:
        keeper.keep(channel, groups, *forked)
        room.remove_leftovers()
        return
    kernel.become_subreaper()
    gc.freeze()  # nothing that was made so far is ever garbage
    loop = Loop(channel, slots=int(slots), room=room, groups=groups, tag=f"{nonce}:".encode())
    loop.run()
    loop.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
