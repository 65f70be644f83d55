"""Trees that are hard to kill: 20 of them make about a hundred processes."""

import os
import sys

from . import witness

NAP = "sleep 300"

# Each has $1, the mark, in the arguments of all of its processes.
SHAPES = {
    "plain child": f"sh -c '{NAP}; true' sh $1 & wait",
    "setsid": f"setsid sh -c '{NAP}; true' sh $1 & wait",
    "nohup": f"nohup sh -c '{NAP}; true' sh $1 >/dev/null 2>&1 & wait",
    "term ignored": f"trap '' TERM HUP INT; sh -c '{NAP}; true' sh $1 & {NAP}; {NAP}",
    "double fork": f"(setsid sh -c '{NAP}; true' sh $1 &) ; {NAP}",
    "double fork, term ignored": f"(trap '' TERM; setsid sh -c '{NAP}; {NAP}' sh $1 &) ; {NAP}",
    "clean environment": f"env -i PATH=$PATH sh -c '{NAP}; true' sh $1 & wait",
    "clean environment, own session": f"env -i PATH=$PATH setsid sh -c '{NAP}; true' sh $1 & wait",
    "untraceable": f"(env -i PATH=$PATH setsid sh -c '{NAP}; true' sh $1 &) ; {NAP}",
    "stopped": f"sh -c 'kill -STOP $$; {NAP}' sh $1 & wait",
    "pipeline": f"sh -c '{NAP} | {NAP} | cat' sh $1 & wait",
}

# Forks for as long as it lives, each child into a session of its own.
FORKER = (
    "import os, time\n"
    "while True:\n"
    "    if os.fork() == 0:\n"
    "        os.setsid()\n"
    "        time.sleep(300)\n"
    "    time.sleep(0.003)\n"
)


# Doubles until it may have no more processes, each of which wants a processor and is a session of
# its own; nobody lives for longer than a minute. As root it becomes somebody whom the limit binds.
BOMB = """
import os, resource, sys, time
mark, most, over = sys.argv[1], int(sys.argv[2]), time.monotonic() + 60
if os.getuid() == 0:
    os.setgroups([]); os.setgid(61357); os.setuid(61357)
resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
while time.monotonic() < over:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass
"""


def forker(mark: str) -> tuple[str, ...]:
    """Return the arguments of a program that forks without end."""
    return (sys.executable, "-S", "-c", FORKER, mark)


def bomb(mark: str, *, most: int) -> tuple[str, ...]:
    """Return the arguments of a program that becomes *most* processes."""
    # The limit is one of a user's threads.
    others = 0 if os.getuid() == 0 else witness.threads_of(os.getuid())
    return (sys.executable, "-S", "-c", BOMB, mark, str(most + others))
