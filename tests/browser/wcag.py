"""What axe finds wrong with a page, by WCAG 2.2 AA."""

from functools import cache
from pathlib import Path

from tests.browser.chromium import Browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
# WCAG 2.2 AA, as axe names its parts.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(browser: Browser, rules: list[str]) -> list[str]:
    """Return what axe finds wrong with the page by *rules*."""
    if not browser.run("return Boolean(window.axe)"):
        browser.run(_axe())
    found = browser.driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {runOnly: arguments[0], resultTypes: ['violations']})"
        ".then(({violations}) => done(violations),"
        " (error) => done([{id: String(error), nodes: []}]));",
        rules,
    )
    return [
        f"{each['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for each in found
        for node in each["nodes"] or [{"html": ""}]
    ]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
