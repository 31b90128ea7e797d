"""No rule takes long on a run of blanks, digits, letters, brackets or line ends, wherever it stands in its example."""

import re
import time

import pytest

from edscribe_pipelines.deidentify.checking.shapes import shapes
from edscribe_pipelines.deidentify.finding.rules import PhiRule, phi_rules
from edscribe_pipelines.deidentify.remover import Remover

RUNS = (" ", "\t", "1", "a", "A", "(", "-", ".", "_", ":", "\n", "Aa ", "1 ", "1-", "a ", ". ")
LENGTH, LONGEST = 10_000, 1.0
"""Seconds; a rule needs a hundredth of it, and one that goes back over a run needs minutes."""


def beginnings(example: str) -> list[str]:
    """Return the example up to the ends of its words, and nothing at all."""
    return ["", *(example[: match.end()] for match in re.finditer(r"\w+|[^\w\s]+", example))][:6]


@pytest.mark.parametrize("rule", phi_rules(), ids=lambda rule: rule.id)
def test_rule_is_quick_on_every_run(rule: PhiRule) -> None:
    example = rule.example.replace("[[", "").replace("]]", "")
    list(rule.finds(example))  # a rule is compiled when it is first asked, which is not what is measured here
    for beginning in beginnings(example):
        for run in RUNS:
            text = beginning + run * (LENGTH // len(run))
            start = time.process_time()
            list(rule.finds(text))
            assert time.process_time() - start < LONGEST, (rule.id, beginning, run)


@pytest.mark.parametrize("run", RUNS)
def test_shape_of_the_gate_is_quick_on_every_run(run: str) -> None:
    text = run * (LENGTH // len(run))
    for shape in shapes():
        shape.pattern.search("")
        start = time.process_time()
        any(shape.check(found) for found in shape.pattern.finditer(text))
        assert time.process_time() - start < LONGEST, (shape.rule, run)


@pytest.mark.parametrize(
    "text",
    [
        *(label + " " * 500 for label in ("MRN", "SSN", "Account #", "Member ID", "Plan:", "Policy", "Chart")),
        "MRN:      SSN:      Account #:      Member ID:      Policy:      Group:      ",
    ],
)
def test_form_line_with_nothing_in_it_is_quick(text: str) -> None:
    remover = Remover()
    remover.remove("Seen by Dr. Brindequist.")  # which compiles every rule
    start = time.process_time()
    remover.remove(text)
    assert time.process_time() - start < LONGEST
