from edscribe_pipelines.clinical.guardrails import check_note


def asked(note: str) -> list[tuple[str, str]]:
    """Return what is asked about the care of a note: rule and severity."""
    found = check_note(note).findings
    return [(each["rule"], each["severity"]) for each in found if each["rule"].startswith("care.")]
