"""The corpus job on the open MIMIC-IV-ED demo v2.2: 222 real stays of 100 patients."""

from __future__ import annotations

import re
import shutil

import httpx2
import orjson
import polars as pl
import pytest

from edscribe_pipelines.fhir.delivery.content import content_hash, references_in
from edscribe_pipelines.files import read_jsonl
from edscribe_pipelines_tests.e2e.planted import source_ids
from edscribe_pipelines_tests.e2e.traces import find_canaries, texts_of
from edscribe_pipelines_tests.e2e.workplace import Workplace
from edscribe_pipelines_tests.fhir.servers.sekmet import running_sekmet

pytestmark = pytest.mark.mimic_demo
MONTH = "2026-03"


@pytest.fixture(scope="module")
def fhir_server():
    with running_sekmet() as base:
        yield base


@pytest.fixture(scope="module")
def demo_place(mimic_demo_dir, tmp_path_factory, fhir_server):
    more = {"EDSCRIBE_FHIR_TARGET": fhir_server}
    place = Workplace(tmp_path_factory.mktemp("demo"), specialties="", more=more)
    shutil.copytree(mimic_demo_dir, place.release)
    place.notes.mkdir()
    process = place.run(MONTH)
    assert process.returncode == 0, process.stderr
    (place.folder / "stdout.txt").write_text(process.stdout)
    (place.folder / "stderr.txt").write_text(process.stderr)
    return place


def test_each_of_the_222_stays_is_gated_or_in_quarantine(demo_place):
    gated = demo_place.stages().get("gated_corpus", MONTH).table("cases")
    quarantined = demo_place.stages().get("quarantined_cases", MONTH).table("cases")
    stays = pl.concat([gated["encounter_id"], quarantined["encounter_id"]])
    assert (stays.len(), stays.n_unique()) == (222, 222)
    assert quarantined["reasons"].list.len().min() > 0


def test_patients_are_split_80_10_10_and_none_twice(demo_place):
    cases = demo_place.stages().get("splits", MONTH).table("cases")
    patients = cases.group_by("patient_key").agg(pl.col("split").unique())
    assert patients["split"].list.len().max() == 1
    total = patients.height
    held = dict(patients["split"].list.first().value_counts().iter_rows())
    for split, share in {"train": 0.8, "validation": 0.1, "test": 0.1}.items():
        assert abs(held[split] - share * total) <= 1


@pytest.mark.parametrize(
    ("column", "value", "written"),
    [("dbp", "879", r"/879\b"), ("o2sat", "10", r"SpO2 10\b"), ("sbp", "11", r"\bBP 11/")],
)
def test_value_that_cannot_be_true_is_in_no_prompt_or_completion(demo_place, column, value, written):
    raw = [demo_place.stages().get("raw_mimic", MONTH).table(name) for name in ("triage", "vitalsign")]
    assert any(value in frame[column].str.strip_suffix(".0").to_list() for frame in raw)
    folder = demo_place.stages().get("splits", MONTH).folder
    texts = [row["prompt"] + row["completion"] for path in folder.glob("*.jsonl") for _, row in read_jsonl(path)]
    assert any(re.search(written.replace(value, r"\d+"), text) for text in texts)
    assert not any(re.search(written, text) for text in texts)


def test_cases_of_the_demo_stay_under_its_licence(demo_place):
    cases = demo_place.stages().get("gated_corpus", MONTH).table("cases")
    assert cases["data_use"].unique().to_list() == ["open"]


def test_no_raw_id_of_the_demo_leaves_the_phi_zone(demo_place):
    ids = source_ids(demo_place.release)
    assert {canary for _, canary in find_canaries(texts_of(demo_place.phi_store), ids)} == ids
    outside = [demo_place.store, demo_place.dagster_home]
    texts = [entry for folder in outside for entry in texts_of(folder)]
    texts += [(name, (demo_place.folder / name).read_text()) for name in ("stdout.txt", "stderr.txt")]
    assert find_canaries(texts, ids) == set()


def test_demo_stands_whole_on_the_fhir_server(demo_place, fhir_server):
    folder = demo_place.stages().get("fhir_export", MONTH).folder
    exported = [orjson.loads(line) for path in folder.glob("*.ndjson") for line in path.read_bytes().splitlines()]
    sent = {f"{row['resourceType']}/{row['id']}": content_hash(row) for row in exported}
    with httpx2.Client(timeout=60) as client:
        held = [client.get(f"{fhir_server}/{reference}").json() for reference in sent]
    assert {f"{row['resourceType']}/{row['id']}": content_hash(row) for row in held} == sent
    assert {reference for row in held for reference in references_in(row)} <= sent.keys()
    assert sum(row["resourceType"] == "Encounter" for row in held) == 222
    figures = demo_place.stages().get("fhir_delivery", MONTH).counts
    assert (figures["sent"], figures["refused"], figures["not_whole"]) == (len(sent), 0, 0)
