"""No match of a pattern is missed for having been tried only where and when the prefilter says."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from edscribe_pipelines.clinical.patterns.prefilter import Prefilter
from edscribe_pipelines.deidentify.finding.rules import PhiRule, find_by_rules, phi_rules

LISTS = {"kin": ("son", "aunt", "great aunt"), "unit": ("mg", "a"), "état": ("été", "Été 9")}
LETTERS = "aAbsSK019 .-/:@éÉßſİ\u0131\u212a\u0663_"
ATOMS = st.sampled_from(
    [
        *("a", "ab", "son", "S", "K", r"\.", "-", "@", "é", "ß", "19", " ", r"\d", r"\d{2}", r"\w", r"\p{Lu}", "."),
        *("[ab]", "[^a]", "[a-f]", r"[\d/]", r"[\p{L}\-]", r"\[", r"\\", r"\b", "^", "$", r"\b?"),
        *(r"\L<kin>", r"\L<unit>", r"\L<état>", "(?i:mrs)", r"(?i:\L<kin>)", "(?i:i)"),
    ]
)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return patterns made of two smaller ones, or of one that is optional, repeated or only looked at."""
    pairs = st.tuples(inner, inner)
    frames = st.sampled_from(
        [
            *("(?:{})?", "(?:{})*", "(?:{})+", "(?:{}){{1,2}}", "(?:{})?+", "(?:{}){{0,12}}", "(?P<phi>{})", "(?i:{})"),
            *("(?={})", "(?!{})", "(?<={})", "(?<!{})", "(?>{})"),
        ]
    )
    return st.one_of(
        pairs.map("".join),
        pairs.map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(frames, inner).map(lambda framed: framed[0].format(framed[1])),
    )


PATTERNS = st.recursive(ATOMS, grown, max_leaves=8)
TEXTS = st.one_of(
    st.text(LETTERS, max_size=30),
    st.lists(st.sampled_from(["son", "Aunt", "great aunt", "MRS", "mrſ", " ", "19", "mg", "a", "Été 9"])).map("".join),
)


def spans(pattern: str, text: str) -> set[tuple[int, int]]:
    lists = {name: words for name, words in LISTS.items() if rf"\L<{name}>" in pattern}
    return {match.span() for match in regex.finditer(pattern, text, **lists)}


def spans_at_candidates(patterns: list[str], text: str) -> list[set[tuple[int, int]]]:
    """Return for each pattern what it matches where the prefilter says; None is anywhere."""
    found: list[set[tuple[int, int]]] = [set() for _ in patterns]
    for number, places in Prefilter(patterns, LISTS).candidates(text):
        lists = {name: words for name, words in LISTS.items() if rf"\L<{name}>" in patterns[number]}
        compiled = regex.compile(patterns[number], **lists)
        if places is None:
            found[number] |= {match.span() for match in compiled.finditer(text)}
        else:
            found[number] |= {match.span() for place in places if (match := compiled.match(text, place))}
    return found


@settings(max_examples=700)
@given(st.lists(PATTERNS, min_size=1, max_size=3), TEXTS)
def test_every_match_of_a_pattern_is_found_at_its_candidates(patterns: list[str], text: str) -> None:
    for pattern, found in zip(patterns, spans_at_candidates(patterns, text), strict=True):
        assert spans(pattern, text) <= found


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^a|b", "xb"),
        (r"\b#?room", "x#room 4"),
        ("(?i:mrs)", "MRſ"),
        ("(?i:in) bed", "İN bed".replace("N", "n")),
        ("(?i:kin)", "\u212ain"),
        (r"id \d\d", "id \u0663\u0664"),
        (r"\\[\p{L}]x", r"\ax"),
        (r"[]\p{L}]x", "]x"),
        (r"(?P<a>\w)(?P=a)", "zz"),
        (r"(?=,? son)(?<=Zoë)", "Zoë, son"),
        (r"(?<=aunt) son", "aunt son"),
    ],
)
def test_peculiar_pattern_is_found(pattern: str, text: str) -> None:
    assert spans(pattern, text)
    assert spans(pattern, text) <= spans_at_candidates([pattern], text)[0]


def test_pattern_is_tried_only_where_it_can_begin() -> None:
    prefilter = Prefilter([r"\bdr \p{Lu}", r"mrn \d", r"^\p{Lu}"], {})
    assert [tuple(each) for each in prefilter.candidates("xdr A and dr B")] == [(0, [10]), (2, (0,))]


def test_pattern_is_not_tried_where_a_piece_of_it_is_missing() -> None:
    assert not list(Prefilter([r"\p{Lu}+ (?:son|aunt) \d"], {}).candidates("A son came"))


def texts_of_rules() -> list[str]:
    examples = [re.sub(r"\[\[|\]\]", "", rule.example) for rule in phi_rules()]
    pairs = [f"{left}; {right}" for left, right in zip(examples, examples[7:], strict=False)]
    return [*examples, *map(str.upper, examples), *pairs, *(f"({each})\u00e9" for each in examples[::3])]


def test_rules_find_behind_the_prefilter_what_they_find_alone() -> None:
    for text in texts_of_rules():
        found = {(rule.id, find) for rule, find in find_by_rules(text)}
        assert found >= {(rule.id, find) for rule in phi_rules() for find in rule.finds(text)}


@pytest.mark.parametrize("rule", phi_rules(), ids=lambda rule: rule.id)
def test_rule_with_an_example_is_a_candidate_there(rule: PhiRule) -> None:
    text = re.sub(r"\[\[|\]\]", "", rule.example)
    assert any(rule.id == found.id for found, _ in find_by_rules(text))
