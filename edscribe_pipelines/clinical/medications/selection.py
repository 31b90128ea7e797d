"""Which limit governs a dose: the one of its indication, else the general one, else the widest.

Limits of one drug and route form groups, one an indication. A dose that stays within the group of an indication of the
note is right for it. A dose above every row of every group is wrong whatever it was for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from edscribe_pipelines.clinical.medications.indications import Indications
from edscribe_pipelines.clinical.medications.limits import Amount, DoseLimit, Figure, Kind, is_above


class Patient(NamedTuple):
    indications: Indications
    weight_kg: float | None


class Excess(NamedTuple):
    """A figure of a limit that an amount is above; `ceiling` is what the figure comes to for this patient, `gross` the
    factor by which it is above every limit of the drug."""

    limit: DoseLimit
    ceiling: float
    figure: Figure
    amount: Amount
    gross: float | None = None

    @property
    def blocks(self) -> bool:
        return self.figure.blocks or self.gross is not None

    @property
    def gravity(self) -> tuple[bool, bool, bool, float]:
        return self.blocks, self.limit.plan, not self.figure.per_kg, self.ceiling


def gravest_excess(
    kind: Kind,
    limits: Iterable[DoseLimit],
    amount_under: Callable[[DoseLimit], Amount],
    patient: Patient,
) -> Excess | None:
    """Return the gravest figure that the amount which counts under its limit exceeds, of the limits that govern.

    `limits` are of one drug and say something about `kind`.
    """
    groups: dict[str, list[list[Excess]]] = {}
    for limit in limits:
        amount = amount_under(limit)
        if amount.unit == limit.unit and limit.indication not in patient.indications.excluded:
            held_to = limit.ceilings(kind, amount.per_kg, patient.weight_kg)
            above = [Excess(limit, *held, amount) for held in held_to if is_above(amount.value, held[0])]
            groups.setdefault(limit.indication, []).append(above)
    if not any(any(rows) for rows in groups.values()):
        return None
    exceeded = [excess for rows in _governing(groups, patient.indications) for row in rows for excess in row]
    return max(exceeded, key=lambda excess: excess.gravity, default=None)


def _governing(groups: dict[str, list[list[Excess]]], indications: Indications) -> list[list[list[Excess]]]:
    """Return the groups whose rows govern; a group has what is exceeded of each of its rows."""
    if any(not any(groups[each]) for each in (indications.stated | indications.considered) & groups.keys()):
        return []
    if all(all(rows) for rows in groups.values()):
        return list(groups.values())
    return [groups[each] for each in ("any", *sorted(indications.stated)) if each in groups]
