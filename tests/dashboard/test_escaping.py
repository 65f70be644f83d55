"""Stored text is only ever text, whatever it holds and wherever it is shown."""

import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from queuectl_dashboard.assets import load_assets
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

TAGS = (
    "html head meta title link script body header nav main section div span p h1 h2 h3 a img bdi "
    "code pre kbd small ul ol li dl dt dd table caption colgroup col thead tbody tr th td "
    "form fieldset legend label input select option textarea button details summary dialog "
    "datalist article strong figure figcaption polyline "
    "progress meter time mark ins del svg path rect line circle g text"
)
OUR_TAGS = frozenset(TAGS.split())
OUR_SCRIPTS = {load_assets()[name].path for name in ("theme.js", "idiomorph.js", "app.js")}


class Markup(HTMLParser):
    """The elements of a page, and the attributes they have."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "script":
            self.scripts.add(dict(attrs).get("src") or "")
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

    answers = [
        look(site),
        look(site, f"/jobs?search={written}"),
        look(site, f"/jobs?queue={written}"),
    ]
    answers += [look(site, f"/jobs?tag={written}%3D{written}&name={written}&task={written}")]
    answers += [look(site, f"/jobs?state={written}"), look(site, f"/{written}")]
    answers += [look(site, f"/jobs/{claim.job.id}") for claim in claims]
    answers += [look(site, f"/jobs/{claims[0].job.id}?run={written}")]
    answers += [look(site, f"/jobs/{claims[0].job.id}/compare"), look(site, f"/groups/{written}")]
    answers += [look(site, f"/{page}") for page in ("dead", "queues", "schedules", "settings")]
    answers += [look(site, f"/{page}") for page in ("workers", "groups", "audit", "jobs/rows")]

    for answer in answers:
        assert answer.status in {200, 400, 404}
        markup = Markup(answer.text)
        assert set(markup.tags) <= OUR_TAGS
        assert markup.scripts <= OUR_SCRIPTS
        # Ours say what they are; whose picture has no class is a stranger's.
        assert markup.tags.count("svg") == answer.text.count('<svg class="')
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

    assert "\\xff.txt" in look(site, "/jobs").text
    assert "\\xff.txt" in look(site, "/jobs/1").text
