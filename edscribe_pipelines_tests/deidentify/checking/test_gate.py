from __future__ import annotations

import ast
import inspect

import pytest

from edscribe_pipelines.clinical.records import Identifier
from edscribe_pipelines.deidentify.checking import gate
from edscribe_pipelines.deidentify.checking.gate import phi_findings, verdict

CLINICAL = """BP 142/81 HR 104 RR 18 SpO2 97% RA T 98.4F.
Morphine Sulfat 4mg/1mL 1mL VIAL at 41 min. ESI 2, R079, S72001A.
Na 138 K 4.2, WBC 12.4, CK 12,450, pain 8/10, 2-3 weeks, 5/5 strength, L4-5, 1:100,000, 350-400 mL.
Fioricet 50-325-40 mg.
MRN: [MRN], DOB: [DATE], account [ACCOUNT], Dr. [NAME], a 90+ year old, in 2015, Foley catheter, ___."""


def test_clinical_text_passes() -> None:
    assert phi_findings(CLINICAL, []) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("078-05-1120", "ssn"),
        ("SSN: 078051120", "ssn"),
        ("at (415) 555-0132", "phone"),
        ("cell 4155550132", "phone"),
        ("o.voss@example.org", "email"),
        ("see www.example.org", "url"),
        ("from 203.0.113.42", "ip"),
        ("1HVSS82633A004352", "vin"),
        ("MRN 4482910", "record_number"),
        ("Acct # HAR 632107202", "record_number"),
        ("on 3/14/2024", "full_date"),
        ("on 2024-03-14", "full_date"),
        ("March 14th, 2024", "full_date"),
        ("14-MAR-2024", "full_date"),
        ("a 94 y/o woman", "age_over_89"),
    ],
)
def test_shapes_of_identifiers_are_found(text: str, rule: str) -> None:
    assert rule in phi_findings(text, [])


KNOWN: list[Identifier] = [
    {"kind": "patient_name", "value": "Zoë Tamsek Long"},
    {"kind": "hospital_name", "value": "Lorne Harbor Hospital"},
    {"kind": "mrn", "value": "77-1302"},
    {"kind": "email", "value": "zoe@example.org"},
]


@pytest.mark.parametrize(
    "text", ["tamsek denies pain", "ZOE", "from lorne  harbor\nhospital", "number 771302", "77 1302", "Ms. Long left"]
)
def test_known_identifier_is_found_in_other_spellings(text: str) -> None:
    assert phi_findings(text, KNOWN) == ["known_identifier"]


@pytest.mark.parametrize("text", ["a long day in hospital", "an example", "the harbor", "1771302", "tamsekian"])
def test_ordinary_words_do_not_count_as_known(text: str) -> None:
    assert phi_findings(text, KNOWN) == []


def test_verdict_follows_the_findings() -> None:
    assert (verdict([]), verdict(["ssn"])) == ("pass", "fail")


def test_gate_shares_no_code_with_the_remover() -> None:
    imported = [
        node.module for node in ast.walk(ast.parse(inspect.getsource(gate))) if isinstance(node, ast.ImportFrom)
    ]
    assert not [module for module in imported if module and "deidentify" in module]
