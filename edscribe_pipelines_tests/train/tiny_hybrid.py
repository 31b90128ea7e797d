"""A small random NemotronH as Hugging Face distributes a base: the code path of Nemotron Nano 9B v2, in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

SYSTEM, TURN, END = "<SPECIAL_10>", "<SPECIAL_11>", "<SPECIAL_12>"

TEMPLATE = (
    "{% set ns = namespace(think=true) %}"
    "{% for message in messages %}"
    "{% if '/no_think' in message['content'] %}{% set ns.think = false %}{% endif %}"
    "{% set said = message['content'].replace('/no_think', '').replace('/think', '').strip() %}"
    "{% if message['role'] == 'system' %}" + SYSTEM + "System\n{{ said }}\n"
    "{% elif message['role'] == 'user' %}" + TURN + "User\n{{ said }}\n"
    "{% else %}" + TURN + "Assistant\n{{ said }}\n" + END + "\n{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}" + TURN + "Assistant\n"
    "{{ '<think>\n' if ns.think else '<think></think>' }}{% endif %}"
)
"""In the manner of Nemotron Nano v2's: the switch decides what stands before the answer, thoughts of earlier turns are
dropped, the end of a turn is not the end of its text."""

CHATML = (
    "{% for message in messages %}"
    "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""In the manner of SmolLM2's: no switch for reasoning, no thoughts."""
CHATML_MARKS = ("<|im_start|>", "<|im_end|>")

_LAYERS = {"M": "linear_attention", "*": "full_attention", "-": "mlp"}
PATTERN, HIDDEN_SIZE = "M*-", 32


def like_nemotron(
    texts: Iterable[str],
    template: str | None = TEMPLATE,
    *,
    marks: tuple[str, ...] = (SYSTEM, TURN, END),
    vocabulary: int = 500,
) -> Any:
    """Return a byte-level tokenizer that is learned from `texts`, with Nemotron's marks of turns; the last ends one."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=["<unk>", "<s>", *marks],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token=marks[-1],
        pad_token="<unk>",
        additional_special_tokens=[*marks[:-1]],
        chat_template=template,
    )


def hybrid_config(tokenizer: Any, *, pattern: str = PATTERN, hidden_size: int = HIDDEN_SIZE) -> Any:
    """Return the configuration of a NemotronH with the blocks of `pattern`: M Mamba, * attention, - MLP."""
    from transformers import NemotronHConfig

    return NemotronHConfig(
        vocab_size=len(tokenizer),
        layers_block_type=[_LAYERS[letter] for letter in pattern],
        hidden_size=hidden_size,
        intermediate_size=hidden_size,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=hidden_size // 2,
        mamba_num_heads=2,
        mamba_head_dim=hidden_size // 2,
        ssm_state_size=8,
        n_groups=1,
        chunk_size=32,
        initializer_range=0.02,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        architectures=["NemotronHForCausalLM"],
    )


def save_tiny_hybrid(folder: Path, tokenizer: Any, *, seed: int = 1) -> Path:
    """Write model and tokenizer to `folder` and return it."""
    import torch
    from transformers import NemotronHForCausalLM

    torch.manual_seed(seed)
    NemotronHForCausalLM(hybrid_config(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
