"""`queuectl db`: the store itself."""

from pathlib import Path

import typer

from queuectl.commands import db_care
from queuectl.exits import CommandError, Exit
from queuectl.locate import PROJECT_FOLDER, STORE_FILE, StoreAddress, without_password
from queuectl.session import Session

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""The store itself: make, check, back up, copy and measure it.

It is chosen by --db, else QUEUECTL_DB, else the nearest .queuectl/ folder upward from the
current one, else it lies in the user's data folder.""",
)


@app.command("init")
def init(ctx: typer.Context) -> None:
    """Make a store for this folder and everything below it (or the store that --db names).

    \b
    Examples:
      queuectl db init
      queuectl --db postgresql://me@localhost/jobs db init

    It makes .queuectl/ with a .gitignore in it. A store that is there already is kept. With
    --json: store, path, created.
    """
    session: Session = ctx.obj
    folder = Path.cwd() / PROJECT_FOLDER
    if session.address.is_named:
        made = not _exists(session)
    else:
        made = not (folder / STORE_FILE).exists()
        _make_folder(folder)
        session.address = StoreAddress(url=str(folder / STORE_FILE), origin=str(folder))
    session.open_store()
    _tell(session, "made" if made else "kept", created=made)


@app.command("migrate")
def migrate(ctx: typer.Context) -> None:
    """Bring the store's schema up to this version of QueueCTL.

    \b
    Examples:
      queuectl db migrate
      queuectl --db jobs.db db migrate --json

    Every command does it on first use; this does it alone, for instance before a deploy. With
    --json: store, path.
    """
    session: Session = ctx.obj
    session.read_store()
    _tell(session, "up to date:")


@app.command("path")
def path(ctx: typer.Context) -> None:
    """Print where the store is, without opening it.

    \b
    Examples:
      queuectl db path
      sqlite3 "$(queuectl db path)" 'pragma integrity_check'

    A server's address is printed without its password. With --json: store, origin.
    """
    session: Session = ctx.obj
    url = session.address.url
    file = url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else url
    shown = without_password(url) if "://" in file else str(Path(file).absolute())
    if session.json:
        session.terminal.document({"store": shown, "origin": session.address.origin})
        return
    session.terminal.line(shown)


app.command("check")(db_care.check)
app.command("backup")(db_care.backup)
app.command("copy")(db_care.copy)
app.command("stats")(db_care.stats)


def _exists(session: Session) -> bool:
    url = session.address.url
    return "://" not in url and Path(url).exists()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", "utf-8")
    except OSError as error:
        raise CommandError(
            f"cannot make {str(folder)!r}: {error.strerror}; choose another place with --db",
            code=Exit.UNREACHABLE,
        ) from error


def _tell(session: Session, word: str, **more: bool) -> None:
    store = session.open_store()
    if session.json:
        place = str(store.path) if store.path else None
        session.terminal.document({"store": store.url, "path": place, **more})
        return
    session.terminal.say(f"{word} {store.path or store.url}")
