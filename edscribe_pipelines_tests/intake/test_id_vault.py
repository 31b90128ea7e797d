import multiprocessing
import re
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.intake.id_vault import ForgottenIds, IdVault

SOURCE_IDS = [str(10_900_000 + number) for number in range(300)]


def ids(vault: IdVault, source_ids: list[str], issuer: str = "test") -> dict[str, str]:
    series = pl.Series(source_ids, dtype=pl.String)
    return dict(zip(source_ids, vault.ids_for("patient", issuer, series), strict=True))


def _mint(path: Path) -> dict[str, str]:
    return ids(IdVault(path), SOURCE_IDS)


def test_concurrent_processes_mint_one_id_for_each_source_id(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        minted = pool.map(_mint, [tmp_path / "vault.sqlite"] * 6, chunksize=1)
    assert all(each == minted[0] for each in minted)
    assert len(set(minted[0].values())) == len(SOURCE_IDS)


def test_reopened_vault_knows_its_ids(tmp_path: Path) -> None:
    before = ids(IdVault(tmp_path / "vault.sqlite"), ["1", "2"])
    assert ids(IdVault(tmp_path / "vault.sqlite"), ["2", "1"]) == {"2": before["2"], "1": before["1"]}


def test_later_source_ids_change_no_earlier_one(tmp_path: Path) -> None:
    vault = IdVault(tmp_path / "vault.sqlite")
    before = ids(vault, ["1"])
    after = ids(vault, ["1", "2"])
    assert after["1"] == before["1"] != after["2"]


def test_id_is_not_derived_from_the_source_id(tmp_path: Path) -> None:
    one, two = (ids(IdVault(tmp_path / name), ["10900001"])["10900001"] for name in ("one.sqlite", "two.sqlite"))
    assert one != two
    assert "10900001" not in one


def test_id_shows_its_kind_and_nothing_else(tmp_path: Path) -> None:
    vault, source_ids = IdVault(tmp_path / "vault.sqlite"), pl.Series(["1"])
    assert re.fullmatch(r"p-[0-9a-f]{16}", vault.ids_for("patient", "test", source_ids)[0])
    assert re.fullmatch(r"e-[0-9a-f]{16}", vault.ids_for("encounter", "test", source_ids)[0])


def test_issuers_do_not_share_ids(tmp_path: Path) -> None:
    vault = IdVault(tmp_path / "vault.sqlite")
    assert ids(vault, ["1"], issuer="one") != ids(vault, ["1"], issuer="two")


@pytest.mark.parametrize("known", [[], ["1"]])
def test_no_source_ids_give_no_ids(tmp_path: Path, known: list[str]) -> None:
    vault = IdVault(tmp_path / "vault.sqlite")
    ids(vault, known)
    assert ids(vault, []) == {}


def test_repeated_source_id_gives_the_same_id(tmp_path: Path) -> None:
    first, second = IdVault(tmp_path / "vault.sqlite").ids_for("patient", "test", pl.Series(["1", "1"]))
    assert first == second


def test_new_vault_folder_is_closed_to_others(tmp_path: Path) -> None:
    IdVault(tmp_path / "phi_store" / "vault.sqlite")
    assert (tmp_path / "phi_store").stat().st_mode & 0o777 == 0o700


def test_many_ids_are_minted_once_and_found_again(tmp_path: Path) -> None:
    vault = IdVault(tmp_path / "vault.sqlite")
    first, second = (pl.Series(map(str, numbers)) for numbers in (range(20_000), range(10_000, 30_000)))
    before, after = (vault.ids_for("encounter", "test", each) for each in (first, second))
    assert before[10_000:].equals(after[:10_000])
    assert pl.concat([before, after]).n_unique() == 30_000


def test_failed_run_leaves_no_id(tmp_path: Path) -> None:
    vault = IdVault(tmp_path / "vault.sqlite")
    with sqlite3.connect(tmp_path / "vault.sqlite") as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON ids WHEN NEW.source_id = '2' BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    with pytest.raises(sqlite3.IntegrityError):
        ids(vault, ["1", "2"])
    with sqlite3.connect(tmp_path / "vault.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM ids").fetchone() == (0,)


def test_forgotten_ids_tell_apart_and_are_new_each_time() -> None:
    source_ids = pl.Series(["1", "2", "1"])
    one, two = (ForgottenIds().ids_for("patient", "test", source_ids) for _ in range(2))
    assert one[0] == one[2] != one[1]
    assert not set(one) & set(two)
