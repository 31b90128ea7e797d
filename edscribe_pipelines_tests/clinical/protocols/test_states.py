import pytest

from edscribe_pipelines.clinical.protocols.states import State, decisive_mentions, protocol_states
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines_tests.clinical.invented import note_of


@pytest.mark.parametrize(
    ("note", "protocol", "state"),
    [
        ("STEMI, cath lab activated", "STEMI", "invoked"),
        ("Concern for stroke, code stroke activated.", "Stroke", "invoked"),
        ("No pulse, CPR started. PEA on the monitor.", "ACLS", "invoked"),
        ("GCS 6 and not protecting airway, intubated for airway protection", "RSI", "invoked"),
        ("Seizure lasting 15 minutes", "Status epilepticus", "invoked"),
        ("CTPA shows acute PE", "Pulmonary embolism", "invoked"),
        ("Septic shock considered, unlikely.", "Sepsis", "considered"),
        ("Sepsis was considered but ruled out.", "Sepsis", "considered"),
        ("rule out stroke", "Stroke", "considered"),
        ("code stroke cancelled", "Stroke", "considered"),
        ("Concern for STEMI", "STEMI", "considered"),
        ("Sepsis screen negative", "Sepsis", "negated"),
        ("no STEMI on ECG", "STEMI", "negated"),
        ("CPR was not performed", "ACLS", "negated"),
        ("CPR not performed", "ACLS", "negated"),
        ("Denies melena, hematemesis or BRBPR", "GI bleed", "negated"),
        ("RSI not required", "RSI", "negated"),
        ("CTPA shows no PE", "Pulmonary embolism", "negated"),
        ("NSTEMI", "STEMI", "absent"),
        ("non-STEMI", "STEMI", "absent"),
        ("DNR, full code", "ACLS", "absent"),
        ("ACLS certified nurse", "ACLS", "absent"),
        ("A pea-sized lump; ate peas", "ACLS", "absent"),
        ("Pulseless left foot", "ACLS", "absent"),
        ("History of DKA", "DKA", "absent"),
        ("DKA 3 months ago", "DKA", "absent"),
        ("Father had a cardiac arrest", "ACLS", "absent"),
        ("Follow-up after an anterior STEMI", "STEMI", "absent"),
        ("Risk of stroke was explained", "Stroke", "absent"),
        ("TIA clinic", "Stroke", "absent"),
        ("Penicillin allergy (anaphylaxis)", "Anaphylaxis", "absent"),
        ("Septic joint", "Sepsis", "absent"),
        ("Transferred to a level 1 trauma center", "ATLS", "absent"),
        ("CVA tenderness absent", "Stroke", "absent"),
        ("PE: lungs clear", "Pulmonary embolism", "absent"),
    ],
)
def test_a_protocol_is_invoked_considered_negated_or_absent(note: str, protocol: str, state: State) -> None:
    assert protocol_states(ParsedNote(note))[protocol] == state


def test_a_protocol_called_off_later_was_considered() -> None:
    note = "Code stroke activated on arrival. CT without bleed. Code stroke called off."
    assert protocol_states(ParsedNote(note))["Stroke"] == "considered"


def test_a_protocol_ruled_out_first_and_found_later_is_invoked() -> None:
    note = "STEMI ruled out on the first ECG. The repeat shows an inferior STEMI."
    assert protocol_states(ParsedNote(note))["STEMI"] == "invoked"


def test_a_name_in_a_differential_is_considered_and_elsewhere_says_nothing() -> None:
    said = "Differential: sepsis, pneumonia."
    assert protocol_states(ParsedNote(note_of(medical=said)))["Sepsis"] == "considered"
    assert protocol_states(ParsedNote(note_of(social="Reads about sepsis.")))["Sepsis"] == "absent"


def test_the_history_and_the_allergies_are_not_this_visits() -> None:
    note = note_of(past="DKA, septic shock.", allergies="Penicillin: anaphylaxis")
    states = protocol_states(ParsedNote(note))
    assert (states["DKA"], states["Sepsis"], states["Anaphylaxis"]) == ("absent", "absent", "absent")


def test_the_first_mention_that_decides_is_told() -> None:
    note = "No STEMI on the first ECG. Now STEMI."
    mention = decisive_mentions(ParsedNote(note))["STEMI"]
    assert note[mention.start : mention.end] == "STEMI"
    assert mention.start == note.rindex("STEMI")
