"""Where stages keep their results, and when a result may be reused.

A result is a folder `<zone>/<stage>/<partition>/<fingerprint>/` of files, and `current.json` beside it
names the folder that counts. The folder appears whole, then the pointer is replaced: a kill at any
moment leaves the result of before. The fingerprint covers the code that runs, the content of the
inputs and the settings that matter; while it is unchanged nothing is recomputed. The content is that of
the files that later stages read: what stands beside them may change without them.
"""

from __future__ import annotations

import hashlib
import shutil
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from edscribe_pipelines.errors import CorpusInvariant, EdscribeError, StageFailed
from edscribe_pipelines.files import commit_folder, read_json, remove_leftovers, write_json
from edscribe_pipelines.results.catalogue import CATALOGUE, MONTH_LENGTH, PHI_STAGES
from edscribe_pipelines.results.fingerprint import PACKAGE
from edscribe_pipelines.results.result import Derivation, Manifest, Result, code_version
from edscribe_pipelines.settings import Settings

_POINTER = "current.json"


class Stages:
    """The results of all stages, in both zones."""

    def __init__(self, settings: Settings) -> None:
        self._zones = {"phi": settings.phi_store, "store": settings.store}

    def run(
        self,
        stage: str,
        partition: str,
        build: Callable[[Path], Mapping[str, Any]],
        *,
        settings: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Result] | None = None,
        outside: Mapping[str, str] | None = None,
    ) -> Result:
        """Return the result of `stage`, built anew only where code, inputs or settings changed.

        `build` fills the folder it is given and returns counts; the rest is as in `derive`.
        """
        return self.make(self.derive(stage, partition, settings=settings, inputs=inputs, outside=outside), build)

    def derive(
        self,
        stage: str,
        partition: str,
        *,
        settings: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Result] | None = None,
        outside: Mapping[str, str] | None = None,
    ) -> Derivation:
        """Return what the result follows from: the catalogued inputs of its month, or `inputs` where they are of
        several months (`stage:month`), and the hashes of `outside` content."""
        found = self.inputs(stage, partition) if inputs is None else inputs
        return Derivation(stage, partition, {**found, **(outside or {})}, settings or {})

    def inputs(self, stage: str, partition: str) -> dict[str, Result]:
        """Return the standing results of the catalogued inputs. Raises CorpusInvariant where one is missing."""
        return {name: self.get(name, _partition_of(name, partition)) for name in CATALOGUE[stage].inputs}

    def make(self, derivation: Derivation, build: Callable[[Path], Mapping[str, Any]], *, spent: float = 0.0) -> Result:
        """Do as `run` does for a derivation that is at hand; `spent` are seconds of work done for it before."""
        return self.standing(derivation) or self._build(derivation, build, spent)

    def standing(self, derivation: Derivation) -> Result | None:
        """Return the result that follows from `derivation`, where it stands."""
        result = self.find(derivation.stage, derivation.partition)
        return result if result and result.manifest["fingerprint"] == derivation.fingerprint else None

    def _build(self, derivation: Derivation, build: Callable[[Path], Mapping[str, Any]], spent: float) -> Result:
        home = self._prepared_home(derivation)
        folder = home / derivation.fingerprint[:16]
        shutil.rmtree(folder, ignore_errors=True)
        started = time.monotonic()
        with commit_folder(folder) as staged, unquoted(derivation.stage):
            counts = dict(build(staged))
        manifest: Manifest = {
            "stage": derivation.stage,
            "partition": derivation.partition,
            "fingerprint": derivation.fingerprint,
            "code": code_version(derivation.stage),
            "content": _hash_folder(folder, but=CATALOGUE[derivation.stage].beside),
            "stored": _hash_folder(folder),
            "inputs": derivation.hashes,
            "settings": dict(derivation.settings),
            "counts": counts,
            "seconds": round(spent + time.monotonic() - started, 2),
            "files": sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()),
        }
        write_json(home / _POINTER, {**manifest, "folder": folder.name})
        _prune(home, keep=folder.name)
        return Result(folder, manifest, reused=False)

    def _prepared_home(self, derivation: Derivation) -> Path:
        self._zones["phi"].mkdir(parents=True, exist_ok=True)
        self._zones["phi"].chmod(0o700)
        home = self._home(derivation.stage, derivation.partition)
        home.mkdir(parents=True, exist_ok=True)
        remove_leftovers(home)
        return home

    def make_part(self, derivation: Derivation, name: str, build: Callable[[Path], None]) -> Path:
        """Return the folder of one part of a result to be, built unless it stands from a killed attempt.

        Parts stand under the work folder by fingerprint, so that a part of other inputs is never taken.
        """
        self._prepared_home(derivation)
        folder = self.parts_folder(derivation) / name
        if not folder.is_dir():
            with commit_folder(folder) as staged, unquoted(derivation.stage):
                build(staged)
        return folder

    def find(self, stage: str, partition: str) -> Result | None:
        """Return the standing result, or None where the stage never finished or somebody removed its folder."""
        home = self._home(stage, partition)
        if not (home / _POINTER).is_file():
            return None
        manifest = read_json(home / _POINTER)
        folder = home / manifest.pop("folder")
        return Result(folder, manifest, reused=True) if folder.is_dir() else None

    def get(self, stage: str, partition: str) -> Result:
        """Return the standing result. Raises CorpusInvariant where there is none."""
        result = self.find(stage, partition)
        if result is None:
            raise CorpusInvariant(f"{stage} has no result for {partition}. Materialise it first.")
        return result

    def verified(self, result: Result) -> Result:
        """Return the result if its files are those that its stage stored. Raises CorpusInvariant where not."""
        stage, partition = result.manifest["stage"], result.manifest["partition"]
        if _hash_folder(result.folder) != result.manifest["stored"]:
            raise CorpusInvariant(
                f"{stage} of {partition}: its files are not those that were stored. "
                f"Remove {self._home(stage, partition)} and materialise it again."
            )
        return result

    def partitions(self, stage: str) -> list[str]:
        """Return the partitions for which `stage` has a result, in order."""
        home = self._zone(stage) / stage
        return sorted(pointer.parent.name for pointer in home.glob(f"*/{_POINTER}"))

    def up_to(self, stage: str, month: str) -> dict[str, Result]:
        """Return the results of all months from the first one standing up to `month`.

        Raises CorpusInvariant naming the month where one in between is missing: a gap would silently
        take its cases out of the corpus.
        """
        first = min([*self.partitions(stage), month])
        return {f"{stage}:{each}": self.get(stage, each) for each in _months(first, month)}

    def work_folder(self, stage: str, partition: str) -> Path:
        """Return a folder that outlives a killed attempt, for stages that resume."""
        return self._home(stage, partition) / "work"

    def parts_folder(self, derivation: Derivation) -> Path:
        return self.work_folder(derivation.stage, derivation.partition) / derivation.fingerprint[:16]

    def clear_stale_parts(self, derivation: Derivation) -> None:
        """Remove the parts that attempts with other inputs left."""
        current = self.parts_folder(derivation)
        for folder in current.parent.glob("*"):
            if folder != current:
                shutil.rmtree(folder, ignore_errors=True)

    def clear_work(self, derivation: Derivation) -> None:
        """Remove what the stage's attempts left."""
        shutil.rmtree(self.work_folder(derivation.stage, derivation.partition), ignore_errors=True)

    def _home(self, stage: str, partition: str) -> Path:
        return self._zone(stage) / stage / partition.replace("|", "-")

    def _zone(self, stage: str) -> Path:
        return self._zones["phi" if stage in PHI_STAGES else "store"]


@contextmanager
def unquoted(stage: str) -> Iterator[None]:
    """Turn an unforeseen error into one without its message, which may quote a note or an identifier.

    Dagster keeps what an exception and its causes say for ever, so only our own errors pass, without causes.
    """
    try:
        yield
    except EdscribeError as error:
        raise error from None
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
        place = f"{Path(ours[-1].filename).relative_to(PACKAGE)}, line {ours[-1].lineno}"
        raise StageFailed(f"{stage}: {type(error).__name__} at {place}; nothing was stored.") from None


def _partition_of(stage: str, partition: str) -> str:
    return partition[:MONTH_LENGTH] if CATALOGUE[stage].partitions == "month" else partition


def _months(first: str, last: str) -> list[str]:
    year, month = map(int, first.split("-"))
    months = [first]
    while months[-1] < last:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        months.append(f"{year:04}-{month:02}")
    return months


def _prune(home: Path, keep: str) -> None:
    for folder in home.iterdir():
        if folder.is_dir() and folder.name not in {keep, "work"} and not folder.name.startswith("."):
            shutil.rmtree(folder)


def _hash_folder(folder: Path, but: tuple[str, ...] = ()) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(fnmatchcase(name, pattern) for pattern in but):
            digest.update(name.encode())
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
