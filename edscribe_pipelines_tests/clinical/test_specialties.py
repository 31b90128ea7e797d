import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import edscribe_pipelines
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.clinical.specialties import BUNDLED, find_specialty, note_of, specialty_names
from edscribe_pipelines.errors import BadInput

SPEECH = {
    "adapter": "speech-scribe",
    "sections": ["Disposition", "History of Present Illness"],
    "prompt": "Write the speech therapist's note:\n{headings}\nNothing known: {not_documented}",
}
COUNTED = {6: "six", 12: "twelve"}
NOTE = "\n\n".join(f"{heading(section)}\nWords on {section.lower()}." for section in SECTIONS)


def write(folder: Path, name: str = "speech_therapy", **changed: object) -> Path:
    content = {field: value for field, value in {**SPEECH, **changed}.items() if value is not None}
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def test_emergency_medicine_writes_the_twelve_sections() -> None:
    assert find_specialty("emergency_medicine").sections == SECTIONS


def test_unknown_specialty_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match="emergency_medicine, triage_nursing"):
        find_specialty("astrology")


@pytest.mark.parametrize("name", specialty_names())
def test_prompt_names_the_headings_in_order_and_the_sentence_of_a_section_without_facts(name: str) -> None:
    specialty = find_specialty(name)
    headings = "\n".join(map(heading, specialty.sections))
    assert f":\n{headings}\n\n" in specialty.prompt
    assert NOT_DOCUMENTED in specialty.prompt
    assert f"exactly these {COUNTED[len(specialty.sections)]} sections" in specialty.prompt
    assert not set("{}") & set(specialty.prompt)


def test_triage_says_nothing_of_what_comes_later() -> None:
    written = note_of(find_specialty("triage_nursing"), NOTE)
    assert written.startswith("CHIEF COMPLAINT\nWords on chief complaint.\n\nHISTORY OF PRESENT ILLNESS\n")
    assert written.endswith("\n\nPHYSICAL EXAMINATION\nWords on physical examination.")
    assert not any(heading(later) in written for later in ("Medical Decision Making", "Disposition"))


def test_a_note_of_emergency_medicine_is_the_note_itself() -> None:
    odd = NOTE.replace("Words on allergies.", "Two  blanks \n\n\n") + "\n"
    assert note_of(find_specialty("emergency_medicine"), odd) == odd


def test_sections_are_in_the_order_of_the_specialty(tmp_path: Path) -> None:
    specialty = find_specialty("speech_therapy", write(tmp_path))
    assert note_of(specialty, NOTE) == (
        "DISPOSITION\nWords on disposition.\n\nHISTORY OF PRESENT ILLNESS\nWords on history of present illness."
    )
    assert specialty.prompt.splitlines()[1:3] == ["DISPOSITION", "HISTORY OF PRESENT ILLNESS"]


def test_another_specialty_is_one_more_file_and_no_code(tmp_path: Path) -> None:
    package = tmp_path / "edscribe_pipelines"
    shutil.copytree(edscribe_pipelines.__path__[0], package, ignore=shutil.ignore_patterns("__pycache__"))
    write(package / "clinical" / "specialties")
    program = "from edscribe_pipelines.orchestration.partitions import SPECIALTIES as s; print(*s.get_partition_keys())"
    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == sorted([*specialty_names(), "speech_therapy"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sections.1", ["Disposition", "Horoscope"]),
        ("sections", ["Disposition", "Disposition"]),
        ("sections", []),
        ("prompt", " \n"),
        ("prompt", "Write {headings}"),
        ("prompt", "Write {headings}, else {not_documented}, in {language}"),
        ("prompt", "Write {headings}, else {not_documented}, }"),
        ("adapter", "Speech_Scribe"),
        ("adapter", None),
        ("colour", "blue"),
    ],
)
def test_unsound_file_is_named_with_its_field(tmp_path: Path, field: str, value: object) -> None:
    write(tmp_path, **{field.partition(".")[0]: value})
    with pytest.raises(BadInput, match=rf"^speech_therapy\.yaml, field {field}: "):
        find_specialty("speech_therapy", tmp_path)


def test_adapter_of_another_specialty_is_refused(tmp_path: Path) -> None:
    shutil.copy(BUNDLED / "triage_nursing.yaml", tmp_path)
    write(tmp_path, "zither", adapter="triage-scribe")
    with pytest.raises(BadInput, match=r"^zither\.yaml, field adapter: another specialty"):
        find_specialty("triage_nursing", tmp_path)


@pytest.mark.parametrize("content", [b"prompt: [", b"\xff\xfe", b"- a list"])
def test_file_that_is_no_mapping_in_yaml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "speech_therapy.yaml").write_bytes(content)
    with pytest.raises(BadInput, match=r"^speech_therapy\.yaml: "):
        find_specialty("speech_therapy", tmp_path)
