"""The command line. Every command reads `-` as standard input and ends with 2 on bad input."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text
from typer.core import TyperGroup

from edscribe_pipelines.errors import BadInput, EdscribeError
from edscribe_pipelines.files import read_jsonl, read_text, write_json, write_jsonl, write_text

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


class _LinesUnlessNamed(TyperGroup):
    """A group of commands whose first, `lines`, may go unnamed: `edscribe deid IN.jsonl OUT`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = ["lines", *args]
        return super().parse_args(ctx, args)


deid = typer.Typer(no_args_is_help=True, cls=_LinesUnlessNamed, help="Notes without PHI; without a name, `lines`.")
app.add_typer(deid, name="deid")
leakage = typer.Typer(no_args_is_help=True, help="What leaks from a site's own notes.")
app.add_typer(leakage, name="leakage")
fhir = typer.Typer(no_args_is_help=True, cls=_LinesUnlessNamed, help="FHIR R4; without a name, `lines`.")
app.add_typer(fhir, name="fhir")

_BAD_INPUT = 2
_TALKATIVE = ("great_expectations", "presidio-analyzer", "torchao", "torch.utils._pytree")
"""Libraries that warn about what this project does not use."""
_NOT_WHOLE = ("refused", "held_back", "absent", "differing", "types_short")
"""Counts of a delivery that say that the target holds less, or something else."""
_errors = Console(stderr=True, highlight=False)
Item = TypeVar("Item")

Input = Annotated[str, typer.Argument(metavar="IN.jsonl", help="JSON Lines; - is standard input.")]
Output = Annotated[str, typer.Argument(metavar="OUT", help="- is standard output.")]
RulesAlone = Annotated[
    bool, typer.Option("--rules-alone", help="Without the model, which finds what no rule foresaw: twice as fast.")
]
Stay = Annotated[str, typer.Argument(metavar="STAY", help="The random id of the stay, as in Encounter/STAY.")]
Signer = Annotated[str, typer.Option(help="The id that the hospital knows the physician by.")]


def main() -> None:
    """Run the command line; an error of ours is one line, and exit code 2 where the input is bad."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.ERROR)
    try:
        app()
    except EdscribeError as error:
        _errors.print(f"edscribe: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(_BAD_INPUT if isinstance(error, BadInput) else 1)


@app.command()
def run(
    mimic: Annotated[Path | None, typer.Option(help="A MIMIC-IV-ED release: the folder that holds ed/.")] = None,
    notes: Annotated[str | None, typer.Option(help="Physicians' notes: a folder or gs://bucket/prefix.")] = None,
    month: Annotated[str | None, typer.Option(help="YYYY-MM; by default this month.")] = None,
    store: Annotated[Path | None, typer.Option(help="The de-identified zone; by default ./store.")] = None,
) -> None:
    """The corpus job and then the specialty job of a month; ends with a table and summary.json."""
    from edscribe_pipelines.settings import Settings

    given: dict[str, Any] = {"mimic_dir": mimic, "notes_dir": notes, "store": store}
    settings = Settings(inputs_complete=True, **{name: value for name, value in given.items() if value is not None})
    from edscribe_pipelines.definitions import build_defs
    from edscribe_pipelines.orchestration.launch import run_month, this_month
    from edscribe_pipelines.orchestration.table import print_summary

    definitions = build_defs(settings)
    _warn_of_expired_rules()
    summary = run_month(definitions, settings, month or this_month())
    print_summary(summary, settings.store)


@app.command()
def encounters(
    mimic: Annotated[Path, typer.Option(help="A MIMIC-IV-ED release: the folder that holds ed/.")],
    out: Annotated[Path, typer.Argument(metavar="OUT.parquet")],
) -> None:
    """One row a stay, facts only. Ids are random and new each time."""
    from edscribe_pipelines.intake.mimic.facts_only import write_facts

    count = write_facts(mimic, out)
    _errors.print(f"{count} stays written")


@deid.command()
def lines(
    source: Input,
    out: Output,
    method: Annotated[
        Literal["safe_harbor", "date_shift"], typer.Option(help="date_shift is not Safe Harbor: an expert must agree.")
    ] = "safe_harbor",
    wording: Annotated[Literal["tags", "surrogates"], typer.Option(help="What stands for a removed value.")] = "tags",
    key_file: Annotated[Path | None, typer.Option(help="The secret of surrogates and shifted dates.")] = None,
    quarantine: Annotated[Path | None, typer.Option(help="Where rows go that cannot be used: number, reason.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = 1,
    decisions: Annotated[Path | None, typer.Option(help="What `edscribe deid review` wrote.")] = None,
    rules_alone: RulesAlone = False,
) -> None:
    """{"id","text"[,"known_identifiers","patient","year"]} -> {"id","text","spans","gate"}.

    Where the gate fails, text is null. Killed, it goes on where it stopped when it is started again with the same
    input and the same OUT file.
    """
    from edscribe_pipelines.deidentify.jsonl.command import Deidentification, read_key
    from edscribe_pipelines.deidentify.replacing.replacement import Method, Replacement, Wording

    key = read_key(key_file) if key_file else b""
    replacement = Replacement(Method(method), Wording(wording), key)
    deidentification = Deidentification(source, out, replacement, quarantine, workers, decisions, not rules_alone)
    done = deidentification.run()
    _errors.print(f"{sum(_watched('de-identifying', done, size=int))} lines written")
    if replacement.method is not Method.SAFE_HARBOR:
        _errors.print(replacement.method.label, soft_wrap=True)


@deid.command()
def review(
    source: Annotated[Path, typer.Argument(metavar="IN", help="What `deid` reads, or encounters.parquet of a month.")],
    decisions: Annotated[Path, typer.Option(help="The file to add to; inside the PHI zone.")],
    rules_alone: RulesAlone = False,
) -> None:
    """Decide, one key each, about what the gate doubts in the notes that it withheld; then run `deid` again.

    A month's stays are read as EDSCRIBE_DEID_LEARNED and EDSCRIBE_RECOGNIZERS say. Give --rules-alone where `deid` left
    out the model: the gate doubts more then.
    """
    from edscribe_pipelines.deidentify.month import remover_of
    from edscribe_pipelines.deidentify.remover import Remover
    from edscribe_pipelines.deidentify.review.decisions import UNDECIDED, read_decisions
    from edscribe_pipelines.deidentify.review.reading_list import doubtful_texts
    from edscribe_pipelines.deidentify.review.session import HELP, Shown, decide
    from edscribe_pipelines.settings import Settings

    def show(shown: Shown) -> None:
        _errors.rule(f"{shown.number} of {shown.of}")
        _errors.print(Text.assemble(shown.before, (shown.stretch, "bold reverse"), shown.behind))

    if not source.is_file():
        raise BadInput(str(source), "no such file")
    if not _errors.is_terminal:
        raise BadInput("standard error", "no terminal: what a note says would end in a log")
    before = read_decisions(decisions) if decisions.exists() else UNDECIDED
    _errors.print(HELP)
    is_month = source.suffix == ".parquet" and not rules_alone
    remover = remover_of(Settings()) if is_month else Remover(is_learned=not rules_alone)
    outcome = decide(doubtful_texts(source, before, remover), decisions, show, typer.getchar)
    _errors.print(f"{outcome.texts} notes, {outcome.identifiers} identifiers, {outcome.nothing} that are nothing")


@leakage.command()
def form(
    source: Input,
    out: Annotated[Path, typer.Argument(metavar="OUT_DIR", help="A new folder, inside the PHI zone.")],
    size: Annotated[int, typer.Option(min=2, help="Notes to draw: half at random, half by suspicion.")] = 200,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """{"id","text"} as `edscribe deid` writes them -> forms for two annotators."""
    from edscribe_pipelines.deidentify.checking.annotation import read_released, write_annotation_form

    write_annotation_form(read_released(source, _watched("reading", read_jsonl(source))), out, size, seed)


@leakage.command()
def measure(
    form_a: Annotated[Path, typer.Argument(metavar="ANNOTATOR_A.csv")],
    form_b: Annotated[Path, typer.Argument(metavar="ANNOTATOR_B.csv")],
    adjudicated: Annotated[Path | None, typer.Option(help="What the two agreed on afterwards.")] = None,
    out: Annotated[str, typer.Option(help="- is standard output.")] = "-",
) -> None:
    """Both filled forms -> notes that leak, their upper 95 % bound, agreement: counts only."""
    from edscribe_pipelines.deidentify.checking.leakage import measure_leakage

    write_jsonl(out, [asdict(measure_leakage(form_a, form_b, adjudicated))])


@leakage.command()
def known(
    listed: Annotated[str, typer.Argument(metavar="LIST", help="One identifier a line, or a .csv: type,value.")],
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files and folders; by default EDSCRIBE_STORE.")
    ] = None,
) -> None:
    """A list of known identifiers -> the lines of released files that still hold one, as JSON Lines.

    Says file, line (0: the file's name), type and line of the list, never a value. Ends with 1 where there is a hit,
    and with 2 where there is none but a file could not be read.
    """
    from edscribe_pipelines.deidentify.checking.listed.identifiers import read_list
    from edscribe_pipelines.deidentify.checking.listed.report import KnownSearch, files_below
    from edscribe_pipelines.settings import Settings

    search = KnownSearch(read_list(listed))
    files = files_below(paths or [Settings().store])
    write_jsonl("-", search.rows(_watched("searching", files)))
    write_jsonl("-", [asdict(search.counts)])
    if search.counts.hits or search.counts.broken:
        raise typer.Exit(1 if search.counts.hits else _BAD_INPUT)


@app.command()
def check(source: Input, out: Output) -> None:
    """{"id","note"[,"source"]} -> {"id","passed","sections","findings"}."""
    from edscribe_pipelines.clinical.guardrails import check_lines

    _use_site_rules()
    _warn_of_expired_rules()
    _write_lines(out, check_lines(_watched("checking", read_jsonl(source))))


@app.command()
def score(source: Input, out: Output) -> None:
    """{"id","prompt","reference","generated"} -> metrics, overall and per case, as one JSON object."""
    from edscribe_pipelines.evaluate.score import score_lines

    _use_site_rules()
    scores = score_lines(_watched("scoring", read_jsonl(source)))
    if out == "-":
        _write_lines(out, [scores])
    else:
        write_json(Path(out), scores)


@fhir.command(name="lines")
def fhir_lines(
    source: Input,
    out: Annotated[Path, typer.Argument(metavar="OUT_DIR")],
    adapter: Annotated[Path | None, typer.Option(help="The packed adapter that wrote the notes of a model.")] = None,
) -> None:
    """Encounters, with or without a note -> FHIR R4, NDJSON per resource type."""
    from edscribe_pipelines.fhir.export import jsonl_to_fhir
    from edscribe_pipelines.fhir.models import adapter_in

    model = adapter_in(adapter) if adapter else None
    _print_counts(jsonl_to_fhir(_watched("exporting", read_jsonl(source)), out, model))


@fhir.command(name="check")
def fhir_check() -> None:
    """Asks EDSCRIBE_FHIR_TARGET whether it is there, speaks R4 and takes our ids and credentials; 2 where not."""
    from edscribe_pipelines.fhir.delivery.commands import check_target

    findings = check_target()
    for finding in findings:
        _errors.print(f"{'yes' if finding.is_well else ' no'}  {finding.what}", soft_wrap=True)
        if not finding.is_well:
            _errors.print(f"     {finding.remedy}", soft_wrap=True)
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(_BAD_INPUT)


@fhir.command(name="send")
def fhir_send(
    month: Annotated[str | None, typer.Option(help="YYYY-MM; by default every month that was exported.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
) -> None:
    """The standing export of a month -> EDSCRIBE_FHIR_TARGET. What is there already is not sent again."""
    from edscribe_pipelines.fhir.delivery.commands import send_months

    is_whole = True
    for name, figures in send_months(month, dry_run):
        _errors.print(name)
        _print_counts(figures)
        is_whole = is_whole and not any(figures.get(count) for count in _NOT_WHOLE)
    if not is_whole:
        _errors.print("The target does not hold all of it: see `edscribe fhir replay` for what it refused.")
        raise typer.Exit(1)


@fhir.command(name="replay")
def fhir_replay() -> None:
    """Sends again, from the standing exports, what the target refused, after whatever was wrong has been mended."""
    from edscribe_pipelines.fhir.delivery.commands import replay_dead_letters

    for name, figures in replay_dead_letters().items():
        _errors.print(name)
        _print_counts(figures)


@fhir.command(name="withdraw")
def fhir_withdraw(
    patient: Annotated[str | None, typer.Option(metavar="KEY", help="All of one patient.")] = None,
    export: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="All of one month's export.")] = None,
    adapter: Annotated[str | None, typer.Option(metavar="HASH", help="All that one adapter wrote.")] = None,
) -> None:
    """Deletes from EDSCRIBE_FHIR_TARGET what is asked for and nothing else; no later delivery brings it back."""
    from edscribe_pipelines.fhir.delivery.commands import withdraw_from_target

    _print_counts(withdraw_from_target(patient=patient, export=export, adapter=adapter))


@fhir.command(name="sign")
def fhir_sign(stay: Stay, signer: Signer) -> None:
    """preliminary -> final: the signer takes legal responsibility for a stay's documents on EDSCRIBE_FHIR_TARGET."""
    _take_step("sign", stay, signer)


@fhir.command(name="amend")
def fhir_amend(
    stay: Stay,
    note: Annotated[str, typer.Argument(metavar="NOTE.txt", help="The whole new note; - is standard input.")],
    signer: Signer,
) -> None:
    """final or amended -> amended: another note, of which the sections that a model wrote keep their label."""
    _take_step("amend", stay, signer, read_text(note))


@fhir.command(name="retract")
def fhir_retract(stay: Stay, signer: Signer) -> None:
    """Any state -> entered-in-error: the documents stay where they are, and nobody is to rely on them."""
    _take_step("retract", stay, signer)


def _take_step(action: Literal["sign", "amend", "retract"], stay: str, signer: str, text: str | None = None) -> None:
    from edscribe_pipelines.fhir.delivery.commands import step_on_target

    for reference, version in step_on_target(action, stay, signer, text).items():
        _errors.print(f"{reference} version {version}" if version else reference)


@app.command()
def rules(
    csv: Annotated[str | None, typer.Option(metavar="FILE", help="Write CSV; - is standard output.")] = None,
    sign_off: Annotated[bool, typer.Option("--sign-off", help="Only those that await a signature.")] = False,
    expired: Annotated[bool, typer.Option("--expired", help="Only those past their expiry; they still hold.")] = False,
) -> None:
    """The register of the clinical rules: what each does, its owner, its source and until when its review holds."""
    from edscribe_pipelines.clinical.register import listing
    from edscribe_pipelines.clinical.register.rules import awaiting_sign_off, register
    from edscribe_pipelines.clinical.register.rules import expired as past_expiry

    _use_site_rules()
    shown, today = register(), _today()
    if sign_off:
        shown = awaiting_sign_off(shown)
    if expired:
        shown = past_expiry(shown, today)
    if csv is None:
        width = max(Console().width, listing.NEEDED_WIDTH)
        Console(width=width, highlight=False).print(listing.as_table(shown))
    else:
        write_text(csv, listing.as_csv(shown))
    (_errors if csv == "-" else Console(highlight=False)).print(listing.counts(register(), today), soft_wrap=True)


@app.command()
def sample(out: Annotated[Path, typer.Argument(metavar="OUT_DIR")]) -> None:
    """A small MIMIC-IV-ED-shaped release of invented patients, and a few invented notes."""
    from edscribe_pipelines.intake.sample import write_sample

    write_sample(out)


def _print_counts(counts: dict[str, int]) -> None:
    for name, count in sorted(counts.items()):
        _errors.print(f"{count:>8} {name}")


def _use_site_rules() -> None:
    """Put the site's own rule tables, where it has some, in the place of the bundled ones."""
    from edscribe_pipelines.clinical.register.site_tables import load_site_tables
    from edscribe_pipelines.settings import Settings

    load_site_tables(Settings().rules)


def _warn_of_expired_rules() -> None:
    from edscribe_pipelines.clinical.register.rules import expired, register

    if count := len(expired(register(), _today())):
        _errors.print(f"{count} rules are past their expiry and still hold: edscribe rules --expired", soft_wrap=True)


def _today() -> date:
    return datetime.now(UTC).date()


def _write_lines(out: str, rows: Iterable[Any]) -> None:
    count = write_jsonl(out, rows)
    _errors.print(f"{count} lines written")


def _watched(what: str, items: Iterable[Item], size: Callable[[Item], int] = lambda _: 1) -> Iterator[Item]:
    """Yield `items` while standard error, where it is a terminal, shows how many have passed, each as its `size`."""
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=_errors, transient=True, disable=not _errors.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        for item in items:
            yield item
            progress.advance(task, size(item))
