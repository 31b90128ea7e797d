"""What a known identifier is, from the kind that the record gives it and, failing that, from its value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from edscribe_pipelines.deidentify.finding.known.reading import split_words
from edscribe_pipelines.deidentify.tables import word_list

_TYPE_OF_KIND = (
    ("mrn", "MRN"), ("medical_record", "MRN"), ("ssn", "SSN"), ("social_security", "SSN"), ("fax", "FAX"),
    ("phone", "PHONE"), ("tel", "PHONE"), ("pager", "PHONE"), ("mail", "EMAIL"), ("birth", "DATE"), ("dob", "DATE"),
    ("date", "DATE"), ("hospital", "HOSPITAL"), ("facility", "HOSPITAL"), ("clinic_name", "HOSPITAL"),
    ("employer", "EMPLOYER"), ("zip", "ZIP"), ("postal", "ZIP"), ("ip_", "IP"), ("city", "CITY"),
    ("address", "ADDRESS"), ("street", "ADDRESS"), ("account", "ACCOUNT"), ("plan", "HEALTH_PLAN"),
    ("insurance", "HEALTH_PLAN"), ("member", "HEALTH_PLAN"), ("licen", "LICENSE"), ("npi", "LICENSE"),
    ("vehicle", "VEHICLE"), ("plate", "VEHICLE"), ("vin", "VEHICLE"), ("device", "DEVICE"), ("serial", "DEVICE"),
    ("url", "URL"), ("web", "URL"), ("biometric", "BIOMETRIC"), ("photo", "PHOTO"), ("room", "ROOM"),
    ("name", "NAME"), ("_id", "OTHER_ID"), ("number", "OTHER_ID"),
)  # fmt: skip
_PERSONS = ("patient", "kin", "relative", "clinician", "physician", "provider", "nurse", "contact", "doctor",
            "guardian", "attending", "pcp", "person")  # fmt: skip
_PATIENT = ("patient", "full_name")
_KINDS_REMEMBERED = 500
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Kind:
    """What the name of a kind says: the type it names, if any, and whether it is of a person, of the patient."""

    type: str | None
    is_person: bool
    is_patient: bool


@lru_cache(maxsize=_KINDS_REMEMBERED)
def kind_of(name: str) -> Kind:
    folded = name.casefold()
    return Kind(
        type=next((span_type for part, span_type in _TYPE_OF_KIND if part in folded), None),
        is_person=any(person in folded for person in _PERSONS),
        is_patient=folded == "name" or any(patient in folded for patient in _PATIENT),
    )


def type_of(kind: Kind, value: str) -> str:
    """Return the type of span that a value leaves behind."""
    if kind.type is not None and kind.type != "NAME":
        return kind.type
    if "@" in value or _DIGIT.search(value):
        return "OTHER_ID"
    if kind.is_person or institution_words().isdisjoint(split_words(value)):
        return "NAME"
    return "HOSPITAL"


@cache
def institution_words() -> frozenset[str]:
    """Return the words that only say what sort of institution a name is of."""
    return frozenset(
        word for name in ("facility", "organization") for line in word_list(name) for word in split_words(line)
    )
