"""The gate as Dagster runs it, on results of the stages before it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from dagster import (
    AssetCheckEvaluation,
    AssetKey,
    DagsterInstance,
    Definitions,
    ExecuteInProcessResult,
    FilesystemIOManager,
    define_asset_job,
    load_assets_from_modules,
)

import edscribe_pipelines.corpus.assets as corpus_assets
import edscribe_pipelines.corpus.gating.assets as gating_assets
import edscribe_pipelines.corpus.splitting.assets as splitting_assets
import edscribe_pipelines.fhir.assets as fhir_assets
from edscribe_pipelines.corpus.gating.expectations import WARNINGS
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines.definitions import build_defs
from edscribe_pipelines.files import read_json, write_json
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.builders import deidentified, deidentified_frame
from edscribe_pipelines_tests.clinical.invented import note_of

MONTH = "2026-01"
SOUND = note_of(social="Works at the Zebrawood quarry.")
UNSAFE = note_of(social="Works at the Zebrawood quarry.", ed="Fentanyl 500 mcg IV given.")


def noted(number: int, note: str) -> dict[str, Any]:
    return deidentified(
        encounter_id=f"e-note-{number}", note=note, note_origin="physician", home_medications=[], sex="M"
    )


STAYS = [
    *(deidentified(encounter_id=f"e-{number}", patient_key=f"p-{number}") for number in range(5)),
    noted(1, SOUND),
    noted(2, UNSAFE),
    deidentified(encounter_id="e-young", age_years=7),
]


@dataclass
class Gate:
    """A month before the gate, and runs of the assets that come of it."""

    folder: Path
    settings: Settings

    @property
    def stages(self) -> Stages:
        return Stages(self.settings)

    def arrive(self, *rows: dict[str, Any], cases: pl.DataFrame | None = None) -> None:
        frame = deidentified_frame(*rows)
        synthesis = synthesise_cases(frame)
        self._store("deidentified_notes", encounters=frame)
        self._store("synthetic_cases", cases=synthesis.cases if cases is None else cases, refused=synthesis.refused)

    def _store(self, stage: str, **tables: pl.DataFrame) -> None:
        def build(folder: Path) -> dict[str, Any]:
            for name, table in tables.items():
                table.write_parquet(folder / f"{name}.parquet")
            return {}

        hashes = {name: str(table.hash_rows().sum()) for name, table in tables.items()}
        self.stages.run(stage, MONTH, build, inputs={}, outside=hashes)

    def run(self, *selection: str) -> ExecuteInProcessResult:
        definitions = Definitions(
            assets=load_assets_from_modules([corpus_assets, gating_assets, splitting_assets, fhir_assets]),
            jobs=[define_asset_job("chosen", list(selection or ("gated_corpus", "quarantined_cases")))],
            resources={
                "settings": self.settings,
                "stages": self.stages,
                "io_manager": FilesystemIOManager(base_dir=str(self.folder / "io")),
            },
        )
        with DagsterInstance.ephemeral() as instance:
            job = definitions.resolve_job_def("chosen")
            return job.execute_in_process(instance=instance, partition_key=MONTH, raise_on_error=False)

    def found(self, stage: str) -> Result | None:
        return self.stages.find(stage, MONTH)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    settings = Settings(store=tmp_path / "store", phi_store=tmp_path / "phi_store", chunk_rows=3)
    return Gate(tmp_path, settings)


def checks(result: ExecuteInProcessResult) -> dict[str, AssetCheckEvaluation]:
    return {check.check_name: check for check in result.get_asset_check_evaluations()}


def told(result: ExecuteInProcessResult) -> str:
    """Return all that Dagster keeps of a run."""
    return "\n".join(str(event) for event in result.all_events)


def with_one_stay_twice() -> pl.DataFrame:
    """Return cases in which a stay's stands twice and another's is missing, so that the totals are right."""
    cases = synthesise_cases(deidentified_frame(*STAYS)).cases
    return pl.concat([cases.head(1), cases.head(1), cases.slice(2)])


def test_stays_are_in_the_corpus_or_in_quarantine_with_their_reasons(gate: Gate) -> None:
    gate.arrive(*STAYS)
    assert gate.run().success
    corpus, quarantine = gate.stages.get("gated_corpus", MONTH), gate.stages.get("quarantined_cases", MONTH)
    assert corpus.counts["cases"] == 6
    assert quarantine.counts["reasons"] == {"gate_guardrails": 1, "under_18": 1}
    kept_out = quarantine.table("cases")["encounter_id"].to_list()
    assert sorted([*corpus.table("cases")["encounter_id"], *kept_out]) == sorted(row["encounter_id"] for row in STAYS)


def test_findings_are_counted_by_rule_in_manifest_and_metadata(gate: Gate) -> None:
    gate.arrive(*STAYS)
    result = gate.run()
    found = gate.stages.get("quarantined_cases", MONTH).counts["findings"]
    assert sum(found["critical"].values()) >= 1
    assert any("fentanyl" in rule for rule in found["critical"])
    (event,) = (e for e in result.get_asset_materialization_events() if e.asset_key == AssetKey("quarantined_cases"))
    assert event.materialization.metadata["findings"].value == found
    assert "critical" not in gate.stages.get("gated_corpus", MONTH).counts["findings"]


def test_both_assets_have_a_page(gate: Gate) -> None:
    gate.arrive(*STAYS)
    result = gate.run()
    pages = {
        str(event.asset_key): Path(str(value.value))
        for event in result.get_asset_materialization_events()
        for name, value in event.materialization.metadata.items()
        if name in ("page", "expectations")
    }
    quarantine, corpus = (pages[str(AssetKey(name))] for name in ("quarantined_cases", "gated_corpus"))
    assert "e-young" in quarantine.read_text()
    assert "gate_disposition" in corpus.read_text()


def test_no_text_of_a_note_is_in_events_pages_or_manifests(gate: Gate) -> None:
    gate.arrive(*STAYS)
    result = gate.run()
    stored = [gate.stages.get(stage, MONTH) for stage in ("gated_corpus", "quarantined_cases")]
    files = [path for each in stored for path in each.folder.parent.rglob("*") if path.suffix in (".html", ".json")]
    assert len(files) == 5
    assert "Zebrawood" not in "".join([told(result), *(path.read_text() for path in files)])


def test_month_whose_mix_is_off_is_stored_with_a_warning(gate: Gate) -> None:
    left = [deidentified(encounter_id=f"e-left-{n}", triage_acuity=1, disposition="ELOPED") for n in range(12)]
    rest = [deidentified(encounter_id=f"e-{n}", patient_key=f"p-{n}", triage_acuity=3) for n in range(30)]
    gate.arrive(*left, *rest)
    result = gate.run()
    assert result.success
    found = checks(result)
    assert {name: found[name].passed for name in WARNINGS} == {
        "size": True,
        "acceptance": True,
        "acuity_mix": False,
        "complaint_mix": True,
    }
    assert found["acuity_mix"].severity.value == "WARN"
    assert found["acuity_mix"].metadata["lost"].value == ["ESI 1"]
    assert found["great_expectations"].passed


def test_checks_of_a_standing_month_say_the_same(gate: Gate) -> None:
    gate.arrive(*STAYS)
    first, second = checks(gate.run()), checks(gate.run())
    assert {name: (check.passed, check.metadata) for name, check in first.items()} == {
        name: (check.passed, check.metadata) for name, check in second.items()
    }


def test_month_without_stays_is_stored_and_warned_about(gate: Gate) -> None:
    gate.arrive()
    result = gate.run()
    assert result.success
    assert not checks(result)["size"].passed
    assert gate.stages.get("gated_corpus", MONTH).table("cases").is_empty()


@pytest.mark.parametrize("selection", [["gated_corpus", "quarantined_cases"], ["gated_corpus*", "quarantined_cases"]])
def test_failing_expectation_stores_nothing_and_keeps_the_quarantine(gate: Gate, selection: list[str]) -> None:
    gate.arrive(*STAYS, cases=with_one_stay_twice())
    gate.settings = gate.settings.model_copy(update={"chunk_rows": 100})
    for _ in range(2):
        result = gate.run(*selection)
        assert not result.success
        check = checks(result)["great_expectations"]
        assert not check.passed
        assert "case_id:once" in str(check.metadata["not_met"].value)
        assert gate.found("gated_corpus") is None
        assert gate.found("splits") is None
        assert gate.stages.get("quarantined_cases", MONTH).table("cases").height == 2
        assert "Zebrawood" not in told(result)


def test_next_asset_alone_finds_nothing_of_a_month_that_failed(gate: Gate) -> None:
    gate.arrive(*STAYS, cases=with_one_stay_twice())
    gate.settings = gate.settings.model_copy(update={"chunk_rows": 100})
    gate.run()
    for asset in ("splits", "review_sample", "fhir_export"):
        result = gate.run(asset)
        assert not result.success
        assert "gated_corpus has no result for 2026-01" in told(result)


def test_good_month_stands_where_a_later_run_of_it_fails(gate: Gate) -> None:
    gate.arrive(*STAYS)
    gate.settings = gate.settings.model_copy(update={"chunk_rows": 100})
    gate.run()
    before = gate.stages.get("gated_corpus", MONTH)
    gate.arrive(*STAYS, cases=with_one_stay_twice())
    assert not gate.run().success
    assert gate.stages.get("gated_corpus", MONTH) == before


@pytest.mark.parametrize("asset", ["splits", "review_sample", "fhir_export", "gated_corpus"])
def test_altered_corpus_is_noticed_by_whoever_reads_it(gate: Gate, asset: str) -> None:
    gate.arrive(*STAYS)
    assert gate.run("gated_corpus", "quarantined_cases", "splits", "review_sample", "fhir_export").success
    table = gate.stages.get("gated_corpus", MONTH).folder / "cases.parquet"
    pl.read_parquet(table).with_columns(completion=pl.lit(UNSAFE)).write_parquet(table)
    result = gate.run(*([asset, "quarantined_cases"] if asset == "gated_corpus" else [asset]))
    assert not result.success
    assert "not those that were stored" in told(result)
    assert "Zebrawood" not in told(result)


def test_corpus_put_there_by_hand_is_noticed(gate: Gate) -> None:
    gate.arrive(*STAYS)
    gate.run()
    home = gate.stages.get("gated_corpus", MONTH).folder.parent
    by_hand = home / "by-hand"
    shutil.copytree(gate.stages.get("gated_corpus", MONTH).folder, by_hand)
    pl.read_parquet(by_hand / "cases.parquet").head(1).write_parquet(by_hand / "cases.parquet")
    write_json(home / "current.json", read_json(home / "current.json") | {"folder": "by-hand"})
    result = gate.run("splits")
    assert not result.success
    assert "not those that were stored" in told(result)


def test_chunk_that_changed_after_it_was_judged_is_noticed(gate: Gate) -> None:
    gate.arrive(*STAYS, cases=with_one_stay_twice())
    gate.settings = gate.settings.model_copy(update={"chunk_rows": 100})
    gate.run()
    (table,) = gate.stages.work_folder("gated_corpus", MONTH).rglob("cases.parquet")
    pl.read_parquet(table).with_columns(completion=pl.lit(UNSAFE)).write_parquet(table)
    result = gate.run()
    assert not result.success
    assert "changed after they were judged" in told(result)
    assert gate.found("gated_corpus") is None


def test_nothing_but_the_gate_makes_the_corpus(tmp_path: Path) -> None:
    definitions = build_defs(Settings(store=tmp_path / "store", phi_store=tmp_path / "phi_store"))
    assets = definitions.resolve_asset_graph()
    node = assets.get(AssetKey("gated_corpus"))
    assert node.assets_def.node_def.name == "gate"
    assert {key.name for key in node.check_keys} == {"great_expectations", *WARNINGS}


def test_check_of_the_splits_is_red_where_the_stored_rows_leak(gate: Gate) -> None:
    gate.arrive(*STAYS)
    assert checks(gate.run("gated_corpus", "quarantined_cases", "splits"))["no_leakage"].passed
    stored = gate.stages.get("splits", MONTH).folder / "cases.parquet"
    cases = pl.read_parquet(stored)
    elsewhere = "train" if cases["split"][0] != "train" else "test"
    pl.concat([cases, cases.head(1).with_columns(split=pl.lit(elsewhere))]).write_parquet(stored)
    run = gate.run("splits")
    check = checks(run)["no_leakage"]
    assert not check.passed
    assert not run.success
    assert "shared patients" in str(check.metadata["leaks"].value)
