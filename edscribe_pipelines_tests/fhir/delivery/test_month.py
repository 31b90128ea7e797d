import time
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.fhir.delivery.ledger import open_ledger
from edscribe_pipelines.fhir.delivery.month import deliver, deliver_month, replay, what_would_go
from edscribe_pipelines.fhir.delivery.sending import Patience
from edscribe_pipelines.fhir.delivery.target import target_of
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.delivery.exports import (
    MONTH,
    google_settings,
    hashes_of,
    held_by,
    invented,
    settings_for,
    write_export,
)
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults

QUICK = Patience(first_wait=0.02, longest_wait=0.2)


def send(export: Path, settings: Settings, month: str = MONTH, patience: Patience = QUICK) -> Any:
    target = target_of(settings)
    assert target is not None
    return deliver(export, month, settings, target, patience=patience)


def test_plain_server_holds_what_was_exported_and_a_second_delivery_sends_nothing(sekmet: str, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("plain", 7))
    expected = hashes_of(export)
    first = send(export, settings_for(tmp_path / "store", sekmet))
    assert (first.sent.done, first.is_whole) == (len(expected), True)
    assert held_by(sekmet, list(expected)) == expected
    second = send(export, settings_for(tmp_path / "store", sekmet))
    assert (second.sent.done, second.sent.requests, second.counts["unchanged"]) == (0, 0, len(expected))


def test_only_what_changed_is_sent_again(sekmet: str, tmp_path: Path) -> None:
    stays = invented("change", 4)
    settings = settings_for(tmp_path / "store", sekmet)
    send(write_export(tmp_path / "first", stays), settings)
    stays[2] |= {"minutes_in_ed": 7}
    changed = write_export(tmp_path / "second", stays)
    again = send(changed, settings)
    assert again.sent.types == {"Encounter": 1}
    expected = hashes_of(changed)
    assert held_by(sekmet, list(expected)) == expected


def test_store_of_google_gets_whole_stays_in_spite_of_every_fault(sekmet: str, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("faults", 20))
    script = ["429", "500", "503", "cut_before", "cut_after"]
    faults = Faults(script=script, only="POST", retry_after_s=None, entry_rates={429: 0.2, 503: 0.1}, search_lag_s=0.5)
    with Facade(sekmet, faults) as facade:
        delivery = send(export, google_settings(tmp_path / "store", facade))
        failed = [status for method, _, status in facade.requests if method == "POST" and status != 200]
        assert sorted(failed) == [0, 0, 429, 500, 503]
        assert facade.contended == []
    expected = hashes_of(export)
    assert (delivery.sent.done, delivery.is_whole) == (len(expected), True)
    assert held_by(sekmet, list(expected)) == expected


def test_inside_a_batch_only_the_entries_that_failed_go_again(sekmet: str, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("entries", 30))
    with Facade(sekmet, Faults(entry_rates={429: 0.4})) as facade:
        delivery = send(export, google_settings(tmp_path / "store", facade))
        assert set(facade.written.values()) == {1}
    assert delivery.sent.again > 0
    assert delivery.is_whole


def test_wait_that_a_server_asks_for_is_kept(sekmet: str, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("wait", 2))
    with Facade(sekmet, Faults(script=["429", "", "503"], only="POST", retry_after_s=1)) as facade:
        started = time.monotonic()
        assert send(export, google_settings(tmp_path / "store", facade)).is_whole
        assert facade.hasty == []
    assert time.monotonic() - started > 2


def test_refused_stay_is_a_dead_letter_stops_nothing_and_is_replayed_after_the_fix(sekmet: str, tmp_path: Path) -> None:
    stays = invented("dead", 9)
    export = write_export(tmp_path / "export", stays)
    bad = "Observation/e-dead-4-triage-heart-rate"
    with Facade(sekmet, Faults(refused={bad: 422})) as facade:
        settings = google_settings(tmp_path / "store", facade)
        target = target_of(settings)
        first = send(export, settings)
        expected = hashes_of(export)
        own = {name for name in expected if "e-dead-4" in name}
        assert (first.is_whole, first.sent.refused) == (False, len(own))
        assert held_by(sekmet, list(expected)).keys() == expected.keys() - own
        letters = list((tmp_path / "store" / "fhir_dead_letters").iterdir())
        assert [path.stat().st_mode & 0o777 for path in letters] == [0o600]
        assert b"OperationOutcome" in letters[0].read_bytes()
        still = replay(lambda month: export, settings, target)
        assert still[MONTH].sent.refused == len(own)
        facade.faults = Faults()
        after = replay(lambda month: export, settings, target)
        assert after[MONTH].sent.done == len(own)
    assert held_by(sekmet, list(expected)) == expected
    assert not letters[0].exists()
    assert replay(lambda month: export, settings, target) == {}


def test_stay_whose_patient_was_refused_is_held_back(sekmet: str, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", [*invented("held", 2), *invented("well", 2)])
    with Facade(sekmet, Faults(refused={"Patient/p-held-0": 422})) as facade:
        settings = google_settings(tmp_path / "store", facade)
        first = send(export, settings)
        assert (first.counts["held_back"], first.sent.refused, first.is_whole) == (1, 1, False)
        facade.faults = Faults()
        assert replay(lambda month: export, settings, target_of(settings))[MONTH].is_whole
    expected = hashes_of(export)
    assert held_by(sekmet, list(expected)) == expected


def test_bound_rows_stay_and_are_counted_unless_the_host_is_trusted(sekmet: str, tmp_path: Path) -> None:
    stays = [*invented("open", 2), *invented("bound", 3, data_use="credentialed")]
    export = write_export(tmp_path / "export", stays)
    untrusting = settings_for(tmp_path / "store", sekmet, trusted_hosts=("fhir.example.org",))
    first = send(export, untrusting)
    assert first.counts["left_out"] == 3
    expected = hashes_of(export)
    bound = {name for name in expected if "bound" in name}
    assert held_by(sekmet, list(expected)).keys() == expected.keys() - bound
    assert send(export, settings_for(tmp_path / "store", sekmet)).sent.done == len(bound)


def test_export_of_an_earlier_month_writes_over_nothing_later(sekmet: str, tmp_path: Path) -> None:
    stays = invented("later", 1)
    settings = settings_for(tmp_path / "store", sekmet)
    send(write_export(tmp_path / "old", stays), settings, "2026-01")
    later = write_export(tmp_path / "new", [stays[0] | {"minutes_in_ed": 9}])
    assert send(later, settings, "2026-02").sent.types == {"Encounter": 1}
    assert send(tmp_path / "old", settings, "2026-01").counts["kept"] == 1
    expected = hashes_of(later)
    assert held_by(sekmet, list(expected)) == expected


def test_dry_run_says_what_would_go_and_sends_nothing(sekmet: str, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("limits", 2))
    settings = settings_for(tmp_path / "store", sekmet)
    would = what_would_go(export, MONTH, settings, target_of(settings))
    assert would["Encounter"] == 2
    assert sum(would.values()) == len(hashes_of(export))
    assert held_by(sekmet, [name for name in hashes_of(export) if "-limits-" in name]) == {}


def test_no_target_is_an_empty_result_that_says_so(tmp_path: Path) -> None:
    found = deliver_month(tmp_path, MONTH, Settings(store=tmp_path), tmp_path)
    assert (found["targets"], found["sent"]) == (0, 0)


@pytest.mark.parametrize(("token", "told"), [("other", "credentials"), ("", "update-create")])
def test_unfit_target_is_told_before_anything_is_sent(sekmet: str, tmp_path: Path, token: str, told: str) -> None:
    export = write_export(tmp_path / "export", invented("unfit", 1))
    with Facade(sekmet, update_create=False) as facade:
        facade.token = token or facade.token
        with pytest.raises(BadInput, match=told):
            send(export, google_settings(tmp_path / "store", facade))
        assert not facade.written


def test_server_that_is_down_ends_the_delivery_and_keeps_what_was_confirmed(sekmet: str, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", invented("down", 120))
    with Facade(sekmet, Faults(rates={"500": 1.0}, only="POST")) as facade:
        settings = google_settings(tmp_path / "store", facade, fhir_concurrency=20)
        with pytest.raises(StageFailed, match="does not answer"):
            send(export, settings, patience=Patience(first_wait=0.001, attempts=2))
        facade.faults = Faults()
        assert send(export, settings).is_whole
    with open_ledger(tmp_path / "store", target_of(settings).name) as ledger:
        assert sum(ledger.counts().values()) == len(hashes_of(export))
