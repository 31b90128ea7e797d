import pytest

from edscribe_pipelines.fhir.conditions import conditions, dotted
from edscribe_pipelines_tests.fhir.invented import stay


@pytest.mark.parametrize(
    ("code", "system", "written"),
    [
        ("R079", "icd10", "R07.9"),
        ("R07.9", "icd10", "R07.9"),
        ("I10", "icd10", "I10"),
        ("S72001A", "icd10", "S72.001A"),
        ("E119", "icd10", "E11.9"),
        ("4019", "icd9", "401.9"),
        ("486", "icd9", "486"),
        ("V4581", "icd9", "V45.81"),
        ("E8120", "icd9", "E812.0"),
    ],
)
def test_icd_codes_get_their_dot(code, system, written):
    assert dotted(code, system) == written


def test_each_diagnosis_names_its_code_system():
    first, second = conditions(stay())
    assert first["code"]["coding"] == [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R07.9"}]
    assert second["code"]["coding"] == [{"system": "http://hl7.org/fhir/sid/icd-9-cm", "code": "401.9"}]
    assert first["code"]["text"] == "Chest pain, unspecified"
    assert first["category"][0]["coding"][0]["code"] == "encounter-diagnosis"
