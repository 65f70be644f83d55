"""How soon an open page shows what is enqueued, and where that time goes. Needs Chromium.

    python3 scripts/bench live [--changes N] [--page /jobs]

A real dashboard, a real browser. Jobs are enqueued from here: one now and then, and then ten each
second, as in a queue that is used. Prints in milliseconds from the commit of each job: until the
page's socket told of a change, until the fetch that brought it began, until that was there, and
until the job is on the page (p50 of each, and p95 and the worst of the last). A job that comes
while a fetch is under way waits for the next one.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from queuectl_store import NewJob, Shell, Store
from tests.browser.chromium import Browser, chromium, dashboard
from tests.waiting import eventually

# Notes when what happened, by the clock that this process has too.
SPY = """
const now = () => performance.timeOrigin + performance.now();
window.spied = { told: [], began: [], came: [], shown: {} };
window.WebSocket = class extends WebSocket {
  constructor(...of) {
    super(...of);
    this.addEventListener("message", (event) => {
      if (!/"(hello|heartbeat)"/.test(event.data.slice(0, 30))) spied.told.push(now());
    });
  }
};
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function () {
  spied.began.push(now());
  this.addEventListener("load", () => spied.came.push(now()));
  send.call(this);
};
document.addEventListener("DOMContentLoaded", () => {
  new MutationObserver(() => {
    for (const { dataset } of document.querySelectorAll("tr[data-id]")) {
      spied.shown[dataset.id] ??= now();
    }
  }).observe(document.body, { childList: true, subtree: true });
});
"""


def main() -> None:
    """Measure, and print a line for each pace."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--changes", type=int, default=40)
    parser.add_argument("--page", default="/jobs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), changes=asked.changes, page=asked.page)


def measure(folder: Path, *, changes: int, page: str) -> None:
    """Open the page once, and enqueue at each pace."""
    with dashboard(folder / "queue.db") as site, chromium(folder / "chromium") as driver:
        site.store.enqueue([NewJob(work=Shell(script=f"echo {n}")) for n in range(200)])
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SPY})
        browser = Browser(driver, site)
        browser.log_in()
        browser.open(page)
        browser.see("#live[data-state=live]")
        print(f"{'jobs':>14} {'told':>6} {'began':>6} {'came':>6} {'shown':>6} {'p95':>6} worst")
        for words, pause_s in (("one by one", 1.3), ("ten a second", 0.1)):
            tell(words, delays(site.store, browser, count=changes, pause_s=pause_s))


def delays(store: Store, browser: Browser, *, count: int, pause_s: float) -> list[list[float]]:
    """Enqueue *count* jobs and return for each how long its four steps took, in milliseconds."""
    committed: dict[int, float] = {}
    for number in range(count):
        [job] = store.enqueue([NewJob(work=Shell(script=f"echo {number}"))])
        committed[job] = time.time() * 1000
        # Not in step with the watcher's own pace.
        time.sleep(pause_s * (0.8 + 0.4 * (number * 0.618 % 1)))
    last = max(committed)
    eventually(lambda: str(last) in spied(browser)["shown"], within=30, what=f"job {last}")
    found = spied(browser)
    return [steps(found, at, found["shown"][str(job)]) for job, at in committed.items()]


def steps(found: dict[str, Any], committed: float, shown: float) -> list[float]:
    """Return when the page was told, asked, got the answer that it took over, and showed it."""
    told = next(at for at in found["told"] if at >= committed)
    came = max(at for at in found["came"] if at <= shown)
    began = max(at for at in found["began"] if at <= came)
    return [at - committed for at in (told, began, came, shown)]


def spied(browser: Browser) -> dict[str, Any]:
    """Read what the page has noted."""
    found: dict[str, Any] = browser.run("return window.spied")
    return found


def tell(words: str, found: Sequence[Sequence[float]]) -> None:
    """Print one line."""
    shown = sorted(each[-1] for each in found)
    medians = " ".join(f"{median(column):>6.0f}" for column in zip(*found, strict=True))
    p95 = shown[int(len(shown) * 0.95)]
    print(f"{words:>14} {medians} {p95:>6.0f} {shown[-1]:>5.0f}", flush=True)


if __name__ == "__main__":
    main()
