from hypothesis import given, settings
from hypothesis import strategies as st

from edscribe_pipelines.clinical.protocols.checks import check_protocols
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.records import Finding
from edscribe_pipelines_tests.clinical.invented import note_of


def _findings(note: str, kind: str, source_holds_steps: bool = True) -> list[Finding]:
    found = check_protocols(ParsedNote(note), source_holds_steps=source_holds_steps)
    return [finding for finding in found if finding["rule"].endswith(f".{kind}")]


def test_missing_steps_warn_where_the_protocol_is_mentioned() -> None:
    note = "Septic shock. Lactate 4.1, blood cultures drawn, norepinephrine started."
    (finding,) = _findings(note, "steps")
    assert finding["rule"] == "protocol.sepsis.steps"
    assert finding["severity"] == "warning"
    assert note[finding["start"] : finding["end"]] == "Septic shock"
    assert "Broad-spectrum antibiotics" in finding["message"]
    assert "Lactate measured" not in finding["message"]


def test_a_step_left_out_for_a_reason_is_not_missing() -> None:
    (finding,) = _findings("Septic shock. Antibiotics held because likely viral.", "steps")
    assert "Broad-spectrum antibiotics" not in finding["message"]


def test_a_protocol_only_considered_is_named_and_its_steps_are_not_asked_for() -> None:
    (finding,) = check_protocols(ParsedNote("Septic shock considered, unlikely."))
    assert (finding["rule"], finding["severity"]) == ("protocol.sepsis.mentioned", "information")


def test_a_denied_protocol_has_no_finding() -> None:
    assert check_protocols(ParsedNote("No STEMI. Denies melena. Sepsis screen negative.")) == []
    assert check_protocols(ParsedNote(note_of(medical="Differential: ACS, dissection."))) == []


def test_steps_that_a_source_cannot_hold_are_information() -> None:
    (finding,) = _findings("STEMI", "steps", source_holds_steps=False)
    assert finding["severity"] == "information"


def test_no_protocol_finding_is_critical() -> None:
    note = "PEA. STEMI. Septic shock. DKA. Anaphylaxis. GI bleed. RSI. Code stroke."
    assert (len(_findings(note, "steps")), len(_findings(note, "mentioned"))) == (7, 8)
    assert {finding["severity"] for finding in check_protocols(ParsedNote(note))} == {"warning", "information"}


def test_cultures_after_antibiotics_are_out_of_order() -> None:
    note = "Septic shock. 14:10 ceftriaxone 2 g IV, 14:25 blood cultures."
    (finding,) = _findings(note, "order")
    assert (finding["severity"], note[finding["start"] : finding["end"]]) == ("warning", "blood cultures")
    assert not _findings("Septic shock. 14:10 blood cultures, 14:25 ceftriaxone 2 g IV.", "order")
    assert not _findings("Septic shock. Ceftriaxone 2 g IV, blood cultures.", "order")


def test_an_untimed_mention_before_the_timed_one_leaves_the_order_open() -> None:
    assert not _findings("Septic shock. Blood cultures sent. Ceftriaxone at 14:10. Blood cultures at 15:00.", "order")


def test_epinephrine_before_the_shock_is_out_of_order_in_a_shockable_arrest_only() -> None:
    assert _findings("VF arrest. CPR. Epinephrine 1 mg at 14:03. Shock 200 J at 14:05.", "order")
    assert not _findings("VF arrest. CPR. Shock 200 J at 14:03. Epinephrine 1 mg at 14:05.", "order")
    assert not _findings("PEA. CPR. Epinephrine 1 mg at 14:03. Then VF. Shock 200 J at 14:05.", "order")


def test_a_step_later_than_its_minutes_is_late() -> None:
    assert _findings("STEMI. ECG at 25 min.", "time")
    assert _findings("Arrived at 14:00. STEMI, ECG at 14:20.", "time")
    assert _findings("Code stroke. tPA given, door-to-needle 75 min.", "time")
    assert _findings("Arrived at 14:00. Septic shock. Ceftriaxone given at 15:20.", "time")


def test_a_step_within_its_minutes_or_without_a_time_is_not_late() -> None:
    assert not _findings("STEMI. ECG within 10 minutes of arrival.", "time")
    assert not _findings("Arrived at 23:58. STEMI, ECG at 00:05.", "time")
    assert not _findings("Code stroke. tPA given, door-to-needle 45 min.", "time")
    assert not _findings("Septic shock. Ceftriaxone given at 15:20.", "time")
    assert not _findings("EMS arrived at 13:00. STEMI, ECG at 14:20.", "time")


def test_minutes_count_from_recognition_where_its_time_is_told() -> None:
    note = "Arrived at 12:00. Sepsis alert at 14:00. Septic shock. Ceftriaxone given at 14:40."
    assert not _findings(note, "time")


def test_epinephrine_comes_every_three_to_five_minutes_until_rosc() -> None:
    assert _findings("PEA, CPR. Epinephrine 1 mg IV at 14:03, 14:07 and 14:20.", "time")
    assert not _findings("PEA, CPR. Epinephrine 1 mg IV at 14:03, 14:07 and 14:11.", "time")
    assert not _findings("PEA, CPR. Epinephrine 1 mg IV at 14:03, 14:07. ROSC at 14:09. Epinephrine at 14:40.", "time")


def test_no_message_repeats_the_notes_times() -> None:
    note = "Arrived at 14:00. Septic shock. 15:20 ceftriaxone 2 g IV, 15:35 blood cultures."
    assert all("15:" not in finding["message"] for finding in check_protocols(ParsedNote(note)))


_WORDS = st.sampled_from(
    [
        *(
            "STEMI",
            "PEA",
            "septic shock",
            "no",
            "ruled out",
            "ECG",
            "at 14:32",
            "T+5",
            ",",
            "\n",
            ";",
            "epinephrine 1 mg",
        ),
        *(
            "arrived at 1400",
            "HPI:",
            "not given",
            "because",
            "ROSC",
            "\x00",
            "ſ",
            "İ",
            "\ud800",
            "code stroke",
            "cancelled",
        ),
    ]
)


@settings(max_examples=150)
@given(st.lists(_WORDS | st.text(max_size=6), max_size=25))
def test_any_text_is_read_and_every_finding_lies_inside(words: list[str]) -> None:
    note = " ".join(words)
    for finding in check_protocols(ParsedNote(note)):
        assert finding["start"] is not None
        assert finding["end"] is not None
        assert 0 <= finding["start"] < finding["end"] <= len(note)


def test_the_drugs_of_a_rapid_sequence_are_not_asked_for_in_an_arrest() -> None:
    intubated = "Intubated with video laryngoscopy."
    assert [finding["rule"] for finding in _findings(intubated, "steps")] == ["protocol.rsi.steps"]
    assert [finding["rule"] for finding in _findings(f"PEA, CPR. {intubated}", "steps")] == ["protocol.acls.steps"]
