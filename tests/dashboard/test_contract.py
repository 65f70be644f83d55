"""The API against its own document: whatever is sent, the answer is one that is described."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi import checks

from queuectl_dashboard.api import API_PREFIX, ROUTES
from queuectl_dashboard.api.openapi import document
from queuectl_dashboard.api.routes import Route
from queuectl_store import NewJob, Shell, Store, Task, connect
from tests.dashboard.site import BEARER, Site, serving
from tests.postgres import PostgresServer

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


RULES = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OPERATIONS = {
    found.ok().definition.raw["operationId"]: found.ok()
    for found in schemathesis.openapi.from_dict(document(ROUTES)).get_all_operations()
}


@pytest.fixture(scope="module")
def contract_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with connect(str(tmp_path_factory.mktemp("contract") / "queue.db")) as store:
        fill(store)
        with serving(store) as site:
            yield site


def fill(store: Store) -> None:
    """Make some of everything, so that the small numbers and names that are tried exist."""
    store.enqueue([NewJob(work=Shell(script="true"), group="g", hold=n % 2 == 0) for n in range(9)])
    store.enqueue([NewJob(work=Task(name="mail", kwargs={"to": "eve", "password": "x"}))])


@pytest.fixture(scope="module")
def postgres_site(postgres_server: PostgresServer) -> Iterator[Site]:
    url = postgres_server.create_database()
    with connect(url) as store:
        fill(store)
        with serving(store) as site:
            yield site
    postgres_server.drop_database(url)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_answer_is_one_that_the_document_does_not_describe(
    contract_site: Site, route: Route, mode: GenerationMode
) -> None:
    hold(contract_site, route, mode, rules=RULES)


# What reaches the database with values of the caller's; the checks before it are the same on both.
BY_VALUE = (
    *("list_jobs", "enqueue_job", "edit_job", "retry_jobs", "cancel_jobs", "list_job_events"),
    *("list_events", "change_queue", "add_schedule", "edit_schedule", "add_hook"),
    *(
        "change_resource",
        "retry_dead",
        "change_setting",
        "list_deliveries",
        "stop_workers",
        "show_group",
    ),
)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
@pytest.mark.parametrize("name", BY_VALUE)
def test_postgresql_answers_as_the_document_says_too(
    postgres_site: Site, name: str, mode: GenerationMode
) -> None:
    [route] = [route for route in ROUTES if route.name == name]
    hold(postgres_site, route, mode, rules=settings(RULES, max_examples=4))


def hold(site: Site, route: Route, mode: GenerationMode, *, rules: settings) -> None:
    """Send what fits the document, or what does not, and hold each answer to it."""
    operation = OPERATIONS[route.name]
    address = f"{site.origin}{API_PREFIX}"

    @rules
    @given(case=operation.as_strategy(generation_mode=mode))
    def hold_to_it(case: schemathesis.Case) -> None:
        answer = case.call(base_url=address, headers=BEARER)
        # An address that is too long is refused by the server before it is looked at.
        is_too_long = answer.status_code == 414
        case.validate_response(answer, checks=CHECKS[: -1 if is_too_long else None])

    try:
        hold_to_it()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "there is something to send"
