"""What a training step costs in arithmetic, and what a device can do at most."""

from __future__ import annotations

from edscribe_pipelines.train.architecture import Architecture

PEAK_TFLOPS = {"H100": 989.4, "H200": 989.4}
"""Of bf16 without sparsity, by what the device's name holds: NVIDIA's data sheets of the SXM cards. Others: no MFU."""


def flops_per_token(architecture: Architecture, trainable: int) -> int:
    """Return the floating point operations of a LoRA step: 4 N + 6 A, for N weights that are frozen and A that learn.

    A weight costs 2 going forward and 2 for the gradient of its input; 2 more for its own gradient, which is what
    turns 4 into the usual 6, only where it learns. N are the weights of all linear layers with the output layer,
    which is computed at every token. Left out, so that the utilisation is rather too low: the products of attention,
    Mamba's scan and convolution, norms, and all that gradient checkpointing computes a second time.
    """
    frozen = sum(linear.inputs * linear.outputs for linear in architecture.linears)
    return 4 * frozen + 6 * trainable


def peak_of_gpu() -> float | None:
    """Return FLOP/s, or None for a card that is not in the table."""
    import torch

    name = torch.cuda.get_device_name()
    return next((peak * 1e12 for card, peak in PEAK_TFLOPS.items() if card in name), None)
