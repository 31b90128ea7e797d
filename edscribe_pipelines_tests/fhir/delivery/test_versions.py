from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.fhir.delivery.content import content_hash
from edscribe_pipelines.fhir.delivery.month import deliver
from edscribe_pipelines.fhir.delivery.target import target_of
from edscribe_pipelines.fhir.delivery.versions import delivered, put_versions
from edscribe_pipelines.fhir.delivery.withdrawing import withdraw
from edscribe_pipelines_tests.fhir.delivery.exports import (
    MONTH,
    google_settings,
    hash_of,
    held_by,
    invented,
    write_export,
)
from edscribe_pipelines_tests.fhir.delivery.test_month import QUICK
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults


def test_signed_version_is_put_kept_by_exports_of_its_month_and_recalled_with_its_adapter(
    sekmet: str, tmp_path: Path
) -> None:
    export = write_export(tmp_path / "export", invented("signed", 2), "signed-dddd")
    with Facade(sekmet) as facade:
        settings = google_settings(tmp_path / "store", facade)
        target = target_of(settings)
        assert target is not None
        deliver(export, MONTH, settings, target)
        signed = delivered("Composition/e-signed-0-note", settings, target) | {"status": "final"}
        second = delivered("Provenance/e-signed-0-note-provenance", settings, target) | {"id": "e-signed-0-signature"}
        versions = put_versions([signed, second], "sign", settings, target, QUICK)
        assert versions == {"Composition/e-signed-0-note": "2", "Provenance/e-signed-0-signature": "1"}
        again = deliver(export, MONTH, settings, target)
        assert (again.sent.done, again.counts["kept"]) == (0, 1)
        name = "Composition/e-signed-0-note"
        assert held_by(sekmet, [name]) == {name: content_hash(signed)}
        assert deliver(export, "2026-04", settings, target).sent.types == {"Composition": 1}
        assert withdraw("adapter", hash_of("signed-dddd"), settings, target, QUICK)["Provenance"] == 3


def test_new_version_of_what_is_not_there_is_bad_input_and_a_refused_one_changes_nothing(
    sekmet: str, tmp_path: Path
) -> None:
    export = write_export(tmp_path / "export", invented("unsigned", 1))
    with Facade(sekmet) as facade:
        settings = google_settings(tmp_path / "store", facade)
        target = target_of(settings)
        assert target is not None
        row = {"resourceType": "Composition", "id": "e-unsigned-0-note"}
        with pytest.raises(BadInput, match="not there"):
            put_versions([row], "sign", settings, target, QUICK)
        deliver(export, MONTH, settings, target)
        name = "Composition/e-unsigned-0-note"
        before = held_by(sekmet, [name])
        facade.faults = Faults(refused={name: 422})
        with pytest.raises(StageFailed, match="refuses"):
            put_versions([delivered(name, settings, target) | {"title": "x"}], "amend", settings, target, QUICK)
    assert held_by(sekmet, [name]) == before
