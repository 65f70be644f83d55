"""The gate on versions sees a stale version and a stale pin, in the extras too."""

from scripts import versions

STORE = {"name": "queuectl-store", "version": "1.2.0"}


def judged(**changes: object) -> list[str]:
    app = {"name": "queuectl", "version": "1.2.0", **changes}
    return list(versions.judge({"queuectl": app, "queuectl-store": STORE}))


def test_equal_versions_and_exact_pins_pass() -> None:
    extras = {"postgres": ["queuectl-store[postgres]==1.2.0", "psycopg>=3"]}

    assert judged(dependencies=["queuectl-store==1.2.0"], **{"optional-dependencies": extras}) == []


def test_a_stale_version_is_named() -> None:
    assert judged(version="1.3.0") == [
        "queuectl-store is 1.2.0, queuectl is 1.3.0; make them equal"
    ]


def test_a_stale_or_open_pin_is_named() -> None:
    extras = {"postgres": ["queuectl-store[postgres]==1.1.0"]}

    complaints = judged(dependencies=["queuectl-store>=1.2.0"], **{"optional-dependencies": extras})

    assert complaints == [
        "queuectl requires 'queuectl-store>=1.2.0'; pin it to ==1.2.0",
        "queuectl requires 'queuectl-store[postgres]==1.1.0'; pin it to ==1.2.0",
    ]
