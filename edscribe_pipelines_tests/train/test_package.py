from __future__ import annotations

from pathlib import Path

import polars as pl

from edscribe_pipelines.train.hashes import verify_hashes
from edscribe_pipelines.train.package import ADAPTER, CURVES, write_package
from edscribe_pipelines.train.provenance import Origin
from edscribe_pipelines_tests.train.conftest import Trained
from edscribe_pipelines_tests.train.invented import EM, TINY, invented_cases

ORIGIN = Origin(("2026-08", "2026-09"), "d1d2", "c1c2")


def test_package_is_the_adapter_with_card_licence_and_hashes(trained: Trained, tmp_path: Path) -> None:
    cases = invented_cases().with_columns(data_use=pl.lit("synthetic"))
    counts = write_package(trained.out, cases, TINY, EM, ORIGIN, tmp_path / "package")
    packed, learned = tmp_path / "package" / ADAPTER, trained.out / "adapter"
    assert {path.name for path in packed.iterdir()} == {path.name for path in learned.iterdir()} | {
        "README.md",
        "LICENSE.txt",
        "NOTICE",
    }
    verify_hashes(packed)
    verify_hashes(learned)
    assert (packed / "adapter_model.safetensors").samefile(learned / "adapter_model.safetensors")
    assert "2026-09" in (packed / "README.md").read_text()
    assert (tmp_path / "package" / CURVES).read_bytes().startswith(b"\x89PNG")
    assert counts["files"] == sum(path.is_file() for path in (tmp_path / "package").rglob("*"))
