"""What becomes of a stay's documents: signed, amended, retracted. Each step is a new version of the same ids.

Which step may follow which state is a row of `tables/document_transitions.csv`; what no row allows is refused. The
label of a model's text stays through all of them (AI Transparency on FHIR: AIAST says who asserted it first), and no
step has a time: its day is a date about the patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from edscribe_pipelines.clinical.reading.headed import split_headed
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.allergies import allergies
from edscribe_pipelines.fhir.attachment import attachment
from edscribe_pipelines.fhir.codes import HL7_TERMINOLOGY
from edscribe_pipelines.fhir.documents import labels_inside, section, with_labels_inside
from edscribe_pipelines.fhir.elements import LABELS_INSIDE, TEST_DATA, Resource, absent, coded
from edscribe_pipelines.fhir.narrative import printable
from edscribe_pipelines.fhir.note import Note
from edscribe_pipelines.fhir.provenance import participant
from edscribe_pipelines.tables import read_table

Action = Literal["sign", "amend", "retract"]
_ACTIVITIES = {
    "sign": coded(f"{HL7_TERMINOLOGY}/v3-DocumentCompletion", "LA", "legally authenticated"),
    "amend": coded(f"{HL7_TERMINOLOGY}/v3-DataOperation", "UPDATE", "revise"),
    "retract": coded(f"{HL7_TERMINOLOGY}/v3-DataOperation", "NULLIFY", "nullify"),
}


@dataclass(frozen=True)
class Documents:
    """A stay's Composition and DocumentReference as they stand, and the allergies that were read in its note."""

    composition: Resource
    document: Resource
    allergies: tuple[Resource, ...] = ()


@dataclass(frozen=True)
class Step:
    """The new versions, and the Provenance of the step."""

    documents: Documents
    provenance: Resource

    @property
    def resources(self) -> list[Resource]:
        documents = self.documents
        return [documents.composition, documents.document, *documents.allergies, self.provenance]


def sign(standing: Documents, signer: str) -> Step:
    """Return the documents as `signer` (an id that the hospital knows a physician by) takes legal responsibility."""
    status = _next("sign", standing)
    attester = {"mode": "legal", "_time": absent("masked"), "party": _physician(signer)}
    composition = standing.composition | {"status": status, "attester": [attester]}
    document = standing.document | {"docStatus": status, "authenticator": _physician(signer)}
    return _step("sign", Documents(composition, document), signer)


def amend(standing: Documents, signer: str, text: str) -> Step:
    """Return the documents with another note, whose author and attester is `signer`.

    Of a model's note the sections that stay as they were keep the label; an allergy that the note no longer names was
    an error. Raises BadInput where a section is missing.
    """
    status = _next("amend", standing)
    contents = split_headed(text)
    if len(contents) < len(SECTIONS):
        raise BadInput("the amended note", "not the twelve sections", remedy="Give each its heading.")
    attester = {"mode": "legal", "_time": absent("masked"), "party": _physician(signer)}
    sections = [section(name, content) for name, content in contents.items()]
    composition = standing.composition | {"status": status, "attester": [attester], "section": sections}
    held = attachment(printable(text), "text/plain", standing.document["content"][0]["attachment"]["title"])
    document = standing.document | {
        "docStatus": status,
        "authenticator": _physician(signer),
        "content": [{"attachment": held}],
    }
    if of_model := labels_inside(standing.composition):
        said = {each["title"]: each["text"] for each in standing.composition["section"]}
        kept = [each["title"] for each in sections if said.get(each["title"]) == each["text"]]
        composition = with_labels_inside(composition, set(of_model) & set(kept))
    return _step("amend", Documents(composition, document, _named_now(standing, text)), signer)


def retract(standing: Documents, signer: str) -> Step:
    """Return the documents, and the allergies read in them, as entered in error: nobody is to rely on them."""
    status = _next("retract", standing)
    composition = standing.composition | {"status": status}
    document = standing.document | {"status": status, "docStatus": status}
    return _step("retract", Documents(composition, document, tuple(map(_in_error, standing.allergies))), signer)


def _in_error(allergy: Resource) -> Resource:
    """Return an allergy as entered in error, which has no clinical status (R4 invariant ait-2)."""
    status = coded(f"{HL7_TERMINOLOGY}/allergyintolerance-verification", "entered-in-error")
    return {name: value for name, value in allergy.items() if name != "clinicalStatus"} | {"verificationStatus": status}


def _named_now(standing: Documents, text: str) -> tuple[Resource, ...]:
    """Return what an amended note changes of the allergies: those that it dropped, and those that are new in it."""
    composition = standing.composition
    stay = {
        "encounter_id": composition["encounter"]["reference"].partition("/")[2],
        "patient_key": composition["subject"]["reference"].partition("/")[2],
        "data_use": "synthetic" if TEST_DATA in composition["meta"]["security"] else "",
    }
    named = {each["code"]["text"]: each for each in allergies(stay, Note(text, "physician", "physician"))}
    before = {each["code"]["text"]: each for each in standing.allergies}
    dropped = [_in_error(each) for name, each in before.items() if name not in named]
    new = [each for name, each in named.items() if name not in before]
    first = len(standing.allergies) + 1
    numbered = (
        each | {"id": f"{stay['encounter_id']}-allergy{number}"} for number, each in enumerate(new, start=first)
    )
    return (*dropped, *numbered)


def _next(action: Action, standing: Documents) -> str:
    before = str(standing.composition["status"])
    after = _transitions().get((action, before))
    if after is None:
        able = " or ".join(sorted(state for each, state in _transitions() if each == action))
        raise BadInput(
            f"Composition/{standing.composition['id']}",
            f"is {before}, which nobody can {action}",
            remedy=f"Only what is {able} can be.",
        )
    return after


@cache
def _transitions() -> dict[tuple[str, str], str]:
    rows = read_table("document_transitions.csv", "edscribe_pipelines.fhir.tables")
    return {(row["action"], row["from"]): row["to"] for row in rows}


def _physician(signer: str) -> dict[str, Any]:
    """Return a logical reference: the store need not hold a Practitioner."""
    return {"type": "Practitioner", "identifier": {"value": signer}}


def _step(action: Action, documents: Documents, signer: str) -> Step:
    composition = documents.composition
    part = participant("author" if action == "amend" else "verifier")
    targets = [composition, documents.document, *documents.allergies]
    return Step(
        documents,
        {
            "resourceType": "Provenance",
            "id": f"{composition['id']}-{action}",
            "meta": {"security": [label for label in composition["meta"]["security"] if label != LABELS_INSIDE]},
            "target": [{"reference": f"{each['resourceType']}/{each['id']}"} for each in targets],
            "_recorded": absent("masked"),
            "activity": _ACTIVITIES[action],
            "agent": [{"type": part, "who": _physician(signer)}],
        },
    )
