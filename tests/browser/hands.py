"""What a person does with a page: keys, clicks and typing."""

from tests.browser.chromium import Browser


def press(browser: Browser, *keys: str) -> None:
    """Type keys, whatever has the focus."""
    for key in keys:
        browser.driver.switch_to.active_element.send_keys(key)


def click(browser: Browser, selector: str) -> None:
    """Click what is seen, once it is there."""
    browser.see(selector)
    # The page may put a fresh row in place of the one that was found.
    browser.run("document.querySelector(arguments[0]).click()", selector)


def fill(browser: Browser, dialog: str, **texts: str) -> None:
    """Type into the fields of an open dialog; a choice is typed too."""
    for name, text in texts.items():
        browser.see(f"#{dialog}[open] [name='{name}']").send_keys(text)
