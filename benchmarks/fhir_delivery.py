"""Delivering a month's FHIR export: exactly once over kills and faults, and how fast where the network is slow.

Run from the repository root: `python benchmarks/fhir_delivery.py`; `--encounters N` for another size. First 1,000
invented encounters go through the facade of Google's API to sekmet, 20 % of the requests failing in one of five ways,
while the sender is killed (SIGKILL) three times; then every resource that sekmet holds is compared with the export, and
a second delivery must send nothing. Then the same export goes, with 100 ms added to each request, to Medplum's router,
which answers in milliseconds: by this project, by a loop that sends one stay after another, and by one that sends one
resource after another, as the scripts do that python-docs-samples #8334 is about.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import httpx2
import orjson
from fhir_delivery_line import slow_line

from edscribe_pipelines.fhir.delivery.bundles import Bundle, Entry
from edscribe_pipelines.fhir.delivery.export_folder import ExportFolder
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines_tests.fhir.delivery.exports import MONTH, hashes_of, held_by, invented, write_export
from edscribe_pipelines_tests.fhir.servers.healthcare import Facade, Faults
from edscribe_pipelines_tests.fhir.servers.medplum import running_medplum
from edscribe_pipelines_tests.fhir.servers.sekmet import running_sekmet

RATES = {"429": 0.04, "500": 0.04, "503": 0.04, "cut_before": 0.04, "cut_after": 0.04}
KILLS = (0.15, 0.2, 0.25)
"""After which share of the resources, counted from the last start, the sender is killed."""

LATENCY_S = 0.1
STAYS_OF_THE_SLOW_LOOPS = {"stay by stay": 100, "resource by resource": 15}
RESULTS = Path(__file__).parent / "results" / "fhir_delivery.jsonl"

Figures = dict[str, float | int | str | bool]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encounters", type=int, default=1_000)
    parser.add_argument("--part", choices=("exact", "latency", "both"), default="both", help="latency needs Node 20.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures: Figures = {"encounters": given.encounters}
        if given.part != "latency":
            figures |= _exactly_once(Path(folder) / "exact", given.encounters)
        if given.part != "exact":
            figures |= _with_latency(Path(folder) / "slow", given.encounters)
    _report(figures)


def _stored_export(store: Path, count: int) -> Path:
    """Make an export of invented stays the standing result of fhir_export, and return its folder."""

    def build(folder: Path) -> dict[str, int]:
        write_export(folder, invented("b", count))
        return {}

    return Stages(Settings(store=store, phi_store=store / "phi")).run("fhir_export", MONTH, build, inputs={}).folder


def _exactly_once(store: Path, count: int) -> Figures:
    expected = hashes_of(_stored_export(store, count))
    faults = Faults(seed=7, rates=RATES, only="POST", retry_after_s=None)
    with running_sekmet() as sekmet, Facade(sekmet, faults) as facade:
        started = time.monotonic()
        for share in KILLS:
            _kill_after(_sender(store, facade), facade, round(share * len(expected)))
        _finish(_sender(store, facade))
        seconds = time.monotonic() - started
        held = held_by(sekmet, list(expected))
        counted = _counted(sekmet, expected)
        posts = [status for method, _, status in facade.requests if method == "POST"]
        _finish(_sender(store, facade))
        again = sum(method == "POST" for method, _, _ in facade.requests) - len(posts)
    return {
        "resources": len(expected),
        "same_content": sum(held.get(name) == content for name, content in expected.items()),
        "server_counts": counted,
        "requests": len(posts),
        "failed_requests": sum(status != 200 for status in posts),
        "kills": len(KILLS),
        "seconds_with_kills": round(seconds, 1),
        "requests_of_second_delivery": again,
        "exactly_once": held == expected and counted == len(expected) and again == 0,
    }


def _counted(base: str, expected: dict[str, str]) -> int:
    """Return how many resources the server says it has, of the types that were sent."""
    kinds = {name.partition("/")[0] for name in expected}
    with httpx2.Client(timeout=120) as client:
        return sum(client.get(f"{base}/{kind}?_summary=count").json()["total"] for kind in kinds)


def _with_latency(store: Path, count: int) -> Figures:
    rates, figures = dict[str, float](), Figures()
    for name in ("this project", *STAYS_OF_THE_SLOW_LOOPS):
        home = store / name.replace(" ", "-")
        export = _stored_export(home, STAYS_OF_THE_SLOW_LOOPS.get(name, count))
        with running_medplum() as medplum, slow_line(int(medplum.split(":")[2].split("/")[0]), LATENCY_S) as port:
            base = f"http://127.0.0.1:{port}/fhir"
            started = time.monotonic()
            if name == "this project":
                _finish(_started(home, {"FHIR_TARGET": base}))
            else:
                _loop(export, base, by_stay=name == "stay by stay")
            seconds = time.monotonic() - started
        rates[name] = len(hashes_of(export)) / seconds
        figures |= {f"resources_per_second_{name}".replace(" ", "_"): round(rates[name], 1)}
    return figures | {
        "times_stay_by_stay": round(rates["this project"] / rates["stay by stay"], 1),
        "times_resource_by_resource": round(rates["this project"] / rates["resource by resource"], 1),
    }


def _loop(export: Path, base: str, by_stay: bool) -> None:
    """Send what stays share, and then one stay, or one resource, after another."""
    headers = {"Content-Type": "application/fhir+json"}
    with ExportFolder(export) as folder, httpx2.Client(headers=headers, timeout=60) as client:
        stays = list(folder.stays())
        shared = tuple(dict.fromkeys(name for stay in stays for name in stay.shared))
        for names in (shared, *(stay.resources for stay in stays)):
            if by_stay:
                bundle = Bundle("batch", tuple(_entry(folder, name) for name in names))
                client.post(base, content=bundle.write(base)).raise_for_status()
            else:
                for name in names:
                    client.put(f"{base}/{name}", content=folder.read(name)).raise_for_status()


def _entry(folder: ExportFolder, reference: str) -> Entry:
    return Entry(reference, folder.read(reference), "", MONTH, "open")


def _sender(store: Path, facade: Facade) -> subprocess.Popen[bytes]:
    told = {"FHIR_TARGET": facade.store, "FHIR_ROOT": facade.url, "FHIR_TOKEN": facade.token}
    return _started(store, told)


def _started(store: Path, told: dict[str, str]) -> subprocess.Popen[bytes]:
    settings = {"STORE": str(store), "PHI_STORE": str(store / "phi"), **told}
    named = {f"EDSCRIBE_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-c", "from edscribe_pipelines.cli import main; main()", "fhir", "send"]
    return subprocess.Popen(command, env={**os.environ, **named})


def _kill_after(process: subprocess.Popen[bytes], facade: Facade, resources: int) -> None:
    before = len(facade.written)
    while len(facade.written) < before + resources and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    if process.wait() != -signal.SIGKILL:
        raise SystemExit("the sender ended before it was killed")


def _finish(process: subprocess.Popen[bytes]) -> None:
    if process.wait() != 0:
        raise SystemExit(f"the sender ended with {process.returncode}")


def _report(figures: Figures) -> None:
    machine = {
        "date": date.today().isoformat(),
        "cores": os.cpu_count(),
        "sekmet": "0.1.1",
        "httpx2": version("httpx2"),
    }
    for name, figure in figures.items():
        print(f"{name:>30}  {figure}")
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as lines:
        lines.write(orjson.dumps(machine | figures, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
