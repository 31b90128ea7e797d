from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.against_itself.checks import check_against_itself
from edscribe_pipelines_tests.clinical.invented import note_of


def test_each_of_the_two_places_names_the_other() -> None:
    note = note_of(history="Injury of the left wrist.", medical="Fracture of the right wrist.")
    one, other = check_against_itself(parse_note(note))
    assert note[one["start"] : one["end"]] == "left wrist"
    assert note[other["start"] : other["end"]] == "right wrist"
    assert f"characters {other['start']} to {other['end']}, Medical Decision Making" in one["message"]
    assert f"characters {one['start']} to {one['end']}, History of Present Illness" in other["message"]
    assert one["message"].startswith("Left and right for one region: wrist and forearm.")


def test_a_sound_note_is_not_against_itself() -> None:
    assert check_against_itself(parse_note(note_of())) == []
