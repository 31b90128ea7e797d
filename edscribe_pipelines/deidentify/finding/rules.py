"""The rules of `tables/phi_rules.csv`, compiled.

How far a rule is trusted:
- `shape`: the find cannot be clinical, wherever it stands (an e-mail address);
- `context`: words beside it say what it is ("Dr. ..."); they override every allow-list;
- `cue`: a weaker word beside it ("per ..."); a protected clinical phrase wins against it;
- `listed`, `surname`, `city`: counts only if a gazetteer knows the find.

The find is what the group `phi` of the pattern matches, or `person` and its like, which are cut to the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from edscribe_pipelines.clinical.tables import read_table
from edscribe_pipelines.deidentify.finding.person import GROUPS, cut
from edscribe_pipelines.deidentify.finding.prefilter import Prefilter
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

    def finds(self, text: str, places: Sequence[int] | None = None) -> Iterator[Span]:
        """Yield what the rule finds in `text`; with `places`, only where a match begins at one of them."""
        matches = self.pattern.finditer(text) if places is None else self._matches_at(text, places)
        for match in matches:
            for group in GROUPS.intersection(self.pattern.groupindex):
                for start, end in match.spans(group):
                    start, end = cut(text, start, end, group)
                    if start < end:
                        yield Span(start, end, self.type, self.id)

    def _matches_at(self, text: str, places: Sequence[int]) -> Iterator[Any]:
        return filter(None, (self.pattern.match(text, place) for place in places))


@cache
def phi_rules() -> tuple[PhiRule, ...]:
    return tuple(
        PhiRule(row["rule"], row["type"], row["strength"], _compile(row["pattern"]), row["example"])
        for row in read_table("phi_rules.csv", FOLDER)
    )


@cache
def _prefilter() -> Prefilter:
    return Prefilter([_spelled_out(row["pattern"]) for row in read_table("phi_rules.csv", FOLDER)])


def find_by_rules(line: str) -> Iterator[tuple[PhiRule, Span]]:
    """Yield what the rules find on `line`, each with its rule."""
    rules = phi_rules()
    for index, places in _prefilter().candidates(line):
        for find in rules[index].finds(line, places):
            yield rules[index], find


def find_shapes(text: str) -> Iterator[Span]:
    """Yield what cannot be clinical wherever it stands."""
    return (find for rule, find in find_by_rules(text) if rule.strength == "shape")


@cache
def phi_categories() -> dict[str, str]:
    """Return the Safe Harbor category of every type of span."""
    return {row["type"]: row["category"] for row in read_table("phi_types.csv", FOLDER)}


def _compile(pattern: str) -> Any:
    import regex

    whole = _expand(pattern)
    lists = {name: sorted(_words(name)) for name in _LIST.findall(whole)}
    return regex.compile(whole, **lists)


def _spelled_out(pattern: str) -> str:
    """Return `pattern` with its lists written out as alternatives."""
    return _LIST.sub(lambda found: f"(?:{'|'.join(map(re.escape, sorted(_words(found[1]))))})", _expand(pattern))


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
