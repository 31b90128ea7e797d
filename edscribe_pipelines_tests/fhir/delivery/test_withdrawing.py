from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.fhir.delivery.ledger import FILE
from edscribe_pipelines.fhir.delivery.month import deliver
from edscribe_pipelines.fhir.delivery.target import Target, target_of
from edscribe_pipelines.fhir.delivery.withdrawing import withdraw
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.delivery.exports import (
    DOCUMENTS,
    device_of,
    google_settings,
    hash_of,
    hashes_of,
    held_by,
    invented,
    settings_for,
    write_export,
)
from edscribe_pipelines_tests.fhir.delivery.test_month import QUICK
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade


def of_types(names: set[str], *kinds: str) -> set[str]:
    return {name for name in names if name.startswith(kinds)}


@contextmanager
def two_adapters(sekmet: str, folder: Path, tag: str) -> Iterator[tuple[Settings, Target, Path, Path]]:
    """Yield a store of Google's that has the stays of two adapters, and the two exports."""
    ours = write_export(folder / "a", invented(f"{tag}a", 4), f"{tag}-aaaa1111")
    theirs = write_export(folder / "b", invented(f"{tag}b", 3), f"{tag}-bbbb2222")
    with Facade(sekmet) as facade:
        settings = google_settings(folder / "store", facade)
        target = target_of(settings)
        assert target is not None
        assert deliver(ours, "2026-01", settings, target, patience=QUICK).is_whole
        assert deliver(theirs, "2026-02", settings, target, patience=QUICK).is_whole
        yield settings, target, ours, theirs


@pytest.mark.parametrize("ledger_is_lost", [False, True])
def test_recall_of_an_adapter_takes_all_it_made_and_nothing_of_another(
    sekmet: str, tmp_path: Path, ledger_is_lost: bool
) -> None:
    tag = f"adapter{ledger_is_lost}".lower()
    with two_adapters(sekmet, tmp_path, tag) as (settings, target, ours, theirs):
        device = device_of(f"{tag}-aaaa1111")
        described = {device, f"DocumentReference/{device.partition('/')[2]}-card"}
        if ledger_is_lost:
            (settings.store / FILE).unlink()
        gone = withdraw("adapter", device if ledger_is_lost else hash_of(f"{tag}-aaaa1111"), settings, target, QUICK)
        expected = hashes_of(ours, theirs)
        of_a_stay = {name for name in hashes_of(ours) if f"-{tag}a-" in name}
        left = expected.keys() - of_types(of_a_stay, *DOCUMENTS) - described
        assert held_by(sekmet, list(expected)) == {name: expected[name] for name in left}
        assert gone == {"Composition": 4, "Device": 1, "DocumentReference": 5, "Provenance": 4, "refused": 0}
        again = deliver(ours, "2026-01", settings, target, patience=QUICK)
        assert again.sent.done == (len(left - hashes_of(theirs).keys()) + 1 if ledger_is_lost else 0)
        assert held_by(sekmet, [device]) == {}
        assert withdraw("adapter", device, settings, target, QUICK) == {"refused": 0}


def test_recall_of_a_patient_takes_all_stays_and_lets_none_come_back(sekmet: str, tmp_path: Path) -> None:
    with two_adapters(sekmet, tmp_path, "patient") as (settings, target, ours, theirs):
        gone = withdraw("patient", "p-patienta-1", settings, target, QUICK)
        expected = hashes_of(ours, theirs)
        recalled = {n for n in expected if "-patienta-1" in n or "-patienta-2" in n}
        assert (gone["Patient"], gone["Encounter"]) == (1, 2)
        assert held_by(sekmet, list(expected)).keys() == expected.keys() - recalled
        again = deliver(ours, "2026-01", settings, target, patience=QUICK)
        assert again.sent.done == 0
        later = write_export(tmp_path / "c", invented("patienta", 3)[1:2], "patient-aaaa1111")
        assert deliver(later, "2026-03", settings, target, patience=QUICK).sent.done == 0


def test_recall_of_a_month_leaves_what_other_months_need(sekmet: str, tmp_path: Path) -> None:
    stays = invented("month", 3)
    first = write_export(tmp_path / "1", stays[:2])
    second = write_export(tmp_path / "2", stays[2:])
    settings = settings_for(tmp_path / "store", sekmet)
    target = target_of(settings)
    assert target is not None
    deliver(first, "2026-01", settings, target)
    deliver(second, "2026-02", settings, target)
    withdraw("export", "2026-01", settings, target, QUICK)
    expected = hashes_of(first, second)
    recalled = {n for n in expected if "e-month-0" in n or "e-month-1" in n} | {"Patient/p-month-0"}
    assert held_by(sekmet, list(expected)).keys() == expected.keys() - recalled
    assert deliver(first, "2026-01", settings, target).sent.done == 0
    assert deliver(first, "2026-03", settings, target).sent.done == 0
    withdraw("export", "2026-02", settings, target, QUICK)
    assert held_by(sekmet, list(expected)) == {}


def test_recall_from_a_folder_leaves_nothing_in_any_file(tmp_path: Path) -> None:
    ours = write_export(tmp_path / "a", invented("fa", 3), "device-aaaa")
    theirs = write_export(tmp_path / "b", invented("fb", 2), "device-bbbb")
    settings = settings_for(tmp_path / "store", str(tmp_path / "out"))
    target = target_of(settings)
    assert target is not None
    deliver(ours, "2026-01", settings, target)
    deliver(theirs, "2026-02", settings, target)
    gone = withdraw("adapter", hash_of("device-aaaa"), settings, target)
    assert gone == {"Composition": 3, "Device": 1, "DocumentReference": 4, "Provenance": 3}
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*.ndjson")).decode()
    assert device_of("device-aaaa") not in written
    assert written.count(device_of("device-bbbb")) >= 2
    assert "e-fa-1" in written


def test_unknown_adapter_is_bad_input(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "store", str(tmp_path / "out"))
    target = target_of(settings)
    assert target is not None
    with pytest.raises(BadInput, match="no such adapter"):
        withdraw("adapter", "aaaa", settings, target)
    with pytest.raises(BadInput, match="no such patient"):
        withdraw("patient", "p-nobody", settings, target)
    with pytest.raises(BadInput, match="no such month"):
        withdraw("export", "2025-01", settings, target)
