"""The rules of `tables/phi_rules.csv`, compiled.

How far a rule is trusted:
- `shape`: the find cannot be clinical, wherever it stands (an e-mail address);
- `context`: words beside it say what it is ("Dr. ..."); they override every allow-list;
- `cue`: a weaker word beside it ("per ..."); a protected clinical phrase wins against it;
- `listed`, `surname`, `pair`, `city`: counts only if a gazetteer knows the find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from edscribe_pipelines.clinical.tables import read_table
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.tables import FOLDER, word_list

_FRAGMENT = re.compile(r"<<(\w+)>>")
_LIST = re.compile(r"\\L<(\w+)>")
_UNITED_LISTS = {"not_place": ("not_place", "not_name", "state", "country", "brand_drug", "weekday", "month")}


@dataclass(frozen=True)
class PhiRule:
    """One row of the table; `example` holds what the rule must find in `[[ ]]`."""

    id: str
    type: str
    strength: str
    pattern: Any
    example: str

    def finds(self, text: str) -> Iterator[Span]:
        for match in self.pattern.finditer(text):
            for start, end in match.spans("phi"):
                yield Span(start, end, self.type, self.id)


@cache
def phi_rules() -> tuple[PhiRule, ...]:
    return tuple(
        PhiRule(row["rule"], row["type"], row["strength"], _compile(row["pattern"]), row["example"])
        for row in read_table("phi_rules.csv", FOLDER)
    )


@cache
def phi_categories() -> dict[str, str]:
    """Return the Safe Harbor category of every type of span."""
    return {row["type"]: row["category"] for row in read_table("phi_types.csv", FOLDER)}


def _compile(pattern: str) -> Any:
    import regex

    whole = _expand(pattern)
    lists = {name: sorted(_words(name)) for name in _LIST.findall(whole)}
    return regex.compile(whole, **lists)


def _expand(pattern: str) -> str:
    while _FRAGMENT.search(pattern):
        pattern = _FRAGMENT.sub(lambda found: _fragments()[found[1]], pattern)
    return pattern


@cache
def _fragments() -> dict[str, str]:
    return {row["fragment"]: row["pattern"] for row in read_table("phi_fragments.csv", FOLDER)}


@cache
def _words(name: str) -> frozenset[str]:
    if name.endswith("_upper"):
        return frozenset(word.upper() for word in _words(name.removesuffix("_upper")))
    return frozenset().union(*(word_list(part) for part in _UNITED_LISTS.get(name, (name,))))
