"""What a hospital says about a whole batch, in `batch.json` beside the notes.

```json
{"authorisation_id": "IRB-…", "data_use": "institutional", "patients": {"note-17.docx": "MRN…"}}
```

All of it may be left out. `patients` says whose note a file is that cannot say so itself; without, each such
file counts as a patient of its own, and two notes of one patient could fall on two sides of a split.
"""

from __future__ import annotations

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from edscribe_pipelines.clinical.records import DataUse, validate
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.intake.mimic.release import SYNTHETIC_MARK
from edscribe_pipelines.intake.notes.json_lines import parse_json
from edscribe_pipelines.intake.notes.note_folder import NoteFile
from edscribe_pipelines.intake.notes.refusals import Refused

MANIFEST = "batch.json"
_LARGEST_MANIFEST = 64_000_000


@with_config(ConfigDict(extra="forbid", hide_input_in_errors=True))
class _Manifest(TypedDict, total=False):
    authorisation_id: str
    data_use: DataUse
    patients: dict[str, str]


class Batch(TypedDict):
    """What holds for every note of a batch that does not say otherwise."""

    authorisation_id: str | None
    data_use: DataUse
    patients: dict[str, str]


def describes_batch(file: NoteFile) -> bool:
    """Whether a file is about the batch and no note of it."""
    return file.name in (MANIFEST, SYNTHETIC_MARK)


def read_batch(files: list[NoteFile], authorisation_id: str | None) -> Batch:
    """Return what the batch's own files say about it. Raises BadInput where its manifest is none."""
    named = {file.name: file for file in files}
    manifest = _read_manifest(named[MANIFEST]) if MANIFEST in named else _Manifest()
    return {
        "authorisation_id": manifest.get("authorisation_id") or authorisation_id,
        "data_use": manifest.get("data_use") or ("synthetic" if SYNTHETIC_MARK in named else "institutional"),
        "patients": manifest.get("patients", {}),
    }


def _read_manifest(file: NoteFile) -> _Manifest:
    try:
        return validate(_Manifest, parse_json(file.read(_LARGEST_MANIFEST)), MANIFEST)
    except (BadInput, Refused):  # Without the field, which may be a file's name.
        raise BadInput(
            MANIFEST,
            "not what describes a batch",
            remedy="Write one JSON object with authorisation_id, data_use and patients (file name to patient id), "
            "each of which may be left out.",
        ) from None
