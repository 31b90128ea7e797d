"""Every rendered case of the sample and of the MIMIC-IV-ED demo, walked against the facts of its stay.

Every third stay is given invented doses and excerpts, which no MIMIC-IV-ED table holds.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from edscribe_pipelines.clinical.fact_words import DISPOSITIONS, TRANSPORTS
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.corpus.synthesis import synthesise_cases
from edscribe_pipelines.corpus.wording import CONVERSIONS
from edscribe_pipelines_tests.builders import deidentified_frame
from edscribe_pipelines_tests.conftest import TakenIn

NUMBER = re.compile(r"(?<![A-Za-z\d])\d+(?:\.\d+)?")
"""A number; the digits of a label (`SpO2`) or of a code (`R079`) are none."""

LISTED = {
    "home_medications": ("name",),
    "dispensed": ("name", "minute"),
    "diagnoses": ("title", "code", "system"),
    "administered": ("name", "amount", "unit"),
    "excerpts": ("text",),
}
"""What every entry of a list states."""
OPTIONAL = (".route", ".times")

WORD = re.compile(r"[^\W\d]+|[\d.]+")

INVENTED = {
    "administered": [
        {"name": "morphine", "amount": 4.0, "unit": "mg", "route": "IV", "times": 1},
        {"name": "ondansetron", "amount": 4.0, "unit": "mg", "route": "IV", "times": 12},
        {"name": "heparin", "amount": 25000.0, "unit": "units", "route": None, "times": 1},
        {"name": "fentanyl", "amount": 12.5, "unit": "mcg", "route": None, "times": 3},
    ],
    "excerpts": [
        {"section": "Physical Examination", "text": "Afebrile at 37 °C.\nLungs clear.", "origin": "discharge_summary"},
        {"section": "Social History", "text": "Two glasses of wine a week.", "origin": "discharge_summary"},
        {"section": "Physical Examination", "text": "No oedema.", "origin": "discharge_summary"},
    ],
}
VITALS = ("temperature_degf", "heart_rate_bpm", "respiratory_rate_bpm", "spo2_pct", "sbp_mmhg", "dbp_mmhg", "pain_0_10")

LABELS = """
years arrived Recorded Chief complaint Triage acuity ESI Home medications vital signs Dispensed Given diagnoses at At
min after in the ED T F HR RR SpO BP SBP DBP pain x
"""
"""Every word of a rendered note that is no heading and states no fact."""

REASONING = re.compile(
    r"\b(?:because|due to|secondary to|caused|consistent with|suggest\w*|likely|suspected|concern\w*|consider\w*|"
    r"rul(?:e|ed) out|therefore|given that|indicat\w+|risk|differential|treated for|plan\w*|improv\w+|stable)\b",
    re.I,
)


class Pair:
    """A case beside the facts of its stay."""

    def __init__(self, case: dict[str, Any], stay: dict[str, Any]) -> None:
        self.case, self.stay = case, stay
        self.note: str = case["completion"]
        self.fields = {span["field"] for span in case["provenance"]}

    def value(self, field: str) -> Any:
        value: Any = self.stay
        for step in field.split("."):
            value = value[int(step)] if step.isdigit() else value[step]
        return value

    def content(self, section: str) -> str:
        following = [heading(name) for name in SECTIONS[SECTIONS.index(section) + 1 :]]
        _, _, rest = f"\n{self.note}".partition(f"\n{heading(section)}\n")
        return rest.partition(f"\n\n{following[0]}\n")[0] if following else rest

    def outside_spans(self) -> str:
        kept, end = [], 0
        for span in sorted(self.case["provenance"], key=lambda span: span["start"]):
            kept.append(self.note[end : span["start"]])
            end = span["end"]
        return " ".join([*kept, self.note[end:]])


@pytest.fixture(scope="module")
def pairs(taken_in: TakenIn) -> list[Pair]:
    stays = taken_in.stays.to_dicts()
    for stay in stays[::3]:
        stay.update(INVENTED)
    of_case = {stay["encounter_id"]: stay for stay in stays}
    cases = synthesise_cases(deidentified_frame(*stays)).cases.to_dicts()
    pairs = [Pair(case, of_case[case["encounter_id"]]) for case in cases]
    assert len(pairs) > 100
    return pairs


def test_every_span_is_its_field_in_the_words_of_its_conversion(pairs: list[Pair]) -> None:
    for pair in pairs:
        for span in pair.case["provenance"]:
            stated = pair.note[span["start"] : span["end"]]
            assert stated == CONVERSIONS[span["conversion"]](pair.value(span["field"]))
            assert stated


def test_spans_stand_in_the_order_of_the_note_and_never_overlap(pairs: list[Pair]) -> None:
    for pair in pairs:
        spans = [(span["start"], span["end"]) for span in pair.case["provenance"]]
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_every_number_lies_in_a_span(pairs: list[Pair]) -> None:
    seen = 0
    for pair in pairs:
        spans = [(span["start"], span["end"]) for span in pair.case["provenance"]]
        for number in NUMBER.finditer(pair.note):
            assert any(start <= number.start() and number.end() <= end for start, end in spans)
            seen += 1
    assert seen > 1000


@pytest.mark.parametrize("kind", LISTED)
def test_every_drug_and_diagnosis_lies_in_a_span_and_stands_once(pairs: list[Pair], kind: str) -> None:
    seen = 0
    for pair in pairs:
        fields = [span["field"] for span in pair.case["provenance"]]
        stated = Counter(name for name in fields if name.startswith(f"{kind}.") and not name.endswith(OPTIONAL))
        held = [f"{kind}.{place}.{part}" for place in range(len(pair.stay[kind])) for part in LISTED[kind]]
        assert stated == Counter(held)
        seen += len(held)
    assert seen > 100


def test_route_and_number_of_doses_are_stated_where_there_is_something_to_state(pairs: list[Pair]) -> None:
    seen = 0
    for pair in pairs:
        for place, dose in enumerate(pair.stay["administered"]):
            assert (f"administered.{place}.route" in pair.fields) == (dose["route"] is not None)
            assert (f"administered.{place}.times" in pair.fields) == (dose["times"] > 1)
            seen += 1
    assert seen > 100


def test_excerpts_stand_in_their_section_as_they_were_written(pairs: list[Pair]) -> None:
    for pair in pairs:
        for section in {excerpt["section"] for excerpt in pair.stay["excerpts"]}:
            texts = [excerpt["text"] for excerpt in pair.stay["excerpts"] if excerpt["section"] == section]
            assert f"\n{pair.content(section)}".endswith("\n" + "\n".join(texts))


def test_every_vital_sign_of_the_stay_is_stated_once(pairs: list[Pair]) -> None:
    for pair in pairs:
        stated = Counter(
            span["field"] for span in pair.case["provenance"] if span["field"].split(".")[0] in ("triage", "vitals")
        )
        assert stated == Counter(measured(pair.stay))


def measured(stay: dict[str, Any]) -> Iterator[str]:
    yield from (f"triage.{sign}" for sign in VITALS if stay["triage"][sign] is not None)
    for place, vitals in enumerate(stay["vitals"]):
        present = [name for name in (*VITALS, "minute", "rhythm") if vitals[name] is not None]
        yield from (f"vitals.{place}.{name}" for name in present)


def test_no_fact_of_the_stay_is_withheld(pairs: list[Pair]) -> None:
    for pair in pairs:
        alone = ("sex", "age_years", "chief_complaint", "triage_acuity", "disposition", "minutes_in_ed")
        held = {name for name in alone if pair.stay[name] is not None}
        if pair.stay["arrival_transport"] in TRANSPORTS:
            held.add("arrival_transport")
        assert held == {field for field in pair.fields if "." not in field}


def test_outside_its_facts_a_note_says_only_labels(pairs: list[Pair]) -> None:
    headings = re.compile("|".join(re.escape(heading(section)) for section in SECTIONS))
    for pair in pairs:
        words = headings.sub(" ", pair.outside_spans()).replace(NOT_DOCUMENTED, " ")
        assert set(re.findall(r"[A-Za-z]+", words)) <= set(LABELS.split())


def test_no_cause_and_no_reasoning_is_added(pairs: list[Pair]) -> None:
    assert not any(REASONING.search(pair.outside_spans()) for pair in pairs)


@pytest.mark.parametrize(
    ("column", "value", "stated"),
    [("dbp", "879", r"/879\b|DBP 879\b"), ("o2sat", "10", r"SpO2 10%"), ("sbp", "11", r"BP 11/|SBP 11\b")],
)
def test_charted_values_that_cannot_be_true_are_in_no_pair(
    taken_in: TakenIn, pairs: list[Pair], column: str, value: str, stated: str
) -> None:
    raw = pl.concat([taken_in.tables[table][column] for table in ("triage", "vitalsign")])
    assert value in raw.to_list(), "the release no longer holds the value that this test is about"
    for pair in pairs:
        assert not re.search(stated, pair.note + pair.case["prompt"])


def test_twelve_headings_stand_in_order(pairs: list[Pair]) -> None:
    headings = [heading(section) for section in SECTIONS]
    for pair in pairs:
        assert [line for line in pair.note.splitlines() if line in headings] == headings
        assert pair.note.startswith(headings[0])
        assert all(f"\n\n{line}\n" in pair.note for line in headings[1:])


def test_sections_are_not_documented_exactly_where_the_stay_has_no_fact(pairs: list[Pair]) -> None:
    for pair in pairs:
        stay = pair.stay
        held = {
            "Chief Complaint": True,
            "History of Present Illness": True,
            "Medications": bool(stay["home_medications"]),
            "Physical Examination": any(stay["triage"][sign] is not None for sign in VITALS),
            "ED Course & Procedures": bool(stay["vitals"] or stay["dispensed"] or stay["administered"]),
            "Medical Decision Making": bool(stay["diagnoses"]),
            "Disposition": stay["disposition"] in DISPOSITIONS,
        }
        held |= dict.fromkeys((excerpt["section"] for excerpt in stay["excerpts"]), True)
        for section in SECTIONS:
            assert (pair.content(section) == NOT_DOCUMENTED) == (not held.get(section, False))


def test_prompt_holds_every_fact_that_the_note_states(pairs: list[Pair]) -> None:
    for pair in pairs:
        stated = {span["field"]: pair.note[span["start"] : span["end"]] for span in pair.case["provenance"]}
        assert Counter(WORD.findall(" ".join(stated.values()))) <= Counter(WORD.findall(pair.case["prompt"]))
        assert all(text in pair.case["prompt"] for text in stated.values())


def test_metadata_is_that_of_the_stay(pairs: list[Pair]) -> None:
    for pair in pairs:
        metadata = pair.case["metadata"]
        assert metadata["chief_complaint"] == pair.stay["chief_complaint"]
        assert metadata["esi_level"] == pair.stay["triage_acuity"]
        assert metadata["disposition"] == pair.stay["disposition"]
        assert pair.case["data_use"] == pair.stay["data_use"]


def test_case_ids_are_unique_and_hold_no_source_id(taken_in: TakenIn, pairs: list[Pair]) -> None:
    assert len({pair.case["case_id"] for pair in pairs}) == len(pairs)
    source_ids = set(taken_in.tables["edstays"]["stay_id"]) | set(taken_in.tables["edstays"]["subject_id"])
    assert not any(source_id in pair.case["case_id"] for pair in pairs for source_id in source_ids)
