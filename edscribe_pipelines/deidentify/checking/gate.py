"""The last look before a text leaves the PHI zone.

Kept apart from the remover on purpose, in code and in lists: a second detector of the same make shares the
first one's blind spots. The gate knows two things only, both precise: values that the record itself names,
and shapes that no clinical text has. It reports rule ids, never values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from edscribe_pipelines.clinical.records import Identifier, Verdict
from edscribe_pipelines.deidentify.checking.known_values import names_known
from edscribe_pipelines.deidentify.checking.plain_letters import in_plain_letters
from edscribe_pipelines.deidentify.checking.shapes import shape_findings

KNOWN = "known_identifier"
_MASK = "[]"


def phi_findings(
    text: str, known_identifiers: Sequence[Identifier], allowed: Collection[str] = frozenset()
) -> list[str]:
    """Return the ids of the rules that `text` breaks, each once; those `allowed` do not count."""
    plain = in_plain_letters(text)
    found = [KNOWN] if known_identifiers and names_known(plain, known_identifiers) else []
    return [rule for rule in dict.fromkeys([*found, *shape_findings(plain.lower())]) if rule not in allowed]


def verdict(findings: Sequence[str]) -> Verdict:
    return "fail" if findings else "pass"


def masked(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """Return `text` with each range hidden, for a look past what was put in on purpose.

    `ranges` are characters of `text`, sorted, never overlapping, end exclusive: a surrogate's, a shifted date's.
    """
    pieces, done = [], 0
    for start, end in ranges:
        pieces += [text[done:start], _MASK]
        done = end
    return "".join([*pieces, text[done:]])
