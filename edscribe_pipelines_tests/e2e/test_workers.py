"""The same month with its chunks spread over worker processes."""

from __future__ import annotations

from edscribe_pipelines_tests.e2e.workplace import Workplace

MONTH = "2026-03"
COUNTED = ("deidentified_notes", "synthetic_cases", "quarantined_cases", "gated_corpus", "splits", "fhir_export")


def spread(workplace: Workplace) -> Workplace:
    return Workplace(workplace.folder, specialties="", more={"EDSCRIBE_WORKERS": "2", "EDSCRIBE_CHUNK_ROWS": "25"})


def test_corpus_of_two_workers_is_that_of_one_process(workplace, tmp_path_factory):
    alone = Workplace(tmp_path_factory.mktemp("alone"))
    (alone.folder / "in").symlink_to(workplace.folder / "in")
    assert alone.run_corpus(MONTH).success

    run = spread(workplace).run(MONTH)
    assert run.returncode == 0, run.stderr
    for stage in COUNTED:
        assert workplace.stages().get(stage, MONTH).counts == alone.stages().get(stage, MONTH).counts
    rows = workplace.stages().get("deidentified_notes", MONTH).counts["encounters"]
    assert rows > 25, "there must be more than one chunk"


def test_bad_input_is_still_one_line_where_a_worker_found_it(workplace):
    (workplace.release / "ed" / "pyxis.csv.gz").unlink()
    refused = spread(workplace).run(MONTH)
    (line,) = [line for line in refused.stderr.splitlines() if line.startswith("edscribe: ")]
    assert refused.returncode == 2
    assert "pyxis.csv.gz" in line
    assert "missing" in line
