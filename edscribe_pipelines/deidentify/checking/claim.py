"""What may be said of texts that left: detections, survivors and a bound, never that all PHI is gone.

The bound is Clopper and Pearson's, one-sided: Biometrika 26 (1934) 404-413.
"""

from __future__ import annotations

CONFIDENCE = 0.95


def upper_bound(survivors: int, planted: int) -> float:
    """Return the share of identifiers that, at 95 % confidence, leaks at most; 1 where nothing was planted."""
    from scipy.special import betaincinv

    if survivors >= planted:
        return 1.0
    return float(betaincinv(survivors + 1, planted - survivors, CONFIDENCE))


def leakage_statement(released: int, detections: int, survivors: int, planted: int) -> str:
    """Return the claim for `released` encounters, in which the gate has `detections`, as a sentence."""
    found = f"{_number(detections, 'detection')} by the gate and {_number(survivors, 'surviving canary')}"
    bound = f"with an upper 95 % bound on leakage of {100 * upper_bound(survivors, planted):.2f} %"
    basis = f"({survivors} of {planted} planted identifiers survived)"
    if detections or survivors:
        return f"Nothing may leave: {found}, {bound} {basis}."
    return f"In {_number(released, 'released encounter')}: {found}, {bound} {basis}."


def _number(count: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{'zero' if count == 0 else f'{count:,}'} {noun if count == 1 else plural}"
