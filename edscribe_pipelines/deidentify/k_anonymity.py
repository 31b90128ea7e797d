"""How many patients share what Safe Harbor lets out about them: age band, sex, ZIP3 and year.

Safe Harbor asks for no such count. Small groups are where a note says most about one person, so a site should see
them before anything leaves it. "Not recorded" is a class of its own.
"""

from __future__ import annotations

import polars as pl
from typing_extensions import TypedDict

from edscribe_pipelines.deidentify.replacing.safe_harbor import zip3

SMALLEST_CELL = 11
"""Cells of 10 patients or fewer are not displayed: the cell size suppression policy of the Centers for Medicare &
Medicaid Services (data use agreement CMS-R-0235, section 9), the usual floor for US patient data."""

NOT_RECORDED = "not recorded"
_QUASI_IDENTIFIERS = ["age_band", "sex", "zip3", "year"]
_OLDEST_BAND = 90


class KAnonymity(TypedDict):
    """`share_in_small_groups` is that of the patients who stand in at least one group under `k`."""

    k: int
    patients: int
    groups: int
    small_groups: int
    share_in_small_groups: float
    smallest_group: int


def k_anonymity_table(encounters: pl.DataFrame, k: int = SMALLEST_CELL) -> pl.DataFrame:
    """Return for each combination in `PhiEncounter` rows its patients, as text: "<k" where they are fewer than `k`."""
    groups = _patients_in_groups(encounters).group_by(_QUASI_IDENTIFIERS).len("patients").sort(_QUASI_IDENTIFIERS)
    is_small = pl.col("patients") < k
    shown = pl.when(is_small).then(pl.lit(f"<{k}")).otherwise(pl.col("patients").cast(pl.String))
    return groups.with_columns(shown.alias("patients"))


def k_anonymity_summary(encounters: pl.DataFrame, k: int = SMALLEST_CELL) -> KAnonymity:
    """Return counts over the table; exact, so they stay in the PHI zone where groups are few."""
    in_groups = _patients_in_groups(encounters)
    sized = in_groups.with_columns(pl.len().over(_QUASI_IDENTIFIERS).alias("patients"))
    small = sized.filter(pl.col("patients") < k)
    patients = sized["patient_key"].n_unique()
    return {
        "k": k,
        "patients": patients,
        "groups": sized.select(_QUASI_IDENTIFIERS).n_unique(),
        "small_groups": small.select(_QUASI_IDENTIFIERS).n_unique(),
        "share_in_small_groups": small["patient_key"].n_unique() / patients if patients else 0.0,
        "smallest_group": min(sized["patients"], default=0),
    }


def _patients_in_groups(encounters: pl.DataFrame) -> pl.DataFrame:
    """Return each patient once for each combination that an encounter of theirs has."""
    return encounters.select(
        "patient_key",
        _age_band().alias("age_band"),
        pl.col("sex").fill_null(NOT_RECORDED).alias("sex"),
        _area(encounters).alias("zip3"),
        pl.col("arrival_time").str.extract(r"^(\d{4})").fill_null(NOT_RECORDED).alias("year"),
    ).unique()


def _age_band() -> pl.Expr:
    decade = pl.col("age_years") // 10 * 10
    band = pl.format("{}-{}", decade, decade + 9)
    oldest = pl.lit(f"{_OLDEST_BAND}+")
    return pl.when(decade >= _OLDEST_BAND).then(oldest).when(decade >= 0).then(band).otherwise(pl.lit(NOT_RECORDED))


def _area(encounters: pl.DataFrame) -> pl.Series:
    """Return what may be told of the first ZIP code among the known identifiers."""
    identifier = pl.element().struct
    is_zip = identifier.field("kind").str.to_lowercase().str.contains("zip")
    zips = pl.col("known_identifiers").list.eval(identifier.field("value").filter(is_zip).str.strip_chars())
    first = encounters.select(zips.list.first()).to_series()
    return first.map_elements(lambda value: zip3(value) or NOT_RECORDED, return_dtype=pl.String).fill_null(NOT_RECORDED)
