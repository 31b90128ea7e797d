"""Where resources go, as EDSCRIBE_FHIR_TARGET says it, and what that kind of server takes.

A folder; `https://host/fhir`, any R4 server; or `projects/P/locations/L/datasets/D/fhirStores/S`, a store of the Google
Cloud Healthcare API. ` via gs://bucket/prefix` behind the last, or EDSCRIBE_FHIR_STAGING, has Google import from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from edscribe_pipelines.data_use.wall import host_of
from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.tables import read_table

SETTING = "EDSCRIBE_FHIR_TARGET"
GOOGLE_ROOT = "https://healthcare.googleapis.com"

_STORE = re.compile(r"projects/([^/\s]+)/locations/([^/\s]+)/datasets/([^/\s]+)/fhirStores/([^/\s]+)")
_BUCKET = re.compile(r"gs://[a-z0-9][a-z0-9._-]{2,}(/\S*)?")
_HOST_AND_PORT = re.compile(r"[\w.-]+:\d+(?:/|$)")
_VIA = " via "
_MEGABYTE = 1_000_000

Kind = Literal["folder", "server", "google"]


@dataclass(frozen=True)
class Limits:
    """What a kind of server takes. Sizes in bytes. A bundle is sent once it holds `full_at_entries`."""

    bundle_type: str
    max_entries: int
    max_bundle_bytes: int
    max_resource_bytes: int
    full_at_entries: int
    retried: frozenset[int]


@dataclass(frozen=True)
class Target:
    """A place that resources go to. `name` is how the ledger knows it, `base` its FHIR address or its folder, `store`
    and `root` are Google's, `staging` the `gs://` address that Google imports from."""

    kind: Kind
    name: str
    base: str
    limits: Limits
    store: str = ""
    root: str = ""
    staging: str = ""


def target_of(settings: Settings) -> Target | None:
    """Return the target that `settings` name, None where they name none. Raises BadInput where it is not one."""
    if settings.fhir_target is None or not settings.fhir_target.strip():
        return None
    where, _, via = settings.fhir_target.strip().partition(_VIA)
    staging = via.strip() or settings.fhir_staging or ""
    if where.startswith("projects/"):
        return _google(where, settings.fhir_root or GOOGLE_ROOT, staging)
    if staging:
        raise BadInput(SETTING, "only a store of Google's imports from a bucket", remedy="Leave out the gs:// address.")
    if "://" in where:
        return _server(where)
    if _HOST_AND_PORT.match(where):
        raise BadInput(SETTING, "a host without https:// before it", remedy="Write https://host/fhir.")
    folder = str(Path(where).expanduser().absolute())
    if Path(folder).is_relative_to(settings.store.absolute()):
        raise BadInput(SETTING, "a folder inside the store", remedy="Name one beside it.")
    return Target("folder", folder, folder, limits_of("folder"))


def _google(where: str, root: str, staging: str) -> Target:
    if not _STORE.fullmatch(where):
        raise BadInput(SETTING, "not the name of a store", remedy="projects/P/locations/L/datasets/D/fhirStores/S")
    if staging and not _BUCKET.fullmatch(staging):
        raise BadInput(SETTING, "its staging place is not a gs:// address", remedy="Write gs://bucket/prefix.")
    root = root.rstrip("/")
    host_of(root, "EDSCRIBE_FHIR_ROOT")
    name = where if root == GOOGLE_ROOT else f"{root}/{where}"
    return Target("google", name, f"{root}/v1/{where}/fhir", limits_of("google"), where, root, staging.rstrip("/"))


def _server(where: str) -> Target:
    host = host_of(where, SETTING)
    if host == host_of(GOOGLE_ROOT, SETTING):
        raise BadInput(SETTING, "Google's stores go by their names", remedy="projects/P/locations/L/datasets/D/…")
    base = where.rstrip("/")
    kinds = [row["kind"] for row in _rows() if row["host_ends_with"] and host.endswith(row["host_ends_with"])]
    return Target("server", base, base, limits_of(kinds[0] if kinds else "server"))


def limits_of(kind: str) -> Limits:
    """Return the limits in the row of `tables/fhir_targets.csv` for a kind of server."""
    row = next(row for row in _rows() if row["kind"] == kind)
    return Limits(
        bundle_type=row["bundle_type"],
        max_entries=int(row["max_entries"]),
        max_bundle_bytes=int(row["max_bundle_mb"]) * _MEGABYTE,
        max_resource_bytes=int(row["max_resource_mb"]) * _MEGABYTE,
        full_at_entries=int(row["full_at_entries"]),
        retried=frozenset(int(status) for status in row["retried_statuses"].split()),
    )


@cache
def _rows() -> list[dict[str, str]]:
    return read_table("fhir_targets.csv", "edscribe_pipelines.fhir.tables")
