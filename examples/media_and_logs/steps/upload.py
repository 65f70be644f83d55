"""Stand in for an upload over a flaky network: `python upload.py IN OUT`.

The first attempt of every job fails, the next one works. A real upload would hand
QUEUECTL_IDEMPOTENCY_KEY to the server, which then stores the file once, however often it is sent.
"""

import os
import shutil
import sys


def main() -> int:
    """Copy the file, unless this is the first attempt."""
    source, output = sys.argv[1:]
    if os.environ["QUEUECTL_ATTEMPT"] == "1":
        print("connection reset by peer", file=sys.stderr)
        return 1
    shutil.copyfile(source, output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
