"""A job dies because its input is missing; mend the cause, retry it, and it succeeds.

uv run python examples/mend_and_retry.py
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

COUNT = "import sys; print(sum(1 for line in open(sys.argv[1])), 'orders')"


def main() -> int:
    """Tell the story in a folder of its own; give 0 if it ended well."""
    with tempfile.TemporaryDirectory(prefix="queuectl-example-") as name:
        folder = Path(name)
        queuectl(folder, "db", "init")

        # `run` and `enqueue` take the options of the job first, then its command.
        options = ("--name", "count orders", "--max-retries", "1", "--backoff-max", "0.2s")
        command = (sys.executable, "-c", COUNT, "orders.csv")
        job = queuectl(folder, "enqueue", *options, "--", *command)
        queuectl(folder, "worker", "start", "--burst")

        dead = queuectl(folder, "dlq", "list")
        output = queuectl(folder, "logs", str(dead["id"]))["output"]
        print(f"job {dead['id']} is {dead['state']}: {dead['reason']}")
        print(f"it printed: {output.splitlines()[-1]}")

        (folder / "orders.csv").write_text("ink\npaper\nglue\n", encoding="utf-8")
        queuectl(folder, "dlq", "retry", str(dead["id"]))
        queuectl(folder, "worker", "start", "--burst")

        ended = queuectl(folder, "show", str(job["id"]))
        output = queuectl(folder, "logs", str(job["id"]))["output"]
        print(f"mended and retried, job {ended['id']} is {ended['state']}: {output.strip()}")
        print(f"its attempts: {', '.join(attempt['state'] for attempt in ended['attempts'])}")
    return 0 if (ended["state"], output.strip()) == ("succeeded", "3 orders") else 1


def queuectl(folder: Path, *words: str) -> Any:
    """Run `queuectl --json` in *folder*; return the last document that it prints."""
    # The caller's own settings stay out of it, so that the example does the same for everybody.
    own = {name: value for name, value in os.environ.items() if not name.startswith("QUEUECTL_")}
    command = [sys.executable, "-m", "queuectl", "--json", *words]
    ended = subprocess.run(
        command, cwd=folder, env=own, stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    return json.loads(ended.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
