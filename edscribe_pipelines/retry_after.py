"""How long a server asks its clients to wait."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime


def retry_after_seconds(header: str) -> float:
    """Return the wait that a `Retry-After` header asks for, in seconds or as a date (RFC 9110, 10.2.3); 0 for none."""
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return 0.0
