"""Stored text is only ever text, whatever it holds and wherever it is shown."""

import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from queuectl_store import Argv, Dead, Finish, NewJob, RunFacts, Shell, Store, Task
from tests.dashboard.site import Site
from tests.dashboard.stories import claim_all, finish, look, write_log

PAYLOADS = [
    "<script>window.__pwned=1</script>",
    "<img src=x onerror=window.__pwned=1>",
    "<svg/onload=window.__pwned=1>",
    '"><script>window.__pwned=1</script>',
    "' autofocus onfocus=window.__pwned=1 x='",
    '" autofocus onfocus=window.__pwned=1 x="',
    "</title><script>window.__pwned=1</script>",
    "</code></pre><script>window.__pwned=1</script>",
    "</textarea><script>window.__pwned=1</script>",
    "<!--<script>window.__pwned=1</script>",
    "--><script>window.__pwned=1</script>",
    "]]><script>window.__pwned=1</script>",
    "javascript:window.__pwned=1",
    "{{ 7 * 191 }}{% print(7 * 191) %}",
    "<iframe srcdoc='<script>1</script>'></iframe>",
    "<a href=javascript:window.__pwned=1>x</a>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>@import '//evil.example'</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<form action=//evil.example><button>",
    "&lt;script&gt;window.__pwned=1&lt;/script&gt;",
    "+ADw-script+AD4-window.__pwned=1+ADw-/script+AD4-",
    "\u202e<script>\u2066",
    "\x1b]52;c;cHduZWQ=\x07\x1b[31m<b>",
]

OUR_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "link",
    "script",
    "body",
    "a",
    "header",
    "span",
    "button",
    "div",
    "nav",
    "main",
    "section",
    "dl",
    "dt",
    "dd",
    "code",
    "form",
    "input",
    "label",
    "select",
    "option",
    "table",
    "caption",
    "thead",
    "tr",
    "th",
    "tbody",
    "td",
    "bdi",
    "progress",
    "time",
    "pre",
    "h1",
    "h2",
    "p",
    "img",
}


class Markup(HTMLParser):
    """The elements of a page, and the attributes they have."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_of_others_is_text_wherever_it_is_shown(
    store: Store, site: Site, payload: str
) -> None:
    store.enqueue(
        [
            NewJob(work=Shell(script=payload), name=payload, tags={payload: payload}, cwd=payload),
            NewJob(work=Argv(argv=(payload, payload))),
            NewJob(work=Task(name="mail.send", args=(payload,), kwargs={payload: payload})),
        ]
    )
    claims = claim_all(store)
    for claim in claims:
        store.set_progress(claim.job.id, claim.token, payload)
        write_log(store, claim, payload.encode())
    finish(
        store,
        claims[:2],
        Finish(claim=claims[0], outcome=Dead(reason=payload), facts=RunFacts(error=payload)),
    )
    written = quote(payload, safe="")

    answers = [look(site), look(site, f"/?search={written}"), look(site, f"/?queue={written}")]
    answers += [look(site, f"/?tag={written}%3D{written}&name={written}&task={written}")]
    answers += [look(site, f"/?state={written}"), look(site, f"/{written}")]
    answers += [look(site, f"/jobs/{claim.job.id}") for claim in claims]
    answers += [look(site, f"/jobs/{claims[0].job.id}?run={written}")]

    for answer in answers:
        assert answer.status in {200, 400, 404}
        markup = Markup(answer.text)
        assert set(markup.tags) <= OUR_TAGS
        assert markup.tags.count("script") <= 1
        assert not [name for name, _ in markup.attributes if name.startswith("on")]
        urls = [value for name, value in markup.attributes if name in {"href", "src", "action"}]
        assert [url for url in urls if not url.startswith(("/", "#"))] == []
        assert "1337" not in answer.text
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066]", answer.text)


def test_bytes_that_are_not_text_are_shown_as_escapes(store: Store, site: Site) -> None:
    store.enqueue(
        [
            NewJob(
                work=Argv(
                    argv=("cat", "\udcff.txt"),
                )
            )
        ]
    )

    assert "\\xff.txt" in look(site).text
    assert "\\xff.txt" in look(site, "/jobs/1").text
