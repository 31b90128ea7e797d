"""A month whose notes a model drafts: what it wrote passes the same gates, and is paid for once."""

from __future__ import annotations

import pytest

from edscribe_pipelines_tests.corpus.drafting.fake_nim import FakeNim, mixed
from edscribe_pipelines_tests.e2e.workplace import Workplace

MONTH = "2026-03"


@pytest.fixture
def nim():
    with FakeNim(mixed) as server:
        yield server


def drafted(workplace: Workplace, nim: FakeNim) -> Workplace:
    more = {"NIM_URL": nim.url, "NIM_API_KEY": "invented-key", "EDSCRIBE_DRAFT_CASES": "10"}
    return Workplace(workplace.folder, specialties="", more=more)


def test_drafted_cases_pass_the_gates_beside_the_rendered_ones_and_none_is_paid_for_twice(workplace, nim):
    place = drafted(workplace, nim)
    first = place.run(MONTH)
    assert first.returncode == 0, first.stderr
    synthetic = place.stages().get("synthetic_cases", MONTH)
    drafting, acceptance = synthetic.counts["drafting"], synthetic.counts["acceptance"]
    assert drafting["requested"] == 10 == drafting["accepted"] + sum(drafting["refused"].values())
    assert sum(complaint["asked"] for complaint in acceptance) == 10
    gated = place.stages().get("gated_corpus", MONTH)
    assert gated.counts["tier_drafted"] == drafting["accepted"] > 0
    assert gated.counts["tier_rendered"] > 0
    stays = place.stages().get("deidentified_notes", MONTH).counts["encounters"]
    assert gated.counts["cases"] + place.stages().get("quarantined_cases", MONTH).counts["cases"] == stays
    assert "invented-key" not in first.stdout + first.stderr

    asked = sum(nim.asked.values())
    manifest = place.stages().find("synthetic_cases", MONTH).folder.parent / "current.json"
    manifest.unlink()
    assert place.run(MONTH).returncode == 0
    assert sum(nim.asked.values()) == asked
    assert place.stages().get("synthetic_cases", MONTH).counts["drafting"]["from_cache"] == 10 - drafting[
        "refused"
    ].get("draft_unanswered", 0)
