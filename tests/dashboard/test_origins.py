"""What other sites can make a browser send, and that none of it passes."""

import pytest

from tests.dashboard.site import BEARER, Site

OTHER_ORIGINS = [
    "null",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "http://localhost:{port}",
    "HTTP://127.0.0.1:{port}",
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1.:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://127.0.0.1:{port}@evil.example",
    "http://127.0.0.1:{port},http://evil.example",
    "http://evil.example",
    "",
]


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
def test_a_write_from_another_origin_is_refused(site: Site, origin: str) -> None:
    headers = {**BEARER, "Origin": origin.format(port=site.port)}

    answers = {site.ask("/logout", method, headers=headers).status for method in ("POST", "DELETE")}

    assert answers == {403}


@pytest.mark.parametrize("foreign", ["cross-site", "same-site", "none", "Same-Origin", "x", ""])
def test_a_write_that_the_browser_calls_foreign_is_refused(site: Site, foreign: str) -> None:
    headers = {**BEARER, "Sec-Fetch-Site": foreign, "Origin": site.origin}

    assert site.ask("/logout", "POST", headers=headers).status == 403


def test_a_write_by_cookie_must_show_where_it_comes_from(site: Site) -> None:
    cookie = site.cookie()

    blind = site.ask("/logout", "POST", headers=cookie)
    proven = site.ask("/logout", "POST", headers={**cookie, "Sec-Fetch-Site": "same-origin"})

    assert (blind.status, proven.status) == (403, 204)


@pytest.mark.parametrize("foreign", ["cross-site", "same-site"])
def test_a_read_that_another_site_embeds_is_refused_and_a_link_is_followed(
    site: Site, foreign: str
) -> None:
    embedded = {**BEARER, "Sec-Fetch-Site": foreign, "Sec-Fetch-Mode": "no-cors"}
    link = {**embedded, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    frame = {**link, "Sec-Fetch-Dest": "iframe"}

    answers = [site.ask("/", headers=headers).status for headers in (embedded, frame, link)]

    assert answers == [403, 403, 200]
