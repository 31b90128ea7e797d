"""The rules of `tables/phi_rules.csv`, compiled.

How far a rule is trusted:
- `shape`: the find cannot be clinical, wherever it stands (an e-mail address);
- `context`: words beside it say what it is ("Dr. ..."); they override every allow-list;
- `cue`: a weaker word beside it ("per ..."); a protected clinical phrase wins against it;
- `listed`, `surname`, `city`: counts only if a gazetteer knows the find; `unlisted`: only if no vocabulary does.

The find is what the group `phi` of the pattern matches, or `person` and its like, which are cut to the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import regex

from edscribe_pipelines.clinical.patterns.prefilter import Prefilter
from edscribe_pipelines.deidentify.finding.ascii_pattern import ascii_pattern, own_name
from edscribe_pipelines.deidentify.finding.person import GROUPS, cut
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.finding.time_limit import Limited
from edscribe_pipelines.deidentify.finding.validated import find_validated
from edscribe_pipelines.deidentify.finding.word_pattern import word_pattern
from edscribe_pipelines.deidentify.tables import FOLDER, word_list
from edscribe_pipelines.tables import read_table

_FRAGMENT = re.compile(r"<<(\w+)>>")
_LIST = re.compile(r"\\L<(\w+)>")
_UNITED_LISTS = {"not_place": ("not_place", "not_name", "state", "country", "brand_drug", "weekday", "month")}


@dataclass(frozen=True)
class PhiRule:
    """One row of the table; `example` holds what the rule must find in `[[ ]]`.

    A pattern is compiled when the first line asks for it: all of them take seconds, and few notes need all.
    """

    id: str
    type: str
    strength: str
    written: str
    example: str

    @cached_property
    def pattern(self) -> Limited:
        return Limited(regex.compile(self.written))

    @cached_property
    def for_ascii(self) -> re.Pattern[str] | None:
        return ascii_pattern(self.written)

    @cached_property
    def _groups_for_ascii(self) -> tuple[tuple[str, str], ...]:
        """The groups that hold a find, as `for_ascii` names them and by their own names."""
        numbered = self.for_ascii.groupindex if self.for_ascii else ()
        return tuple((name, own_name(name)) for name in numbered if own_name(name) in GROUPS)

    def finds(self, text: str) -> Iterator[Span]:
        """Yield what the rule finds in `text`."""
        for match in self.matches(text):
            yield from self.finds_of(match)

    def matches(self, text: str, places: Sequence[int] | None = None) -> Iterable[Any]:
        """Return the matches in `text`; with `places`, only those that begin at one of them."""
        pattern = (self.for_ascii if text.isascii() else None) or self.pattern
        if places is None:
            return pattern.finditer(text)
        match = pattern.match
        return [found for place in places if (found := match(text, place))]

    def finds_of(self, match: Any) -> Iterator[Span]:
        for group, start, end in self._spans(match):
            start, end = cut(match.string, start, end, group)
            if 0 <= start < end:
                yield Span(start, end, self.type, self.id)

    def _spans(self, match: Any) -> Iterator[tuple[str, int, int]]:
        if match.re is self.for_ascii:
            for name, group in self._groups_for_ascii:
                yield group, *match.span(name)
        else:
            for group in sorted(GROUPS.intersection(match.re.groupindex)):
                yield from ((group, *span) for span in match.spans(group))


@cache
def phi_rules() -> tuple[PhiRule, ...]:
    return tuple(_rule(row) for row in read_table("phi_rules.csv", FOLDER))


def _rule(row: dict[str, str]) -> PhiRule:
    written = _LIST.sub(lambda found: _words_as_pattern(found[1]), _expand(row["pattern"]))
    return PhiRule(row["rule"], row["type"], row["strength"], written, row["example"])


@cache
def _prefilter() -> Prefilter:
    patterns = [_expand(row["pattern"]) for row in read_table("phi_rules.csv", FOLDER)]
    return Prefilter(patterns, {name: _words(name) for name in _LIST.findall("".join(patterns))})


def find_by_rules(line: str) -> Iterator[tuple[PhiRule, Span]]:
    """Yield what the rules find on `line`, each with its rule."""
    rules = phi_rules()
    for number, places in _prefilter().candidates(line):
        rule = rules[number]
        for match in rule.matches(line, places):
            for find in rule.finds_of(match):
                yield rule, find


def find_shapes(text: str) -> Iterator[Span]:
    """Yield what cannot be clinical wherever it stands."""
    yield from (find for rule, find in find_by_rules(text) if rule.strength == "shape")
    yield from find_validated(text)


@cache
def phi_categories() -> dict[str, str]:
    """Return the Safe Harbor category of every type of span."""
    return {row["type"]: row["category"] for row in read_table("phi_types.csv", FOLDER)}


def category_of(span_type: str) -> str:
    """Return the Safe Harbor category of a type; what a site's recognizer calls by a name of its own is the last."""
    return phi_categories().get(span_type, phi_categories()["OTHER_ID"])


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


@cache
def _words_as_pattern(name: str) -> str:
    return word_pattern(_words(name))
