"""A Ctrl-C during work that must be told of comes at its end."""

import os
import signal

import pytest

from queuectl.interrupts import interrupted_afterwards

pytestmark = pytest.mark.not_on("win32")


def test_an_interrupt_waits_until_the_work_is_noted() -> None:
    done = []

    with pytest.raises(KeyboardInterrupt), interrupted_afterwards():  # noqa: PT012
        os.kill(os.getpid(), signal.SIGINT)
        done.append("noted")

    assert done == ["noted"]


def test_a_second_interrupt_does_not_wait() -> None:
    done = []

    with pytest.raises(KeyboardInterrupt), interrupted_afterwards():  # noqa: PT012
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        done.append("noted")

    assert done == []


def test_what_goes_wrong_in_the_block_comes_out_and_the_old_handler_is_back() -> None:
    before = signal.getsignal(signal.SIGINT)

    with pytest.raises(ValueError, match="no good"), interrupted_afterwards():
        raise ValueError("no good")

    assert signal.getsignal(signal.SIGINT) is before
