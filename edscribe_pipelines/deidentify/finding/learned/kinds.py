"""The kinds of identifiers that the learned readers tell apart."""

from __future__ import annotations

NOTHING = "O"
TYPES = {
    "NAME": "NAME",
    "INITIALS": "NAME",
    "DATE": "DATE",
    "AGE_OVER_89": "AGE",
    "PHONE": "PHONE",
    "FAX": "PHONE",
    "PAGER": "PHONE",
    "EXTENSION": "PHONE",
    "EMAIL": "URL",
    "URL": "URL",
    "IP": "URL",
    **dict.fromkeys(("SSN", "MRN", "INSURANCE", "ACCOUNT", "ID", "LICENSE", "BIOMETRIC", "OTHER"), "OTHER_ID"),
    "PLATE": "VEHICLE",
    "DEVICE": "DEVICE",
    "HOSPITAL": "HOSPITAL",
    "ORG": "EMPLOYER",
    "STREET": "ADDRESS",
    "CITY": "CITY",
    "ZIP": "ZIP",
    "ROOM": "ROOM",
}
"""The type of a span for each category of the marked notes; those that read alike are one."""
