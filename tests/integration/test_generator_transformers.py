"""Batches, scores and attentions of the transformers generator, against the bare model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quco.adapters.generator.transformers import TransformersGenerator
from quco.errors import ConfigError, PromptTooLongError
from quco.types import GenerationRequest, Message


def asking(text: str, **options: object) -> GenerationRequest:
    return GenerationRequest((Message("user", text),), **options)  # type: ignore[arg-type]


REQUESTS = [
    asking("The capital of France is Paris. The capital of Italy is", max_tokens=6, stop=(".",)),
    asking("Count: one two three four five\nCount: one two", max_tokens=3),
    asking("Hi", max_tokens=8, stop=("\n\n", "!")),
    asking("The opposite of hot is cold. " * 12 + "The opposite of up is", max_tokens=4),
]


@pytest.fixture(scope="module")
def generator(small_gguf: Path) -> TransformersGenerator:
    return TransformersGenerator(small_gguf, device="cpu")


def test_a_batch_gives_what_single_requests_give(generator: TransformersGenerator) -> None:
    requests = [replace(request, logprobs=True) for request in REQUESTS]
    together = generator.generate(requests)
    alone = [generator.generate([request])[0] for request in requests]
    for a, b, request in zip(together, alone, requests, strict=True):
        assert (a.text, a.finish_reason, a.n_prompt_tokens) == (
            b.text,
            b.finish_reason,
            b.n_prompt_tokens,
        )
        assert [t.text for t in a.tokens] == [t.text for t in b.tokens]
        assert [t.logprob for t in a.tokens] == pytest.approx(
            [t.logprob for t in b.tokens], abs=1e-3
        )
        assert "".join(t.text for t in a.tokens) == a.text
        assert not any(stop in a.text for stop in request.stop)
        assert a.n_completion_tokens <= request.max_tokens
    assert together[0].text.strip() == "Rome"
    assert together[1].text == " three four five"
    assert together[1].finish_reason == "length"


def test_small_batches_give_the_same(small_gguf: Path, generator: TransformersGenerator) -> None:
    narrow = TransformersGenerator(small_gguf, device="cpu", batch_tokens=1)
    assert [g.text for g in narrow.generate(REQUESTS)] == [
        g.text for g in generator.generate(REQUESTS)
    ]


def test_scores_are_those_of_the_bare_model(generator: TransformersGenerator) -> None:
    import torch

    request = replace(REQUESTS[1], logprobs=True)
    (result,) = generator.generate([request])
    model, tokenizer = generator._model, generator._tokenizer
    ids = tokenizer(request.messages[0].content + result.text, return_tensors="pt").input_ids
    with torch.inference_mode():
        logprobs = model(ids).logits[0].float().log_softmax(-1)
    start = ids.shape[1] - len(result.tokens)
    for i, token in enumerate(result.tokens):
        row = logprobs[start + i - 1]
        assert token.logprob == pytest.approx(float(row[ids[0, start + i]]), abs=1e-3)
        assert token.entropy == pytest.approx(float(-(row.exp() * row).sum()), abs=1e-3)


def test_attention_is_that_of_the_last_layer(generator: TransformersGenerator) -> None:
    import torch

    request = replace(REQUESTS[1], attentions=True)
    (result,) = generator.generate([request])
    attention = result.attention
    assert attention is not None
    assert "".join(attention.tokens) == request.messages[0].content + result.text
    assert attention.weights.shape == (3, len(attention.tokens))
    assert np.allclose(attention.weights.sum(axis=1), 1, atol=1e-4)
    model, tokenizer = generator._model, generator._tokenizer
    ids = tokenizer("".join(attention.tokens), return_tensors="pt").input_ids
    model.set_attn_implementation("eager")
    with torch.inference_mode():
        whole = model(ids, output_attentions=True).attentions[-1][0].mean(0)
    model.set_attn_implementation("sdpa")
    assert np.allclose(attention.weights, whole[-3:].numpy(), atol=1e-5)
    assert generator.generate([REQUESTS[0]])[0].attention is None


def test_characters_of_several_tokens_come_whole(generator: TransformersGenerator) -> None:
    request = asking("Repeat: 你好世界 你好世界 你好世界", max_tokens=9, logprobs=True)
    (result,) = generator.generate([request])
    assert "".join(token.text for token in result.tokens) == result.text


def test_sampling_depends_on_the_seed_alone(generator: TransformersGenerator) -> None:
    def sample(seed: int) -> str:
        request = asking("Once upon a time", max_tokens=12, temperature=1.5, seed=seed)
        return generator.generate([request])[0].text

    assert sample(1) == sample(1)
    assert len({sample(seed) for seed in range(3)}) > 1


def test_the_chat_template_continues_the_prefix(small_gguf: Path) -> None:
    chat = TransformersGenerator(small_gguf, device="cpu", template="chat")
    assert chat.capabilities.prefix == "template"
    request = asking("What is the capital of France?", max_tokens=4)
    (result,) = chat.generate([replace(request, prefix="The capital of France is")])
    assert "Paris" in result.text
    assert chat.generate([request])[0].text.strip()


def test_a_prompt_that_does_not_fit_is_refused(generator: TransformersGenerator) -> None:
    with pytest.raises(PromptTooLongError, match="has room for"):
        generator.generate([asking("word " * 9000, max_tokens=4)])


def test_an_unknown_precision_is_named(small_gguf: Path) -> None:
    with pytest.raises(ConfigError, match="float17"):
        TransformersGenerator(small_gguf, dtype="float17")
