"""What a training holds of the machine's memory between its steps."""

from __future__ import annotations

import ctypes


def give_memory_back() -> None:
    """Return to the system what the C library has kept of memory that was freed; do nothing where it has no such call.

    Rows differ in length from step to step, so what one leaves does not quite fit the next: without this a training
    of 16 steps grew from 3 to 7 GB.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
