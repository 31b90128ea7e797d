import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.disposition import check_disposition, judge_disposition
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines_tests.clinical.invented import encounter, note_of


@pytest.mark.parametrize(
    ("said", "reasoning", "verdict"),
    [
        ("Admitted for serial troponins.", "ACS considered.", "pass"),
        ("Discharged home, pain resolved.", "ACS considered.", "pass"),
        ("Admitted.", "Admit given the risk.", "pass"),
        ("Admitted.", "Troponin rising. ACS likely given that.", "fail"),
        ("Stable.", "ACS considered.", "fail"),
        ("Stable or better.", "ACS considered.", "fail"),
        ("Taken to the OR because of peritonitis.", "Considered.", "pass"),
        (NOT_DOCUMENTED, "ACS considered.", "fail"),
    ],
)
def test_a_physicians_disposition_needs_a_term_and_a_rationale(said: str, reasoning: str, verdict: str) -> None:
    note = parse_note(note_of(disposition=said, medical=reasoning))
    assert judge_disposition(note, None, structured=False) == verdict


@pytest.mark.parametrize(
    ("recorded", "said", "verdict"),
    [
        ("ADMITTED", "Admitted after 263 min in the ED.", "not_assessable"),
        ("OTHER", "Disposition recorded as other.", "not_assessable"),
        (None, NOT_DOCUMENTED, "not_assessable"),
        ("ADMITTED", "Chest pain.", "fail"),
    ],
)
def test_reasons_of_structured_rows_are_not_assessable(recorded: str | None, said: str, verdict: str) -> None:
    facts = encounter(disposition=recorded)
    assert judge_disposition(parse_note(note_of(disposition=said)), facts, structured=True) == verdict


def open_points(said: str, structured: bool = False, recorded: str | None = None) -> dict[str, str]:
    note = parse_note(note_of(disposition=said, medical="Considered."))
    facts = encounter(disposition=recorded)
    verdict = judge_disposition(note, facts, structured=structured)
    findings = check_disposition(note, verdict, facts, structured=structured)
    points: dict[str, str] = {finding["rule"].removeprefix("disposition."): finding["severity"] for finding in findings}
    points.pop("rationale", None)
    return points


@pytest.mark.parametrize(
    ("said", "points"),
    [
        ("Discharged home, stable.", {"return_precautions", "follow_up", "understanding"}),
        ("Discharged home, stable. Return if worse.", {"follow_up", "understanding"}),
        ("Discharged home. Return for fever. Follow up with PCP in 2 days. Patient understands.", set()),
        ("Admitted because of hypoxia.", {"level_of_care", "service"}),
        ("Admitted to telemetry under cardiology.", set()),
        ("Transferred because of burns.", {"accepting"}),
        ("Transferred to Quillhaven Hospital, accepted by the burn team.", {"reason"}),
        ("Left AMA.", {"capacity", "risks"}),
        ("Left AMA with capacity; risks including death explained.", set()),
        ("Expired.", {"time_of_death", "pronouncement"}),
        ("Pronounced dead at 14:05, time of death 14:05.", set()),
    ],
)
def test_what_the_disposition_leaves_open_is_a_warning(said: str, points: set[str]) -> None:
    assert open_points(said) == dict.fromkeys(points, "warning")


def test_open_points_of_structured_rows_are_information() -> None:
    said = "Admitted after 263 min in the ED."
    assert open_points(said, True, "ADMITTED") == {"level_of_care": "information", "service": "information"}


def test_the_recorded_disposition_counts_where_the_note_names_none() -> None:
    assert "level_of_care" in open_points("Considered stable.", recorded="ADMITTED")
