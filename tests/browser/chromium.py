"""The system's Chromium without a screen, and a dashboard of its own to look at with it."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from queuectl_store import Store, connect
from tests.waiting import eventually

# Where CI keeps what the pages looked like; nothing is kept where this is not set.
SHOTS = os.environ.get("QUEUECTL_TEST_SCREENSHOTS")


class NoChromium(Exception):
    """There is no Chromium here, or no driver for it."""


def find_chromium() -> tuple[str, str]:
    """Return where Chromium and its driver are. Nothing is ever downloaded.

    Raises:
        NoChromium: One of them is not installed.
    """
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        raise NoChromium("install chromium and chromium-driver to run the tests in a browser")
    return browser, driver


@contextlib.contextmanager
def chromium(
    folder: Path, *, dark: bool = False, phone: bool = False
) -> Iterator[webdriver.Chrome]:
    """Start a Chromium with a new profile in *folder*."""
    browser, driver = find_chromium()
    options = Options()
    options.binary_location = browser
    width = "360,740" if phone else "1280,900"
    for word in (
        "--headless=new",
        "--no-sandbox",  # tests run as root in CI's container, where the sandbox has no rights
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--force-color-profile=srgb",
        f"--window-size={width}",
        f"--user-data-dir={folder}",
        *(["--force-dark-mode"] if dark else []),
    ):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(executable_path=driver))
    try:
        opened.set_page_load_timeout(60)
        yield opened
    finally:
        opened.quit()


@dataclass
class Dashboard:
    """A dashboard that runs as a person starts it, in a process of its own."""

    path: Path
    store: Store
    token: str = "a-token-that-only-the-tests-know"
    port: int = 0
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def link(self) -> str:
        return f"{self.url}#token={self.token}"

    def start(self) -> None:
        """Start it; on the same port as before, where it ran already."""
        command = [sys.executable, "-m", "queuectl", "--db", str(self.path), "--json", "dashboard"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            env={**os.environ, "QUEUECTL_DASHBOARD_TOKEN": self.token},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(json.loads(self._process.stdout.readline())["url"].split(":")[2].strip("/"))

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=30)
            self._process = None


@contextlib.contextmanager
def dashboard(path: Path) -> Iterator[Dashboard]:
    """Serve a new store in *path*."""
    with connect(str(path)) as store:
        served = Dashboard(path=path, store=store)
        served.start()
        try:
            yield served
        finally:
            served.stop()


class Browser:
    """A person's look at one dashboard.

    Attributes:
        driver: Selenium's, for what is not here.
    """

    def __init__(self, driver: webdriver.Chrome, site: Dashboard) -> None:
        self.driver, self.site = driver, site

    def log_in(self) -> None:
        """Open the printed link, and wait until the page is live."""
        self.driver.get(self.site.link)
        self.see("#live[data-state=live]")
        # The page without a session is an answer of 401, which the console calls an error.
        self.complaints()

    def open(self, path: str) -> None:
        """Go to a page of the dashboard."""
        self.driver.get(self.site.url + path.lstrip("/"))

    def find(self, selector: str) -> list[WebElement]:
        """Return what matches *selector* now."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def see(self, selector: str, *, within: float = 20) -> WebElement:
        """Wait for what matches *selector*."""
        eventually(lambda: self.find(selector), within=within, what=selector)
        return self.find(selector)[0]

    def see_text(self, text: str, *, within: float = 20) -> None:
        """Wait until the page shows *text*."""
        eventually(lambda: text in self.text(), within=within, what=f"{text!r} on the page")

    def text(self) -> str:
        """Return what the page shows."""
        return str(self.run("return document.body.innerText"))

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def be_a_phone(self) -> None:
        """Show pages as a phone of 360 by 740 does."""
        metrics = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def complaints(self) -> list[str]:
        """Return what the console said of errors since the last time, broken policies too."""
        rows = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [row["message"] for row in rows if row["level"] == "SEVERE"]

    def shot(self, name: str) -> None:
        """Keep what the page looks like, where CI wants that."""
        if SHOTS is not None:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(str(Path(SHOTS) / f"{name}.png"))
