"""Two opinions as one."""

from __future__ import annotations

from math import exp, log

_SUREST = 1e-6


def agreed(one: float, other: float) -> float:
    """Return the probability whose log odds are the mean of those of two: either of them may be the one that knows."""
    return 1 / (1 + exp(-(_log_odds(one) + _log_odds(other)) / 2))


def _log_odds(chance: float) -> float:
    limited = min(max(chance, _SUREST), 1 - _SUREST)
    return log(limited / (1 - limited))
