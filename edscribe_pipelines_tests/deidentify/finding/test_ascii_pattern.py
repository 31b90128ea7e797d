from __future__ import annotations

import pytest
import regex

from edscribe_pipelines.deidentify.finding.ascii_pattern import ascii_pattern, own_name
from edscribe_pipelines.deidentify.finding.rules import phi_rules


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\p{Lu}[\p{L}\p{M}]+", "seen by Voss at 7"),
        (r"(?P<phi>\p{Lu}{2})/(?P<phi>\p{Lu}{2})", "signed OV/KM"),
        (r"(?P<us>[/-])\d\d(?P=us)", "on 3-14-24"),
        (r"[^\p{L}\]]+\p{M}*x", "a ]12x"),
    ],
)
def test_ascii_text_is_read_alike(pattern: str, text: str) -> None:
    plain = ascii_pattern(pattern)
    assert plain is not None
    assert [match.span() for match in plain.finditer(text)] == [match.span() for match in regex.finditer(pattern, text)]


def test_groups_of_one_name_are_told_apart() -> None:
    plain = ascii_pattern(r"(?P<phi>a)(?P<phi>b)")
    assert plain is not None
    assert [own_name(name) for name in plain.groupindex] == ["phi", "phi"]


@pytest.mark.parametrize("pattern", [r"(?:(?P<phi>\p{L}),)+", r"(?<=(?:ab|c))d"])
def test_pattern_that_re_would_read_otherwise_stays_with_regex(pattern: str) -> None:
    assert ascii_pattern(pattern) is None


@pytest.mark.parametrize("rule", [rule for rule in phi_rules() if rule.for_ascii], ids=lambda rule: rule.id)
def test_rule_finds_its_example_either_way(rule) -> None:
    text = rule.example.replace("[[", "").replace("]]", "")
    in_both = [{find for match in each.finditer(text) for find in rule.finds_of(match)} for each in
               (rule.pattern, rule.for_ascii)]  # fmt: skip
    assert in_both[0] == in_both[1]
