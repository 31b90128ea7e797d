"""One thing that was looked at, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["passed", "warned", "refused", "not_applicable"]


@dataclass(frozen=True)
class Check:
    """`message` says what was found, `remedy` what to do about it, `figures` the numbers behind both.

    None of them holds text of a case.
    """

    name: str
    verdict: Verdict
    message: str
    remedy: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
