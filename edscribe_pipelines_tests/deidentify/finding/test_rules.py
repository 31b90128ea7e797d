from __future__ import annotations

import re

import pytest

from edscribe_pipelines.deidentify.finding.rules import PhiRule, phi_categories, phi_rules
from edscribe_pipelines.deidentify.finding.spans import settle

_MARK = re.compile(r"\[\[|\]\]")
_CATEGORIES = 18


def _unmarked(example: str) -> tuple[str, list[str]]:
    pieces = _MARK.split(example)
    return "".join(pieces), pieces[1::2]


@pytest.mark.parametrize("rule", phi_rules(), ids=lambda rule: rule.id)
def test_rule_finds_its_own_example(rule: PhiRule) -> None:
    text, marked = _unmarked(rule.example)
    assert [text[find.start : find.end] for find in settle(rule.finds(text), text)] == marked


def test_every_rule_has_its_own_id() -> None:
    ids = [rule.id for rule in phi_rules()]
    assert len(ids) == len(set(ids))


def test_all_safe_harbor_categories_have_a_rule() -> None:
    assert len({phi_categories()[rule.type] for rule in phi_rules()}) == _CATEGORIES
