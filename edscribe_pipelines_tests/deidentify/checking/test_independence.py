"""Remover and gate know nothing of each other: what decides in the gate is followed through all its imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import edscribe_pipelines

ROOT = Path(edscribe_pipelines.__file__).parent.parent
CHECKING = "edscribe_pipelines.deidentify.checking"
FINDING = "edscribe_pipelines.deidentify.finding"
JUDGING = sorted((ROOT / CHECKING.replace(".", "/") / "judging").glob("*.py"))
DECIDING = [
    *(f"{CHECKING}.{name}" for name in ("gate", "shapes", "plain_letters", "known_values")),
    *(f"{CHECKING}.judging.{path.stem}" for path in JUDGING if path.stem != "__init__"),
]
GROUND = {
    "edscribe_pipelines.tables": "reads any table, by its name",
    "edscribe_pipelines.packed_crf": "unpacks any model, by its name",
    "edscribe_pipelines.deidentify.adapted_minilm": "runs any adapter, by its name",
    "edscribe_pipelines.deidentify.odds": "averages what two models say",
    "edscribe_pipelines.clinical.records": "the shape of records",
    "edscribe_pipelines.errors": "what bad input raises",
}
"""What the gate shares with everybody."""
TABLE = re.compile(r"\w+\.(?:csv|crf\.xz|safetensors)")


def source_of(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    return next((each for each in (path.with_suffix(".py"), path / "__init__.py") if each.exists()), None)


def imports_of(module: str) -> Iterator[tuple[str, str]]:
    """Yield the modules that one imports anywhere in it, with the name that it takes of each, "*" for all."""
    path = source_of(module)
    assert path is not None
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "*") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner, "*") if source_of(inner) else (node.module, alias.name)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            assert "import" not in ast.unparse(node.func), "nothing is imported by name"


def reached(modules: list[str]) -> set[str]:
    """Return `modules` and what of this project they import, through any number of others."""
    pending, seen = list(modules), set[str]()
    while pending:
        module = pending.pop()
        if module in seen:
            continue
        seen.add(module)
        pending += [other for other, _ in imports_of(module) if other.startswith("edscribe_pipelines.")]
    return seen


def tables_of(modules: set[str]) -> set[str]:
    """Return the names of tables and models that stand in the code, docstrings left out."""
    sources = [source_of(module) for module in modules]
    strings = (
        node.value
        for path in sources
        if path
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {said for said in strings if TABLE.fullmatch(said)}


def of_finding() -> set[str]:
    paths = (ROOT / FINDING.replace(".", "/")).rglob("*.py")
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths}


@pytest.mark.parametrize("module", DECIDING)
def test_what_decides_in_the_gate_reaches_nothing_of_the_remover(module: str) -> None:
    others = {each for each in reached([module]) if not each.startswith(CHECKING)}
    assert others <= GROUND.keys()


def test_asking_for_doubts_takes_a_type_and_a_name_of_the_remover() -> None:
    taken = {(other, name) for other, name in imports_of(f"{CHECKING}.doubt") if other.startswith(FINDING)}
    assert taken == {(f"{FINDING}.spans", "Span"), (f"{FINDING}.time_limit", "RULE")}
    assert not any(other.startswith(FINDING) for module in DECIDING for other, _ in imports_of(module))


def test_remover_reaches_nothing_of_the_gate() -> None:
    assert len(of_finding()) > 30
    assert not [module for module in reached(sorted(of_finding())) if module.startswith(CHECKING)]


def test_lists_and_models_are_read_by_one_side_alone() -> None:
    of_gate = tables_of(reached(DECIDING) - GROUND.keys())
    of_remover = tables_of({module for module in reached(sorted(of_finding())) if ".deidentify" in module})
    assert of_gate == {
        "gate_shapes.csv",
        "gate_labels.csv",
        "gate_words.csv",
        "judge_model.crf.xz",
        "judge_adapter.safetensors",
    }
    assert {"phi_rules.csv", "word_lists.csv", "phi_model.crf.xz", "phi_adapter.safetensors"} <= of_remover
    assert not of_gate & of_remover
