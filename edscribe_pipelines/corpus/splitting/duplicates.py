"""Cases whose note says what an earlier case's note says already.

MinHash-LSH proposes pairs and the exact Jaccard similarity of their shingles decides, so nothing is removed for
looking alike to a sketch. A note goes if one that stays came before it: that depends on what came before
alone, so a later month never takes out what an earlier month exported, and no two notes that stay are alike.
Notes that state little are no exception: two stays with the same complaint, the same acuity and no vital signs
make the same note, which teaches once and would leak into the test twice.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from edscribe_pipelines.corpus.splitting.corrections import original_stays
from edscribe_pipelines.corpus.splitting.minhash import candidate_pairs
from edscribe_pipelines.corpus.splitting.shingles import note_shingles, similarities

_FIRST_TO_STAY = {"physician": 0, "drafted": 1, "rendered": 2}


def in_order_of_arrival(months: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return the months' cases in one table, without their provenance.

    Within a month a physician's case comes before a drafted one and a rendered one last: the first stays.
    """
    rank = pl.col("tier").replace_strict(_FIRST_TO_STAY)
    return pl.concat([month.drop("provenance", strict=False).sort(rank, maintain_order=True) for month in months])


def find_duplicates(cases: pl.DataFrame, similarity: float, seed: int) -> pl.DataFrame:
    """Return case_id, duplicate_of and similarity of each case that a case before it makes superfluous.

    `cases` are in order of arrival, also those that later ones supersede; a case is no duplicate of an earlier
    version of itself or of the note that it corrects. Of a case that came more than once the last counts.
    """
    shingles = note_shingles(cases["completion"], seed)
    contents = _contents(shingles)
    distinct = shingles.filter(pl.col("note").is_in(contents["content"].unique().implode()))
    pairs = candidate_pairs(distinct, similarity, seed)
    alike = similarities(distinct, pairs).filter(pl.col("similarity") >= similarity)
    stays = original_stays(cases).gather(contents["note"])
    found = _superfluous(contents.with_columns(stay=stays), alike)
    return _named(found, cases["case_id"])


def _contents(shingles: pl.DataFrame) -> pl.DataFrame:
    """Return `note` and `content`, the first note with the same shingles."""
    sums = shingles.group_by("note", maintain_order=True).agg(total=pl.col("shingle").sum(), count=pl.len())
    return sums.select("note", content=pl.col("note").first().over("total", "count"))


def _superfluous(notes: pl.DataFrame, alike: pl.DataFrame) -> list[tuple[int, int, float]]:
    """Return (note, note before it that stays, similarity); `notes` are note, content and stay, in order."""
    neighbours = _neighbours(alike)
    staying: dict[int, tuple[int, str]] = {}
    found = []
    for note, content, stay in notes.iter_rows():
        like = [(content, 1.0), *neighbours.get(content, ())]
        before = [(similarity, -staying[each][0]) for each, similarity in like if _holds_other(staying, each, stay)]
        if before:
            similarity, place = max(before)
            found.append((note, -place, similarity))
        else:
            staying.setdefault(content, (note, stay))
    return found


def _neighbours(alike: pl.DataFrame) -> dict[int, list[tuple[int, float]]]:
    neighbours: dict[int, list[tuple[int, float]]] = {}
    for one, other, similarity in alike.iter_rows():
        neighbours.setdefault(one, []).append((other, similarity))
        neighbours.setdefault(other, []).append((one, similarity))
    return neighbours


def _holds_other(staying: dict[int, tuple[int, str]], content: int, stay: str) -> bool:
    return content in staying and staying[content][1] != stay


def _named(found: list[tuple[int, int, float]], ids: pl.Series) -> pl.DataFrame:
    last = {case_id: place for place, case_id in enumerate(ids)}
    rows = [(ids[note], ids[before], similarity) for note, before, similarity in found if last[ids[note]] == note]
    schema = {"case_id": pl.String, "duplicate_of": pl.String, "similarity": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
