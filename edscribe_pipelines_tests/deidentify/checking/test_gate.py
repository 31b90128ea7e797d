from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.checking.gate import masked, phi_findings, stands_in, verdict
from phi_reader.marked import read_notes

CLINICAL = """BP 142/81 HR 104 RR 18 SpO2 97% RA T 98.4F.
Morphine Sulfat 4mg/1mL 1mL VIAL at 41 min. ESI 2, R079, S72001A.
Na 138 K 4.2, WBC 12.4, CK 12,450, pain 8/10, 2-3 weeks, 5/5 strength, L4-5, 1:100,000, 350-400 mL.
Fioricet 50-325-40 mg. Penicillin G 2400000 units. Vitamin D 500-1000 IU. Chart at 1430, last visit in 2019.
Plate and 6 screws, 3 x 1000 mg, platelets 250000, white cell 12.4, page 3, room air 98, bed 4.
Patient with pain at 14:20:33. Visual acuity 20/40. In case of 500 mL, group 2. Age 54, 91 days ago, SpO2 94 F."""

TAGS = """MRN: [MRN], DOB: [DATE 1962], account [ACCOUNT], Dr. [NAME], a 90+ year old, in 2015, Foley catheter, ___.
[CITY], MA [ZIP 021], phone [PHONE], SSN [SSN], VIN [VEHICLE], serial number [DEVICE], Room [ROOM], 90+ y/o."""


@pytest.mark.parametrize("text", [CLINICAL, TAGS, ""])
def test_clinical_text_and_tags_pass(text: str) -> None:
    assert phi_findings(text, []) == []


def test_shapes_stop_few_notes_without_identifiers(capsys: pytest.CaptureFixture[str]) -> None:
    notes = [note for name in ("free", "free_held") for note in read_notes(name)]
    stopped = sum(bool(phi_findings(note.text, [])) for note in notes)
    with capsys.disabled():
        print(f"\nthe shapes stop {stopped} of {len(notes)} notes without identifiers", end=" ")
    assert stopped <= 3


@pytest.mark.parametrize("text", ["078‑05‑1120", "０７８-０５-１１２０", "078-05-\u00ad1120", "٠٧٨-٠٥-١١٢٠"])
def test_foreign_dashes_and_digits_hide_nothing(text: str) -> None:
    assert "ssn" in phi_findings(text, [])


KNOWN: list[Identifier] = [
    {"kind": "patient_name", "value": "Zoë Tamsek Long"},
    {"kind": "hospital_name", "value": "Lorne Harbor Hospital"},
    {"kind": "mrn", "value": "77-1302"},
    {"kind": "email", "value": "zoe@example.org"},
]


def test_each_rule_is_reported_once_and_known_values_first() -> None:
    text = "Tamsek, SSN 078-05-1120 or 078-05-1121, o.voss@example.org"
    assert phi_findings(text, KNOWN) == ["known_identifier", "ssn", "email"]


def test_stand_ins_are_not_judged_and_their_neighbours_are() -> None:
    text = "Seen by Orlin on 3/14/2024, MRN 880417 (old MRN 880418), cell 415-555-0132."
    assert phi_findings(text, []) == ["phone", "full_date", "record_number"]
    assert phi_findings(text, [], ["Orlin", "3/14/2024", "415-555-0132"]) == ["record_number"]
    assert phi_findings(text, [], ["Orlin", "3/14/2024", "880417", "415-555-0132"]) == ["record_number"]
    assert phi_findings(text, [], ["Orlin", "3/14/2024", "880417", "880418", "415-555-0132"]) == []


def test_value_of_the_record_counts_also_as_a_stand_in() -> None:
    assert phi_findings("Seen by Tamsek, MRN 771302.", KNOWN, ["Tamsek", "771302"]) == ["known_identifier"]


def test_stand_in_is_known_in_other_letters_blanks_and_dashes() -> None:
    assert phi_findings("CALL (415)\n555\u20110132", [], ["(415) 555-0132"]) == []
    assert masked("Ann  marsh, ANN MARSH's", ["Ann Marsh"]) == "[MASKED], [MASKED]'s"


@pytest.mark.parametrize(
    ("text", "stand_in"),
    [
        ("MRN 8804175", "880417"),
        ("MRN 1880417", "880417"),
        ("MRN 12-880417", "880417"),
        ("account 880417-22", "880417"),
        ("on 4/2/2024", "4/2"),
        ("on April 2, 2024", "April 2"),
        ("on 14.3.2024", "3.2024"),
        ("marlow@example.com", "marlow@example.co"),
    ],
)
def test_value_that_runs_on_beside_a_stand_in_is_judged(text: str, stand_in: str) -> None:
    assert not stands_in(text, stand_in)
    assert phi_findings(text, [], [stand_in]) == phi_findings(text, []) != []


def test_longer_stand_in_hides_the_shorter_one_in_it() -> None:
    assert masked("Marsh and Ann Marsh", ["Marsh", "Ann Marsh"]) == "[MASKED] and [MASKED]"


def test_mask_takes_no_number_behind_it_for_that_of_the_label_before_it() -> None:
    assert phi_findings("account: 8804177 2019", [], ["8804177"]) == []


def test_verdict_follows_the_findings() -> None:
    assert (verdict([]), verdict(["ssn"])) == ("pass", "fail")
