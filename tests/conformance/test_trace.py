"""A job's trace is kept as it came, on both databases."""

import pytest

from queuectl_store import Edit, InvalidJob, JobId, NewJob, Shell, Store, Trace

PARENT = f"00-{'a' * 32}-{'b' * 16}-01"
WHOLE = Trace(traceparent=PARENT, tracestate="vendor=1", baggage="user=alice")


def stored(store: Store, trace: Trace | None) -> JobId:
    return store.enqueue([NewJob(work=Shell(script="true"), trace=trace)])[0]


@pytest.mark.parametrize("trace", [None, Trace(traceparent=PARENT), WHOLE])
def test_it_is_read_as_it_was_given(store: Store, trace: Trace | None) -> None:
    job_id = stored(store, trace)

    assert store.reader.get(job_id).trace == trace


def test_an_edit_and_a_retry_keep_it(store: Store) -> None:
    job_id = stored(store, WHOLE)

    store.admin.edit([job_id], Edit(work=Shell(script="false"), priority=5))

    assert store.reader.get(job_id).trace == WHOLE


def test_its_id_is_that_of_the_whole_trace(store: Store) -> None:
    trace = store.reader.get(stored(store, WHOLE)).trace

    assert trace is not None
    assert trace.trace_id == "a" * 32


@pytest.mark.parametrize(
    "trace",
    [
        Trace(traceparent="no trace"),
        Trace(traceparent=PARENT.upper()),
        Trace(traceparent=PARENT, tracestate="x" * 513),
        Trace(traceparent=PARENT, baggage="naïve"),
        Trace(traceparent=PARENT, baggage=""),
    ],
)
def test_what_no_header_could_be_is_refused(store: Store, trace: Trace) -> None:
    with pytest.raises(InvalidJob, match=r"traceparent|tracestate|baggage"):
        stored(store, trace)
