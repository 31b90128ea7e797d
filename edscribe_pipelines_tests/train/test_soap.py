from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines.train.soap import as_soap
from edscribe_pipelines_tests.train.invented import note


def test_documented_sections_are_regrouped():
    assert as_soap(note("Chest pain", "aspirin", 104)) == (
        "SUBJECTIVE\nChest pain\nHome medications: aspirin.\n\n"
        "OBJECTIVE\nTriage vital signs: HR 104, RR 18.\n\n"
        "PLAN\nDischarged home after 90 min in the ED."
    )


def test_soap_note_does_not_say_what_is_not_documented():
    assert NOT_DOCUMENTED not in as_soap(note("Chest pain", "aspirin", 104))
