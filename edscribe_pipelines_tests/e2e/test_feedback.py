"""What a physician corrects comes back as a case."""

from __future__ import annotations

import orjson
import polars as pl

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED

MONTH = "2026-03"

EDITED = """\
CHIEF COMPLAINT
{complaint}

HISTORY OF PRESENT ILLNESS
Symptoms for one day, constant, without injury. Seen with the sister, Ilvandra Quorrasten.

REVIEW OF SYSTEMS
Denies fever, syncope and vomiting.

PAST MEDICAL/SURGICAL HISTORY
None reported by the patient.

MEDICATIONS
Takes no medications.

ALLERGIES
No known drug allergies.

SOCIAL HISTORY
Does not smoke.

PHYSICAL EXAMINATION
Alert, comfortable, breathing easily. Heart regular, lungs clear, abdomen soft.

ED COURSE & PROCEDURES
Acetaminophen 650 mg PO given with relief. No procedures.

LABS & IMAGING
Complete blood count normal.

MEDICAL DECISION MAKING
Viral illness is most likely because of the normal examination. Considered sepsis (no fever, unlikely), pneumonia \
(clear lungs, unlikely) and appendicitis (soft abdomen, unlikely). Nothing suggests acute coronary syndrome, \
arrhythmia, pulmonary embolism, pneumothorax, aortic dissection, an abdominal aortic aneurysm, perforation, ectopic \
pregnancy, ovarian torsion, stroke, subarachnoid hemorrhage, meningitis, intracranial hemorrhage, hypoglycemia, \
cauda equina syndrome, an epidural abscess, a peritonsillar abscess or a deep neck infection.

DISPOSITION
Discharged home because the patient is stable. Return for fever, fainting or worse pain. Follow-up in two days.
"""


def test_corrected_note_replaces_the_rendered_case_in_its_patients_split(workplace):
    workplace.run_corpus(MONTH)
    before = workplace.stages().get("splits", MONTH).table("cases")
    went_home = pl.col("metadata").struct.field("disposition") == "HOME"
    rendered = before.filter(went_home, tier="rendered", split="train").row(0, named=True)
    edited = EDITED.format(complaint=rendered["metadata"]["chief_complaint"])
    line = {"feedback_id": "f-1", "encounter_id": rendered["encounter_id"], "rating": 2, "edited_note": edited}
    inbox = workplace.settings().feedback_inbox
    inbox.mkdir()
    (inbox / "ilvandra.jsonl").write_bytes(orjson.dumps(line))

    workplace.run_corpus(MONTH)
    after = workplace.stages().get("splits", MONTH).table("cases")
    (corrected,) = after.filter(revises=rendered["encounter_id"]).to_dicts()
    assert (corrected["tier"], corrected["patient_key"]) == ("physician", rendered["patient_key"])
    assert corrected["split"] == rendered["split"]
    assert "Complete blood count normal." in corrected["completion"]
    assert "Quorrasten" not in corrected["completion"]
    assert NOT_DOCUMENTED not in corrected["completion"]
    assert after.filter(encounter_id=rendered["encounter_id"]).is_empty()
    others = pl.col("patient_key") != rendered["patient_key"]
    assert after.filter(others).equals(before.filter(others))
