"""How a worker ended, in words for whoever looks at the failed step."""

from __future__ import annotations

import signal

_BY_SIGNAL = 128
"""A shell, and a container engine, reports death by signal n as this plus n."""


def describe_exit(code: int) -> str:
    """Say what an exit code means; negative codes are signals, as `subprocess` has it."""
    if code == 0:
        return "its worker ended without reporting a result"
    number = -code if code < 0 else code - _BY_SIGNAL
    if number == signal.SIGKILL:
        return "its worker was killed (SIGKILL); where nobody did, memory ran out"
    if number in signal.valid_signals():
        return f"its worker was ended by {signal.Signals(number).name}"
    return f"its worker ended with exit code {code}"
