"""The rules of the house, held to the source: who may import what, and when."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import edscribe_pipelines

PACKAGE = Path(edscribe_pipelines.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
GROUND = {"errors", "files", "packed_crf", "retry_after", "settings", "tables", "results"}
"""What every room may import, and what imports none."""
MAY_IMPORT = {
    "data_use": set(),
    "clinical": set(),
    "intake": {"clinical"},
    "deidentify": {"clinical"},
    "corpus": {"clinical", "deidentify", "data_use"},
    "train": {"clinical"},
    "evaluate": {"clinical", "corpus", "train"},
    "fhir": {"clinical", "data_use"},
    "orchestration": {"clinical"},
}
"""Beside the ground and itself. An `assets.py` may import orchestration, too. Of `clinical`, which all rooms stand on,
orchestration takes the names of the specialties, its partitions, and how rows become a table."""

HEAVY = {
    "torch",
    "transformers",
    "nemo_automodel",
    "peft",
    "spacy",
    "presidio_analyzer",
    "presidio_anonymizer",
    "great_expectations",
    "matplotlib",
    "bert_score",
    "evaluate",
    "openai",
    "httpx2",
    "docx",
    "rensa",
    "mlflow",
    "huggingface_hub",
    "PIL",
    "kubernetes",
    "docker",
}
"""Libraries that take seconds to import, so only what uses them does, when it does."""

IMPORTED_LATE = {
    "corpus/gating/corpus_expectations.py": "imported by expectations.py when it runs; its classes derive from GX's",
    "corpus/gating/note_expectations.py": "imported by expectations.py when it runs; its classes derive from GX's",
    "deidentify/adapted_minilm.py": "imported where a text is read; it is torch from the first line on",
    "deidentify/replacing/operators.py": "imported by users of Presidio's engine; its classes derive from Presidio's",
    "evaluate/ed_note/ed_note.py": "loaded by path as a metric of the `evaluate` library",
    "orchestration/executor/on_docker.py": "imported where placements name it; its class derives from dagster-docker's",
    "orchestration/executor/on_kubernetes.py": "imported where placements name it; it calls dagster-k8s",
    "train/on_cpu/attention.py": "imported in a worker's own process; it is torch from the first line on",
    "train/on_cpu/block.py": "imported in a worker's own process; its class derives from torch's",
    "train/on_cpu/writing.py": "imported in a worker's own process; it is torch from the first line on",
    "train/note_loss.py": "imported by NeMo in the worker's own process; its class derives from NeMo's loss",
    "train/trainer.py": "imported in the worker's own process; its class derives from NeMo's recipe",
}
"""Modules that import a heavy library at their top and are themselves imported inside functions."""


def may_import_dagster(module: Path) -> bool:
    return module.name == "assets.py" or module.parts[0] in ("orchestration", "definitions.py", "cli.py")


def parse(module: Path) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def imported(nodes: Iterator[ast.AST] | list[ast.stmt]) -> Iterator[str]:
    """Yield the full name of every module that `nodes` import."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run when the module is imported, those under `if TYPE_CHECKING` left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from outside_functions(node)


def inside(name: str) -> str | None:
    """Return the room or module of this package that an import is about."""
    parts = name.split(".")
    return parts[1] if parts[0] == "edscribe_pipelines" and len(parts) > 1 else None


def test_only_wiring_imports_dagster() -> None:
    importing = {
        module
        for module in MODULES
        if any(name.split(".")[0] == "dagster" for name in imported(ast.walk(parse(module))))
    }
    assert Path("intake/assets.py") in importing
    assert [str(module) for module in importing if not may_import_dagster(module)] == []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_room_imports_what_the_table_says(room: str) -> None:
    used = set()
    for module in (module for module in MODULES if module.parts[0] == room):
        wiring = {"orchestration"} if module.name == "assets.py" else set()
        found = {inside(name) for name in imported(ast.walk(parse(module)))} - {None, room}
        assert found <= GROUND | wiring | MAY_IMPORT[room], module
        used |= found
    assert used >= MAY_IMPORT[room], "the table allows what nothing needs"


def test_ground_imports_no_room_and_every_room_is_in_the_table() -> None:
    for module in (module for module in MODULES if module.parts[0].removesuffix(".py") in GROUND):
        used = {inside(name) for name in imported(ast.walk(parse(module)))} - {None}
        assert used <= GROUND, module
    wired = {"__init__", "cli", "definitions"}
    assert {module.parts[0].removesuffix(".py") for module in MODULES} == GROUND | MAY_IMPORT.keys() | wired


def test_modules_import_each_other_in_no_circle() -> None:
    graph = {name: set() for name in dotted(MODULES)}
    for module, name in zip(MODULES, dotted(MODULES), strict=True):
        graph[name] = {other for other in imported(outside_functions(parse(module))) if other in graph} - {name}
    assert list(graphlib.TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("module", [module for module in MODULES if module.name == "assets.py"], ids=str)
def test_function_of_an_asset_is_short(module: Path) -> None:
    functions = [node for node in ast.walk(parse(module)) if isinstance(node, ast.FunctionDef)]
    lengths = {node.name: node.end_lineno - node.lineno + 1 for node in functions if node.end_lineno}
    assert {name: length for name, length in lengths.items() if length > 30} == {}


def test_importing_the_store_of_results_loads_no_dagster_and_no_room() -> None:
    program = "import edscribe_pipelines.results.store, sys; print(*sys.modules)"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = finished.stdout.split()
    assert "dagster" not in loaded
    assert {inside(name) for name in loaded} & MAY_IMPORT.keys() == set()


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    eager = {
        module.as_posix(): heavy
        for module in MODULES
        if (heavy := {name.split(".")[0] for name in imported(outside_functions(parse(module)))} & HEAVY)
    }
    assert {module: heavy for module, heavy in eager.items() if module not in IMPORTED_LATE} == {}
    assert IMPORTED_LATE.keys() <= eager.keys()


@pytest.mark.parametrize("late", IMPORTED_LATE)
def test_module_with_a_heavy_import_is_itself_imported_inside_functions(late: str) -> None:
    """Or by another such module."""
    name = "edscribe_pipelines." + late.removesuffix(".py").replace("/", ".")
    others = [module for module in MODULES if module.as_posix() not in IMPORTED_LATE]
    assert [module for module in others if name in imported(outside_functions(parse(module)))] == []


def loaded_by(modules: list[str]) -> set[str]:
    """Return the top-level packages that a fresh process has loaded once it has imported `modules`."""
    program = f"import {', '.join(modules)}, sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(finished.stdout.split())


def dotted(modules: list[Path]) -> list[str]:
    parts = [(PACKAGE.name, *module.with_suffix("").parts) for module in modules]
    return [".".join(each).removesuffix(".__init__") for each in parts]


def test_importing_clinical_loads_no_heavy_library_and_no_dagster() -> None:
    loaded = loaded_by(dotted([module for module in MODULES if module.parts[0] == "clinical"]))
    assert "edscribe_pipelines" in loaded
    assert loaded & (HEAVY | {"dagster"}) == set()


def test_importing_everything_loads_no_heavy_library() -> None:
    loaded = loaded_by(dotted([module for module in MODULES if module.as_posix() not in IMPORTED_LATE]))
    assert "dagster" in loaded
    assert loaded & HEAVY == set()
