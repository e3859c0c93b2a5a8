"""Looks over the shoulder of transformers' `generate`: stop strings, and what each token cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quco.types import GenerationRequest

ANCHOR = 8
"""Tokens of the prompt that new tokens are decoded with: a space may belong to their border."""


class Watch:
    """A logits processor and a stopping criterion for one batch, in one object.

    As a processor it keeps the model's logits of the step; as a criterion, called once the next
    token is chosen, it books that token's log-probability and entropy and says which rows are
    done. Stop strings are looked for in the last new tokens only.

    Parameters
    ----------
    requests : sequence of GenerationRequest
        One a row.
    tokenizer : PreTrainedTokenizerBase
        Decodes.
    n_prompt : int
        Columns before the first new token.
    end_ids : set of int
        Tokens that end an answer.
    """

    def __init__(
        self,
        requests: Sequence[GenerationRequest],
        tokenizer: Any,
        n_prompt: int,
        end_ids: set[int],
    ) -> None:
        self._requests = requests
        self._tokenizer = tokenizer
        self._n_prompt = n_prompt
        self._end_ids = end_ids
        self._stopped: list[int | None] = [None] * len(requests)
        self._stopping = any(request.stop for request in requests)
        self._scoring = any(request.logprobs for request in requests)
        self._logits: Any = None
        self._columns: list[tuple[Any, Any]] = []
        longest = [max((len(s.encode()) for s in r.stop), default=0) for r in requests]
        self._tails = [n + 4 for n in longest]

    def keep_logits(self, _input_ids: Any, logits: Any) -> Any:
        """Remember the logits of this step, shape (rows, vocabulary); return them unchanged."""
        if self._scoring:
            self._logits = logits
        return logits

    def is_done(self, input_ids: Any, _scores: Any, **_more: Any) -> Any:
        """Return which rows are done, shape (rows,), given everything written so far."""
        import torch

        newest = input_ids[:, -1]
        if self._scoring:
            logprobs = self._logits.float().log_softmax(-1)
            entropy = -(logprobs.exp() * logprobs.clamp_min(-1e30)).sum(-1)
            self._columns.append((logprobs.gather(1, newest[:, None])[:, 0], entropy))
        n_new = input_ids.shape[1] - self._n_prompt
        if self._stopping:
            self._look_for_stops(input_ids, n_new)
        done = [
            stopped is not None or n_new >= request.max_tokens
            for stopped, request in zip(self._stopped, self._requests, strict=True)
        ]
        return torch.tensor(done, device=input_ids.device)

    def length(self, row: int) -> int:
        """Return how many new tokens a row has up to its stop string, or its limit."""
        stopped = self._stopped[row]
        return self._requests[row].max_tokens if stopped is None else stopped

    def scores(self) -> tuple[list[list[float]], list[list[float]]]:
        """Return log-probability and entropy of each new token, by row."""
        import torch

        if not self._columns:
            return [[] for _ in self._requests], [[] for _ in self._requests]
        logprobs, entropies = zip(*self._columns, strict=True)
        return torch.stack(logprobs, 1).tolist(), torch.stack(entropies, 1).tolist()

    def _look_for_stops(self, input_ids: Any, n_new: int) -> None:
        width = min(n_new, max(self._tails))
        rows = [
            row
            for row, request in enumerate(self._requests)
            if self._stopped[row] is None and n_new <= request.max_tokens
        ]
        tails = input_ids[:, -width:].tolist()
        texts = self._tokenizer.batch_decode(
            [tails[row][-self._tails[row] :] for row in rows], clean_up_tokenization_spaces=False
        )
        for row, text in zip(rows, texts, strict=True):
            if tails[row][-1] in self._end_ids or any(s in text for s in self._requests[row].stop):
                self._stopped[row] = n_new


def decode_pieces(tokenizer: Any, prompt: Sequence[int], ids: Sequence[int]) -> list[str]:
    """Return the text of each new token; joined they are the new text.

    A token that ends inside a character has the empty text; the character belongs to the token
    that completes it.
    """
    before = list(prompt[-ANCHOR:])
    texts = tokenizer.batch_decode(
        [before + list(ids[:n]) for n in range(len(ids) + 1)],
        skip_special_tokens=True,
        clean_up_tokenization_spaces=False,
    )
    pieces, said = [], texts[0]
    for n, text in enumerate(texts[1:], 1):
        whole = n == len(ids) or not text.endswith("\ufffd")
        pieces.append(text[len(said) :] if whole else "")
        said = text if whole else said
    return pieces


def decode_new(tokenizer: Any, prompt: Sequence[int], ids: Sequence[int]) -> str:
    """Return the text that `ids` add to a prompt, a leading space included."""
    before = list(prompt[-ANCHOR:])
    known, whole = tokenizer.batch_decode(
        [before, before + list(ids)], skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    return str(whole[len(known) :])
