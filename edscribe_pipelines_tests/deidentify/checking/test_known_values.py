from __future__ import annotations

import pytest

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.checking.known_values import names_known
from edscribe_pipelines.deidentify.checking.plain_letters import in_plain_letters


def is_known(text: str, kind: str, value: str) -> bool:
    identifier: Identifier = {"kind": kind, "value": value}
    return names_known(in_plain_letters(text), [identifier])


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("patient_name", "Zoë Tamsek Long", "tamsek denies pain"),
        ("patient_name", "Zoë Tamsek Long", "ZOE"),
        ("patient_name", "Zoe Tamsek", "Tamsék, Zoë"),
        ("patient_name", "Zoë Tamsek Long", "Ms. Long left"),
        ("patient_name", "Zoë Tamsek Long", "z long left"),
        ("patient_name", "Zoë Tamsek Long", "Z.T.L. left"),
        ("patient_name", "Zoë Tamsek", "Pt ZT refused"),
        ("patient_name", "Oda Brin-Kolvek", "brinkolvek"),
        ("patient_name", "Oda BrinKolvek", "Brin-Kolvek"),
        ("patient_name", "Oda O'Hestan", "ohestan"),
        ("patient_name", "Jörn Kräver", "Mr. Kraever"),
        ("patient_name", "Jörn Kræver", "Kraever"),
        ("clinician_name", "Dr. Lin Ng", "Ng agrees"),
        ("clinician_name", "Dr. Lin Ng", "dr ng agrees"),
        ("kin_name", "Mirko Tamsek", "son mirko"),
        ("hospital", "Lorne Harbor Hospital", "from lorne  harbor\nhospital"),
        ("hospital", "Lorne Harbor Hospital", "seen at Lorne-Harbor"),
        ("hospital", "Lorne Harbor Hospital", "seen at LHH"),
        ("mrn", "77-1302", "number 771302"),
        ("mrn", "77-1302", "77 1302"),
        ("mrn", "00771302", "mrn771302"),
        ("mrn", "MR-771302", "chart 77 13 02"),
        ("phone", "+1 (415) 555-0132", "at 415.555.0132"),
        ("phone", "(415) 555-0132", "at 555 0132"),
        ("email", "zoe@example.org", "ZOE@example.org"),
        ("birth_date", "1962-03-14", "born March 14th"),
        ("birth_date", "1962-03-14", "DOB 3/14/62"),
        ("birth_date", "3/14/1962", "DOB 1962.03.14"),
        ("birth_date", "1962-03-14", "14 Mar 1962"),
        ("street_address", "415 Tamsek Skyway Apt 3", "lives on Tamsek Skyway"),
        ("patient_id", "1EG4-TE5-MK62", "1eg4te5mk62"),
    ],
)
def test_known_value_is_found_in_other_spellings(kind: str, value: str, text: str) -> None:
    assert is_known(text, kind, value)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("patient_name", "Zoë Tamsek Long", "a long day in hospital"),
        ("patient_name", "Zoë Tamsek Long", "tamsekian"),
        ("patient_name", "Ina Voss", "IV started"),
        ("patient_name", "Ina Voss", "pt IV removed"),
        ("clinician_name", "Dr. Lin Ng", "NG tube placed by the doctor"),
        ("hospital", "Lorne Harbor Hospital", "the harbor, the hospital"),
        ("hospital", "Marl Ridge Institute", "MRI of the brain"),
        ("mrn", "771302", "1771302"),
        ("stay_id", "120", "BP 120/80"),
        ("stay_id", "12080", "BP 120 80"),
        ("email", "zoe@example.org", "an example"),
        ("birth_date", "1962-03-14", "3/14 strength, in 1962"),
        ("birth_date", "1962-13-14", "in 1962"),
        ("street_address", "12 High Street", "12 high doses"),
    ],
)
def test_ordinary_words_and_numbers_do_not_count_as_known(kind: str, value: str, text: str) -> None:
    assert not is_known(text, kind, value)
