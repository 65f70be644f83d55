"""What stands in a log whose middle was deleted since the disk was full: for its readers, too."""

from __future__ import annotations

# What a job keeps of each end of its output while the disk is full. The hole begins here, and right
# before it stands the mark, in the place of the last words of the beginning.
PRESSED_END = 64 << 10
PRESSED_MARK = (
    b"\n[queuectl: the disk was full; the middle of this output was deleted to make room]\n"
)
