"""What an engine removed from annotated notes, against what it had to remove and what it had to leave; and the bars.

A span counts as found only when every character of it that is not a space was removed. Words count as redacted when
a letter or digit of theirs was removed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from scipy.stats import binomtest

DIRECT = ("SSN", "MRN", "ACCOUNT", "PHONE", "EMAIL", "HEALTH_PLAN")
"""Sub-types that identify a person directly; PHONE holds fax numbers."""

MUST_SURVIVE = ("NEG", "NEG_AGE")
Removed = Sequence[Sequence[int]]
"""Start and end of each removed span, in characters of the note."""

OURS, STOCK = "edscribe", "presidio"
BARS = {
    "recall": (">=", 0.99),
    "recall, worst sub-type": (">=", 0.95),
    "recall, queries": (">=", 0.96),
    "recall, ASQ-PHI": (">=", 0.96),
    "direct identifiers": (">=", 3_000),
    "direct identifiers missed": ("<=", 0),
    "phrases survived": (">=", 0.97),
    "words redacted, our notes": ("<=", 0.02),
    "words redacted, notes without PHI": ("<=", 0.02),
    "rate to stock Presidio's": (">=", 8),
    "two processes to one": (">=", 1.7),
    "memory, last to first tenth": ("<=", 1.05),
}
_WORD = re.compile(r"\S+")


class Scores:
    """The counts over the notes of one set."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()
        self._of: Counter[str] = Counter()
        self._notes = self._leaking = 0
        self._words: Counter[str] = Counter()

    def add(self, note: dict[str, Any], removed: Removed) -> None:
        text, is_removed = note["text"], _mask(len(note["text"]), removed)
        leaks = False
        for start, end, kind, *_ in note["spans"]:
            characters = [place for place in range(start, end) if not text[place].isspace()]
            hits = sum(is_removed[place] for place in characters)
            good = hits == 0 if kind in MUST_SURVIVE else hits == len(characters)
            leaks |= not good and kind not in MUST_SURVIVE
            self._found[kind] += good
            self._of[kind] += 1
        self._notes += 1
        self._leaking += leaks
        self._count_words(text, is_removed, _mask(len(text), [span[:2] for span in _phi(note)]))

    def _count_words(self, text: str, is_removed: bytearray, is_phi: bytearray) -> None:
        for word in _WORD.finditer(text):
            if not any(is_phi[word.start() : word.end()]):
                self._words["all"] += 1
                self._words["redacted"] += any(is_removed[p] and text[p].isalnum() for p in range(*word.span()))

    def result(self) -> dict[str, Any]:
        phi = [kind for kind in self._of if kind not in MUST_SURVIVE]
        return {
            "notes": self._notes,
            "notes_with_a_leak": self._leaking,
            "recall": self._share(phi),
            "direct": self._share(DIRECT),
            "by_type": {kind: self._share([kind]) for kind in sorted(phi)},
            "survived": self._share(MUST_SURVIVE),
            "words_redacted": share(self._words["redacted"], self._words["all"]),
        }

    def _share(self, kinds: Sequence[str]) -> dict[str, Any]:
        return share(sum(self._found[kind] for kind in kinds), sum(self._of[kind] for kind in kinds))


def share(count: int, of: int) -> dict[str, Any]:
    """Return the share with its 95 % interval after Clopper and Pearson."""
    if not of:
        return {"count": 0, "of": 0, "share": None, "interval": None}
    interval = binomtest(count, of).proportion_ci(0.95, method="exact")
    return {
        "count": count,
        "of": of,
        "share": round(count / of, 4),
        "interval": [round(float(interval.low), 4), round(float(interval.high), 4)],
    }


def bars(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        bar: {
            "measured": figure,
            "must": f"{sign} {limit}",
            "met": figure >= limit if sign == ">=" else figure <= limit,
        }
        for bar, figure in _figures(result).items()
        for sign, limit in [BARS[bar]]
    }


def _figures(result: dict[str, Any]) -> dict[str, float]:
    """Return what was measured of the figures that have a bar."""
    ours, stock = result["engines"][OURS], result["engines"].get(STOCK, {})
    notes = ours["notes"]
    figures = {
        "recall": notes["recall"]["share"],
        "recall, worst sub-type": min(each["share"] for each in notes["by_type"].values()),
        "direct identifiers": notes["direct"]["of"],
        "direct identifiers missed": notes["direct"]["of"] - notes["direct"]["count"],
        "phrases survived": notes["survived"]["share"],
        "words redacted, our notes": notes["words_redacted"]["share"],
        "two processes to one": result["two_processes"],
    }
    if "queries" in ours:
        figures["recall, queries"] = ours["queries"]["recall"]["share"]
    if "asq_phi" in ours:
        figures["recall, ASQ-PHI"] = ours["asq_phi"]["recall"]["share"]
    if "phi_free" in ours:
        figures["words redacted, notes without PHI"] = ours["phi_free"]["words_redacted"]["share"]
    if "notes" in stock:
        figures["rate to stock Presidio's"] = round(ours["notes_per_cpu_second"] / stock["notes_per_cpu_second"], 1)
    if resident := result["resident_mb"]:
        figures["memory, last to first tenth"] = round(resident["last_tenth"] / resident["first_tenth"], 3)
    return figures


def _phi(note: dict[str, Any]) -> list[list[Any]]:
    return [span for span in note["spans"] if span[2] not in MUST_SURVIVE]


def _mask(length: int, spans: Removed) -> bytearray:
    mask = bytearray(length)
    for start, end in spans:
        mask[start:end] = b"\1" * (min(end, length) - start)
    return mask
