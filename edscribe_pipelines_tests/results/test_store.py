import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from edscribe_pipelines.errors import BadInput, CorpusInvariant, ExpectationsNotMet, StageFailed
from edscribe_pipelines.results.catalogue import CATALOGUE, PHI_STAGES
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings

MONTH = "2026-01"
SECRET = "Marisol Ybarra"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=tmp_path / "store", phi_store=tmp_path / "phi_store")


@pytest.fixture
def stages(settings: Settings) -> Stages:
    return Stages(settings)


class Build:
    """A build that writes a table and remembers how often it ran."""

    def __init__(self, value: str = "built") -> None:
        self.value, self.runs = value, 0

    def __call__(self, folder: Path) -> dict[str, Any]:
        self.runs += 1
        pl.DataFrame({"value": [self.value]}).write_parquet(folder / "rows.parquet")
        return {"rows": 1}


def run(
    stages: Stages, build: Callable[[Path], dict[str, Any]], stage: str = "gated_corpus", month: str = MONTH, **how: Any
) -> Result:
    return stages.run(stage, month, build, **{"inputs": {}} | how)


def value(result: Result | None) -> str:
    assert result is not None
    return result.table("rows")["value"].item()


def folders(stages: Stages, settings: Settings) -> list[str]:
    home = settings.store / "gated_corpus" / MONTH
    return sorted(path.name for path in home.iterdir() if path.is_dir())


def test_unchanged_result_is_reused_and_not_built_again(stages: Stages) -> None:
    build = Build()
    first, second = run(stages, build, outside={"release": "a"}), run(stages, build, outside={"release": "a"})
    assert build.runs == 1
    assert (first.reused, second.reused) == (False, True)
    assert second.counts == {"rows": 1}
    assert value(second) == "built"


@pytest.mark.parametrize("changed", [{"outside": {"release": "b"}}, {"settings": {"seed": 2}}])
def test_changed_input_or_setting_builds_anew(stages: Stages, changed: dict[str, Any]) -> None:
    how = {"outside": {"release": "a"}, "settings": {"seed": 1}}
    run(stages, Build("old"), **how)
    build = Build("new")
    assert value(run(stages, build, **(how | changed))) == "new"
    assert build.runs == 1
    assert value(stages.find("gated_corpus", MONTH)) == "new"


def test_upstream_result_of_the_same_content_changes_nothing(stages: Stages) -> None:
    first = run(stages, Build("same"), stage="encounters", outside={"release": "a"})
    rebuilt = run(stages, Build("same"), stage="encounters", outside={"release": "b"})
    assert not rebuilt.reused
    build = Build()
    run(stages, build, inputs={"encounters": first})
    assert run(stages, build, inputs={"encounters": rebuilt}).reused
    other = run(stages, Build("other"), stage="encounters", outside={"release": "c"})
    assert not run(stages, build, inputs={"encounters": other}).reused


def test_result_of_before_is_removed_once_a_new_one_stands(stages: Stages, settings: Settings) -> None:
    run(stages, Build("old"), outside={"release": "a"})
    new = run(stages, Build("new"), outside={"release": "b"})
    assert folders(stages, settings) == [new.folder.name]


def test_manifest_names_inputs_settings_counts_and_files(stages: Stages) -> None:
    manifest = run(stages, Build(), outside={"release": "a"}, settings={"seed": 1}).manifest
    assert (manifest["stage"], manifest["partition"]) == ("gated_corpus", MONTH)
    assert (manifest["inputs"], manifest["settings"]) == ({"release": "a"}, {"seed": 1})
    assert (manifest["counts"], manifest["files"]) == ({"rows": 1}, ["rows.parquet"])


def test_failing_build_leaves_the_result_of_before_and_nothing_else(stages: Stages, settings: Settings) -> None:
    standing = run(stages, Build("old"), outside={"release": "a"})

    def fail(folder: Path) -> dict[str, Any]:
        (folder / "rows.parquet").write_bytes(b"half")
        raise CorpusInvariant("a patient is in two splits")

    with pytest.raises(CorpusInvariant):
        run(stages, fail, outside={"release": "b"})
    assert value(stages.find("gated_corpus", MONTH)) == "old"
    assert folders(stages, settings) == [standing.folder.name]
    assert value(run(stages, Build("new"), outside={"release": "b"})) == "new"


def test_first_build_that_fails_leaves_no_result(stages: Stages, settings: Settings) -> None:
    with pytest.raises(StageFailed):
        run(stages, lambda folder: {"rows": 1 / 0})
    assert stages.find("gated_corpus", MONTH) is None
    assert stages.partitions("gated_corpus") == []
    assert folders(stages, settings) == []


_KILLED = """
import sys, time
from pathlib import Path
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings

def build(folder):
    (folder / "rows.parquet").write_bytes(b"half")
    Path(sys.argv[3]).touch()
    time.sleep(600)

stages = Stages(Settings(store=Path(sys.argv[1]), phi_store=Path(sys.argv[2])))
stages.run("gated_corpus", "2026-01", build, inputs={}, outside={"release": "b"})
"""


def test_kill_during_a_build_leaves_the_result_of_before_and_the_next_run_clean(
    stages: Stages, settings: Settings, tmp_path: Path
) -> None:
    run(stages, Build("old"), outside={"release": "a"})
    started = tmp_path / "started"
    arguments = [str(settings.store), str(settings.phi_store), str(started)]
    with subprocess.Popen([sys.executable, "-c", _KILLED, *arguments]) as child:
        while not started.exists():
            assert child.poll() is None, "the build ended before it could be killed"
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
    assert value(stages.find("gated_corpus", MONTH)) == "old"
    assert len(folders(stages, settings)) == 2
    new = run(stages, Build("new"), outside={"release": "b"})
    assert value(new) == "new"
    assert folders(stages, settings) == [new.folder.name]


def test_work_folder_outlives_builds(stages: Stages, settings: Settings) -> None:
    work = stages.work_folder("gated_corpus", MONTH)
    work.mkdir(parents=True)
    (work / "checkpoint").touch()
    run(stages, Build("old"), outside={"release": "a"})
    run(stages, Build("new"), outside={"release": "b"})
    assert (work / "checkpoint").exists()


def test_result_that_was_never_built_is_an_error_naming_stage_and_month(stages: Stages) -> None:
    assert stages.find("encounters", MONTH) is None
    with pytest.raises(CorpusInvariant, match="encounters has no result for 2026-01"):
        stages.get("encounters", MONTH)


def test_months_so_far_end_with_the_month_asked_for(stages: Stages) -> None:
    for month in ("2026-11", "2026-12", "2027-01", "2027-02"):
        run(stages, Build(month), month=month)
    results = stages.up_to("gated_corpus", "2027-01")
    assert list(results) == ["gated_corpus:2026-11", "gated_corpus:2026-12", "gated_corpus:2027-01"]
    assert [value(result) for result in results.values()] == ["2026-11", "2026-12", "2027-01"]


@pytest.mark.parametrize(("standing", "missing"), [(["2026-01", "2026-03"], "2026-02"), (["2026-01"], "2026-02")])
def test_missing_month_is_an_error_naming_it(stages: Stages, standing: list[str], missing: str) -> None:
    for month in standing:
        run(stages, Build(), month=month)
    with pytest.raises(CorpusInvariant, match=f"gated_corpus has no result for {missing}"):
        stages.up_to("gated_corpus", "2026-03")


def quote(folder: Path) -> dict[str, Any]:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"cannot parse {SECRET}") from error


def test_message_of_an_unforeseen_error_does_not_pass_through(stages: Stages) -> None:
    with pytest.raises(StageFailed) as error:
        run(stages, quote)
    assert SECRET not in "".join(traceback.format_exception(error.value))
    assert str(error.value).startswith("gated_corpus: ValueError at ")
    assert str(error.value).endswith("; nothing was stored.")


def test_chain_of_our_own_error_does_not_quote_the_cause(stages: Stages) -> None:
    def refuse(folder: Path) -> dict[str, Any]:
        try:
            return quote(folder)
        except ValueError:
            raise BadInput("note file 1", "not a note")  # noqa: B904

    with pytest.raises(BadInput) as error:
        run(stages, refuse)
    assert SECRET not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("failure", [BadInput("triage.csv", "missing"), ExpectationsNotMet(["size"])])
def test_our_own_errors_pass_as_they_are(stages: Stages, failure: Exception) -> None:
    def fail(folder: Path) -> dict[str, Any]:
        raise failure

    with pytest.raises(type(failure)) as error:
        run(stages, fail)
    assert error.value is failure


@pytest.mark.parametrize("stage", sorted(PHI_STAGES))
def test_results_with_phi_go_to_the_phi_zone_alone(stages: Stages, settings: Settings, stage: str) -> None:
    result = run(stages, Build(), stage=stage)
    assert result.folder.is_relative_to(settings.phi_store)
    assert not settings.store.exists()


def test_phi_zone_is_closed_to_others(stages: Stages, settings: Settings) -> None:
    run(stages, Build(), stage="encounters")
    assert settings.phi_store.stat().st_mode & 0o777 == 0o700


def test_deidentified_results_stay_out_of_the_phi_zone(stages: Stages, settings: Settings) -> None:
    result = run(stages, Build(), stage="deidentified_notes")
    assert result.folder.is_relative_to(settings.store)
    assert [path for path in settings.phi_store.rglob("*") if path.is_file()] == []


def test_result_whose_folder_was_removed_is_built_again(stages: Stages) -> None:
    run(stages, Build("old"))
    first = stages.get("gated_corpus", MONTH)
    for path in first.folder.iterdir():
        path.unlink()
    first.folder.rmdir()
    assert value(run(stages, Build("new"))) == "new"


def test_specialty_is_part_of_the_place(stages: Stages) -> None:
    run(stages, Build("one"), stage="eval_report", month="2026-01|cardiology")
    run(stages, Build("two"), stage="eval_report", month="2026-01|trauma")
    assert value(stages.find("eval_report", "2026-01|cardiology")) == "one"


def test_inputs_are_those_of_the_catalogue_at_the_same_month(stages: Stages) -> None:
    for stage in ("deidentified_notes", "synthetic_cases"):
        run(stages, Build(stage), stage=stage)
    with pytest.raises(CorpusInvariant, match="splits has no result for 2026-01"):
        stages.derive("training_preflight", f"{MONTH}|cardiology")
    derived = stages.derive("gated_corpus", MONTH, outside={"release": "a"})
    assert list(derived.hashes) == [*CATALOGUE["gated_corpus"].inputs, "release"]
    run(stages, Build(), stage="splits")
    assert list(stages.derive("training_preflight", f"{MONTH}|cardiology").inputs) == ["splits"]


def test_what_no_later_stage_reads_is_stored_but_is_no_content(stages: Stages) -> None:
    def build(page: str) -> Callable[[Path], dict[str, Any]]:
        def write(folder: Path) -> dict[str, Any]:
            (folder / "expectations.html").write_text(page)
            return Build()(folder)

        return write

    first, second = (run(stages, build(page), outside={"release": page}).manifest for page in ("one", "two"))
    assert first["content"] == second["content"]
    assert first["stored"] != second["stored"]


def test_result_whose_files_changed_is_not_taken_for_what_was_stored(stages: Stages) -> None:
    run(stages, Build("sound"))
    stored = stages.get("gated_corpus", MONTH)
    assert stages.verified(stored) == stored
    Build("altered")(stored.folder)
    with pytest.raises(CorpusInvariant, match=f"gated_corpus of {MONTH}: its files are not those that were stored"):
        stages.verified(stored)
