import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS
from edscribe_pipelines.fhir.codes import section_loincs
from edscribe_pipelines.fhir.composition import author_device, composition, provenance
from edscribe_pipelines_tests.fhir.invented import rendered_note, stay


def section(note, title):
    return next(row for row in composition(stay(), note)["section"] if row["title"] == title)


def test_the_code_table_has_the_twelve_sections_in_the_order_of_the_note():
    assert tuple(section_loincs()) == SECTIONS


def test_a_note_becomes_an_unsigned_document_of_twelve_sections():
    document = composition(stay(), rendered_note())
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


@pytest.mark.parametrize(
    ("origin", "tier", "author", "is_labelled_ai"),
    [
        ("template", "rendered", {"reference": "Device/edscribe-template"}, False),
        ("model", "drafted", {"reference": "Device/edscribe-model"}, True),
        ("physician", "physician", {"display": "Emergency physician"}, False),
        (None, None, {"display": "Author not recorded"}, False),
    ],
)
def test_author_and_ai_label_follow_who_wrote_the_note(origin, tier, author, is_labelled_ai):
    note = rendered_note(note_origin=origin, tier=tier)
    for resource in (composition(stay(), note), provenance(stay(), note)):
        codes = [label["code"] for label in resource["meta"]["security"]]
        assert ("AIAST" in codes) is is_labelled_ai
    assert composition(stay(), note)["author"] == [author]
    assert provenance(stay(), note)["agent"][0]["who"] == author
    assert (author_device(note) is None) is ("display" in author)


def test_provenance_names_the_document_and_its_source():
    origin = provenance(stay(), rendered_note())
    assert origin["target"] == [{"reference": "Composition/c-51"}]
    assert origin["entity"][0]["what"] == {"reference": "Encounter/e-9c41aa07d2b36f18"}
