"""Values that somebody named as secret are not in what is shown of output and explanations."""

import random
from collections.abc import Iterator

import pytest

from queuectl_dashboard.masking import LONGEST_LINE, MaskedSource
from queuectl_dashboard.redaction import Redaction
from queuectl_store import Dead, Finish, NewJob, RunFacts, Shell, Store
from tests.dashboard.site import BEARER, Site, serving
from tests.dashboard.stories import claim_all, finish, look, write_log
from tests.dashboard.test_live import opened

NAMED = Redaction(named=("*iban*",))


class Output:
    """A source that gives its bytes in blocks of any size, with a part that was cut."""

    def __init__(self, body: bytes, *, block: int, hole: tuple[int, int] = (0, 0)) -> None:
        self.body, self._block, self._hole = body, block, hole

    def size(self) -> int:
        return len(self.body)

    def blocks(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        for first, last in ((start, min(end, self._hole[0])), (max(start, self._hole[1]), end)):
            for at in range(first, last, self._block):
                yield at, self.body[at : min(at + self._block, last)]

    def tail_start(self, lines: int) -> int:
        return 0

    def is_lost(self, start: int) -> bool:
        return False

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("iban=DE89 tokens=5", "iban=**** tokens=5"),
        ('{"IBAN": "DE 89", "to": "eve"}', '{"IBAN": *******, "to": "eve"}'),
        ("pay --customer-iban DE89 --to eve", "pay --customer-iban **** --to eve"),
        ("iban : 'DE 89'; done", "iban : *******; done"),
        ("the iban was refused", "the iban was refused"),
        ("password=s3cr3t", "password=s3cr3t"),
        ("iban=", "iban="),
        ("pay -v iban=DE89", "pay -v iban=****"),
        ("to: iban: DE89", "to: iban: ****"),
        ("iban=a=b", "iban=***"),
        ("iban=DE89\nDE89", "iban=****\nDE89"),
        ('iban="no end\nnext', "iban=*******\nnext"),
    ],
)
def test_the_value_after_a_named_word_is_stars_and_nothing_else_is(said: str, shown: str) -> None:
    assert NAMED.of_bytes(said.encode()) == shown.encode()


def test_whatever_part_is_asked_for_shows_what_the_whole_shows() -> None:
    """However blocks and parts cut a line, no piece of a secret is left."""
    chance = random.Random(7)
    lines = [
        chance.choice([b"iban=DE89370400440532013000", b"step 1 of 2", b"", b"iban: x"])
        for _ in range(300)
    ]
    body = b"\n".join(lines)
    whole = NAMED.of_bytes(body)

    for _ in range(300):
        start = chance.randrange(len(body))
        end = min(len(body), start + chance.randrange(1, 200))
        source = MaskedSource(Output(body, block=chance.choice([1, 7, 64, 4096])), NAMED)
        assert b"".join(block for _, block in source.blocks(start, end)) == whole[start:end]


def test_what_was_cut_stays_cut_and_places_stay_what_they_are() -> None:
    body = b"iban=DE89\n" * 100
    source = MaskedSource(Output(body, block=64, hole=(303, 707)), NAMED)

    found = dict(source.blocks(0, 1000))

    assert sum(map(len, found.values())) == 1000 - 404
    assert 707 in found
    assert b"".join(found.values()).count(b"DE89") == 0


def test_a_line_without_an_end_is_read_piece_by_piece() -> None:
    """In a time that grows with its length: a job may print what it likes."""
    for filling in (b"x", b"x=", b"--x ", b"x ", b"'", b'"x": ', b" "):
        body = filling * (3 * LONGEST_LINE // len(filling)) + b"\niban=DE89\n"
        source = MaskedSource(Output(body, block=4096), NAMED)

        shown = b"".join(block for _, block in source.blocks(0, len(body)))

        assert shown == body.replace(b"DE89", b"****")


def test_named_fields_are_hidden_in_output_and_explanations_everywhere(store: Store) -> None:
    secret = "DE89370400440532013000"
    store.enqueue([NewJob(work=Shell(script="pay"), max_retries=0)] * 2)
    dead, running = claim_all(store)
    for claim in (dead, running):
        write_log(store, claim, f"iban={secret}\npaid\n".encode())
    facts = RunFacts(error="refused", started_at=store.reader.now_ms())
    end = Finish(claim=dead, outcome=Dead(reason=f"iban={secret} is closed"), facts=facts)
    finish(store, [dead], end)

    with (
        serving(store, hidden=("*iban*",)) as site,
        opened(site, BEARER, path=f"/ws/logs/{running.job.id}/1") as page,
    ):
        shown = [
            page.of_type("output")["text"],
            site.call("/jobs/1/logs", "GET").text,
            site.call("/jobs/1/logs?from=8&to=16", "GET").json["text"],
            site.call("/jobs/1/logs/download", "GET").text,
            site.ask("/jobs/1/log/1").text,
            look(site, "/jobs/1").text.partition('<pre class="log"')[2],
            look(site, "/jobs/1/compare").text.partition("What they printed")[2],
            site.call("/jobs/1/why", "GET").text,
        ]

    assert [text for text in shown if secret[3:9] in text] == []
    assert "paid" in shown[0]
    assert shown[2] == "*" * 8
    assert "is closed" in shown[-1]


def test_output_is_byte_for_byte_where_nobody_named_anything(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="train"))])
    [claim] = claim_all(store)
    write_log(store, claim, b"tokens: 512\npassword=x\n")

    assert site.call("/jobs/1/logs/download", "GET").text == "tokens: 512\npassword=x\n"
