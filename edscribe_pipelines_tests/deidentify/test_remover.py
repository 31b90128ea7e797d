from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.remover import Remover

KEPT = (
    "Foley catheter placed, negative Murphy's sign. GCS 15 (Glasgow Coma Scale).",
    "ESI 2. Na 138 K 4.2 Cl 101. Follow up in 2-3 weeks, pain 8/10, strength 5/5.",
    "BP 142/81 HR 104 RR 18 SpO2 97% RA. Morphine 4 mg IV at 41 min, Toradol 15 mg IV.",
    "Graves' disease, Bell's palsy, Wells score 1.5, Jackson-Pratt drain, St. Jude valve.",
    "L4-5 disc bulge, 2/6 systolic murmur, drinks 6-8 beers, HR in the 90s, 92 on 2L.",
    "Discussed with Cardiology and Radiology. Per EMS, per protocol. Nurse aware. RN notified.",
    "Family History: Mother: Breast cancer. Father: Hypertension. 88 y/o, 45F, head of bed at 30 degrees.",
    "Fioricet 50-325-40 mg, lidocaine 1:100,000, ICD S72001A and E11649, CABG in 2015.",
    "Hx of MR, on MS Contin. Dr. will see. Small bowel obstruction. White count normal.",
)

REMOVED = (
    ("Dr. Foley placed a Foley catheter.", "Dr. [NAME] placed a Foley catheter."),
    ("Mr. Small has small stools. Seen by Small.", "Mr. [NAME] has small stools. Seen by [NAME]."),
    ("Handoff to Vossberg at 7.", "Handoff to [NAME] at 7."),
    ("PCP: farmer, MD", "PCP: [NAME], MD"),
    ("RN lane.", "RN [NAME]."),
    ("Per wife Erzsébet Nagy, he fell.", "Per wife [NAME], he fell."),
    ("Pt KM refused the collar.", "Pt [NAME] refused the collar."),
    ("Vossberg, Oda is a 94 y/o F", "[NAME] is a 90+ y/o F"),
    ("Pain since 5-22, worse since Thanksgiving.", "Pain since [DATE], worse since [DATE]."),
    ("Born in 1928, CABG in 2015.", "Born in [DATE], CABG in 2015."),
    ("Lives at 415 Voss Skyway Apt. 12, Fall River, MA 01234.", "Lives at [ADDRESS], [CITY], MA [ZIP 012]."),
    ("BIBA from Mount Voss, after a fall.", "BIBA from [HOSPITAL], after a fall."),
    ("Works at Voss Marine as a welder.", "Works at [EMPLOYER] as a welder."),
    ("MRN: 113-08-17, acct V60706461234", "MRN: [MRN], acct [ACCOUNT]"),
    ("In room 869F on room air.", "In room [ROOM] on room air."),
    ("Found down on Voss Street near Voss Station.", "Found down on [ADDRESS] near [CITY]."),
    ("D/w cardiology (Raghunathan), agree.", "D/w cardiology ([NAME]), agree."),
    ("DAUGHTER JENNIFER CALLED.", "DAUGHTER [NAME] CALLED."),
    ("Handoff to hughes.", "Handoff to [NAME]."),
    ("Call (415) 555-0132 x204 or fax 415-555-0177.", "Call [PHONE] or fax [FAX]."),
)


@pytest.mark.parametrize("text", KEPT)
def test_clinical_text_survives(remover: Remover, text: str) -> None:
    assert remover.remove(text).text == text


@pytest.mark.parametrize(("text", "expected"), REMOVED)
def test_identifiers_go(remover: Remover, text: str, expected: str) -> None:
    assert remover.remove(text).text == expected


def test_offsets_count_characters_of_the_original(remover: Remover) -> None:
    text = "Naïve 😀 patient. Dr. Çelik Đặng agreed; MRN: 4482910."
    spans = remover.remove(text).spans
    assert [(text[span.start : span.end], span.type) for span in spans] == [("Çelik Đặng", "NAME"), ("4482910", "MRN")]


def test_combining_accents_stay_part_of_the_name(remover: Remover) -> None:
    assert remover.remove("Dr. Jose\u0301 Nun\u0303ez agreed.").text == "Dr. [NAME] agreed."


def test_blanks_of_mimic_stay_and_what_stands_beside_them_goes(remover: Remover) -> None:
    text = "Dr. ___ and Vossberg saw Mr. ___ on ___."
    assert remover.remove(text).text == "Dr. ___ and [NAME] saw Mr. ___ on ___."


def test_name_found_once_goes_everywhere(remover: Remover) -> None:
    text = "Mr. Tamsek fell. TAMSEK denies pain; Tamsek's son agrees."
    assert remover.remove(text).text == "Mr. [NAME] fell. [NAME] denies pain; [NAME]'s son agrees."


def test_eponym_of_a_patient_of_that_name_stays(remover: Remover) -> None:
    text = "Mr. Murphy has a negative Murphy's sign. Murphy denies fever."
    assert remover.remove(text).text == "Mr. [NAME] has a negative Murphy's sign. [NAME] denies fever."


KNOWN: list[Identifier] = [
    {"kind": "patient_name", "value": "Zoë Tamsek-Will"},
    {"kind": "hospital", "value": "Lorne Harbor"},
    {"kind": "mrn", "value": "77-1302"},
    {"kind": "date_of_birth", "value": "1971-03-04"},
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zoe came", "[NAME] came"),
        ("TAMSEK WILL, ZOE", "[NAME]"),
        ("she will go", "she will go"),
        ("to lorne harbor by boat, a harbor", "to [HOSPITAL] by boat, a harbor"),
        ("no 77 13 02", "no [MRN]"),
        ("771302", "[MRN]"),
        ("4 Mar and 3/4/71", "[DATE] and [DATE 1971]"),
    ],
)
def test_known_identifiers_go_in_every_spelling(remover: Remover, text: str, expected: str) -> None:
    assert remover.remove(text, KNOWN).text == expected


@pytest.mark.parametrize("text", ["", " ", "\n\n", "___", "."])
def test_text_without_words_passes_unchanged(remover: Remover, text: str) -> None:
    assert remover.remove(text).text == text


def test_lone_surrogate_neither_crashes_nor_moves_offsets(remover: Remover) -> None:
    result = remover.remove("\ud800 Dr. Vossberg")
    assert (result.text, result.spans[0].start) == ("\ufffd Dr. [NAME]", 6)


@pytest.mark.parametrize("filler", ["A", "a", "9", "a@", "1.", "Aa ", "-"])
def test_very_long_line_is_read_to_its_end(remover: Remover, filler: str) -> None:
    text = filler * (21_000 // len(filler)) + " seen by Dr. Vossberg."
    assert remover.remove(text).text.endswith("Dr. [NAME].")


def test_spans_of_a_long_note_are_sorted_and_apart(remover: Remover) -> None:
    text = "Seen by Dr. Vossberg on 3/14/2024, call (415) 555-0132.\n" * 900
    result = remover.remove(text)
    assert len(result.spans) == 2700
    assert all(left.end <= right.start for left, right in zip(result.spans, result.spans[1:], strict=False))
    assert result.text == "Seen by Dr. [NAME] on [DATE 2024], call [PHONE].\n" * 900
