"""Takes a stay's documents on a target one step on (`life_cycle`): signed, amended or retracted, as new versions."""

from __future__ import annotations

import re

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.target import SETTING, Target
from edscribe_pipelines.fhir.delivery.versions import delivered, put_versions
from edscribe_pipelines.fhir.documents import composition_id, document_id
from edscribe_pipelines.fhir.life_cycle import Action, Documents, Step, amend, retract, sign
from edscribe_pipelines.settings import Settings

_ID = re.compile(r"[\w./|:@-]{1,64}")


def take_step(
    action: Action, stay: str, signer: str, settings: Settings, target: Target, text: str | None = None
) -> dict[str, str | None]:
    """Return the target's version of each resource that the step wrote, by its reference.

    `stay` is an encounter_id, `signer` an id of a physician, `text` the whole note of an amendment. Raises BadInput
    where the target does not hold the stay's documents, or in a state that forbids the step.
    """
    if target.kind == "folder":
        raise BadInput(SETTING, "a folder, which keeps no versions", remedy="Sign on the FHIR server.")
    if not _ID.fullmatch(signer):
        raise BadInput("--signer", "no id", remedy="Give the id that the hospital knows the physician by, no name.")
    row = {"encounter_id": stay.removeprefix("Encounter/")}
    composition = delivered(f"Composition/{composition_id(row)}", settings, target)
    document = delivered(f"DocumentReference/{document_id(row)}", settings, target)
    written = delivered(f"Provenance/{composition_id(row)}-provenance", settings, target)
    read_in_it = [
        each["reference"] for each in written["target"] if each["reference"].startswith("AllergyIntolerance/")
    ]
    allergies = tuple(delivered(reference, settings, target) for reference in read_in_it)
    step = _step(action, Documents(composition, document, allergies), signer, text)
    return put_versions(step.resources, action, settings, target)


def _step(action: Action, standing: Documents, signer: str, text: str | None) -> Step:
    if action == "amend":
        return amend(standing, signer, text or "")
    return sign(standing, signer) if action == "sign" else retract(standing, signer)
