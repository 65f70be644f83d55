"""The files that the jobs work on: made from a seed, so that every run makes the same ones."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

_FIRST_SECOND = 8 * 3600
_PATHS = ("/", "/search?q=café", "/img/logo.svg", "/api/orders", "/login", "/naïve/ünïcode/日本")
_AGENTS = ("curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64)", "Googlebot/2.1", "okhttp/4.12")
_SAYINGS = (
    "connection pool is {}% full",
    "order {} shipped",
    "cache miss for user {}",
    "slow query took {} ms",
    'could not parse "{}": unexpected end',
)
_PICTURES = (
    ("png", "RGB"),
    ("jpg", "RGB"),
    ("gif", "P"),
    ("png", "RGBA"),
    ("webp", "RGB"),
    ("bmp", "RGB"),
    ("jpg", "L"),
    ("tiff", "RGB"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """A log of *lines* lines. Its *path* is relative to the example's folder, as all paths are."""

    path: str
    lines: int
    seed: str

    def content(self) -> bytes:
        """Write the log: an access log, an application's log or JSON lines, whatever the seed says.

        UTF-8, with characters outside ASCII. One log in many has no line at all.
        """
        random = Random(self.seed)
        line = random.choice((_access_line, _application_line, _json_line))
        return "".join(f"{line(random, second)}\n" for second in range(self.lines)).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image of *width* by *height* pixels; its format is what its name ends with."""

    path: str
    mode: str
    width: int
    height: int
    seed: str

    def content(self) -> bytes:
        """Draw circles on a gradient and encode them."""
        random = Random(self.seed)
        gradient = Image.linear_gradient("L").resize((self.width, self.height))
        image = Image.merge("RGB", (gradient, gradient.rotate(180), gradient))
        draw = ImageDraw.Draw(image)
        for _ in range(12):
            x, y = random.randrange(self.width), random.randrange(self.height)
            color = (random.randrange(256), random.randrange(256), random.randrange(256))
            draw.circle((x, y), random.randrange(4, 60), fill=color)
        encoded = BytesIO()
        form = Image.registered_extensions()[Path(self.path).suffix]
        image.convert(self.mode).save(encoded, format=form)
        return encoded.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A file that is not what its name says."""

    path: str
    content: Callable[[], bytes]


Source = LogFile | Picture | Broken


def log_files(count: int, *, seed: int) -> list[LogFile]:
    """Think of *count* logs; some names have blanks and letters outside ASCII."""
    random = Random(f"{seed} logs")
    return [
        LogFile(
            path=f"logs/{_log_name(number)}.log",
            lines=0 if number % 97 == 50 else random.randrange(20, 400),
            seed=f"{seed} log {number}",
        )
        for number in range(count)
    ]


def pictures(count: int, *, seed: int) -> list[Picture]:
    """Think of *count* pictures, from icons to photographs, in every format in turn."""
    random = Random(f"{seed} pictures")
    return [
        Picture(
            path=f"images/{number:03}.{ending}",
            mode=mode,
            width=random.randrange(40, 1_200),
            height=random.randrange(40, 900),
            seed=f"{seed} picture {number}",
        )
        for number in range(count)
        for ending, mode in (_PICTURES[number % len(_PICTURES)],)
    ]


def broken_files() -> list[Broken]:
    """Think of the files that are broken on purpose."""
    log = LogFile(path="", lines=300, seed="cut log")
    png = Picture(path="x.png", mode="RGB", width=300, height=200, seed="cut png")
    jpeg = Picture(path="x.jpg", mode="RGB", width=300, height=200, seed="cut jpeg")
    return [
        Broken(path="images/cut.png", content=lambda: _half(png.content())),
        Broken(path="images/cut.jpg", content=lambda: _half(jpeg.content())),
        Broken(path="images/empty.png", content=lambda: b""),
        Broken(path="images/words.jpg", content=lambda: b"this is text, not a photograph\n"),
        Broken(path="logs/words.gz", content=lambda: b"this is text, not an archive\n"),
        Broken(path="logs/cut.gz", content=lambda: _half(gzip.compress(log.content(), mtime=0))),
    ]


def make(folder: Path, source: Source) -> int:
    """Write *source* below *folder*; return how many bytes it has."""
    path = folder / source.path
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(source.content())


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _log_name(number: int) -> str:
    match number % 20:
        case 7:
            return f"web server {number:03} (old)"
        case 13:
            return f"büro-{number:03}"
        case _:
            return f"app-{number:03}"


def _clock(second: int) -> str:
    hours, rest = divmod(_FIRST_SECOND + second, 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}"


def _access_line(random: Random, second: int) -> str:
    address = ".".join(str(random.randrange(1, 255)) for _ in range(4))
    status = random.choices((200, 304, 404, 500), weights=(90, 6, 3, 1))[0]
    asked = f'"GET {random.choice(_PATHS)} HTTP/1.1" {status} {random.randrange(200, 90_000)}'
    return f'{address} - - [24/Nov/2026:{_clock(second)} +0000] {asked} "{random.choice(_AGENTS)}"'


def _application_line(random: Random, second: int) -> str:
    level = random.choices(("INFO", "WARNING", "ERROR"), weights=(90, 8, 2))[0]
    saying = random.choice(_SAYINGS).format(random.randrange(1_000))
    return f"2026-11-24 {_clock(second)},{random.randrange(1_000):03} {level:<7} shop: {saying}"


def _json_line(random: Random, second: int) -> str:
    saying = random.choice(_SAYINGS).format(random.randrange(1_000))
    return json.dumps({"time": f"2026-11-24T{_clock(second)}Z", "say": saying, "user": "Zoë"})
