"""Single errors over the golden encounters, each as where it is and what stands there instead."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]

REMOVE = object()
_GOLDEN = Path(__file__).parent / "golden"
_R4 = "http://hl7.org/fhir/StructureDefinition"
_HL7 = "http://terminology.hl7.org/CodeSystem"
_ABSENT = {"extension": [{"url": f"{_R4}/data-absent-reason", "valueCode": "unknown"}]}
_INLINE_LABEL = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label"
_DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


@dataclass(frozen=True)
class Planted:
    """An error in the resource of `golden` whose reference ends with `where`: at `path`, `value` stands, or what
    a function makes of the value that is there, or nothing (REMOVE). An empty path is the resource itself."""

    what: str
    golden: str
    where: str
    path: str
    value: Any

    def rows(self) -> Rows:
        rows = golden(self.golden)
        index = next(i for i, row in enumerate(rows) if f"{row['resourceType']}/{row.get('id')}".endswith(self.where))
        _plant(rows, [index, *(int(step) if step.isdigit() else step for step in self.path.split(".") if step)], self)
        return rows


def golden(name: str) -> Rows:
    """Return a copy of the resources of one golden encounter."""
    return copy.deepcopy(_read(name))


def golden_names() -> list[str]:
    return sorted(path.stem for path in _GOLDEN.glob("*.json"))


@cache
def _read(name: str) -> Rows:
    return json.loads((_GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def _plant(rows: Rows, steps: list[Any], planted: Planted) -> None:
    owner: Any = rows
    for step in steps[:-1]:
        owner = owner[step]
    last = steps[-1]
    if planted.value is REMOVE:
        del owner[last]
    elif callable(planted.value):
        owner[last] = planted.value(owner[last])
    else:
        owner[last] = planted.value


def _swapped(items: list[Any]) -> list[Any]:
    return [items[1], items[0], *items[2:]]


def _as_object(items: list[Any]) -> Any:
    return items[0]


def _doubled(items: list[Any]) -> list[Any]:
    return [*items, items[0]]


def _with(**more: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda value: value | more


def _other_text(data: str) -> str:
    return ("B" if data[0] != "B" else "C") + data[1:]


def _base(golden: str, *errors: tuple[str, str, str, Any]) -> list[Planted]:
    return [Planted(what, golden, where, path, value) for what, where, path, value in errors]


PATIENT, STAY, TEMPERATURE = "Patient/p-77d03ffab1c2e490", "Encounter/e-9c41aa07d2b36f18", "-triage-temperature"

R4_ERRORS = _base(
    "rendered",
    ("gender outside the value set", PATIENT, "gender", "F"),
    ("Observation.status outside the value set", TEMPERATURE, "status", "done"),
    ("Encounter.status missing", STAY, "status", REMOVE),
    ("Encounter.class missing", STAY, "class", REMOVE),
    ("Encounter.class of another system", STAY, "class.code", "emergency"),
    ("Observation.code missing", TEMPERATURE, "code", REMOVE),
    ("Provenance without agent", "Provenance/c-51-provenance", "agent", REMOVE),
    ("AllergyIntolerance without patient", "-allergy1", "patient", REMOVE),
    ("AllergyIntolerance without clinicalStatus (ait-1)", "-allergy1", "clinicalStatus", REMOVE),
    ("AllergyIntolerance.clinicalStatus not in the value set", "-allergy1", "clinicalStatus.coding.0.code", "current"),
    ("Observation.category an object", TEMPERATURE, "category", _as_object),
    ("Condition.code a list", "-dx1", "code", lambda code: [code]),
    ("subject refers to an Encounter", "-dx1", "subject.reference", STAY),
    ("encounter refers to a Patient", TEMPERATURE, "encounter.reference", PATIENT),
    ("dangling subject", "-dx2", "subject.reference", "Patient/p-0"),
    ("dangling reference inside an extension", "-disp1", "_whenHandedOver.extension.0.extension.0.valueReference",
     {"reference": "Encounter/e-0"}),
    ("diagnosis refers to no Condition of the export", STAY, "diagnosis.0.condition.reference", "Condition/none"),
    ("two resources of one id", "-dx2", "id", "e-9c41aa07d2b36f18-dx1"),
    ("id with an underscore", "-home1", "id", "e_home1"),
    ("id of 65 characters", "-home2", "id", "x" * 65),
    ("value[x] twice", TEMPERATURE, "valueString", "98.4 F"),
    ("effective[x] twice", TEMPERATURE, "effectiveDateTime", "2026"),
    ("UCUM code that UCUM lacks", TEMPERATURE, "valueQuantity.code", "degF"),
    ("UCUM code of another vital sign", "-triage-heart-rate", "valueQuantity.code", "[degF]"),
    ("units of another system", TEMPERATURE, "valueQuantity.system", "http://unitsofmeasure.org/ucum"),
    ("vital sign without unit code", "-triage-spo2", "valueQuantity.code", REMOVE),
    ("dose in a unit that is not UCUM", "-adm1-1", "dosage.dose.code", "mcg"),
    ("dosage with neither dose nor rate (mad-1)", "-adm1-1", "dosage.dose", REMOVE),
    ("LOINC of another vital sign", "-triage-spo2", "code.coding.0.code", "8867-4"),
    ("vital sign in no category", "-triage-heart-rate", "category", REMOVE),
    ("vital sign in another category", "-triage-heart-rate", "category.0.coding.0.code", "laboratory"),
    ("pressure value and reason of absence (obs-6)", "-triage-blood-pressure", "component.0",
     _with(dataAbsentReason={"text": "unknown"})),
    ("ESI without its answer", "-triage-esi", "valueCodeableConcept.coding.0.code", "LA1-0"),
    ("value as text", TEMPERATURE, "valueQuantity.value", "98.4"),
    ("section under a LOINC code of none", "Composition/c-51", "section.2.code.coding.0.code", "10187-4"),
    ("section missing", "Composition/c-51", "section.3", REMOVE),
    ("sections in another order", "Composition/c-51", "section", _swapped),
    ("section with neither text nor entry (cmp-1)", "Composition/c-51", "section.0.text", REMOVE),
    ("Composition without author", "Composition/c-51", "author", REMOVE),
    ("Composition of another type", "Composition/c-51", "type.coding.0.code", "34112-3"),
    ("unescaped ampersand", "Composition/c-51", "section.0.text.div", _DIV.format("<p>Chest pain & dyspnea</p>")),
    ("script in the narrative", "Composition/c-51", "section.0.text.div", _DIV.format("<p>a</p><script>b</script>")),
    ("event attribute in the narrative", "Composition/c-51", "section.0.text.div", _DIV.format('<p onclick="b">a</p>')),
    ("Narrative.status outside the value set", "Composition/c-51", "section.0.text.status", "final"),
    ("DocumentReference with empty content", "c-51-document", "content", []),
    ("DocumentReference without category", "c-51-document", "category", REMOVE),
    ("attachment hash of other data", "c-51-document", "content.0.attachment.data", _other_text),
    ("attachment of another size", "c-51-document", "content.0.attachment.size", 12),
    ("attachment data that is no base64", "c-51-document", "content.0.attachment.data", "Q2hlc3Q*"),
    ("attachment data without contentType (att-1)", "c-51-document", "content.0.attachment.contentType", REMOVE),
    ("docStatus outside the value set", "c-51-document", "docStatus", "draft"),
    ("docStatus other than the Composition's status", "c-51-document", "docStatus", "final"),
    ("unknown property", "-home1", "dose", "81 mg"),
    ("unknown property deep inside", "Composition/c-51", "section.1.remark", "see above"),
    ("empty string", "-home1", "medicationCodeableConcept.text", ""),
    ("blank string", "-dx1", "code.text", "  "),
    ("empty array", STAY, "reasonCode", []),
    ("empty object", STAY, "hospitalization", {}),
    ("null", "-dx1", "code.text", None),
    ("birth date", PATIENT, "birthDate", "1965-03-14"),
    ("month of the note", "Composition/c-51", "date", "2026-03"),
    ("period that ends before it starts", STAY, "period", {"start": "2026", "end": "2025"}),
    ("negative length", STAY, "length.value", -263),
    ("negative minute", "-disp1", "_whenHandedOver.extension.0.extension.3.valueDuration.value", -12),
    ("reason of absence beside a value", "Composition/c-51", "date", "2026"),
    ("reason of absence inside a period that is there", STAY, "period", _ABSENT | {"start": "2026"}),
    ("extension with value and extensions (ext-1)", "-disp1", "_whenHandedOver.extension.0.valueString", "12 min"),
    ("extension with neither value nor extensions (ext-1)", STAY, "extension.0.valueCoding", REMOVE),
    ("extension without url", STAY, "extension.0.url", REMOVE),
    ("no security label", PATIENT, "meta", REMOVE),
    ("unknown security label", PATIENT, "meta.security.0.code", "PSEUD"),
    ("Device without type", "Device/edscribe-template", "type", REMOVE),
    ("deviceName.type outside the value set", "Device/edscribe-template", "deviceName.0.type", "brand"),
    ("contained resource", "-dx1", "contained", [{"resourceType": "Patient", "id": "inside"}]),
    ("URI with a blank", TEMPERATURE, "code.coding.0.system", "http://loinc.org /"),
    ("instant without a time", PATIENT, "meta.lastUpdated", "2026"),
    ("ICD-10 code without its dot", "-dx1", "code.coding.0.code", "R079"),
    ("rank of zero", STAY, "diagnosis.0.rank", 0),
    ("Provenance.entity.role outside the value set", "Provenance/c-51-provenance", "entity.0.role", "input"),
    ("resource of no type", "-dx1", "resourceType", "Diagnosis"),
)  # fmt: skip

BUNDLE_ERRORS = _base(
    "bundle",
    ("fullUrl of another resource", "Bundle/None", "entry.1.fullUrl", "https://fhir.example.org/Encounter/e-0"),
    ("request missing", "Bundle/None", "entry.0.request", REMOVE),
    ("request to another resource", "Bundle/None", "entry.0.request.url", "Patient/p-0"),
    ("request by a method that is none", "Bundle/None", "entry.0.request.method", "UPSERT"),
    ("Bundle.type outside the value set", "Bundle/None", "type", "upload"),
    ("entry twice", "Bundle/None", "entry", _doubled),
    ("error in a resource of an entry", "Bundle/None", "entry.2.resource.status", "done"),
)

DRAFT, PROVENANCE, DEVICE = "Composition/c-52", "Provenance/c-52-provenance", "Device/ai-device-1"
CARD, PROMPT = "DocumentReference/model-card-1", "DocumentReference/input-prompt-1"
_PSEUDED = {"system": f"{_HL7}/v3-ObservationValue", "code": "PSEUDED"}

AI_ERRORS = [
    *_base(
        "drafted",
        ("AI-Device of another type", DEVICE, "type.coding.0.code", "Large-Language-Models"),
        ("AI-Device with its type as text", DEVICE, "type", {"text": "Artificial intelligence"}),
        ("aiKind without value", DEVICE, "extension.0.valueCodeableConcept", REMOVE),
        ("aiKind outside the code system", DEVICE, "extension.0.valueCodeableConcept.coding.0.code", "LLM"),
        ("aiKind of an abstract code", DEVICE, "extension.0.valueCodeableConcept.coding.0.code", "Foundation-Models"),
        ("model card of the Device dangles", DEVICE, "extension.1.valueReference.reference", "DocumentReference/none"),
        ("model card of the Device is the prompt", DEVICE, "extension.1.valueReference.reference", PROMPT),
        ("model card of the Device is a Composition", DEVICE, "extension.1.valueReference.reference", DRAFT),
        ("AI-Device without version", DEVICE, "version", REMOVE),
        ("AI-Provenance without reason", PROVENANCE, "reason", REMOVE),
        ("AI-Provenance with another reason", PROVENANCE, "reason.0.coding.0.code", "CLINAST"),
        ("agent.who a Patient", PROVENANCE, "agent.0.who.reference", "Patient/p-77d03ffab1c2e490"),
        ("agent.who by name only", PROVENANCE, "agent.0.who", {"display": "EDScribe drafting model"}),
        ("agent without role", PROVENANCE, "agent.0.role", REMOVE),
        ("agent with another role", PROVENANCE, "agent.0.role.0.coding.0.code", "Large-Language-Models"),
        ("agent without type", PROVENANCE, "agent.0.type", REMOVE),
        ("model card entity without role", PROVENANCE, "entity.1.role", REMOVE),
        ("model card entity as source", PROVENANCE, "entity.1.role", "source"),
        ("input prompt entity without what", PROVENANCE, "entity.2.what", REMOVE),
        ("input prompt entity as source", PROVENANCE, "entity.2.role", "source"),
        ("AIAST without Provenance", PROVENANCE, "", REMOVE),
        ("Provenance of AI leaves the Composition out", PROVENANCE, "target.0", REMOVE),
        ("target of AI-Provenance without AIAST", DRAFT, "meta.security", [_PSEUDED]),
        ("DocumentReference without AIAST", "c-52-document", "meta.security", [_PSEUDED]),
        ("model card without category", CARD, "category", REMOVE),
        ("model card in markdown as plain text", CARD, "content.0.attachment.contentType", "text/plain"),
        ("model card of another type", CARD, "type.coding.0.code", "ModelCard"),
        ("input prompt of the model card's type", PROMPT, "type.coding.0.code", "AIModelCard"),
        ("input prompt of two types", PROMPT, "type.coding", lambda coding: [*coding, {"system": "a:b", "code": "c"}]),
        ("AI label of an unknown spelling", DRAFT, "meta.security.1.code", "AIAS"),
    ),
    *_base(
        "partly_drafted",
        ("element label without PROCESSINLINELABEL", "Composition/c-53", "meta.security", [_PSEUDED]),
        ("PROCESSINLINELABEL without element label", "Composition/c-53", "section.10.extension", REMOVE),
        ("element label without value", "Composition/c-53", "section.10.extension.0", {"url": _INLINE_LABEL}),
        ("element label of no AI", "Composition/c-53", "section.10.extension.0.valueCoding.code", "PSEUDED"),
    ),
    *_base(
        "signed",
        ("final without attester", "Composition/c-54", "attester", REMOVE),
        ("attester of an unknown mode", "Composition/c-54", "attester.0.mode", "signed"),
        ("preliminary with attester", "Composition/c-54", "status", "preliminary"),
        ("AI label lost when signed", "Composition/c-54", "meta.security", [_PSEUDED]),
        ("signed without a verifier", "Provenance/c-54-signed", "agent.0.type.coding.0.code", "author"),
    ),
]

PLANTED = [*R4_ERRORS, *BUNDLE_ERRORS, *AI_ERRORS]

CARELESS = [
    *_base(
        "two_patients",
        ("Observation of the other patient", "e-1111111111111111-triage-temperature", "subject.reference",
         "Patient/p-2222222222222222"),
        ("Condition of the other patient's stay", "e-1111111111111111-dx1", "encounter.reference",
         "Encounter/e-2222222222222222"),
        ("patient's name", "Patient/p-1111111111111111", "name", [{"family": "Doe", "given": ["Jane"]}]),
        ("medical record number", "Patient/p-1111111111111111", "identifier", [{"system": "urn:x:mrn", "value": "7"}]),
    ),
    *_base(
        "rendered",
        ("unit that the code contradicts", TEMPERATURE, "valueQuantity.unit", "mmHg"),
        ("systolic and diastolic in each other's place", "-triage-blood-pressure", "component", _swapped),
        ("neither a time nor why there is none", TEMPERATURE, "_effectiveDateTime", REMOVE),
        ("two diagnoses of one rank", STAY, "diagnosis.1.rank", 1),
        ("note of another stay attached", "c-51-document", "content.0.attachment",
         {"contentType": "text/plain", "data": "TXkgbm90ZQ==", "size": 7, "hash": "/8CTgeHvwIzVeSB0J7gDcEdCqP8="}),
        ("Composition without Provenance", "Provenance/c-51-provenance", "", REMOVE),
        ("ESI text of another level", "-triage-esi", "valueCodeableConcept.text", "ESI 4"),
        ("ESI display of another level", "-triage-esi", "valueCodeableConcept.coding.0.display", "Needs 1 resource"),
        ("minute without its offset", "-disp1", "_whenHandedOver.extension.0.extension.3", REMOVE),
        ("extension misspelt", "-disp1", "_whenHandedOver.extension.0.url", f"{_R4}/cqf-relativeDatetime"),
        ("label under another system", PATIENT, "meta.security.0.system", f"{_HL7}/v3-ActCode"),
        ("label twice", PATIENT, "meta.security", _doubled),
        ("hash in hexadecimal", "c-51-document", "content.0.attachment.hash",
         "4bfa930c44acfc1b7a8878c12d7e7158ab812134"),
        ("control character in a text", "-dx1", "code.text", "Chest pain\f"),
        ("image in the narrative", "Composition/c-51", "section.0.text.div", _DIV.format('<img src="a.png"/>a')),
        ("script as a link", "Composition/c-51", "section.0.text.div", _DIV.format('<a href="javascript:b()">a</a>')),
        ("ICD-10 code under ICD-9", "-dx1", "code.coding.0.system", "http://hl7.org/fhir/sid/icd-9-cm"),
        ("degrees Celsius called Fahrenheit", TEMPERATURE, "valueQuantity.value", 36.9),
        ("AllergyIntolerance to nothing", "-allergy1", "code", REMOVE),
        ("nothing dispensed", "-disp1", "medicationCodeableConcept", REMOVE),
        ("not a number", TEMPERATURE, "valueQuantity.value", float("nan")),
        ("language that is none", "Composition/c-51", "language", "english"),
    ),
    *_base(
        "drafted",
        ("agent a Device without AI", DEVICE, "",
         {"resourceType": "Device", "id": "ai-device-1", "type": {"text": "Software"}}),
        ("input prompt left out of the Provenance", PROVENANCE, "entity.2", REMOVE),
        ("prompt without text, hash or address", PROMPT, "content.0.attachment", {"contentType": "text/markdown"}),
        ("author of an AI draft a person", DRAFT, "author.0", {"display": "Emergency physician"}),
    ),
]  # fmt: skip
"""What a careless colleague would break, thought of once the rules above stood."""
