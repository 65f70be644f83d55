"""What pages load: known bytes of others, modules that find one another, and not too much of it."""

import hashlib
import re
import tomllib
from importlib.resources import files

import pytest

from queuectl_dashboard.assets import load_assets
from queuectl_store import NewJob, Shell, Store
from tests.dashboard.site import Site
from tests.dashboard.stories import look

STATIC = files("queuectl_dashboard").joinpath("static")
FIRST_LOAD = 200_000


def test_files_of_others_are_as_they_were_published_and_keep_their_notice() -> None:
    vendor = STATIC.joinpath("vendor")
    told = tomllib.loads(vendor.joinpath("vendor.toml").read_text(encoding="utf-8"))

    there = {entry.name for entry in vendor.iterdir() if entry.name.endswith((".js", ".css"))}

    assert set(told) == there
    for name, facts in told.items():
        body = vendor.joinpath(name).read_bytes()
        assert hashlib.sha256(body).hexdigest() == facts["sha256"]
        assert vendor.joinpath(facts["notice"]).read_text(encoding="utf-8").strip()


def test_a_module_imports_the_others_under_the_names_that_are_served(site: Site) -> None:
    served = {asset.path for asset in load_assets().values()}
    [entry] = re.findall(r'src="(/static/app\.[0-9a-f]{12}\.js)"', look(site).text)

    body = site.ask(entry).text
    imported = {f"/static/{name}" for name in re.findall(r'from "\./(.+?)";', body)}

    assert imported
    assert imported <= served


@pytest.mark.parametrize("path", ["/", "/jobs"])
def test_a_first_visit_loads_little(store: Store, site: Site, path: str) -> None:
    store.enqueue([NewJob(work=Shell(script=f"echo {n}")) for n in range(200)])

    page = look(site, path).body
    scripts_and_sheets = sum(
        len(asset.body) for name, asset in load_assets().items() if name != "login.js"
    )

    assert len(page) + scripts_and_sheets < FIRST_LOAD
