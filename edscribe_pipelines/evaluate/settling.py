"""What a month's evaluation decides on the champion, written down."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock

from edscribe_pipelines.evaluate.champion import Champion, drop_other_checkpoints, keep_checkpoint, settle_champion
from edscribe_pipelines.files import write_json

DECISION = "decision.json"


class Trained(NamedTuple):
    """A month's adapter: the folder of its checkpoint and the hash of its content."""

    specialty: str
    month: str
    checkpoint: Path
    content: str


def settle_month(
    trained: Trained, figures: dict[str, Any], registry: Path, store: Path, champion: str, folder: Path
) -> dict[str, Any]:
    """Decide whether the adapter replaces the champion, keep it if so, write why to `folder` and return it.

    `figures` are those of `report_month`; with the champion's own among them, hash `champion`, both were measured on
    the same cases.
    """
    registry.parent.mkdir(parents=True, exist_ok=True)
    # Two months of a specialty may be settled at once.
    with FileLock(registry.with_suffix(".lock")):
        kept = keep_checkpoint(trained.checkpoint, registry.with_suffix("") / trained.content[:16])
        adapter = (kept / "adapter").relative_to(store).as_posix()
        candidate = Champion(trained.specialty, trained.month, trained.content, adapter, figures["adapter"])
        decision = settle_champion(registry, candidate, figures["base"], figures.get("champion"), champion)
        drop_other_checkpoints(registry, store)
    write_json(folder / DECISION, decision._asdict())
    return {"promoted": decision.promoted, "reasons": "; ".join(decision.reasons)}
