"""What the documents of a note have in common: stay, status, words, and a Provenance of who wrote and verified."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import unescape

from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY
from edscribe_pipelines.fhir.elements import Resource
from edscribe_pipelines.fhir.narrative import printable
from edscribe_pipelines.fhir.validation.problem import reference_to

SIGNED = ("final", "amended")
_VERIFIER = {"system": f"{HL7_TERMINOLOGY}/provenance-participant-type", "code": "verifier"}
_TAG = re.compile(r"<[^>]*>")


def note_documents(rows: Sequence[Resource]) -> Iterator[tuple[Resource, Resource]]:
    """Yield each Composition with each DocumentReference of a note of the same stay."""
    documents = defaultdict(list)
    for row in rows:
        if row["resourceType"] == "DocumentReference":
            for encounter in row.get("context", {}).get("encounter", ()):
                documents[encounter.get("reference")].append(row)
    for row in rows:
        if row["resourceType"] == "Composition":
            for document in documents.get(row.get("encounter", {}).get("reference"), ()):
                yield row, document


def document_agreement(rows: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    for composition, document in note_documents(rows):
        if document.get("docStatus") != composition.get("status"):
            yield document, "status-of-the-composition"
        if not _words_of_sections(composition) <= _attached_words(document):
            yield document, "text-of-the-composition"


def authorship(rows: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    """Yield notes of which no Provenance says who wrote them, and signed ones of which none says who verified them.
    An amended one has the word of its new author."""
    provenances = [row for row in rows if row["resourceType"] == "Provenance"]
    written = _targets(provenances)
    verified = _targets(row for row in provenances if _is_of_a_verifier(row))
    for row in rows:
        if row["resourceType"] == "Composition":
            if reference_to(row) not in written:
                yield row, "composition-without-provenance"
            if row.get("status") == "final" and reference_to(row) not in verified:
                yield row, "signed-without-verifier"


def _targets(provenances: Iterator[Resource] | list[Resource]) -> set[str | None]:
    return {target.get("reference") for row in provenances for target in row["target"]}


def _is_of_a_verifier(provenance: Resource) -> bool:
    types = [agent.get("type", {}) for agent in provenance["agent"]]
    return any(_VERIFIER.items() <= coding.items() for type_ in types for coding in type_.get("coding", ()))


def _words_of_sections(composition: Resource) -> set[str]:
    """Return the words of the sections that say something; "not documented" may be this export's own."""
    stated = [section for section in composition.get("section", ()) if "emptyReason" not in section]
    text = " ".join(section.get("text", {}).get("div", "") for section in stated)
    return set(unescape(_TAG.sub(" ", text)).split())


def _attached_words(document: Resource) -> set[str]:
    data = b" ".join(base64.b64decode(content["attachment"].get("data", "")) for content in document["content"])
    return set(printable(data.decode("utf-8", "replace")).split())
