"""How `--array` is read."""

import pytest

from queuectl.array import array_jobs, parse_array
from queuectl.exits import UsageProblem
from queuectl_store import NewJob, Shell


@pytest.mark.parametrize(
    ("text", "indexes", "at_once"),
    [
        ("0-3", [0, 1, 2, 3], None),
        ("0-99%4", list(range(100)), 4),
        ("7", [7], None),
        ("1,5,10-20:5%2", [1, 5, 10, 15, 20], 2),
        (" 3 - 4 % 1 ", [3, 4], 1),
        ("99999-99999", [99_999], None),
    ],
)
def test_indexes_ranges_steps_and_how_many_at_once(
    text: str, indexes: list[int], at_once: int | None
) -> None:
    array = parse_array(text)

    assert (list(array.indexes), array.at_once) == (indexes, at_once)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "a", "1-", "-1", "3-1", "0-9:0", "1,,2", "1,1", "0-3,2", "0-9%", "0-9%0"),
        *("0-9%x", "0-10000", "0-9%-1", "1.5", "0-9%10001", "0x10", "٣"),
    ],
)
def test_what_is_no_array_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match="--array takes"):
        parse_array(text)


def test_each_job_of_an_array_finds_its_index_and_has_a_key_of_its_own() -> None:
    job = NewJob(work=Shell(script="true"), env={"A": "b"}, key="k", name="n")

    jobs = array_jobs(job, parse_array("3-4"))

    assert [each.env for each in jobs] == [
        {"A": "b", "QUEUECTL_ARRAY_INDEX": "3"},
        {"A": "b", "QUEUECTL_ARRAY_INDEX": "4"},
    ]
    assert [each.key for each in jobs] == ["k.3", "k.4"]
    assert [each.name for each in jobs] == ["n-3", "n-4"]
