"""What a discharge summary of MIMIC-IV-Note tells of the ED stay that it began with.

The summary is of the whole admission. `tables/discharge_sections.csv` says which of its sections hold what
was known before the ED or done there; of the history and the hospital course only the words marked as of
the ED are its course. What came later must not reach a note of the ED, so leaving words of the ED out is
the lesser error. Layout: https://physionet.org/content/mimic-iv-note/2.2/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import polars as pl

from edscribe_pipelines.clinical.records import Encounter, Excerpt, polars_schema
from edscribe_pipelines.tables import read_table

_ED_COURSE = "ED Course & Procedures"


class _Sentence(NamedTuple):
    start: int
    end: int
    opens_paragraph: bool


_ED = r"(?:ED|ER|emergency (?:department|room|ward))\b"
_ED_BEGINS = re.compile(
    rf"(?P<before>[^.!?\n]{{0,25}}?)\b(?:in|(?:up)?on (?:arrival|presentation) (?:to|in|at)|at)"
    rf" (?:(?:the|our|___) ){{0,2}}{_ED}"
    rf"|{_ED} (?:course|initial|vital\w*|vs)\b|(?:(?:her|his|their) )?(?:initial|triage) (?:vital\w*|vs)\b",
    re.I,
)
_NOT_THIS_ED = re.compile(
    r"\b(?:ago|last|previous\w*|prior|recent\w*|yesterday|earlier|OSH|outside|referring|another|week|month)\b|^ at\b",
    re.I,
)
_WARD = r"(?:floors?|wards?|unit|[A-Z]?ICU|CCU|medicine|(?:[a-z]+ )?(?:floor|ward|unit|service))\b"
_WARD_BEGINS = re.compile(
    r"[^.!?\n]{0,15}?\b(?:(?:up)?on (?:arrival|transfer|admission|presentation) (?:to|on|in|at)|on|in)"
    rf" (?:(?:the|our|___) ){{0,2}}{_WARD}|(?:up)?on (?:transfer|admission)\b",
    re.I,
)
_NO_LONGER_ED = re.compile(
    r"(?:#|currently|now\b|there,|overnight|at the time of|since (?:admission|arrival)|the (?:next|following)|"
    r"(?:this|the next) (?:morning|day)|on (?:HD|hospital day)|during (?:the|this|h\w+) (?:hospital|admission|stay)|"
    r"(?:\d+[- ]point )?(?:review of systems|ros)\b)",
    re.I,
)
_GOES_ON = re.compile(
    r"(?:-|\*|exam|lab|imaging|studies|cxr|ct\b|e[ck]g|ua\b|us\b|mri|the patient|patient|pt\b|s?he\b|they|consult|"
    r"vital|vs\b|prior to transfer|transfer|decision|received|given)",
    re.I,
)
"""How a further paragraph on the ED begins."""
_NEXT_SENTENCE = re.compile(r"\s(?:(?<=[.!?:]\s)\s*|(?<=\n)[ \t]*(?:\n\s*|(?=[-*#A-Z])))")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MAY_TELL_OF_ED = re.compile(r"\bE[DR]\b|[Ee]mergency|EMERGENCY|[Ii]nitial|INITIAL|[Tt]riage|TRIAGE")
"""Spares most paragraphs of a hospital course a look at each sentence."""
_SAYS_SOMETHING = re.compile(r"[A-Za-z0-9]")


def excerpts_by_admission(discharge: pl.LazyFrame) -> pl.LazyFrame:
    """Return `hadm_id` and the `excerpts` of the admission's first summary, one row an admission.

    `discharge` has at least `hadm_id` and `text`. The first summary has the lowest `note_seq`, then
    `charttime`, where these are there, then comes first. Streams, but holds all excerpts before the end:
    leave out other admissions before, not after.
    """
    order = [*(name for name in ("note_seq", "charttime") if name in discharge.collect_schema().names()), "_row"]
    excerpts = polars_schema(Encounter)["excerpts"]
    return (
        discharge.with_row_index("_row")
        .filter(pl.col("hadm_id").is_not_null(), pl.col("text").is_not_null())
        .select(
            pl.col("hadm_id").cast(pl.String),
            *order,
            pl.col("text").map_elements(ed_excerpts, excerpts).alias("excerpts"),
        )
        .group_by("hadm_id")
        .agg(pl.col("excerpts").sort_by(order).first())
    )


def ed_excerpts(summary: str) -> list[Excerpt]:
    """Return the parts of the summary that are of the ED stay, as they stand there, in its order."""
    return [
        {"section": section, "text": text, "origin": "discharge_summary"}
        for use, section, content in _sections(summary)
        for section, text in _used(use, section, content)
        if _SAYS_SOMETHING.search(text)
    ]


def _sections(summary: str) -> Iterator[tuple[str, str, str]]:
    """Yield use, our section and content of each heading's first time; what a form repeats is of its end."""
    matches = list(_headings().finditer("\n" + summary))
    ends = [*(match.start() for match in matches[1:]), len(summary)]
    seen: set[str] = set()
    for match, end in zip(matches, ends, strict=False):
        name = match[1].casefold()
        if name not in seen:
            seen.add(name)
            yield *_uses()[name], summary[match.end() - 1 : end]


def _used(use: str, section: str, content: str) -> Iterator[tuple[str, str]]:
    match use:
        case "whole":
            yield section, content.strip()
        case "paragraph":
            yield section, _BLANK_LINE.split(content.strip(), maxsplit=1)[0].strip()
        case "history":
            yield from _history(section, content)
        case "course":
            yield from ((_ED_COURSE, text) for part, text in _parts(content, "ED") if part == "ED")
        case "sentences":
            for paragraph in filter(_MAY_TELL_OF_ED.search, _BLANK_LINE.split(content)):
                told = (said for said in _sentences(paragraph) if _tells_of_ed(paragraph, said))
                yield from ((_ED_COURSE, paragraph[said.start : said.end].strip()) for said in told)


def _history(section: str, content: str) -> Iterator[tuple[str, str]]:
    for part, text in _parts(content, "before"):
        if part != "after":
            yield (_ED_COURSE if part == "ED" else section), text


def _parts(content: str, first: str) -> Iterator[tuple[str, str]]:
    """Yield the stretches of `content` before the ward, and whether each tells of the time "before" the ED, of
    the "ED" or of what came "after"."""
    for part, run in groupby(_assigned(content, first), key=itemgetter(0)):
        sentences = [said for _, said in run]
        yield part, content[sentences[0].start : sentences[-1].end].strip()


def _assigned(content: str, part: str) -> Iterator[tuple[str, _Sentence]]:
    for said in _sentences(content):
        if _WARD_BEGINS.match(content, said.start):
            return
        if _tells_of_ed(content, said):
            part = "ED"
        elif part == "ED" and _leaves_ed(content, said):
            part = "after"
        yield part, said


def _tells_of_ed(content: str, said: _Sentence) -> bool:
    mark = _ED_BEGINS.match(content, said.start)
    return mark is not None and not (
        _NOT_THIS_ED.search(mark["before"] or "") or _NOT_THIS_ED.search(content[mark.end() : mark.end() + 15])
    )


def _leaves_ed(content: str, said: _Sentence) -> bool:
    if _NO_LONGER_ED.match(content, said.start):
        return True
    return said.opens_paragraph and not _GOES_ON.match(content, said.start)


def _sentences(content: str) -> Iterator[_Sentence]:
    """Yield the sentences in order; a line that begins with a capital or a bullet begins one."""
    start, opens_paragraph = 0, True
    for stop in _NEXT_SENTENCE.finditer(content + "\n\n"):
        if content[start : stop.start()].strip():
            yield _Sentence(start, stop.start(), opens_paragraph)
        start, opens_paragraph = stop.end(), stop[0].count("\n") > 1


@cache
def _uses() -> dict[str, tuple[str, str]]:
    rows = read_table("discharge_sections.csv", "edscribe_pipelines.intake.mimic.tables")
    return {row["heading"].casefold(): (row["use"], row["section"]) for row in rows}


@cache
def _headings() -> re.Pattern[str]:
    """Searched for in a line break and the text: a literal start is found several times faster than a "^"."""
    longest_first = sorted(_uses(), key=len, reverse=True)
    return re.compile(rf"\n[ \t]*({'|'.join(map(re.escape, longest_first))})[ \t]*:", re.I)
