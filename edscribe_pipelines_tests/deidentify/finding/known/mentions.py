"""What is found of one known value in a text."""

from edscribe_pipelines.deidentify.finding.known import KnownIdentifiers


def found(text: str, kind: str, value: str) -> list[str]:
    return [text[find.start : find.end] for find in KnownIdentifiers([{"kind": kind, "value": value}]).finds(text)]
