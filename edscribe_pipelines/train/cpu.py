"""NeMo AutoModel 0.7.0 on a machine without a GPU.

Its finetune recipe asks CUDA for the device and resets CUDA's memory statistics, also when the process
group is gloo. Without CUDA these calls raise; here they get an answer. With CUDA nothing is changed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def meet_cuda_assumptions() -> None:
    """After this the finetune recipe runs on the CPU where there is no CUDA device."""
    import torch
    from nemo_automodel._transformers import auto_model

    if torch.cuda.is_available():
        return
    torch.cuda.reset_peak_memory_stats = lambda *_: None
    torch.cuda.current_device = lambda: 0
    for name in ("instantiate_infrastructure", "apply_model_infrastructure"):
        setattr(auto_model, name, _on_cpu(getattr(auto_model, name), torch.device("cpu")))


def _on_cpu(function: Callable[..., Any], device: Any) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **{**kwargs, "device": device})

    return wrapped
