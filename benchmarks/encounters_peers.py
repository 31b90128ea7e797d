"""The peers of `encounters.py`, each run in a process of its own: `python encounters_peers.py polars|pandas DIR`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

TABLES = ("edstays", "triage", "vitalsign", "medrecon", "pyxis", "diagnosis")
TIMES = ("intime", "outtime", "charttime")
NUMBERS = ("temperature", "heartrate", "resprate", "o2sat", "sbp", "dbp")
FIELDS = (*NUMBERS, "pain")


def read_with_polars(release: Path) -> None:
    """Read and type the six tables: ids and codes as strings, vital signs as floats, times as times."""
    import polars as pl

    for table in TABLES:
        frame = pl.read_csv(
            release / "ed" / f"{table}.csv.gz",
            infer_schema=False,
            schema_overrides=dict.fromkeys(NUMBERS, pl.Float64) if table in ("triage", "vitalsign") else None,
        )
        times = [column for column in TIMES if column in frame.columns]
        frame.with_columns(pl.col(times).str.to_datetime("%Y-%m-%d %H:%M:%S"))


def nest_with_pandas(release: Path) -> list[dict[str, Any]]:
    """Return the stays as nested records, without the checks: typed, timed in minutes, sorted, once each."""
    import pandas as pd

    def read(table: str, *columns: str) -> Any:
        return pd.read_csv(
            release / "ed" / f"{table}.csv.gz",
            usecols=["stay_id", *columns],
            dtype={column: "float64" if column in NUMBERS else "str" for column in ("stay_id", *columns)},
        )

    def minutes(frame: Any) -> Any:
        timed = frame.merge(stays[["stay_id", "intime", "outtime"]], on="stay_id")
        charted = pd.to_datetime(timed["charttime"])
        timed["minute"] = (charted - timed["intime"]).dt.total_seconds() // 60
        return timed[charted.between(timed["intime"], timed["outtime"])].sort_values(
            ["stay_id", "minute"], kind="stable"
        )

    def listed(frame: Any, columns: list[str]) -> dict[str, list[dict[str, Any]]]:
        lists: dict[str, list[dict[str, Any]]] = {}
        for stay_id, row in zip(frame["stay_id"], frame[columns].to_dict("records"), strict=True):
            lists.setdefault(stay_id, []).append(row)
        return lists

    stays = read("edstays", "subject_id", "hadm_id", "intime", "outtime", "gender", "arrival_transport", "disposition")
    stays["intime"], stays["outtime"] = pd.to_datetime(stays["intime"]), pd.to_datetime(stays["outtime"])
    triage = read("triage", *FIELDS, "acuity", "chiefcomplaint")
    vitals = minutes(read("vitalsign", "charttime", *FIELDS, "rhythm"))
    pyxis = minutes(read("pyxis", "charttime", "med_rn", "name"))
    diagnoses = read("diagnosis", "seq_num", "icd_code", "icd_version", "icd_title")
    for frame in (triage, vitals):
        frame["pain"] = pd.to_numeric(frame["pain"], errors="coerce")
        celsius = frame["temperature"].between(25, 45)
        frame.loc[celsius, "temperature"] = frame.loc[celsius, "temperature"] * 9 / 5 + 32
    diagnoses["seq_num"] = diagnoses["seq_num"].astype("int64")
    parts = {
        "vitals": listed(vitals, ["minute", *FIELDS, "rhythm"]),
        "home_medications": listed(read("medrecon", "name").drop_duplicates(), ["name"]),
        "dispensed": listed(pyxis.drop_duplicates(["stay_id", "minute", "med_rn", "name"]), ["minute", "name"]),
        "diagnoses": listed(
            diagnoses.sort_values(["stay_id", "seq_num"], kind="stable"),
            ["seq_num", "icd_code", "icd_version", "icd_title"],
        ),
    }
    records = stays.merge(triage, on="stay_id", how="left").to_dict("records")
    for record in records:
        record["triage"] = {field: record.pop(field) for field in FIELDS}
        for name, lists in parts.items():
            record[name] = lists.get(record["stay_id"], [])
    return records


if __name__ == "__main__":
    {"polars": read_with_polars, "pandas": nest_with_pandas}[sys.argv[1]](Path(sys.argv[2]))
