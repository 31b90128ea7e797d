"""A note on a real server: signed, amended and retracted there, and no export writes over it."""

from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.month import deliver
from edscribe_pipelines.fhir.delivery.signing import take_step
from edscribe_pipelines.fhir.delivery.target import Target, target_of
from edscribe_pipelines.fhir.delivery.versions import delivered
from edscribe_pipelines.fhir.delivery.withdrawing import withdraw
from edscribe_pipelines.fhir.export import export_ndjson
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.delivery.exports import google_settings, settings_for
from edscribe_pipelines_tests.fhir.delivery.test_month import QUICK
from edscribe_pipelines_tests.fhir.invented import NOTE_TEXT, drafted_note, stay
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade

STAY = "e-signed"
AMENDED = NOTE_TEXT.replace("Admitted.", "Discharged home.")


def composition(settings: Settings, target: Target) -> dict:
    return delivered(f"Composition/{STAY}-note", settings, target, QUICK)


def test_delivered_note_is_signed_amended_and_retracted_as_new_versions_of_its_ids(sekmet: str, tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    export_ndjson([stay(encounter_id=STAY, patient_key="p-signed")], {STAY: drafted_note()}, export)
    with Facade(sekmet) as facade:
        settings = google_settings(tmp_path / "store", facade)
        target = target_of(settings)
        assert target is not None
        with pytest.raises(BadInput, match="not there"):
            take_step("sign", STAY, "md-7", settings, target)
        assert deliver(export, "2026-01", settings, target, patience=QUICK).is_whole

        take_step("sign", STAY, "md-7", settings, target)
        signed = composition(settings, target)
        assert (signed["status"], signed["attester"][0]["mode"]) == ("final", "legal")
        assert delivered(f"Provenance/{STAY}-note-sign", settings, target, QUICK)["agent"][0]["who"] == {
            "type": "Practitioner",
            "identifier": {"value": "md-7"},
        }
        assert deliver(export, "2026-01", settings, target, patience=QUICK).sent.done == 0
        with pytest.raises(BadInput, match="is final, which nobody can sign"):
            take_step("sign", STAY, "md-7", settings, target)

        take_step("amend", STAY, "md-7", settings, target, AMENDED)
        amended = composition(settings, target)
        assert amended["status"] == "amended"
        assert "Discharged home." in amended["section"][-1]["text"]["div"]
        assert "AIAST" in [label["code"] for label in amended["meta"]["security"]]

        take_step("retract", STAY, "md-7", settings, target)
        document = delivered(f"DocumentReference/{STAY}-document", settings, target, QUICK)
        assert (document["status"], document["docStatus"]) == ("entered-in-error", "entered-in-error")
        assert deliver(export, "2026-01", settings, target, patience=QUICK).sent.done == 0
        assert composition(settings, target)["status"] == "entered-in-error"


def test_lost_ledger_neither_unsigns_a_note_nor_brings_back_a_patient(sekmet: str, tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    stays = [stay(encounter_id=f"e-lost-{number}", patient_key=f"p-lost-{number}") for number in range(3)]
    export_ndjson(stays, {row["encounter_id"]: drafted_note() for row in stays}, export)
    settings = settings_for(tmp_path / "store", sekmet)
    target = target_of(settings)
    assert target is not None
    deliver(export, "2026-01", settings, target, patience=QUICK)
    take_step("sign", "Encounter/e-lost-0", "md-7", settings, target)
    withdraw("patient", "Patient/p-lost-1", settings, target, QUICK)

    renamed = settings_for(tmp_path / "other", sekmet.replace("127.0.0.1", "localhost"))
    elsewhere = target_of(renamed)
    assert elsewhere is not None
    again = deliver(export, "2026-01", renamed, elsewhere, patience=QUICK)
    assert again.counts["adopted"] > 2
    assert delivered("Composition/e-lost-0-note", renamed, elsewhere, QUICK)["status"] == "final"
    with pytest.raises(BadInput, match="withdrawn"):
        delivered("Patient/p-lost-1", renamed, elsewhere, QUICK)
    with pytest.raises(BadInput, match="withdrawn"):
        delivered("Composition/e-lost-1-note", renamed, elsewhere, QUICK)


@pytest.mark.parametrize("signer", ["", "Dr. Jane Smith"])
def test_signer_is_an_id(signer: str, sekmet: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "store", sekmet)
    target = target_of(settings)
    assert target is not None
    with pytest.raises(BadInput, match="--signer: no id"):
        take_step("sign", STAY, signer, settings, target)


def test_folder_keeps_no_versions(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "store", str(tmp_path / "out"))
    target = target_of(settings)
    assert target is not None
    with pytest.raises(BadInput, match="Sign on the FHIR server"):
        take_step("sign", STAY, "md-7", settings, target)
