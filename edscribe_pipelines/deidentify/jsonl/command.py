"""`edscribe deid`: from one JSON Lines file or stream to another, over several processes, resumable.

Each line that is not blank gives one line, in the input's order; with a quarantine file, a line that cannot be used
gives one there instead. Standard output gets answers as soon as they are made. A file appears whole.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import orjson

from edscribe_pipelines.deidentify.jsonl.answers import Answer, How, answer_batch
from edscribe_pipelines.deidentify.jsonl.batches import answer_in_order, read_batches
from edscribe_pipelines.deidentify.jsonl.note_lines import Batch, Failure, Refusal, read_notes
from edscribe_pipelines.deidentify.jsonl.part_file import PartFile
from edscribe_pipelines.deidentify.replacing.replacement import Replacement
from edscribe_pipelines.deidentify.review.decisions import UNDECIDED, read_decisions
from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.files import commit_file, write_jsonl
from edscribe_pipelines.results.catalogue import DEIDENTIFIER
from edscribe_pipelines.results.fingerprint import hash_code

_STANDARD = "-"
_ENGINE = ("edscribe_pipelines.deidentify.jsonl.answers.answer_batch",)

_KEY_BYTES = 32
_KEY_REMEDY = f"Make one with: head -c {_KEY_BYTES} /dev/urandom > FILE, and keep it in the PHI zone."


@dataclass(frozen=True)
class Deidentification:
    """One run of the command; `source` and `out` are paths or `-`. `is_learned` is as in `answers.How`."""

    source: str
    out: str
    replacement: Replacement
    quarantine: Path | None = None
    workers: int = 1
    decisions: Path | None = None
    is_learned: bool = True

    def run(self) -> Iterator[int]:
        """Yield the number of notes whenever some more are done.

        Raises BadInput for a line that cannot be used, unless there is a quarantine: at once where the source is a
        file, and where it is a stream once its turn has come.
        """
        try:
            with _opened(self.source) as stream:
                if self.quarantine is None and self.source != _STANDARD and stream.seekable():
                    self._check(stream)
                yield from self._to_stream(stream) if self._streams_out else self._to_file(stream)
        except OSError as error:
            raise StageFailed(f"{error.filename or self.out}: {error.strerror}.") from None

    @cached_property
    def _streams_out(self) -> bool:
        return self.out == _STANDARD or (Path(self.out).exists() and not Path(self.out).is_file())

    @property
    def _name(self) -> str:
        return "standard input" if self.source == _STANDARD else self.source

    def _check(self, stream: io.RawIOBase) -> None:
        for batch in read_batches(stream):
            for note in read_notes(batch):
                if isinstance(note, Refusal):
                    raise note.as_error(self._name)
        stream.seek(0)

    def _answers(self, batches: Iterator[Batch]) -> Iterator[tuple[Batch, Answer]]:
        decisions = read_decisions(self.decisions) if self.decisions else UNDECIDED
        work = partial(answer_batch, how=How(self.replacement, decisions, self.is_learned))
        for batch, answer in answer_in_order(work, batches, self.workers):
            if answer.refused and (self.quarantine is None or _all_failed(answer)):
                raise answer.refused[0].as_error(self._name)
            yield batch, answer

    def _to_stream(self, stream: io.RawIOBase) -> Iterator[int]:
        with ExitStack() as files:
            target = sys.stdout.fileno() if self.out == _STANDARD else self.out
            answers = files.enter_context(open(target, "wb", closefd=self.out != _STANDARD))
            refused = None
            if self.quarantine:
                refused = files.enter_context(files.enter_context(commit_file(self.quarantine)).open("wb"))
            for _, answer in self._answers(read_batches(stream)):
                answers.write(answer.lines)
                answers.flush()
                if refused:
                    refused.writelines(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in answer.refused)
                yield answer.notes

    def _to_file(self, stream: io.RawIOBase) -> Iterator[int]:
        with PartFile(Path(self.out), self._recipe) as part:
            try:
                resumed = part.resume(stream)
                yield resumed.notes
                for batch, answer in self._answers(read_batches(stream, resumed.rows + 1, resumed.already_read)):
                    part.add(batch, answer)
                    yield answer.notes
            except BadInput:
                part.discard()
                raise
            if self.quarantine:
                write_jsonl(self.quarantine, part.refused())
            part.commit()

    @property
    def _recipe(self) -> str:
        """What the answers follow from besides the input; the key stands there as a hash."""
        bad_rows = "quarantined" if self.quarantine else "refused"
        how = (self.replacement.method, self.replacement.wording, hashlib.sha256(self.replacement.key).hexdigest())
        decided = hashlib.sha256(self.decisions.read_bytes()).hexdigest() if self.decisions else "undecided"
        read_by = "rules and model" if self.is_learned else "rules alone"
        return " ".join((engine_version(), *how, bad_rows, decided, read_by))


def _all_failed(answer: Answer) -> bool:
    """Whether something is wrong with the engine and not with a note."""
    return answer.notes == 0 and sum(isinstance(each, Failure) for each in answer.refused) > 1


def engine_version() -> str:
    """Return a hash of all that decides what a note loses: our code and tables, and the packages under them."""
    return hash_code(_ENGINE, DEIDENTIFIER)


def read_key(path: Path) -> bytes:
    """Return the secret that surrogates and shifted dates follow from. Raises BadInput where it is none."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"cannot be read ({error.strerror})", remedy=_KEY_REMEDY) from None
    if len(key) < _KEY_BYTES:
        raise BadInput(str(path), f"shorter than {_KEY_BYTES} bytes", remedy=_KEY_REMEDY)
    return key


def _opened(source: str) -> io.FileIO:
    """Return `source` without a buffer: a read gives what is there, and a thread that waits in one holds no lock."""
    try:
        return io.FileIO(sys.stdin.fileno(), closefd=False) if source == _STANDARD else io.FileIO(source)
    except OSError as error:
        raise BadInput(source, f"cannot be opened ({error.strerror})") from None
