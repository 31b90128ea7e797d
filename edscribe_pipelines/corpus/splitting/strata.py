"""Strata of patients, and how newcomers are dealt to the splits so that each stratum gives its share.

The strata are walked in their order and each gives what it owes, rounded, the remainder going on to the next. So
strata that follow each other make up for one another: of all patients a tenth is held out within half a patient,
of all with a physician's note or with one complaint about as closely, and rare strata are held out as often as
common ones. A stratum that arrives at once deviates by one patient, 1.1 where its neighbours are single patients;
one that arrives over six months by 2.3 at most (600 simulated histories).
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import polars as pl

from edscribe_pipelines.corpus.complaint import complaint_categories

_HELD_OUT = ("test", "validation")
_SHARE = 0.10


def patient_strata(cases: pl.DataFrame) -> dict[str, str]:
    """Return the stratum of each patient in the order of arrival: tier, chief complaint, acuity.

    A patient counts by the most acute case, the first of equals, and as physician-written with one such note.
    """
    metadata = pl.col("metadata").struct
    listed = cases.select(
        "patient_key",
        physician=pl.col("tier") == "physician",
        acuity=metadata.field("esi_level").fill_null(_NO_ACUITY),
        complaint=metadata.field("chief_complaint"),
    )
    physician = listed.group_by("patient_key", maintain_order=True).agg(pl.col("physician").any())
    worst = listed.sort("acuity", maintain_order=True).unique("patient_key", keep="first", maintain_order=True)
    complaints = complaint_categories(worst["complaint"])
    strata = worst.select("patient_key", "acuity", complaint=complaints)
    rows = physician.join(strata, on="patient_key", maintain_order="left")
    return {row["patient_key"]: _name(row) for row in rows.iter_rows(named=True)}


def too_frequent(cases: pl.DataFrame) -> frozenset[str]:
    """Return the patients who alone would be more than half of a held-out split: they are trained on.

    One of the 64 patients of the MIMIC-IV-ED demo has 23 of its 222 stays, and a test split with him in it would
    say how well his stays are written.
    """
    most = max(cases.height * _SHARE / 2, _FEW)
    counts = cases.group_by("patient_key").len().filter(pl.col("len") > most)
    return frozenset(counts["patient_key"])


_FEW = 10
"""Cases of one patient that are never too many."""

_NO_ACUITY = 9


def _name(row: dict[str, Any]) -> str:
    return f"{'physician' if row['physician'] else 'other'}/{row['complaint']}/{row['acuity']}"


def deal(
    newcomers: dict[str, str], known: list[tuple[str, str]], seed: int, trained_on: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return the split of each newcomer. `known` are split and stratum of the patients who have theirs."""
    waiting: dict[str, list[str]] = {}
    for patient, stratum in newcomers.items():
        if patient not in trained_on:
            waiting.setdefault(stratum, []).append(patient)
    chance = random.Random(seed)
    waiting = {stratum: chance.sample(waiting[stratum], len(waiting[stratum])) for stratum in sorted(waiting)}
    sizes = Counter(newcomers.values()) + Counter(stratum for _, stratum in known)
    dealt: dict[str, Any] = {}
    for split in _HELD_OUT:
        held = Counter(stratum for its, stratum in known if its == split)
        for stratum, count in _owed(sizes, held, {s: len(patients) for s, patients in waiting.items()}).items():
            dealt |= dict.fromkeys(waiting[stratum][:count], split)
            waiting[stratum] = waiting[stratum][count:]
    return dict.fromkeys(newcomers, "train") | dealt


def _owed(sizes: Counter[str], held: Counter[str], room: dict[str, int]) -> dict[str, int]:
    """Return how many newcomers of each stratum go to one split."""
    total = sizes.total()
    missing = (round(total * _SHARE) if total >= 10 else int(total >= 3)) - held.total()
    owed = {stratum: sizes[stratum] * _SHARE - held[stratum] for stratum in sorted(sizes)}
    given, carried = {}, 0.0
    for stratum, due in owed.items():
        given[stratum] = min(max(round(due + carried), 0), room.get(stratum, 0))
        carried += due - given[stratum]
    _settle(given, owed, room, missing)
    return {stratum: count for stratum, count in given.items() if count}


def _settle(given: dict[str, int], owed: dict[str, float], room: dict[str, int], missing: int) -> None:
    """Give or take single patients where that deviates least, until `missing` are given or nobody is left."""
    while sum(given.values()) < missing:
        open_ = [stratum for stratum in given if given[stratum] < room.get(stratum, 0)]
        if not open_:
            return
        given[max(open_, key=lambda stratum: owed[stratum] - given[stratum])] += 1
    while sum(given.values()) > max(missing, 0):
        taken = [stratum for stratum in given if given[stratum]]
        given[min(taken, key=lambda stratum: owed[stratum] - given[stratum])] -= 1
