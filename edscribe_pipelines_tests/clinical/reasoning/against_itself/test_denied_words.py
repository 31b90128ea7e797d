import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.reasoning.against_itself.denied_words import denied_words_reported
from edscribe_pipelines.tables import read_table
from edscribe_pipelines_tests.clinical.invented import note_of
from edscribe_pipelines_tests.clinical.reasoning.against_itself.told import told


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"history": "He has been drooling since noon.", "medical": "Epiglottitis: not drooling."}, "drooling"),
        ({"physical": "Skin: linear bruises on both buttocks.", "medical": "No bruises, XR negative."}, "bruises"),
        ({"labs": "Smear with 20% blasts.", "medical": "Leukemia: smear no blasts."}, "blasts"),
        ({"history": "Epidural with a wet tap.", "medical": "Postdural headache: no wet tap."}, "wet tap"),
        ({"physical": "No rub, marked hip clonus.", "medical": "Serotonin syndrome: no hip clonus."}, "hip clonus"),
        ({"history": "Jaw claudication for a week.", "medical": "GCA: no jaw claudication."}, "Jaw claudication"),
    ],
)
def test_words_denied_and_reported(said: dict[str, str], places: str) -> None:
    assert places in {place for _, _, place in told(**said)}


@pytest.mark.parametrize(
    "said",
    [
        {"history": "Drooling resolved before arrival.", "medical": "Epiglottitis: not drooling."},
        {"physical": "Bruises: none.", "medical": "No bruises, XR negative."},
        {"history": "Possible wet tap.", "medical": "Postdural headache: no wet tap."},
        {"history": "Denies retching, clubbing or hoarseness.", "medical": "No hoarseness."},
        {"history": "Mother has clubbing.", "physical": "No clubbing."},
        {"physical": "Clubbing of the fingers.", "medical": "No new clubbing."},
        {"physical": "No nystagmus on the left.", "medical": "Nystagmus to the right."},
    ],
)
def test_doubt_another_person_time_or_place_is_quiet(said: dict[str, str]) -> None:
    assert told(**said) == []


def test_no_word_of_denials_is_of_two_kinds_that_exclude_each_other() -> None:
    kinds: dict[str, set[str]] = {}
    for row in read_table("words_of_denials.csv"):
        kinds.setdefault(row["kind"], set()).update(row["words"].split(";"))
    assert set(kinds) == {"finding", "little", "vague", "end", "turn"}
    assert not kinds["finding"] & (kinds["vague"] | kinds["end"] | kinds["turn"])


def test_a_message_holds_no_words_of_the_note() -> None:
    said = note_of(history="Epidural with a wet tap.", medical="Postdural headache: no wet tap.")
    found = list(denied_words_reported(parse_note(said)))
    assert found
    assert all("tap" not in each.reason for each in found)
