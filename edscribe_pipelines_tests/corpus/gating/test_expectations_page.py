from pathlib import Path

from edscribe_pipelines.corpus.gating.expectations_page import write_expectations_page
from edscribe_pipelines.corpus.gating.store import Held
from edscribe_pipelines.corpus.gating.validation import Outcome, together


def held(*outcomes: Outcome) -> Held:
    level = {"stays": 40, "cases": 10, "share_of_stays": 0.4, "share_of_cases": 0.1, "lost": True}
    return {"outcomes": list(outcomes), "acuity": [{"acuity": "ESI 1", **level}], "complaint": []}


def page(folder: Path, *outcomes: Outcome) -> str:
    write_expectations_page("2026-01", held(*outcomes), folder)
    return (folder / "expectations.html").read_text(encoding="utf-8")


def test_page_says_what_was_expected_on_how_many_rows_and_whether_it_was_met(tmp_path: Path) -> None:
    said = page(tmp_path, Outcome("gate_phi", "No <b>identifier</b>.", True, 12_000))
    assert "gate_phi" in said
    assert "No &lt;b&gt;identifier&lt;/b&gt;." in said
    assert "12,000" in said
    assert "Only warns." not in said


def test_missed_warning_is_marked(tmp_path: Path) -> None:
    said = page(tmp_path, Outcome("acuity_mix", "None is lost.", False, 40))
    assert "Only warns." in said
    assert '<td class="no">no</td>' in said


def test_mix_of_stays_and_cases_is_shown(tmp_path: Path) -> None:
    said = page(tmp_path)
    assert "ESI 1" in said
    assert "40.0%" in said
    assert "<script" not in said


def test_outcomes_of_chunks_add_up_and_one_miss_is_a_miss() -> None:
    chunks = [[Outcome("a", "A.", True, 3), Outcome("b", "B.", True, 3)], [Outcome("a", "A.", False, 2)]]
    assert together(chunks) == [Outcome("a", "A.", False, 5), Outcome("b", "B.", True, 3)]
