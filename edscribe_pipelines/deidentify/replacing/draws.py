"""Numbers that a key, a patient and a value determine: the same three give the same numbers, everywhere.

Without the key nobody can tell which value led to a number, nor whether two patients share one.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

_REFILL = 1 << 64
"""Below this the rest of a digest is too short to draw evenly from."""


class Draw:
    """A stream of numbers made from HMAC-SHA256 over `parts`."""

    def __init__(self, key: bytes, *parts: str) -> None:
        self._key = key
        self._message = "".join([f"{len(part)}:{part}" for part in parts]).encode("utf-8", "surrogatepass")
        self._rest = 0

    def below(self, bound: int) -> int:
        """Return a number from 0 up to `bound`, exclusive."""
        if self._rest < _REFILL:
            self._message = hmac.digest(self._key, self._message, "sha256")
            self._rest = int.from_bytes(self._message, "big")
        self._rest, number = divmod(self._rest, bound)
        return number

    def one_of(self, options: Sequence[str]) -> str:
        return options[self.below(len(options))]
