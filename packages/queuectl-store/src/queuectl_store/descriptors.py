"""Waiting for descriptors, in programs that may have thousands of them."""

import select
from collections.abc import Sequence


def readable(descriptors: Sequence[int], timeout_s: float) -> set[int]:
    """Return which of *descriptors* can be read, after *timeout_s* at the latest.

    Args:
        timeout_s: Below 0 it is 0.
    """
    timeout_s = max(0.0, timeout_s)
    if not hasattr(select, "poll"):  # Windows, whose select heeds no numbers
        return set(select.select(descriptors, [], [], timeout_s)[0])
    poll = select.poll()  # unlike select it takes numbers above 1023
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in poll.poll(timeout_s * 1000)}
