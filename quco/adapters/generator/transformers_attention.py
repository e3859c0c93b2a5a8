"""What new tokens attend to, in the last layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quco.errors import GenerationError


def last_layer_attention(model: Any, ids: Sequence[int], n_new: int) -> NDArray[np.float32]:
    """Return the attention of the last `n_new` of `ids` over all of them, mean over heads.

    The tokens are read once more, with the attention written out; only the last layer's is kept.

    Parameters
    ----------
    model : PreTrainedModel
        A causal language model.
    ids : sequence of int, length n_all
        Prompt and answer.
    n_new : int
        At least 1.

    Returns
    -------
    ndarray of shape (n_new, n_all), float32

    Raises
    ------
    GenerationError
        If the model's architecture does not show its attention.
    """
    import torch

    kept: list[Any] = []

    def keep(_module: Any, _inputs: Any, output: Any) -> None:
        if isinstance(output, tuple) and len(output) > 1 and output[1] is not None:
            kept.append(output[1][0, :, -n_new:].float().mean(0))

    handle = _last_attention(model).register_forward_hook(keep)
    try:
        with _eager(model), torch.inference_mode():
            model.base_model(torch.tensor([list(ids)], device=model.device), use_cache=False)
    finally:
        handle.remove()
    if not kept:
        raise GenerationError(f"{type(model).__name__} does not show its attention")
    weights: NDArray[np.float32] = kept[-1].cpu().numpy()
    return weights


def _last_attention(model: Any) -> Any:
    last = model.config.num_hidden_layers - 1
    for module in model.modules():
        if type(module).__name__.endswith("Attention") and getattr(module, "layer_idx", -1) == last:
            return module
    raise GenerationError(f"{type(model).__name__} has no attention layer that is known here")


@contextmanager
def _eager(model: Any) -> Iterator[None]:
    """Write attention out for as long as the context lasts; the fast kernels do not."""
    usual = model.config._attn_implementation
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(usual)
