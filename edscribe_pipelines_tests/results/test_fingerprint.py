"""What a change makes anew: the whole table of stages, and edits of which each names the stages that it reaches."""

from __future__ import annotations

import importlib
import shutil
from fnmatch import fnmatchcase
from pathlib import Path
from typing import get_type_hints

import pytest

from edscribe_pipelines import tables
from edscribe_pipelines.results.catalogue import CATALOGUE
from edscribe_pipelines.results.fingerprint import EXEMPT, PACKAGE, hash_code, reached
from edscribe_pipelines.results.result import code_version
from edscribe_pipelines.train.recipe import load_recipe

INTAKE = {"raw_mimic", "raw_physician_notes", "physician_feedback", "encounters"}
DEIDENTIFIED = {"deidentified_notes", "deidentification_audit"}
GATED = {"gated_corpus", "quarantined_cases"}
WRITTEN = {"training_preflight", "lora_checkpoint", "generated_notes"}

EDITS = {
    "a metric": ("evaluate/metrics.py", {"eval_report", "champion"}),
    "the report's template": ("evaluate/templates/report.html.j2", {"eval_report"}),
    "the loss curve": ("train/curves.py", {"model_card"}),
    "the card's template": ("train/templates/adapter_card.md.j2", {"model_card"}),
    "what goes to MLflow": ("train/tracking.py", set()),
    "the text of a preflight check": ("train/preflight/lengths.py", {"training_preflight"}),
    "how a block is computed": ("train/on_cpu/block.py", {"lora_checkpoint", "generated_notes"}),
    "the loss, which NeMo reaches by a string": ("train/note_loss.py", {"lora_checkpoint"}),
    "the training worker, which a string starts": ("train/worker.py", {"lora_checkpoint"}),
    "how notes are written": ("train/on_cpu/writing.py", {"generated_notes"}),
    "the chat template's use": ("train/chat.py", WRITTEN),
    "a dose": ("clinical/tables/dose_limits.csv", {*GATED, "synthetic_cases", "eval_report", "champion"}),
    "a surrogate name": ("deidentify/tables/surrogate_names.csv", DEIDENTIFIED),
    "a code of FHIR": ("fhir/tables/stay_codes.csv", {"fhir_export"}),
    "the vault of ids": ("intake/id_vault.py", INTAKE - {"raw_mimic"}),
    "the quarantine's page": ("corpus/gating/quarantine_page.py", set()),
    "a setting": ("settings.py", set()),
    "the wording of an error": ("errors.py", set()),
    "how files are written": ("files.py", {*CATALOGUE} - {"raw_mimic", "raw_physician_notes", "review_sample"}),
    "the split of patients": ("corpus/splitting/assignment.py", {"splits", "gold_set", "eval_report"}),
    "an executor": ("orchestration/executor/accelerator.py", set()),
}


@pytest.fixture(scope="module")
def reached_by() -> dict[str, set[str]]:
    """Return the stages that each file has a say in."""
    files: dict[str, set[str]] = {}
    for name, stage in CATALOGUE.items():
        found = reached(stage.roots)
        for file in found.modules | found.data:
            files.setdefault(file, set()).add(name)
    return files


@pytest.mark.parametrize("edit", EDITS)
def test_edit_makes_anew_what_it_reaches_and_no_more(reached_by: dict[str, set[str]], edit: str) -> None:
    file, stages = EDITS[edit]
    assert (PACKAGE / file).is_file()
    assert reached_by.get(file, set()) == stages


def test_stages_are_catalogued_after_those_they_are_made_of() -> None:
    known: set[str] = set()
    for name, stage in CATALOGUE.items():
        assert {*stage.upstream} <= known, name
        known.add(name)


@pytest.mark.parametrize("name", CATALOGUE)
def test_record_of_a_table_is_a_type_with_the_column_of_its_patient(name: str) -> None:
    for table in CATALOGUE[name].tables.values():
        if table.record is not None:
            module, _, record = table.record.rpartition(".")
            columns = get_type_hints(getattr(importlib.import_module(module), record))
            assert table.patient is None or table.patient in columns
            assert table.text == bool({"note", "completion", "edited_note", "text"} & columns.keys())


def test_exempt_files_are_there_and_say_why() -> None:
    files = [path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*") if path.is_file()]
    for pattern, why in EXEMPT.items():
        assert why
        assert any(fnmatchcase(file, pattern) for file in files), pattern


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.parametrize(
    "edit", ["evaluate/metrics.py", "evaluate/templates/report.html.j2", "errors.py", "train/child.py"]
)
def test_hash_changes_with_what_is_reached_and_with_nothing_else(copy: Path, edit: str) -> None:
    roots = CATALOGUE["eval_report"].roots
    assert hash_code(roots, (), copy) == hash_code(roots)
    moved = Path(shutil.copytree(copy, copy.parent / "edited" / copy.name))
    with (moved / edit).open("a") as file:
        file.write("\n")
    assert (hash_code(roots, (), moved) == hash_code(roots)) == (edit in ("errors.py", "train/child.py"))


def test_import_under_type_checking_and_docstrings_lead_nowhere(copy: Path) -> None:
    (copy / "evaluate" / "metrics.py").write_text(
        '"""report.html.j2"""\n'
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import edscribe_pipelines.fhir.export\n"
        "def late():\n    import edscribe_pipelines.fhir.ndjson\n"
        'WORKER = "edscribe_pipelines.train.worker"\n'
        'TABLE = f"stay_{late}.csv"\n'
    )
    found = reached([f"{PACKAGE.name}.evaluate.metrics.late"], copy)
    assert {"evaluate/metrics.py", "fhir/ndjson.py", "train/worker.py"} <= found.modules
    assert "fhir/export.py" not in found.modules
    assert "fhir/tables/stay_codes.csv" in found.data


def test_root_that_is_no_function_is_an_error() -> None:
    with pytest.raises(LookupError, match=r"evaluate\.metrics\.nothing"):
        reached([f"{PACKAGE.name}.evaluate.metrics.nothing"])


def test_sites_own_table_counts_where_the_bundled_one_does(tmp_path: Path) -> None:
    before = {name: code_version(name) for name in CATALOGUE}
    own = tmp_path / "dose_limits.csv"
    own.write_bytes((PACKAGE / "clinical" / "tables" / "dose_limits.csv").read_bytes() + b"\n")
    try:
        tables.use_site_tables({"dose_limits.csv": own})
        changed = {name for name in CATALOGUE if code_version(name) != before[name]}
    finally:
        tables.use_site_tables({})
    assert changed == EDITS["a dose"][1]
    assert {name: code_version(name) for name in CATALOGUE} == before


@pytest.mark.parametrize("changed", [{"log_every": 7}, {"threads": 3}, {"generation": {"max_new_tokens": 9}}])
def test_part_of_a_recipe_that_weights_do_not_follow_from_trains_nothing_anew(changed: dict) -> None:
    recipe = load_recipe("smollm2_cpu")
    assert recipe.model_copy(update=changed).decisive == recipe.decisive
    assert recipe.model_copy(update={"batch_size": 3}).decisive != recipe.decisive
