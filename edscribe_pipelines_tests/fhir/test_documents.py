import hashlib
from base64 import b64decode

import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS
from edscribe_pipelines.fhir.codes import section_loincs
from edscribe_pipelines.fhir.documents import author_devices, composition, document_reference
from edscribe_pipelines.fhir.provenance import provenance
from edscribe_pipelines_tests.fhir.invented import ADAPTER, NOTE_TEXT, drafted_note, rendered_note, stay

STAY = "e-9c41aa07d2b36f18"
ADAPTERS_DEVICE = {"reference": f"Device/edscribe-model-{'4f' * 8}"}


def section(note, title):
    return next(row for row in composition(stay(), note)["section"] if row["title"] == title)


def codes(resource):
    return [label["code"] for label in resource["meta"]["security"]]


def test_the_code_table_has_the_twelve_sections_in_the_order_of_the_note():
    assert tuple(section_loincs()) == SECTIONS


def test_a_note_becomes_an_unsigned_document_of_twelve_sections():
    document = composition(stay(), rendered_note())
    assert document["id"] == f"{STAY}-note"
    assert document["status"] == "preliminary"
    assert document["type"]["coding"][0]["code"] == "34111-5"
    assert [row["title"] for row in document["section"]] == list(SECTIONS)
    assert "date" not in document
    assert "attester" not in document


def test_section_text_is_escaped_and_complete():
    assert section(rendered_note(), "ED Course & Procedures")["text"]["div"] == (
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>Dispensed at 12 min: Morphine.</p>'
        "<p>Heart rate 104 -&gt; 98 &amp; stable.</p></div>"
    )


def test_a_section_without_facts_gives_the_reason_and_says_so():
    allergies = section(rendered_note(), "Allergies")
    assert allergies["emptyReason"]["coding"][0]["code"] == "unavailable"
    assert NOT_DOCUMENTED in allergies["text"]["div"]
    assert "emptyReason" not in section(rendered_note(), "Disposition")


def test_document_reference_holds_the_whole_note_with_size_and_hash():
    document = document_reference(stay(), rendered_note())
    (content,) = document["content"]
    held = b64decode(content["attachment"]["data"])
    assert held.decode() == NOTE_TEXT
    assert content["attachment"]["size"] == len(held)
    assert b64decode(content["attachment"]["hash"]) == hashlib.sha1(held).digest()
    assert (document["status"], document["docStatus"]) == ("current", "preliminary")
    assert document["category"][0]["coding"][0]["code"] == "clinical-note"
    assert document["context"]["related"] == [{"reference": f"Composition/{STAY}-note"}]


@pytest.mark.parametrize(
    ("note", "author", "is_labelled_ai"),
    [
        (rendered_note(), {"reference": "Device/edscribe-template"}, False),
        (drafted_note(), ADAPTERS_DEVICE, True),
        (drafted_note(model=None), {"reference": "Device/edscribe-model"}, True),
        (rendered_note(note_origin="physician", tier="physician"), {"display": "Emergency physician"}, False),
        (rendered_note(note_origin=None, tier=None), {"display": "Author not recorded"}, False),
    ],
)
def test_author_and_ai_label_follow_who_wrote_the_note(note, author, is_labelled_ai):
    for resource in (composition(stay(), note), document_reference(stay(), note), provenance(stay(), note)):
        assert ("AIAST" in codes(resource)) is is_labelled_ai
    assert composition(stay(), note)["author"] == document_reference(stay(), note)["author"] == [author]
    assert provenance(stay(), note)["agent"][0]["who"] == author
    assert bool(author_devices(note)) is ("reference" in author)


def test_provenance_names_both_documents_and_their_source():
    origin = provenance(stay(), rendered_note())
    assert origin["target"] == [
        {"reference": f"Composition/{STAY}-note"},
        {"reference": f"DocumentReference/{STAY}-document"},
    ]
    assert origin["entity"] == [{"role": "source", "what": {"reference": f"Encounter/{STAY}"}}]
    assert "reason" not in origin


def test_sections_that_a_physician_left_as_the_model_wrote_them_are_labelled_one_by_one():
    note = rendered_note(
        note_origin="physician", tier="physician", model=ADAPTER, model_sections=("Chief Complaint", "Disposition")
    )
    document = composition(stay(), note)
    labelled = {row["title"] for row in document["section"] if "extension" in row}
    assert labelled == {"Chief Complaint", "Disposition"}
    assert {"PROCESSINLINELABEL", "AIAST"} < set(codes(document))
    agents = provenance(stay(), note)["agent"]
    assert [agent["type"]["coding"][0]["code"] for agent in agents] == ["author", "informant"]
    assert [agent["who"] for agent in agents] == [{"display": "Emergency physician"}, ADAPTERS_DEVICE]
