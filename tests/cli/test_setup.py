"""`config` and `db`: settings with their origin, and where the store is."""

from tests.cli.program import Program


def test_a_setting_is_set_for_everybody_and_taken_back(queuectl: Program) -> None:
    queuectl.must("config", "set", "max_retries", "7")
    said = queuectl.must("config", "get", "max-retries", "--json").document
    queuectl.must("enqueue", "true")

    queuectl.must("config", "unset", "max_retries")

    assert said == {"key": "max_retries", "value": "7", "origin": "store"}
    assert queuectl.job(1)["max_retries"] == 7
    assert queuectl.must("config", "get", "max_retries").out == b"3\n"


def test_the_list_names_each_origin(queuectl: Program) -> None:
    (queuectl.folder / "queuectl.toml").write_text('timeout = "1m"\ngrace = "9s"\n')
    queuectl.must("config", "set", "grace", "8s")

    found = queuectl.must("config", "list", "--json", env={"QUEUECTL_QUEUE": "q"}).documents

    by_key = {value["key"]: (value["value"], value["origin"]) for value in found}
    assert by_key["queue"] == ("q", "QUEUECTL_QUEUE")
    assert by_key["grace"] == ("8s", "store")
    assert by_key["timeout"] == ("1m", str(queuectl.folder / "queuectl.toml"))
    assert by_key["max_retries"] == ("3", "default")


def test_the_settings_files_that_apply_are_printed(queuectl: Program) -> None:
    nothing = queuectl.must("config", "path")
    (queuectl.folder / "queuectl.toml").touch()

    assert nothing.out == b""
    assert queuectl.must("config", "path").text == f"{queuectl.folder / 'queuectl.toml'}\n"


def test_init_makes_a_store_for_the_folder_and_below(first_time: Program) -> None:
    unnamed = {"QUEUECTL_DB": ""}
    below = first_time.folder / "a" / "b"
    below.mkdir(parents=True)

    made = first_time.must("db", "init", "--json", env=unnamed).document
    again = first_time.must("db", "init", "--json", env=unnamed).document
    path = first_time.must("db", "path", env=unnamed, cwd=below)

    store = first_time.folder / ".queuectl" / "queue.db"
    assert (made["path"], made["created"], again["created"]) == (str(store), True, False)
    assert path.text == f"{store}\n"
    assert (store.parent / ".gitignore").read_text() == "*\n"
    assert store.parent.stat().st_mode & 0o077 == 0


def test_path_tells_where_the_store_is_without_making_it(first_time: Program) -> None:
    shown = first_time.must("db", "path", "--json").document
    server = first_time.must("--db", "postgresql://me:secret@h/db", "db", "path")

    assert shown == {"store": str(first_time.db), "origin": "QUEUECTL_DB"}
    assert server.out == b"postgresql://me:***@h/db\n"
    assert not first_time.db.exists()


def test_migrate_brings_a_store_up_to_date(first_time: Program) -> None:
    first_time.must("db", "init")

    document = first_time.must("db", "migrate", "--json").document

    assert document["path"] == str(first_time.db)


def test_without_any_name_the_users_own_folder_holds_the_store(first_time: Program) -> None:
    first_time.must("enqueue", "true", env={"QUEUECTL_DB": ""})

    folder = first_time.folder / "data" / "queuectl"
    assert (folder / "queue.db").exists()
    assert folder.stat().st_mode & 0o077 == 0
