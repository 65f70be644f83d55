"""What the jobs of the crash tests do: most of them leave something behind."""

import random

# Named for what is left when the worker dies. The last one keeps neither parents, session nor
# environment; only its argument tells whose it was.
LEFTOVERS = (
    "",
    "sleep 300 &",
    "setsid sleep 300 &",
    "( ( setsid sleep 300 & ) & )",
    "( trap '' TERM HUP; setsid sleep 300 & ) &",
    """setsid env -i PATH="$PATH" sh -c 'read never <"$1"' "$CRASH_MARK" fifo &""",
)


def nap(dice: random.Random, *, longest: float) -> str:
    """Begin, sleep a little, end."""
    return f"say begin; sleep {dice.uniform(0, longest):.3f}; say end"


def errand(dice: random.Random) -> str:
    """Make a short job, or a longer one with processes that try to survive it."""
    if dice.random() < 0.6:
        return nap(dice, longest=0.2)
    leftover = dice.choice(LEFTOVERS)
    return f"say begin\n{leftover}\nsleep {dice.uniform(0.2, 1):.3f}; say end"


# Its first run talks on past its time limit, whatever it is told; a later one ends at once.
OVERTIME = """
say begin
[ "$QUEUECTL_TOKEN" -gt 1 ] && { say end; exit 0; }
trap '' TERM
while :; do sleep 0.1; say on; done
"""
OVERTIME_MS = 500
