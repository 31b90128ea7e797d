"""The gate's own reader. Nothing removes anything here: each text is what a remover without the rule would leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.checking.gate import phi_findings
from edscribe_pipelines.deidentify.checking.judging.judge import doubts_of
from edscribe_pipelines.deidentify.checking.judging.pieces import pieces_of

LEFT = {
    "name": "HPI: Per wife Marisol Vantreight he fell in the shower this morning.",
    "name in small letters": "sitter at bedside, spoke to his brother tobin hargreave by phone",
    "street": "Lives at 1907 Pelican Terrace with two dogs.",
    "city": "He drove in from Kearnsville after the pain began.",
    "zip": "Mailing address ends with zip 55731.",
    "hospital": "Transferred from Marrow Lake Community Hospital at noon.",
    "employer": "Works as a welder at Brantley Freight.",
    "date": "Last seen here on 03/14/2026 for the same.",
    "month and day": "Symptoms since March 12th, worse today.",
    "age over 89": "A 94 year old man from home.",
    "phone": "Call the daughter at 617-555-0143 with results.",
    "phone over a line end": "Call the daughter at 617-555-\n0143 with results.",
    "fax": "Fax records to 508-555-0188.",
    "email": "Write to t.vandersloot@northmail.example for records.",
    "ssn": "SSN 219-09-9999 on the face sheet.",
    "mrn": "MRN 4471182 pulled from the other site.",
    "health plan": "Member ID WXQ448120097 on the card.",
    "account": "Visit account 0099481233.",
    "licence": "Driver licence S48120097 found in the jacket.",
    "plate": "The car, plate LND 338, was towed.",
    "device": "Pacemaker serial VN1063-77812 interrogated.",
    "url": "She posts at www.bridgewell.example/intake about it.",
    "ip": "Portal login from 203.0.113.45 noted.",
    "room": "Moved to room 14B at noon.",
}


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_gate_stops_what_the_remover_would_leave(left: str) -> None:
    assert doubts_of(left) or phi_findings(left, [])


@pytest.mark.parametrize(
    "text",
    [
        "CC: chest pain. HPI: 61 year old man with pressure since two hours, worse on exertion. BP 142/81, HR 104.",
        "Pain fell from 8/10 to 3/10 after ketorolac 15 mg IV. Murphy sign negative. Lipase 31.",
        "WBC 7121, platelets 233390. Discharged home with ibuprofen, return if worse.",
    ],
)
def test_clinical_text_is_not_doubted(text: str) -> None:
    assert doubts_of(text) == []


def test_what_is_removed_is_not_doubted_again() -> None:
    text = LEFT["name"]
    start = text.index("Marisol")
    end = start + len("Marisol Vantreight")
    assert not any(start <= doubt.start < end for doubt in doubts_of(text, [(start, end)]))


def test_number_is_whole_across_a_line_end() -> None:
    assert "617-555-0143" in [piece.text for piece in pieces_of("call 617-555-\n0143 now")]


@given(st.text(max_size=200))
def test_every_doubt_lies_in_the_text(text: str) -> None:
    assert all(0 <= doubt.start < doubt.end <= len(text) for doubt in doubts_of(text))
