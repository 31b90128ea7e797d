"""Four states and three actions: what each of the twelve does, and that the label of a model's text stays."""

from base64 import b64decode
from dataclasses import replace

import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.allergies import allergies
from edscribe_pipelines.fhir.documents import composition, document_reference
from edscribe_pipelines.fhir.life_cycle import Documents, Step, amend, retract, sign
from edscribe_pipelines.fhir.note import Note
from edscribe_pipelines.fhir.provenance import provenance
from edscribe_pipelines.fhir.resources import stay_resources
from edscribe_pipelines.fhir.validation import Problem, reference_to, validate_resources
from edscribe_pipelines_tests.fhir.invented import NOTE_TEXT, drafted_note, stay

AMENDED = NOTE_TEXT.replace("Admitted.", "Discharged home.")
DOES = {
    "sign": lambda standing: sign(standing, "md-7"),
    "amend": lambda standing: amend(standing, "md-7", AMENDED),
    "retract": lambda standing: retract(standing, "md-7"),
}
HISTORY = {
    "preliminary": (),
    "final": ("sign",),
    "amended": ("sign", "amend"),
    "entered-in-error": ("retract",),
}
ALLOWED = {
    ("sign", "preliminary"): "final",
    ("amend", "final"): "amended",
    ("amend", "amended"): "amended",
    ("retract", "preliminary"): "entered-in-error",
    ("retract", "final"): "entered-in-error",
    ("retract", "amended"): "entered-in-error",
}


def drafted() -> Documents:
    return Documents(composition(stay(), drafted_note()), document_reference(stay(), drafted_note()))


def in_state(state: str) -> Documents:
    documents = drafted()
    for action in HISTORY[state]:
        documents = DOES[action](documents).documents
    assert documents.composition["status"] == state
    return documents


def problems_beside_the_stay(step: Step, note: Note | None = None) -> list[Problem]:
    replaced = {reference_to(each) for each in step.resources}
    kept = [each for each in stay_resources(stay(), note or drafted_note()) if reference_to(each) not in replaced]
    return validate_resources([*kept, *step.resources])


def titles_with_labels(documents: Documents) -> set[str]:
    return {each["title"] for each in documents.composition["section"] if "extension" in each}


def codes(resource) -> set[str]:
    return {label["code"] for label in resource["meta"]["security"]}


@pytest.mark.parametrize("state", HISTORY)
@pytest.mark.parametrize("action", DOES)
def test_twelve_transitions(action: str, state: str) -> None:
    standing = in_state(state)
    if (action, state) not in ALLOWED:
        with pytest.raises(BadInput, match=f"is {state}, which nobody can {action}"):
            DOES[action](standing)
        return
    after = DOES[action](standing).documents
    assert after.composition["status"] == after.document["docStatus"] == ALLOWED[action, state]
    assert (after.composition["id"], after.document["id"]) == (standing.composition["id"], standing.document["id"])


@pytest.mark.parametrize("state", HISTORY)
def test_label_stays_in_every_state(state: str) -> None:
    documents = in_state(state)
    assert "AIAST" in codes(documents.composition)
    assert "AIAST" in codes(documents.document)


@pytest.mark.parametrize(("action", "state"), ALLOWED)
def test_every_step_is_valid_beside_the_stay(action: str, state: str) -> None:
    step = DOES[action](in_state(state))
    assert problems_beside_the_stay(step) == []


def test_signing_names_who_is_legally_responsible_and_when_stays_masked() -> None:
    step: Step = sign(drafted(), "md-7")
    (attester,) = step.documents.composition["attester"]
    signer = {"type": "Practitioner", "identifier": {"value": "md-7"}}
    assert (attester["mode"], attester["party"]) == ("legal", signer)
    assert "time" not in attester
    assert step.documents.document["authenticator"] == signer
    assert step.provenance["id"] == "e-9c41aa07d2b36f18-note-sign"
    assert step.provenance["agent"][0]["type"]["coding"][0]["code"] == "verifier"
    assert step.provenance["id"] != provenance(stay(), drafted_note())["id"]


def test_amending_leaves_the_label_where_the_model_still_speaks() -> None:
    after = amend(in_state("final"), "md-7", AMENDED).documents
    assert "Disposition" not in titles_with_labels(after)
    assert len(titles_with_labels(after)) == 11
    assert "PROCESSINLINELABEL" in codes(after.composition)
    assert b64decode(after.document["content"][0]["attachment"]["data"]).decode() == AMENDED
    again = amend(after, "md-7", NOTE_TEXT).documents
    assert "Disposition" not in titles_with_labels(again)


def test_amending_every_section_leaves_nothing_of_the_model_to_label() -> None:
    rewritten = "\n\n".join(f"{heading(name)}\nRewritten by hand." for name in SECTIONS)
    step = amend(in_state("final"), "md-7", rewritten)
    assert titles_with_labels(step.documents) == set()
    assert codes(step.documents.composition) & {"AIAST", "PROCESSINLINELABEL"} == {"AIAST"}
    assert titles_with_labels(amend(step.documents, "md-7", rewritten).documents) == set()
    assert problems_beside_the_stay(step) == []


def test_amending_with_a_section_missing_is_bad_input() -> None:
    with pytest.raises(BadInput, match="not the twelve sections"):
        amend(in_state("final"), "md-7", "Looks fine.")


def allergic(told: str) -> str:
    return NOTE_TEXT.replace(f"{heading('Allergies')}\n{NOT_DOCUMENTED}", f"{heading('Allergies')}\n{told}")


def with_allergies(told: str) -> Documents:
    note = drafted_note(completion=allergic(told))
    documents = composition(stay(), note), document_reference(stay(), note)
    return Documents(*documents, tuple(allergies(stay(), note)))


def statuses(documents: Documents) -> dict[str, str]:
    return {
        f"{each['id'].rpartition('-')[2]} {each['code']['text']}": each["verificationStatus"]["coding"][0]["code"]
        for each in documents.allergies
    }


def test_amended_note_drops_an_allergy_and_adds_another() -> None:
    both = with_allergies("Penicillin, codeine.")
    signed = replace(sign(both, "md-7").documents, allergies=both.allergies)
    step = amend(signed, "md-7", allergic("Codeine, ibuprofen."))
    assert statuses(step.documents) == {
        "allergy1 penicillin": "entered-in-error",
        "allergy3 ibuprofen": "unconfirmed",
    }
    assert "clinicalStatus" not in step.documents.allergies[0]
    assert {"reference": "AllergyIntolerance/e-9c41aa07d2b36f18-allergy1"} in step.provenance["target"]


def test_retracted_note_takes_its_allergies_with_it() -> None:
    note = drafted_note(completion=allergic("Penicillin."))
    step = retract(with_allergies("Penicillin."), "md-7")
    assert statuses(step.documents) == {"allergy1 penicillin": "entered-in-error"}
    assert problems_beside_the_stay(step, note) == []


def test_retracting_says_so_in_every_status() -> None:
    after = retract(drafted(), "md-7").documents
    assert {after.composition["status"], after.document["status"], after.document["docStatus"]} == {"entered-in-error"}
