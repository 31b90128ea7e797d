from edscribe_pipelines.clinical.records import Case, QuarantinedCase, polars_schema
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines_tests.builders import deidentified, deidentified_frame
from edscribe_pipelines_tests.conftest import TakenIn


def test_stay_without_a_note_gives_a_case_or_a_reason() -> None:
    synthesis = synthesise_cases(
        deidentified_frame(deidentified(), deidentified(encounter_id="e-2", disposition="ELOPED"))
    )
    assert synthesis.cases["encounter_id"].to_list() == ["e-9c41aa07d2b36f18"]
    assert synthesis.refused.select("encounter_id", "stage", "reasons").rows() == [
        ("e-2", "synthetic_cases", ["eloped"])
    ]


def test_stay_with_a_physicians_note_is_left_to_it() -> None:
    synthesis = synthesise_cases(deidentified_frame(deidentified(note="CC: Cough", note_origin="physician")))
    assert (synthesis.cases.height, synthesis.refused.height) == (0, 0)


def test_no_stays_give_empty_tables_with_their_columns() -> None:
    synthesis = synthesise_cases(deidentified_frame())
    assert synthesis.cases.schema == polars_schema(Case)
    assert synthesis.refused.schema == polars_schema(QuarantinedCase)


def test_rendering_again_gives_the_same_cases(taken_in: TakenIn) -> None:
    assert synthesise_cases(taken_in.stays).cases.equals(taken_in.synthesis.cases)
