"""Pack a log once nobody writes to it: `python pack_closed.py IN OUT`.

While `IN.lock` exists it ends with 75, which asks QueueCTL to try again later.
"""

import gzip
import sys
from pathlib import Path

TRY_LATER = 75


def main() -> int:
    """Pack, or ask for another try."""
    source, output = map(Path, sys.argv[1:])
    if Path(f"{source}.lock").exists():
        print(f"{source} is still written to", file=sys.stderr)
        return TRY_LATER
    output.write_bytes(gzip.compress(source.read_bytes()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
