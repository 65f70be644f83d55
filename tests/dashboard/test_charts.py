"""The numbers of a window as the overview draws them."""

from dataclasses import replace

import pytest

from queuectl_dashboard.charts import HEIGHT, WIDTH, bar_chart, quantiles, sparkline
from queuectl_metrics import Point, Window
from queuectl_store import Dead, Finish, NewJob, RunFacts, Shell, Store, Succeeded
from tests.dashboard.site import Site
from tests.dashboard.stories import claim_all, finish, look

EMPTY = Window(
    since=0, until=180_000, step_s=60, points=tuple(Point(at=n * 60_000) for n in range(3))
)


def with_attempts(**attempts: int) -> Window:
    return replace(EMPTY, points=(replace(EMPTY.points[0], attempts=attempts), *EMPTY.points[1:]))


def test_the_bars_of_a_step_stand_on_one_another_under_a_round_top() -> None:
    chart = bar_chart(with_attempts(succeeded=30, failed=6, crashed=4))

    assert (chart.top, chart.succeeded, chart.failed) == (50, 30, 10)
    assert chart.bars[0].good + chart.bars[0].bad == HEIGHT * 40 / 50
    assert chart.bars[-1].x + chart.bars[-1].width <= WIDTH


def test_a_window_in_which_nothing_happened_has_no_bars_to_see_and_no_times() -> None:
    chart = bar_chart(EMPTY)

    assert {(bar.good, bar.bad) for bar in chart.bars} == {(0, 0)}
    assert [each.times for each in quantiles(EMPTY)] == [["–"] * 3] * 2
    assert sparkline(EMPTY.points).startswith("0.0,23.0 ")


def test_the_overview_counts_the_runs_that_ended(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="true"), max_retries=0)] * 3)
    claims = claim_all(store)
    facts = RunFacts(started_at=store.reader.now_ms())
    finish(store, claims[:2], Finish(claim=claims[0], outcome=Succeeded(), facts=facts))
    finish(store, claims[2:], Finish(claim=claims[2], outcome=Dead(reason="no"), facts=facts))

    page = look(site).text

    assert "in the last hour: 2 succeeded, 1 failed" in page


@pytest.mark.parametrize("stretch", ["1h", "24h", "7d"])
def test_the_overview_is_asked_for_other_stretches(site: Site, stretch: str) -> None:
    page = look(site, f"/?range={stretch}")

    assert page.status == 200
    assert page.text.count('class="step"') <= 100


def test_a_stretch_that_there_is_not_is_refused(site: Site) -> None:
    assert look(site, "/?range=1y").status == 400
