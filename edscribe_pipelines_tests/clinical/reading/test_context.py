import pytest

from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines_tests.clinical.invented import note_of


def meant(text: str, words: str) -> set[str]:
    start = text.index(words)
    return set(parse_note(text).context(start, start + len(words)))


@pytest.mark.parametrize(
    ("text", "negated", "asserted"),
    [
        ("Denies chest pain, shortness of breath, or fever.", ["chest pain", "shortness of breath", "fever"], []),
        ("No fever but cough.", ["fever"], ["cough"]),
        ("No fever, however cough.", ["fever"], ["cough"]),
        ("No murmur, lungs are clear.", ["murmur"], ["lungs"]),
        ("Denies headache and her ankle is swollen.", ["headache"], ["ankle"]),
        ("No rash, he reports itching.", ["rash"], ["itching"]),
        ("Denies pain that is worse at night, chills, or nausea.", ["pain", "chills", "nausea"], []),
        ("No trauma; vomited twice.", ["trauma"], ["vomited"]),
        ("Dissection was ruled out.", ["Dissection"], []),
        ("Patient has pneumonia and PE was ruled out.", ["PE"], ["pneumonia"]),
        ("Abscess (no gas) of the arm.", ["gas"], ["arm"]),
        ("Reports cough. (-) fever, chills, (+) wheeze", ["fever", "chills"], ["cough", "wheeze"]),
        ("She doesn’t have fever.", ["fever"], []),
        ("Troponin negative, CXR clear.", ["Troponin"], ["CXR"]),
        ("No nodule, noise or notable node.", ["nodule", "notable node"], []),
        ("Morphine was held.", ["Morphine"], []),
    ],
)
def test_denial_reaches_to_the_end_of_its_clause(text: str, negated: list[str], asserted: list[str]) -> None:
    assert [words for words in negated + asserted if "negated" in meant(text, words)] == negated


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No increase in effusion.", "effusion"),
        ("Not only fever.", "fever"),
        ("Gram negative sepsis.", "sepsis"),
        ("No change in the mass.", "mass"),
        ("Walks without difficulty on crutches.", "crutches"),
        ("It is not necessarily sepsis.", "sepsis"),
        ("No relief with ibuprofen.", "ibuprofen"),
        ("Canopy known.", "known"),
    ],
)
def test_words_that_only_look_like_a_denial_deny_nothing(text: str, words: str) -> None:
    assert meant(text, words) == set()


@pytest.mark.parametrize(
    ("text", "words", "context"),
    [
        ("History of asthma presents with cough.", "asthma", {"historical"}),
        ("History of asthma presents with cough.", "cough", set()),
        ("S/p appendectomy.", "appendectomy", {"historical"}),
        ("He had a stroke 3 years ago.", "stroke", {"historical"}),
        ("Three day history of cough.", "cough", set()),
        ("Given 5 mg prior to arrival.", "arrival", set()),
        ("No history of stroke.", "stroke", {"negated"}),
        ("Mother had MI at 50.", "MI", {"family"}),
        ("Mother had MI and he has fever.", "fever", set()),
        ("Breast cancer in her aunt.", "cancer", {"family"}),
        ("Mother reports that he has fever.", "fever", set()),
        ("Mother denies fever.", "fever", {"negated"}),
        ("Here with his wife with cough.", "cough", set()),
        ("Will order a CT.", "CT", {"planned"}),
        ("Second troponin pending.", "troponin", {"planned"}),
        ("Found to be hypoxic.", "hypoxic", set()),
        ("Return to the ED for fever or pain.", "pain", {"hypothetical"}),
        ("If bleeding recurs, come back.", "bleeding", {"hypothetical"}),
        ("May return to work with a splint.", "splint", set()),
        ("Concern for sepsis.", "sepsis", {"uncertain"}),
        ("r/o ACS", "ACS", {"uncertain"}),
        ("Cannot rule out fracture.", "fracture", {"uncertain"}),
        ("ACS, PE and dissection are unlikely.", "PE", {"uncertain"}),
        ("Has no PE, dissection was considered.", "dissection", {"negated", "uncertain"}),
    ],
)
def test_cue_says_how_a_statement_is_meant(text: str, words: str, context: set[str]) -> None:
    assert meant(text, words) == context


def test_past_history_is_of_the_past_and_the_rest_is_of_today() -> None:
    note = note_of(past="Asthma.", chief="Wheezing")
    assert meant(note, "Asthma") == {"historical"}
    assert meant(note, "Wheezing") == set()


@pytest.mark.parametrize(
    "note",
    [
        note_of(social="Smokes daily.\nFamily history: stroke\nLives alone."),
        "Social History: Smokes daily.\nFH: stroke\nTobacco: Lives alone.",
        "SOCIAL HISTORY\nSmokes daily. Lives alone.\n\nFAMILY HISTORY\n\nHypertension and stroke",
    ],
)
def test_family_history_is_of_relatives(note: str) -> None:
    assert meant(note, "stroke") == {"family"}
    assert meant(note, "Smokes") == meant(note, "Lives") == set()


def test_heading_alone_on_its_line_reaches_to_the_next() -> None:
    note = "MDM: sepsis\n**Plan:**\nMRI of the spine\nUrology clinic\n**Return precautions:**\nFever\nDISPO: home"
    assert meant(note, "MRI") == meant(note, "Urology") == {"planned"}
    assert meant(note, "Fever") == {"hypothetical"}
    assert meant(note, "sepsis") == meant(note, "home") == set()


def test_heading_words_within_a_sentence_are_none() -> None:
    assert meant("The plan: wait\nFever", "Fever") == set()


def test_cue_does_not_reach_beyond_five_hundred_characters() -> None:
    text = "denies " + "pain, " * 200 + "rash"
    assert meant(text, "rash") == set()
    assert "negated" in meant(text, "pain")
