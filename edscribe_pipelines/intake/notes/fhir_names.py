"""What a FHIR DocumentReference, and the people and places that it refers to, say to name somebody.

FHIR R4: https://hl7.org/fhir/R4/documentreference.html. The kinds are those that de-identification knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from edscribe_pipelines.clinical.records import Identifier

Resource = Mapping[str, Any]

_NAME_KINDS = {
    "Patient": "patient_name",
    "RelatedPerson": "relative_name",
    "Practitioner": "clinician_name",
    "PractitionerRole": "clinician_name",
    "Organization": "hospital",
    "Location": "hospital",
}
PEOPLE_AND_PLACES = frozenset(_NAME_KINDS)

_NUMBER_KINDS = {"MR": "mrn", "SS": "ssn", "DL": "license_number", "NPI": "npi", "MB": "member_id"}
"""HL7 v2 table 0203, identifier types: https://terminology.hl7.org/CodeSystem-v2-0203.html"""

_LITERAL = re.compile(r"(?:.*/)?(Patient/[A-Za-z0-9.-]{1,64})(?:/_history/.*)?")


def patient_of(document: Resource, others: Mapping[str, Resource]) -> str | None:
    """Return what names the patient best: the reference, which documents sent apart share, else a number of theirs.

    `others` are resources by the references that lead to them. A reference into the document itself
    ("#p1") names nobody.
    """
    subject = document.get("subject", {})
    reference = subject.get("reference", "")
    literal = _LITERAL.fullmatch(reference)
    numbers = [*_numbers([subject.get("identifier", {})]), *_numbers(others.get(reference, {}).get("identifier", []))]
    names = [literal[1] if literal else "", *(number["value"] for number in numbers)]
    return next(filter(None, [*names, "" if reference.startswith("#") else reference]), None)


def names_in(document: Resource, others: Mapping[str, Resource]) -> list[Identifier]:
    """Return the identifiers that the document and the resources that it refers to give, each once."""
    found = [*_own(document)]
    referred = [others[reference] for reference in _references(document) if reference in others]
    for resource in (*document.get("contained", []), *referred):
        found += _of_resource(resource)
    unique = {(each["kind"], each["value"].strip()) for each in found}
    return [{"kind": kind, "value": value} for kind, value in sorted(unique) if value]


def _own(document: Resource) -> Iterator[Identifier]:
    subject, context = document.get("subject", {}), document.get("context", {})
    for patient in (subject, context.get("sourcePatientInfo", {})):
        yield from _displayed(patient, "patient_name")
        yield from _numbers([patient.get("identifier", {})])
    for clinician in (*document.get("author", []), document.get("authenticator", {})):
        yield from _displayed(clinician, "clinician_name")
    yield from _displayed(document.get("custodian", {}), "hospital")


def _references(document: Resource) -> list[str]:
    context = document.get("context", {})
    referring = [document.get("subject"), document.get("authenticator"), document.get("custodian")]
    referring += [*document.get("author", []), context.get("sourcePatientInfo"), *context.get("related", [])]
    return [each["reference"] for each in referring if each and "reference" in each]


def _displayed(reference: Resource, kind: str) -> Iterator[Identifier]:
    if "display" in reference:
        yield {"kind": kind, "value": reference["display"]}


def _of_resource(resource: Resource) -> Iterator[Identifier]:
    kind = _NAME_KINDS.get(resource.get("resourceType", ""))
    if kind is None:
        return
    yield from _named(resource, kind)
    yield from _numbers(resource.get("identifier", []))
    for contact in resource.get("contact", []):
        yield from _named(contact, "relative_name" if kind == "patient_name" else "clinician_name")
    for clinician in resource.get("generalPractitioner", []):
        yield from _displayed(clinician, "clinician_name")
    yield from _displayed(resource.get("managingOrganization", {}), "hospital")
    if "birthDate" in resource:
        yield {"kind": "birth_date", "value": resource["birthDate"]}


def _named(resource: Resource, kind: str) -> Iterator[Identifier]:
    """Yield names, telecoms and addresses; an element that may repeat may also stand alone."""
    for name in _each(resource.get("name")):
        yield {"kind": kind, "value": name if isinstance(name, str) else _full_name(name)}
    for telecom in resource.get("telecom", []):
        yield {"kind": telecom.get("system", "phone"), "value": telecom.get("value", "")}
    for address in _each(resource.get("address")):
        for line in address.get("line", []):
            yield {"kind": "street_address", "value": line}
        yield {"kind": "city", "value": address.get("city", "")}
        yield {"kind": "zip", "value": address.get("postalCode", "")}


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _full_name(name: Resource) -> str:
    return name.get("text") or " ".join((*name.get("given", []), name.get("family", "")))


def _numbers(identifiers: list[Resource]) -> Iterator[Identifier]:
    for identifier in identifiers:
        codes = (coding.get("code", "") for coding in identifier.get("type", {}).get("coding", []))
        kind = next((_NUMBER_KINDS[code] for code in codes if code in _NUMBER_KINDS), "patient_id")
        yield {"kind": kind, "value": identifier.get("value", "")}
