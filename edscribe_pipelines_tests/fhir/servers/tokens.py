"""Access tokens that a facade gave out, each for so many requests."""

from __future__ import annotations

import secrets


class Tokens:
    def __init__(self) -> None:
        self._left: dict[str, int | None] = {}

    def give(self, requests: int | None) -> str:
        """Return a new token that lasts for `requests`; none: until all are expired."""
        token = f"ya29.{secrets.token_urlsafe(16)}"
        self._left[token] = requests
        return token

    def expire(self) -> None:
        """Let no token that was given out so far be valid."""
        self._left.clear()

    def accept(self, authorization: str) -> bool:
        """Return whether the header's token is valid, and count the request."""
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer" or token not in self._left:
            return False
        left = self._left[token]
        self._left[token] = None if left is None else left - 1
        return left is None or left > 0
