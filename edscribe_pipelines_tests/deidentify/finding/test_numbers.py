from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.finding.numbers import find_unlisted_numbers, is_vital_sign
from edscribe_pipelines.deidentify.remover import Remover


def _found(line: str) -> list[str]:
    return [line[find.start : find.end] for find in find_unlisted_numbers(line)]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("seen earlier, 4482910, stable", "4482910"),
        ("monitor box V-294680 returned", "V-294680"),
        ("2 units PRBC (units 2090-481053)", "2090-481053"),
        ("left 113-08-17 on file", "113-08-17"),
        ("tag ABC12D34E5F6 read", "ABC12D34E5F6"),
    ],
)
def test_long_number_that_nothing_explains_is_found(line: str, number: str) -> None:
    assert _found(line) == [number]


@pytest.mark.parametrize(
    "line",
    [
        "WBC 12000 and platelets 150000",
        "heparin 25000 units",
        "G2P1001 at term",
        "dx S72001A, E11649",
        "smoked 1998-2015",
        "B-12, COVID-19, 2-3 weeks",
        "platelets 12000-15000 all year",
    ],
)
def test_clinical_value_stays(line: str) -> None:
    assert _found(line) == []


@pytest.mark.parametrize(
    "value",
    [
        "(415) 555-0132", "(415)555-0132", "(415)5550132", "415.555.0132", "415-555.0132", "415/555/0132",
        "415_555_0132", "415–555–0132", "415‑555‑0132", "415 - 555 - 0132", "415\u00a0555\u00a00132",
        "+1 (415) 555-0132", "1.415.555.0132", "011 44 20 7946 0018", "415, 555-0132",
    ],
)  # fmt: skip
def test_phone_number_goes_in_any_punctuation(remover: Remover, value: str) -> None:
    assert remover.remove(f"Wife: {value} anytime.").text == "Wife: [PHONE] anytime."


@pytest.mark.parametrize(
    "text",
    [
        "SSN 078.05.1120", "SS# xxxxx1120", "S.S.N. 078/05/1120", "SSN (on file) 078–05–1120", "078 - 05 - 1120",
        "MR# 448 29 10", "MRN (old) 448.29.10", "Hosp no 4482910", "M.R.N. 4482910", "MRN | 44 82 91", "PID 448 29 10",
        "MRN: 4,482,910", "enc# 4482 9101 4482", "acct 4482 9101 4482", "policy VSX 420 915 678", "Tufts W4209 15678",
        "MBI 1EG4 TE5 MK73", "email ovoss (at) gmail (dot) com", "ovoss@gmail", "email ovoss@example .org",
        "a grey pickup, 4209-VS", "plate VSX 0957", "Voss p04661",
    ],
)  # fmt: skip
def test_identifier_leaves_no_digit(remover: Remover, text: str) -> None:
    left = remover.remove(text).text
    assert not any(character.isdigit() for character in left)
    assert "gmail" not in left
    assert "example" not in left


@pytest.mark.parametrize(
    "date",
    [
        "january 13th , 1982", "june 3rd 2021", "jul 3, 1963", "may 3rd", "Oct/2/1937", "Apr12, 1977", "8 / 26 / 1960",
        "6/19/'96", "4\\26\\2021", "March the 18th", "sep 14",
    ],
)  # fmt: skip
def test_date_goes_however_it_is_written(remover: Remover, date: str) -> None:
    text = f"Seen on {date} for this."
    assert [text[span.start : span.end] for span in remover.remove(text).spans] == [date]


@pytest.mark.parametrize(
    "text", ["Pain 8/10 -> 5/10 at 14:50.", "Pain 9/10 before and 3/10 after.", "He may 2/2 sepsis."]
)
def test_fraction_of_a_scale_is_no_date(remover: Remover, text: str) -> None:
    assert remover.remove(text).text == text


@pytest.mark.parametrize(
    "age",
    ["F/{}", "{} (F)", "{} W F", "{} wm", "{}yof", "{} years young", "Age(y): {}",
     "the patient, {}, fell", "{}-plus-year-old"],
)  # fmt: skip
def test_age_over_89_goes_and_a_lower_one_stays(remover: Remover, age: str) -> None:
    assert "94" not in remover.remove(age.format(94)).text
    assert remover.remove(age.format(74)).text == age.format(74)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Loc: ED 595", "Loc: ED [ROOM]"),
        ("Called to 609 by the nurse.", "Called to [ROOM] by the nurse."),
        ("Lady in 18; sitter 1:1 in 10.", "Lady in [ROOM]; sitter 1:1 in [ROOM]."),
        ("RN finds 696 empty.", "RN finds [ROOM] empty."),
        ("Dr. Vossberg 69W DKA gap 14", "Dr. [NAME] [ROOM] DKA gap 14"),
        ("Mr. Vossberg in 12, calm", "Mr. [NAME] in [ROOM], calm"),
        ("xfer to L&D 845L", "xfer to L&D [ROOM]"),
    ],
)
def test_room_goes(remover: Remover, text: str, expected: str) -> None:
    assert remover.remove(text).text == expected


@pytest.mark.parametrize("text", ["Recheck in 10.", "CABG in 2015.", "ICU 10 days", "In ED 2 hours"])
def test_time_after_in_is_no_room(remover: Remover, text: str) -> None:
    assert remover.remove(text).text == text


@pytest.mark.parametrize(
    ("line", "is_vital"),
    [
        ("Seen by [[NAME]], HR 98, calls later", True),
        ("BP 140/98 on arrival", True),
        ("HR is 98", True),
        ("sats now 98 on air", True),
        ("SpO2 98% on air", True),
        ("temp of 98.4", True),
        ("HR 80-98 all night", True),
        ("HR 88, 98 yo", False),
        ("98M with chest pain", False),
        ("Age 98", False),
        ("he is 98", False),
    ],
)
def test_vital_sign_is_told_by_its_name_or_unit(line: str, is_vital: bool) -> None:
    start = line.index("98")
    assert is_vital_sign(line, start, start + 2) is is_vital
