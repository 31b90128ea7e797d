"""Which adapter is in use for a specialty, and whether a new one replaces it.

The registry is one JSON file in the de-identified zone: the champion and every decision before it.
Which error is worse: promoting an adapter that is less safe; so a tie keeps the champion.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from edscribe_pipelines.evaluate.metrics import METRICS
from edscribe_pipelines.files import commit_folder, read_json, write_json

MUST_NOT_FALL = ("guardrail_compliant", "content_compliant", "complete_notes", "completeness")
"""Never promote an adapter that is below the champion in one of these: safety before likeness."""
MUST_RISE = ("rouge_l",)
"""A candidate that holds the above replaces the champion if it beats it in these."""
MUST_BEAT_BASE = ("completeness", "rouge_l")
"""The first adapter of a specialty has to beat the base it was trained from in these."""

_LABELS = {metric.name: metric.label for metric in METRICS}


class Champion(NamedTuple):
    """An adapter and its figures on the test cases of its month."""

    specialty: str
    month: str
    adapter_fingerprint: str
    adapter_path: str
    """Relative to the store."""
    metrics: dict[str, float]
    previous: str | None = None
    """Hash of the champion that stood before it."""
    reasons: tuple[str, ...] = ()


class Decision(NamedTuple):
    promoted: bool
    reasons: tuple[str, ...]


def headline(overall: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics of `overall` that a champion is remembered by."""
    return {metric.name: overall[metric.name] for metric in METRICS if overall[metric.name] is not None}


def decide_champion(
    candidate: Mapping[str, float], base: Mapping[str, float], champion: Mapping[str, float] | None
) -> Decision:
    """Return whether an adapter with the metrics `candidate` replaces a `champion`, best measured on the
    same test cases; without a champion, it has to beat its own `base`."""
    if champion is None:
        against = _not_above(MUST_BEAT_BASE, candidate, base, "its base")
        return Decision(not against, against or ("first adapter, and better than its base",))
    fallen = tuple(
        f"{_LABELS[name]} {candidate[name]:.3f} is below the champion ({champion[name]:.3f})"
        for name in MUST_NOT_FALL
        if candidate[name] < champion[name]
    )
    against = fallen + _not_above(MUST_RISE, candidate, champion, "the champion")
    return Decision(not against, against or ("better than the champion, and no less safe",))


def _not_above(
    names: tuple[str, ...], candidate: Mapping[str, float], other: Mapping[str, float], whose: str
) -> tuple[str, ...]:
    return tuple(
        f"{_LABELS[name]} {candidate[name]:.3f} is not above {whose} ({other[name]:.3f})"
        for name in names
        if candidate[name] <= other[name]
    )


def read_champion(registry: Path) -> Champion | None:
    """Return the champion in use, or None before the first."""
    current = _read(registry)["champion"]
    return _champion(current) if current else None


class Standing(NamedTuple):
    """The champion of before. `label` is its hash, or why there is none to compare with; then no `checkpoint`."""

    checkpoint: Path | None
    label: str


NO_CHAMPION = "none before"


def champion_before(registry: Path, store: Path, month: str, adapter: str, known: str | None) -> Standing:
    """Return the last promotion of an earlier month with other weights than those of `adapter`, by its hash.

    `known` is what was found for the same adapter before, a label: later promotions do not change it.
    """
    promoted = [_champion(entry["candidate"]) for entry in _read(registry)["history"] if entry["promoted"]]
    earlier = [each for each in promoted if each.month < month and each.adapter_fingerprint != adapter]
    by_label = {_label(each): each for each in earlier}
    label = known if known is not None else next(reversed(by_label), NO_CHAMPION)
    if label not in by_label:
        return Standing(None, label)
    checkpoint = (store / by_label[label].adapter_path).parent
    return (
        Standing(checkpoint, label) if checkpoint.is_dir() else Standing(None, f"not comparable: {label[:12]} is gone")
    )


def _label(champion: Champion) -> str:
    return champion_hash(champion) or NO_CHAMPION


def settle_champion(
    registry: Path,
    candidate: Champion,
    base: Mapping[str, float],
    champion: Mapping[str, float] | None = None,
    measured: str | None = None,
) -> Decision:
    """Decide on `candidate`, record the decision, and return it.

    `champion` are the metrics on this month's test cases of the champion whose hash is `measured`. Where another one
    stands by now, or none was measured, the figures of its own month count. A candidate that was decided on before
    keeps its decision, so a rerun changes nothing.
    """
    book = _read(registry)
    for entry in book["history"]:
        known = entry["candidate"]
        if (known["adapter_fingerprint"], known["month"]) == (candidate.adapter_fingerprint, candidate.month):
            return Decision(entry["promoted"], tuple(known["reasons"]))
    current = read_champion(registry)
    if champion is None or (measured is not None and measured != champion_hash(current)):
        champion = current.metrics if current else None
    decision = decide_champion(candidate.metrics, base, champion)
    settled = candidate._replace(previous=champion_hash(current), reasons=decision.reasons)._asdict()
    book["history"].append({"promoted": decision.promoted, "candidate": settled})
    write_json(registry, book | ({"champion": settled} if decision.promoted else {}))
    return decision


def keep_checkpoint(checkpoint: Path, home: Path) -> Path:
    """Copy a checkpoint to `home`, where no later training replaces it, and return `home`."""
    if not home.exists():
        with commit_folder(home) as staged:
            shutil.copytree(checkpoint, staged, dirs_exist_ok=True)
    return home


def drop_other_checkpoints(registry: Path, store: Path) -> None:
    """Remove the kept checkpoints that are not the champion's. Paths in the registry are relative to `store`."""
    champion = read_champion(registry)
    kept = store / champion.adapter_path if champion else None
    for home in registry.with_suffix("").iterdir():
        if kept is None or home not in kept.parents:
            shutil.rmtree(home)


def champion_hash(champion: Champion | None) -> str | None:
    """Return the hash by which an evaluation and a later champion name this one."""
    if champion is None:
        return None
    return hashlib.sha256(orjson.dumps(champion._asdict(), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _read(registry: Path) -> dict[str, Any]:
    return read_json(registry) if registry.exists() else {"champion": None, "history": []}


def _champion(row: dict[str, Any]) -> Champion:
    return Champion(**row | {"reasons": tuple(row["reasons"])})
