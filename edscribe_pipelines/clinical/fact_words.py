"""The words for coded facts of an encounter, the same in a prompt, in a rendered note and in its check."""

SEXES = {"F": "Female", "M": "Male"}

TRANSPORTS = {
    "AMBULANCE": "by ambulance",
    "HELICOPTER": "by helicopter",
    "OTHER": "by other means",
    "WALK IN": "on foot",
}
"""MIMIC-IV-ED's arrival transports but UNKNOWN, which is no fact."""

DISPOSITIONS = {
    "ADMITTED": "Admitted",
    "EXPIRED": "Died in the emergency department",
    "HOME": "Discharged home",
    "LEFT AGAINST MEDICAL ADVICE": "Left against medical advice",
    "OTHER": "Disposition recorded as other",
    "TRANSFER": "Transferred",
}
"""MIMIC-IV-ED's dispositions that follow a physician's care. Leaving unseen and eloping do not."""
