import pytest

from edscribe_pipelines.train.chat import system_message
from edscribe_pipelines.train.preflight.tokenizer import check_chat_template, check_texts, check_thinking
from edscribe_pipelines_tests.train.invented import EM
from edscribe_pipelines_tests.train.tiny_hybrid import CHATML, END, TEMPLATE, TURN, like_nemotron

SYSTEM = f"{EM.prompt}\n\n/no_think"
TEXTS = {
    "c-1": ("Woman\nComplaint: Chest pain", "HR 104, RR 18"),
    "c-2": ("Man\nComplaint: Fever", "T 101.3 F, 38.5 °C"),
}


def with_template(template):
    return like_nemotron(["HR 104"], template)


def test_texts_come_back_as_they_were(nemotron_tokenizer):
    round_trip, special = check_texts(nemotron_tokenizer, TEXTS)
    assert (round_trip.verdict, special.verdict) == ("passed", "passed")
    assert round_trip.figures == {"cases": 2, "failed": 0}


def test_tokenizer_that_changes_a_text_is_refused_with_the_count_and_no_text():
    from tokenizers import normalizers

    tokenizer = with_template(TEMPLATE)
    tokenizer.backend_tokenizer.normalizer = normalizers.Replace("°", " deg")
    round_trip, _ = check_texts(tokenizer, TEXTS)
    assert round_trip.verdict == "refused"
    assert round_trip.figures == {"cases": 2, "failed": 1}
    assert "c-2" in round_trip.message
    assert "38.5" not in str(round_trip)


@pytest.mark.parametrize("mark", [END, TURN, "<s>"])
def test_case_that_holds_the_text_of_a_special_token_is_refused(nemotron_tokenizer, mark):
    _, special = check_texts(nemotron_tokenizer, {**TEXTS, "c-3": ("Woman", f"HR 104{mark}RR 18")})
    assert special.verdict == "refused"
    assert special.figures["failed"] == 1
    assert "c-3" in special.message


def test_template_like_nemotrons_ends_the_note_and_closes_the_thoughts_before_it(nemotron_tokenizer):
    check = check_chat_template(nemotron_tokenizer, SYSTEM)
    assert check.verdict == "passed"
    assert check.figures["before_the_answer"].endswith("<think></think>")
    assert check.figures["after_the_answer"].endswith(END)
    assert check.figures["system_prompt"]


def test_template_that_leaves_the_system_prompt_out_passes_and_that_is_said():
    check = check_chat_template(with_template(TEMPLATE.replace("System\n{{ said }}", "System")), SYSTEM)
    assert check.verdict == "passed"
    assert "leaves the system prompt out" in check.message


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (None, "has none"),
        (TEMPLATE.replace(END, ""), "ends no turn"),
        (TEMPLATE.replace("User\n{{ said }}", "User"), "leaves the prompt of a case out"),
        ("{% for message in messages %}{{ message['content'] }}{% endfor %}", "nothing marks where the answer begins"),
    ],
)
def test_template_that_cannot_teach_a_note_is_refused(template, problem):
    check = check_chat_template(with_template(template), SYSTEM)
    assert check.verdict == "refused"
    assert problem in check.message


def test_switch_that_the_template_takes_out_and_ignores_is_refused():
    template = TEMPLATE.replace("set ns.think = false", "set ns.think = true")
    assert check_thinking(with_template(template), EM.prompt, thinking=False).verdict == "refused"


def test_template_without_a_switch_is_not_judged_where_no_reasoning_is_asked():
    check = check_thinking(with_template(CHATML), EM.prompt, thinking=False)
    assert check.verdict == "not_applicable"
    assert "the system prompt is left as it is" in check.message


def test_template_without_a_switch_is_refused_where_reasoning_is_asked():
    check = check_thinking(with_template(CHATML), EM.prompt, thinking=True)
    assert check.verdict == "refused"
    assert "Set thinking: false" in check.remedy


@pytest.mark.chat_template
@pytest.mark.parametrize(("thinking", "opening"), [(False, "<think></think>"), (True, "<think>\n\n")])
def test_nvidias_own_template_obeys_its_switch_and_ends_the_answer(nvidia_chat_template, thinking, opening):
    nvidia = with_template(nvidia_chat_template)
    check = check_thinking(nvidia, EM.prompt, thinking=thinking)
    assert (check.verdict, check.figures["opening"]) == ("passed", f"\n{TURN}Assistant\n{opening}")
    template = check_chat_template(nvidia, system_message(nvidia, EM.prompt, thinking=thinking))
    assert (template.verdict, template.figures["after_the_answer"]) == ("passed", f"\n{END}")
