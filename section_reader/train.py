"""Trains the model that reads sections by content, and writes it into the package.

    python -m section_reader.train --mts DIR [--out FILE]

DIR holds `MTS-Dialog-TrainingSet.csv` of https://github.com/abachaa/MTS-Dialog (CC BY 4.0). The notes of
`notes/train.jsonl` are read as they are and laid out anew (`layouts.py`); those of `notes/held.jsonl` never. Seeded:
the same input gives the same model. A few minutes on one core.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pycrfsuite

from edscribe_pipelines.clinical.reading.content import model
from edscribe_pipelines.clinical.reading.content.model import BEGINS, GOES_ON, NO_SECTION
from edscribe_pipelines.clinical.reading.content.segments import Segment, segments_of
from edscribe_pipelines.clinical.reading.content.sights import sights_of
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.packed_crf import pack
from section_reader.layouts import shaken, undone
from section_reader.marked import Part, parts_of, read_notes, sections_by_character, text_of

SEED = 2026
LAID_OUT_ANEW, SHAKEN, PIECED_TOGETHER = 6, 2, 300
"""Copies of each note in another layout and in its own with a change or two, and notes made of sections of several."""
PARAMETERS = {
    "c1": 1.0,
    "c2": 0.01,
    "max_iterations": 150,
    "feature.minfreq": 3,
    "feature.possible_transitions": True,
}
"""c1 of 0.1 and 0.3, and more copies of each note, read other hands' notes worse."""
FROM_MTS = {
    "CC": "Chief Complaint",
    "GENHX": "History of Present Illness",
    "ROS": "Review of Systems",
    "PASTMEDICALHX": "Past Medical/Surgical History",
    "PASTSURGICAL": "Past Medical/Surgical History",
    "GYNHX": "Past Medical/Surgical History",
    "IMMUNIZATIONS": "Past Medical/Surgical History",
    "MEDICATIONS": "Medications",
    "ALLERGY": "Allergies",
    "FAM/SOCHX": "Social History",
    "EXAM": "Physical Examination",
    "EDCOURSE": "ED Course & Procedures",
    "PROCEDURES": "ED Course & Procedures",
    "LABS": "Labs & Imaging",
    "IMAGING": "Labs & Imaging",
    "ASSESSMENT": "Medical Decision Making",
    "DIAGNOSIS": "Medical Decision Making",
    "DISPOSITION": "Disposition",
}
_HEADING_REACH = 60
"""Characters from a heading to what it opens."""
_SHORT = 30


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--mts", type=Path, required=True, help="folder of MTS-Dialog's training set")
    arguments.add_argument("--out", type=Path, default=Path(model.__file__).with_name("section_model.crf.xz"))
    given = arguments.parse_args()
    notes = [parts_of(note["text"]) for note in read_notes("train")]
    train(examples(notes, _snippets(given.mts)), given.out)
    print(f"{given.out}: {given.out.stat().st_size / 1e6:.2f} MB, of {len(notes)} notes")


def train(laid_out: Iterator[list[Part]], out: Path) -> None:
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(PARAMETERS)
    for parts in laid_out:
        note = text_of(parts)
        segments = segments_of(note)
        if segments:
            trainer.append(sights_of(note, segments), _tags(note, parts, segments))
    with TemporaryDirectory() as folder:
        trained = Path(folder) / "model.crf"
        trainer.train(str(trained))
        pack(trained, out)


def examples(notes: Sequence[list[Part]], snippets: dict[str, list[str]]) -> Iterator[list[Part]]:
    """Yield the notes, each in several layouts, and notes pieced together of sections of them and of `snippets`."""
    chance = random.Random(SEED)
    for parts in notes:
        yield parts
        yield from (shaken(parts, chance) for _ in range(SHAKEN))
        yield from (undone(parts, chance) for _ in range(LAID_OUT_ANEW))
    ours = {section: [text for parts in notes for text, of in parts if of == section] for section in SECTIONS}
    for _ in range(PIECED_TOGETHER):
        sources = [snippets if section in snippets and chance.random() < 0.5 else ours for section in SECTIONS]
        pieced = zip(sources, SECTIONS, strict=True)
        yield undone([(chance.choice(source[section]), section) for source, section in pieced], chance)


def _snippets(folder: Path) -> dict[str, list[str]]:
    gathered: dict[str, list[str]] = {}
    with (folder / "MTS-Dialog-TrainingSet.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["section_header"] in FROM_MTS:
                gathered.setdefault(FROM_MTS[row["section_header"]], []).append(row["section_text"].strip())
    return gathered


def _tags(note: str, parts: Sequence[Part], segments: Sequence[Segment]) -> list[str]:
    by_character = sections_by_character(parts)
    sections = [_section_of(note, by_character, segment) for segment in segments]
    return [BEGINS + sections[0], *((GOES_ON if one == two else BEGINS) + two for one, two in pairwise(sections))]


def _section_of(note: str, by_character: Sequence[str | None], segment: Segment) -> str:
    """Return the section of most of a segment's letters; a heading is of the section that it opens."""
    letters = (place for place in range(segment.content, segment.end) if note[place].isalnum())
    told = [section for place in letters if (section := by_character[place])]
    told = told or [section for section in by_character[segment.start : segment.end] if section]
    if told:
        return max(dict.fromkeys(told), key=told.count)
    if segment.label or segment.end - segment.start < _SHORT:
        reached = range(segment.end, min(len(note), segment.end + _HEADING_REACH))
        following = next((place for place in reached if note[place].isalnum()), None)
        if following is not None:
            return by_character[following] or NO_SECTION
    return NO_SECTION


if __name__ == "__main__":
    main()
