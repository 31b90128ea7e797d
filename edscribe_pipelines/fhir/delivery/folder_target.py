"""A folder as a target: NDJSON per resource type and, beside it, the same as bundles that can be posted one by one.

Each delivery that brings something new adds a folder `YYYY-MM-NNNN-<hash>`; a later one counts where both have an id.
The hash is that of what is in it, so a delivery that was killed before its ledger knew adds nothing twice. Deletions
go through all the folders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import orjson

from edscribe_pipelines.fhir.delivery.bundles import Entry, pack_batches, pack_stays
from edscribe_pipelines.fhir.delivery.planning import Plan
from edscribe_pipelines.fhir.delivery.sending import Sent
from edscribe_pipelines.fhir.delivery.target import Target
from edscribe_pipelines.files import commit_file, commit_folder

_BUNDLES = "bundles.ndjson"


def write_month(plan: Plan, target: Target) -> Sent:
    """Add what `plan` sends as one folder of the target; nothing where it sends nothing."""
    sent = Sent()
    plan.coming = plan.survey.shared
    digest = mark_all(plan, sent)
    if not sent.done:
        return sent
    home = Path(target.base)
    if not list(home.glob(f"{plan.month}-*-{digest}")):
        number = len(list(home.glob(f"{plan.month}-*"))) + 1
        with commit_folder(home / f"{plan.month}-{number:04}-{digest}") as folder:
            _write(plan, target, folder)
    plan.ledger.confirm_month(plan.month)
    return sent


def mark_all(plan: Plan, sent: Sent) -> str:
    """Write down in the ledger that all of `plan` is about to go, count it in `sent`, and return its hash."""
    plan.ledger.abandon(plan.month)
    digest = hashlib.sha256()
    for entries in plan.all():
        plan.ledger.mark(entries)
        sent.types.update(entry.reference.partition("/")[0] for entry in entries)
        for entry in entries:
            digest.update(f"{entry.reference} {entry.sha256}\n".encode())
    return digest.hexdigest()[:12]


def _write(plan: Plan, target: Target, folder: Path) -> None:
    plan.counts.clear()
    with NdjsonFiles(folder) as files, (folder / _BUNDLES).open("wb") as bundles:
        for wave in plan.shared_waves():
            files.write(wave)
            bundles.writelines(bundle.write("") + b"\n" for bundle in pack_batches(wave, target.limits))
        for entries in plan.stays():
            files.write(entries)
            packed = pack_stays([entries], target.limits, target.limits.bundle_type)
            bundles.writelines(bundle.write("") + b"\n" for bundle in packed)


class NdjsonFiles(ExitStack):
    """Files of one resource type each, in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}

    def write(self, entries: list[Entry]) -> None:
        for entry in entries:
            kind = entry.reference.partition("/")[0]
            if kind not in self._files:
                self._files[kind] = self.enter_context((self._folder / f"{kind}.ndjson").open("wb"))
            self._files[kind].write((entry.body or b"") + b"\n")


def delete_from(target: Target, references: Collection[str]) -> None:
    """Take the resources out of every folder of the target."""
    for path in sorted(Path(target.base).glob("????-??-*/*.ndjson")):
        with path.open("rb") as lines, commit_file(path) as staged, staged.open("wb") as kept:
            for line in lines:
                if left := _without(orjson.loads(line), line, references):
                    kept.write(left)


def _without(row: dict[str, object], line: bytes, references: Collection[str]) -> bytes:
    if row["resourceType"] != "Bundle":
        return b"" if f"{row['resourceType']}/{row['id']}" in references else line
    entries = row["entry"]
    assert isinstance(entries, list)
    kept = [entry for entry in entries if entry["request"]["url"] not in references]
    if len(kept) == len(entries):
        return line
    return orjson.dumps({**row, "entry": kept}, option=orjson.OPT_APPEND_NEWLINE) if kept else b""
